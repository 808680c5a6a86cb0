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
 * <p>Waiting times after libwebrtc {@code video/video_receive_stream2.cc} (3 s, 200 ms for a key frame).
 *
 * <p>Thread: one. Owns: the frames that are not whole yet, and a record of those shown.
 */
final class PictureReceiver {
    private static final long FRAME_WAIT_NS = 3_000_000_000L;
    private static final long KEY_WAIT_NS = 200_000_000L;
    private static final long ACTIVE_NS = 5_000_000_000L;
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

    PictureReceiver(PictureRecord record, long nowNs) {
        this.record = record;
        this.waitsSinceNs = nowNs;
        Arrays.fill(shownFrames, -1);
    }

    void onPacket(PictureMark mark, long sequence, long rtpTimestamp, long nowNs) {
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
        frame.firstSequence = Math.min(frame.firstSequence, sequence - mark.index);
        if (frame.whole()) {
            showAll(nowNs);
        }
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
        frame.received = 0;
        frame.firstSequence = Long.MAX_VALUE;
        pending.add(at, frame);
        return frame;
    }

    private void showAll(long nowNs) {
        for (int i = 0; i < pending.size(); ) {
            Frame frame = pending.get(i);
            if (frame.whole() && (frame.key || wasShown(frame.layer, frame.reference))) {
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
