// SPDX-License-Identifier: Apache-2.0
/**
 * STUN messages on the wire: read in place, checked, written; no transactions, no sockets.
 *
 * <p>Specs: RFC 8489 (STUN), RFC 8445 §16 (the ICE attributes). Left out on purpose: RFC 3489 messages without the
 * magic cookie, long-term credentials, MESSAGE-INTEGRITY-SHA256 (no client of ours sends it to an ICE agent) and every
 * method but Binding.
 *
 * <p>What comes from the net is checked before anything is allocated: form, FINGERPRINT, user name, then integrity.
 *
 * <p>Thread and ownership: the owner's only; flyweights and writers are reused and hold no packet past a call.
 * Floor 2: stands on {@code buffer}.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.stun.StunMessageFlyweight}, {@link org.nhipcau.sfu.stun.StunIntegrity},
 * {@link org.nhipcau.sfu.stun.StunMessageWriter}.
 */
package org.nhipcau.sfu.stun;
