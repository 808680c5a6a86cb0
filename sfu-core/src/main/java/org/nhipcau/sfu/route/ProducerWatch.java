// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.MediaEvent.ProducerState;
import org.nhipcau.sfu.api.MediaKind;

/**
 * Watches whether something comes of a producer: packets at all, and pictures that can be shown.
 *
 * <p>Thread: one. Control path, a few times a second.
 */
final class ProducerWatch {
    private final Producer producer;
    private ProducerState state;
    private long quietSinceNs;

    ProducerWatch(Producer producer, long nowNs) {
        this.producer = producer;
        this.quietSinceNs = nowNs;
    }

    /** Looks at packets and key frames. @return the new state, or null when it did not change */
    ProducerState check(long nowNs) {
        if (producer.muted()) {
            return null;
        }
        ProducerState now = judge(nowNs);
        if (now == null || now == state) {
            return null;
        }
        state = now;
        return now;
    }

    private ProducerState judge(long nowNs) {
        long lastNs = quietSinceNs;
        boolean any = false;
        boolean frozen = false;
        for (Encoding encoding : producer.encodings()) {
            if (encoding.stream() == null || !encoding.stream().started()) {
                continue;
            }
            any |= encoding.stream().keyFrameSeen() || producer.kind() == MediaKind.AUDIO;
            lastNs = Math.max(lastNs, encoding.stream().lastPacketNs());
            frozen |= encoding.live(nowNs)
                    && encoding.keyframes.unansweredNs(nowNs) >= producer.room.config.frozenAfterMs() * 1_000_000;
        }
        if (nowNs - lastNs >= producer.room.config.silentAfterMs() * 1_000_000) {
            return ProducerState.SILENT;
        }
        if (frozen) {
            return ProducerState.FROZEN;
        }
        return any && lastNs > quietSinceNs ? ProducerState.ACTIVE : null;
    }

    /** It was muted, or is to be heard again: what it was before says nothing any more. */
    void onMuted(boolean muted, long nowNs) {
        quietSinceNs = nowNs;
        if (muted) {
            state = null;
        }
    }

    /** Nobody wants the track: its sender may stop, which is no silence. Also when it is wanted again. */
    void excuseSilence(long nowNs) {
        quietSinceNs = nowNs;
    }

    /** Nothing comes although something should. */
    boolean silent() {
        return state == ProducerState.SILENT;
    }
}
