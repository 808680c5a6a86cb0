// SPDX-License-Identifier: Apache-2.0
/**
 * What is remembered of one RTP stream: of each that a publisher sends us, and of each that we send a viewer.
 *
 * <p>Specs: RFC 3550 §6 and appendix A (sequence extension, loss, jitter, reports), RFC 4588 (RTX), RFC 4585 (NACK).
 * Left out on purpose: members without streams, collision loops (our SSRCs are ours, theirs are kept per transport).
 *
 * <p>Thread: one, the worker's that owns the room. Time comes in as {@code nowNs}. Floor 3: uses rtp, codec, buffer.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.stream.InboundStream}, {@link org.nhipcau.sfu.stream.NackTracker},
 * {@link org.nhipcau.sfu.stream.PacketCache}, {@link org.nhipcau.sfu.stream.OutboundStream}; for sound
 * {@link org.nhipcau.sfu.stream.OpusHistory}, {@link org.nhipcau.sfu.stream.LostFrames}.
 */
package org.nhipcau.sfu.stream;
