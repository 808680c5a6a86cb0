// SPDX-License-Identifier: Apache-2.0
/**
 * DTLS for SRTP keys: proves that the other end holds the certificate of the session description, and agrees on keys.
 *
 * <p>Specs: RFC 6347 (DTLS 1.2, exactly this version), RFC 5764 (use_srtp), RFC 7627 (extended master secret,
 * required), RFC 8122 (fingerprints), RFC 8827 §6.5. Left out on purpose: DTLS 1.0 and 1.3, cookies
 * (only validated addresses come this far), renegotiation, resumption, tickets, compression.
 *
 * <p>Bouncy Castle does the protocol, and only here. Its API blocks, so every endpoint has one virtual thread: the
 * documented exception to the rule that protocols are pure machines. {@link org.nhipcau.sfu.dtls.DtlsRecordFilter}
 * stands in front of it and is a pure machine: it bounds what a peer can make it remember, and cures a handshake that
 * loss would leave hanging.
 *
 * <p>Thread: {@code offer} and {@code close} from the worker; callbacks come on the endpoint's thread. Floor 2: uses
 * api, buffer, seam and srtp (profiles and key material).
 *
 * <p>Reading order: {@link org.nhipcau.sfu.dtls.DtlsEndpoint}, {@link org.nhipcau.sfu.dtls.DtlsRecordFilter},
 * {@link org.nhipcau.sfu.dtls.DtlsNegotiation}, then the two peers.
 */
package org.nhipcau.sfu.dtls;
