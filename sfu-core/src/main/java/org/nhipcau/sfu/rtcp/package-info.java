// SPDX-License-Identifier: Apache-2.0
/**
 * RTCP on the wire: reads compound and reduced-size packets into calls of a handler, and writes the ones we send.
 *
 * <p>Specs: RFC 3550 §6 (SR, RR, SDES, BYE), RFC 4585 (NACK, PLI), RFC 5104 (FIR), RFC 5506 (reduced size), RFC 3611
 * (XR: receiver reference time and DLRR), draft-alvestrand-rmcat-remb-03, transport-wide congestion control
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01), RFC 8888. Left out on purpose: SDES items are not read (names
 * are personal data a forwarder has no use for), APP and the other XR blocks are stepped over.
 *
 * <p>Bytes from the net never throw here: what came before a malformed part was handed on, the rest is left out and
 * the answer is false. No clock is read: NTP times come in.
 * Thread: the owner of the packet. Floor 2: uses buffer only.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.rtcp.RtcpHandler}, {@link org.nhipcau.sfu.rtcp.RtcpReader},
 * {@link org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight}, {@link org.nhipcau.sfu.rtcp.RtcpWriter},
 * {@link org.nhipcau.sfu.rtcp.TransportFeedbackWriter}, {@link org.nhipcau.sfu.rtcp.NtpTime}.
 */
package org.nhipcau.sfu.rtcp;
