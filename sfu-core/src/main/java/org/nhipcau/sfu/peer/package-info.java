// SPDX-License-Identifier: Apache-2.0
/**
 * One WebRTC transport: connectivity (ICE lite), keys (DTLS), packet protection (SRTP), the door to its media, and the
 * data beside it (SCTP, in {@link org.nhipcau.sfu.peer.PeerData}).
 *
 * <p>The packet's way through a peer: {@link org.nhipcau.sfu.peer.DatagramKind} tells STUN, DTLS, RTP and RTCP apart;
 * media passes only from a validated address and only when authenticated; what leaves is protected in place and handed
 * to the {@link org.nhipcau.sfu.peer.Output}. Which address is validated and where packets go is known to
 * {@link org.nhipcau.sfu.peer.Connectivity}.
 *
 * <p>Specs: RFC 7983 (demultiplexing), RFC 8445 (ICE), RFC 7675 (consent), RFC 5764 (DTLS-SRTP),
 * RFC 8261 (SCTP over DTLS). No SDES, no plain RTP.
 *
 * <p>Thread: the worker's. No socket, clock or lock in here; the DTLS handshake runs on a thread of its own and comes
 * back through the worker's commands. Floor 5.
 */
package org.nhipcau.sfu.peer;
