// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nhipcau.sfu.rtp.TimestampUnwrapper;

/**
 * A viewer's jitter buffer and decoder for one picture: puts frames together, shows the next one that refers only to
 * what was shown, and asks for a key frame when it has waited in vain.
 *
 * <p>Waiting times after libwebrtc {@code video/video_receive_stream2.cc} (3 s, 200 ms for a key frame). Where repairs
 * are seen to come it shows every frame later by about a round trip, so that what was missing is there in time, after
 * {@code video/video_stream_buffer_controller.cc} (0.9 round trips, 200 ms at most) and
 * {@code modules/video_coding/timing/jitter_estimator.cc} (from the third repaired frame in a minute on). Without
 * repairs a frame is shown as soon as it is whole: a delay that is the same for all changes nothing that is judged here.
 *
 * <p>Thread: one. Owns: the frames that are not whole yet, and a record of those shown.
 */
final class PictureReceiver {
    private static final long FRAME_WAIT_NS = 3_000_000_000L;
    private static final long KEY_WAIT_NS = 200_000_000L;
    private static final long ACTIVE_NS = 5_000_000_000L;
    private static final double ROUND_TRIPS_HELD = 0.9;
    private static final long MOST_HELD_NS = 200_000_000L;
    /** Of how late whole frames are, which the buffer holds as well: standard deviations, less so much, and so much. */
    private static final double DEVIATIONS = 2.33;
    private static final double TOLERATED_NS = 30_000_000;
    private static final double ALWAYS_NS = 20_000_000;
    private static final double FRAMES_AVERAGED = 100;
    private static final int REPAIRS_SEEN = 3;
    private static final long REPAIRS_REMEMBERED_NS = 60_000_000_000L;
    /** Clocks of sender and receiver are compared by the shortest way, that of the last window or of the one before. */
    private static final long WINDOW_NS = 5_000_000_000L;
    private static final int REMEMBERED = 1_024;
    private static final int MAX_PENDING = 200;

    /** A frame that is coming in. */
    private static final class Frame {
        private long timestamp;
        private int layer;
        private int number;
        private int reference;
        private int count;
        private boolean key;
        private boolean repaired;
        private long received;
        private long firstSequence;

        private boolean whole() {
            return Long.bitCount(received) == count;
        }
    }

    private final List<Frame> pending = new ArrayList<>();
    private final List<Frame> spare = new ArrayList<>();
    private final TimestampUnwrapper timestamps = new TimestampUnwrapper();
    private final int[] shownFrames = new int[REMEMBERED];
    private final PictureRecord record;
    private long lastTimestamp = Long.MIN_VALUE;
    private long waitsSinceNs;
    private boolean keyRequired = true;
    private long lastKeyPacketNs = Long.MIN_VALUE / 2;
    private long lastPacketNs = Long.MIN_VALUE / 2;
    private long settledBefore = Long.MIN_VALUE;
    private int repairs;
    private long lastRepairNs = Long.MIN_VALUE / 2;
    private long heldNs;
    private long leastWayNs = Long.MAX_VALUE;
    private long leastWayBeforeNs = Long.MAX_VALUE;
    private long windowNs;
    private double measured;
    private double meanLateNs;
    private double lateVariance;

    PictureReceiver(PictureRecord record, long nowNs) {
        this.record = record;
        this.waitsSinceNs = nowNs;
        Arrays.fill(shownFrames, -1);
    }

    /** @param repaired it was missing before @param roundTripNs as the browser knows it */
    void onPacket(PictureMark mark, long sequence, long rtpTimestamp, boolean repaired, long roundTripNs, long nowNs) {
        lastPacketNs = nowNs;
        if (mark.key) {
            lastKeyPacketNs = nowNs;
        }
        long timestamp = timestamps.unwrap((int) rtpTimestamp);
        if (timestamp <= lastTimestamp) {
            return;
        }
        Frame frame = frameOf(timestamp, mark);
        frame.received |= 1L << mark.index;
        frame.repaired |= repaired;
        frame.firstSequence = Math.min(frame.firstSequence, sequence - mark.index);
        if (frame.whole()) {
            onWhole(frame, roundTripNs, nowNs);
            showDue(nowNs);
        }
    }

    private void onWhole(Frame frame, long roundTripNs, long nowNs) {
        if (frame.repaired) {
            repairs = nowNs - lastRepairNs > REPAIRS_REMEMBERED_NS ? 1 : repairs + 1;
            lastRepairNs = nowNs;
            return;
        }
        if (nowNs - windowNs > WINDOW_NS) {
            leastWayBeforeNs = leastWayNs;
            leastWayNs = Long.MAX_VALUE;
            windowNs = nowNs;
        }
        leastWayNs = Math.min(leastWayNs, nowNs - sentNs(frame));
        double late = nowNs - sentNs(frame) - wayNs();
        double weight = 1 / Math.min(++measured, FRAMES_AVERAGED);
        meanLateNs += (late - meanLateNs) * weight;
        lateVariance += ((late - meanLateNs) * (late - meanLateNs) - lateVariance) * weight;
        boolean repairing = repairs >= REPAIRS_SEEN && nowNs - lastRepairNs <= REPAIRS_REMEMBERED_NS;
        double jitterNs = meanLateNs + Math.max(0, DEVIATIONS * Math.sqrt(lateVariance) - TOLERATED_NS) + ALWAYS_NS;
        heldNs = repairing ? (long) (jitterNs + Math.min(roundTripNs * ROUND_TRIPS_HELD, MOST_HELD_NS)) : 0;
    }

    private long wayNs() {
        return Math.min(leastWayNs, leastWayBeforeNs);
    }

    // By the sender's clock, which begins at some other time.
    private static long sentNs(Frame frame) {
        return frame.timestamp * 100_000 / 9;
    }

    private long dueNs(Frame frame) {
        return heldNs == 0 ? Long.MIN_VALUE : sentNs(frame) + wayNs() + heldNs;
    }

    /** When the next frame is to be shown, as far as is known; {@link Long#MAX_VALUE}: none that is there. */
    long nextDueNs() {
        long next = Long.MAX_VALUE;
        for (Frame frame : pending) {
            if (showable(frame)) {
                next = Math.min(next, dueNs(frame));
            }
        }
        return next;
    }

    private boolean showable(Frame frame) {
        return frame.whole() && (frame.key || wasShown(frame.layer, frame.reference));
    }

    private Frame frameOf(long timestamp, PictureMark mark) {
        int at = pending.size();
        while (at > 0 && pending.get(at - 1).timestamp >= timestamp) {
            Frame frame = pending.get(--at);
            if (frame.timestamp == timestamp && frame.layer == mark.layer && frame.number == mark.frame) {
                return frame;
            }
        }
        if (pending.size() == MAX_PENDING) {
            spare.add(pending.removeFirst());
            at = Math.max(0, at - 1);
        }
        Frame frame = spare.isEmpty() ? new Frame() : spare.removeLast();
        frame.timestamp = timestamp;
        frame.layer = mark.layer;
        frame.number = mark.frame;
        frame.reference = mark.reference;
        frame.count = mark.count;
        frame.key = mark.key;
        frame.repaired = false;
        frame.received = 0;
        frame.firstSequence = Long.MAX_VALUE;
        pending.add(at, frame);
        return frame;
    }

    /** Shows what is due. */
    void showDue(long nowNs) {
        for (int i = 0; i < pending.size(); ) {
            Frame frame = pending.get(i);
            if (showable(frame) && dueNs(frame) <= nowNs) {
                show(frame, nowNs);
                // What is older will not be shown any more.
                for (int old = 0; old <= i; old++) {
                    spare.add(pending.get(old));
                }
                pending.subList(0, i + 1).clear();
                i = 0;
            } else {
                i++;
            }
        }
    }

    private boolean wasShown(int layer, int number) {
        return shownFrames[number & REMEMBERED - 1] == id(layer, number);
    }

    private static int id(int layer, int number) {
        return layer << 28 | number & 0xfff_ffff;
    }

    private void show(Frame frame, long nowNs) {
        shownFrames[frame.number & REMEMBERED - 1] = id(frame.layer, frame.number);
        lastTimestamp = frame.timestamp;
        settledBefore = frame.firstSequence;
        keyRequired = false;
        waitsSinceNs = nowNs;
        record.onShown(frame.layer, frame.key, nowNs);
    }

    /** Nothing before this is wanted any more. */
    long settledBefore() {
        return settledBefore;
    }

    /** Whether to ask for a key frame now. */
    boolean wantsKeyFrame(long nowNs) {
        long waitNs = keyRequired ? KEY_WAIT_NS : FRAME_WAIT_NS;
        if (nowNs - waitsSinceNs < waitNs) {
            return false;
        }
        waitsSinceNs = nowNs;
        boolean active = nowNs - lastPacketNs < ACTIVE_NS;
        keyRequired |= active;
        return active && nowNs - lastKeyPacketNs >= KEY_WAIT_NS;
    }
}
