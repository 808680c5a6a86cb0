// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.pipe.PipeSlot;

/**
 * One producer between two workers: the name under which the messages in their pipes know it.
 *
 * <p>Thread: its two ends belong to two threads and are never touched by the other: the {@link MirroredTrack} to that
 * of the viewers, which also makes the crossing, the {@link PipeExport} to that of the publisher.
 */
public final class Crossing {
    private final String roomId;
    private final String trackId;
    final PipePort toPublisher;
    final PipePort toViewers;
    /** The viewers' end; null when the producer is gone there. */
    MirroredTrack mirrored;
    /** The publisher's end; null while nothing is wanted there. */
    PipeExport export;
    /** The publisher's: number of the last stream that crossed, over all exports there were. */
    int generation;

    Crossing(String roomId, String trackId, PipePort toPublisher, PipePort toViewers) {
        this.roomId = roomId;
        this.trackId = trackId;
        this.toPublisher = toPublisher;
        this.toViewers = toViewers;
    }

    public String roomId() {
        return roomId;
    }

    String trackId() {
        return trackId;
    }

    /** A packet came over. Thread: the viewers'. @return why it went no further, or null */
    public DropReason onPacket(PipeSlot slot, long nowNs) {
        if (mirrored == null) {
            // Whatever ended here, the other side has not heard of it: nothing more is wanted.
            sendWanted(WantedQuality.NOBODY);
            return DropReason.PIPE_STALE;
        }
        return mirrored.onPacket(slot, nowNs);
    }

    /** A sender report came over. Thread: the viewers'. */
    public void onReport(PipeSlot slot) {
        if (mirrored != null) {
            mirrored.onReport(slot);
        }
    }

    /** The state of the producer's gate came over. Thread: the viewers'. */
    public void onGate(PipeSlot slot, long nowNs) {
        if (mirrored != null) {
            mirrored.onGate(slot, nowNs);
        }
    }

    /** Whether the producer's picture rests came over. Thread: the viewers'. */
    public void onResting(PipeSlot slot) {
        if (mirrored != null) {
            mirrored.onResting(slot);
        }
    }

    /** A viewer over there needs a key frame. Thread: the publisher's. */
    public void onKeyframeWanted(PipeSlot slot, long nowNs) {
        if (export != null) {
            export.onKeyframeWanted(slot.encoding, nowNs);
        }
    }

    /** Tells the publisher's worker which quality is wanted here. @return false when the pipe is full: tell it again */
    boolean sendWanted(int quality) {
        PipeSlot slot = toPublisher.claim(PipePort.Rank.FEEDBACK);
        if (slot == null) {
            return false;
        }
        slot.kind = PipeSlot.Kind.WANTED;
        slot.target = this;
        slot.quality = quality;
        toPublisher.commit();
        return true;
    }
}
