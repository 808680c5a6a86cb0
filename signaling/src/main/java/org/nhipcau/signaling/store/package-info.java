// SPDX-License-Identifier: Apache-2.0
/**
 * What outlives a process: consultations, who took part, who is who, and the record of it all. SQLite in the data
 * directory by default, PostgreSQL by URL; the same migrations and the same tests for both.
 *
 * <p>This package is the face: {@link org.nhipcau.signaling.store.Store} opens everything, the interfaces beside it are
 * what REST, rooms and commands use. {@code store.sql} implements them, {@code store.keys} holds the keys,
 * {@code store.sheet} writes exports, {@code store.backup} backs up and restores.
 *
 * <p>Every method that changes something returns when the disk has it, and audits in the same transaction. Every method
 * may throw {@code JournalUnavailableException} while the disk is full or the database away; calls that run go on, and
 * {@link org.nhipcau.signaling.store.Store#available()} says when it has healed.
 *
 * <p>Names of people are in one place, sealed with AES-256-GCM, each under a key of its own that erasing destroys.
 *
 * <p>Spec: RFC 5869 (keys of one secret), NIST SP 800-38D. Thread: any; all block, so never an event loop or a room's
 * thread. Floor: {@code consultation}, {@code policy}, {@code audit}. Reading order:
 * {@link org.nhipcau.signaling.store.Store}, {@code sql.Database}, {@code sql.AuditLog}, {@code sql.SqlJournal}.
 */
package org.nhipcau.signaling.store;
