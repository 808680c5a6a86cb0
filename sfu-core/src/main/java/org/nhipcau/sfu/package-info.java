// SPDX-License-Identifier: Apache-2.0
/**
 * The media node: a selective forwarding unit for WebRTC.
 *
 * <p>The journey of one RTP packet, on one thread from socket to socket:
 *
 * <pre>
 *  net.UdpEndpoint            datagram in (recvmmsg)
 *    worker.MediaWorker         whose is it? source address, or the user name of a connectivity check
 *      peer.Peer                  RFC 7983: STUN | DTLS | RTP | RTCP; only from a validated address
 *        srtp.SrtpSession           replay check, authenticate and decrypt in place
 *          route.MediaEndpoint        which stream of this peer? SSRC, or mid and rid
 *            stream.InboundStream       unwrap, RTX, loss, NACK, payload descriptor, cache
 *              route.Producer             for each consumer of the track:
 *                route.Consumer             paused? which layer? key frame first
 *                  route.StreamRewriter       THE copy: ssrc, numbers, extensions of this receiver
 *                    stream.OutboundStream      counted for sender reports
 *                      peer.Peer                  protect in place (the receiver's keys)
 *    worker.MediaWorker         queued for the receiver's address
 *  net.UdpEndpoint            one flush at the end of the duty cycle (sendmmsg)
 * </pre>
 *
 * <p>A room stays on one worker until it is too large for it. Then further peers are opened on another, and what they
 * want crosses there once for all of them: {@link org.nhipcau.sfu.pipe}. Which command goes to which worker is known by
 * {@link org.nhipcau.sfu.RoomRoutes}.
 *
 * <p>Floors, arrows downward only: api, buffer, metrics; rtp, rtcp, codec, stun, srtp, dtls; stream, bwe, ice, pipe,
 * sctp; route; peer; worker; net; and here {@link org.nhipcau.sfu.SfuServer}, which puts them together.
 *
 * <p>Reading order: {@code api}, then along the journey.
 */
package org.nhipcau.sfu;
