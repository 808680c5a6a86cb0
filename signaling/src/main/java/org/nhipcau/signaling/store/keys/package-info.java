// SPDX-License-Identifier: Apache-2.0
/**
 * The secret of the store and what is made of it: codes for the audit record, seals for what identifies people, seals
 * for backups.
 *
 * <p>Spec: RFC 5869 (HKDF), NIST SP 800-38D (GCM). Thread: any. Owns: the key bytes, for the life of the process; they
 * are never written anywhere. Reading order: {@link org.nhipcau.signaling.store.keys.KeyRing},
 * {@link org.nhipcau.signaling.store.keys.Seal}, {@link org.nhipcau.signaling.store.keys.KeySource}.
 */
package org.nhipcau.signaling.store.keys;
