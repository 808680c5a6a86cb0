// SPDX-License-Identifier: Apache-2.0
/**
 * What a forwarder must know of a payload: where frames and key frames begin, which layer a packet belongs to, and
 * which numbers must be rewritten when layers switch; and how sound is put together anew for a poor link: copies of
 * earlier packets, several frames in one. Nothing is decoded.
 *
 * <p>Specs: RFC 7741 (VP8), RFC 9628 (VP9), RFC 6184 (H264), AV1 RTP 1.0 with its dependency descriptor, RFC 6716
 * and 7587 (Opus), RFC 2198 (RED).
 *
 * <p>Bytes from the net never throw here; a detector answers "no" when it cannot tell.
 * Thread: the owner of the packet. Floor 2.
 */
package org.nhipcau.sfu.codec;
