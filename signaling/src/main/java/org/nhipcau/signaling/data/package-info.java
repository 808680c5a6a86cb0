// SPDX-License-Identifier: Apache-2.0
/**
 * Messages between the participants of a room: what clients call data packets.
 *
 * <p>The media node carries them over the data channels {@code _reliable} and {@code _lossy} and knows nothing of
 * rights. Here each message is judged (may its sender send, is it new, is it of a kind for a participant to send), gets
 * its sender's name in place of what it says itself, and goes to those who are named in it, or to all, as far as they may
 * hear of the sender. What is in it is neither read nor kept longer than a resume or a join takes, nor written anywhere.
 *
 * <p>Specs: {@code DataPacket} of livekit_models.proto; the client protocol of the LiveKit SDKs (described by behaviour
 * in the project's client protocol page, 2.9 and 3).
 *
 * <p>Left out on purpose: figures of clients ({@code metrics}), which are for subscribers that no token names; data
 * tracks; what comes on channels of other labels.
 *
 * <p>Pure: no socket, clock or lock; who is there and what they may is asked of the room through
 * {@link org.nhipcau.signaling.data.Member}. Thread: the room's.
 *
 * <p>Reading order: {@link org.nhipcau.signaling.data.Member}, {@link org.nhipcau.signaling.data.Exchange},
 * {@code Envelope}, {@code MessageLog}, {@code Nonces}.
 */
package org.nhipcau.signaling.data;
