// SPDX-License-Identifier: Apache-2.0
/**
 * The record of what was done: entries that are only ever added, each chained to the one before, and a keyed record of
 * the last one kept outside the database, so that an edit, a cut, a swap, an insertion and a rolled back database are
 * found.
 *
 * <p>An entry's text is canonical JSON; {@code hash = SHA-256(hash before || text)}, {@code mac = HMAC-SHA256(key,
 * hash)}. Anyone with a copy can follow the chain; only the holder of the key can add to it. The head is written after
 * the database has the entry for certain and before the deed is acknowledged: a crash in between leaves entries after
 * the head, which their own codes prove, and never a head without its entry.
 *
 * <p>What is not found: the database and the head record put back together to an earlier, whole state. For that, note
 * the head elsewhere ({@code audit verify} prints it) and compare ({@code --expect}).
 *
 * <p>Thread: pure, but for {@link org.nhipcau.signaling.audit.AuditHead}, which one thread at a time writes. Floor: JDK
 * and Jackson's tree. Reading order: {@link org.nhipcau.signaling.audit.AuditEntry},
 * {@link org.nhipcau.signaling.audit.AuditChain}, {@link org.nhipcau.signaling.audit.AuditHead},
 * {@link org.nhipcau.signaling.audit.AuditVerifier}.
 */
package org.nhipcau.signaling.audit;
