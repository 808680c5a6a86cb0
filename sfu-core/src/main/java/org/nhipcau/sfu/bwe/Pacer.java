// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Spreads what one viewer is sent over time, so that a picture of many packets does not fill the queue of a narrow link
 * and hold up the sound behind it.
 *
 * <p>A leaky bucket: what was sent drains at the set rate, and as long as no more than a few milliseconds' worth is in
 * it, packets pass at once and are only counted. On a good link all pass; nothing is queued, nothing is delayed, trains
 * of packets stay whole. Else they wait by rank:
 * <ol>
 *   <li>sound never waits; what it takes is taken from the others;
 *   <li>nor do still pictures and their repairs, which whoever sends them spreads by what is set aside for them. Where
 *       sound fills the path they would wait for ever; only while the pacer is {@link #held} must none be offered;
 *   <li>retransmissions, which complete pictures under way;
 *   <li>pictures, in their order;
 *   <li>padding, which is sent only where nothing waits, and never queued.
 * </ol>
 * When the bucket has drained, a whole bucket leaves at once: few wake-ups, and packets that can go as a train.
 *
 * <p>The queue never grows beyond its bounds of bytes, packets and time to drain: then the oldest picture is given up as
 * a whole, with what is still to come of it; one that has begun to leave only when there is no other. One that waits
 * alone is never given up for the time it takes. The owner learns of each packet given up, and should ask for a key
 * frame.
 *
 * <pre>
 *   offer(rank, …) --- SEND ------------------------------------------&gt; on the wire
 *        |  WAIT                                     release(now) ----&gt; outlet.send
 *        +-----&gt; enqueue ---&gt; [ rtx ] [ pictures ] --'      '---------&gt; outlet.drop
 * </pre>
 * After the idea of libwebrtc's {@code modules/pacing/pacing_controller.cc}; the bounds and the rule of whole pictures
 * are by taste.
 *
 * <p>Thread: one. Owns: its queues; the packets stay their owner's.
 */
public final class Pacer<T> {
    /** What a packet is, most urgent first. */
    public enum Rank { AUDIO, STILL, RTX, VIDEO, PADDING }

    /** What to do with a packet. */
    public enum Verdict {
        /** Send it now; it is counted. */
        SEND,
        /** Hand it to {@link #enqueue}. */
        WAIT,
        /** Do not send it: padding out of place, or the rest of a picture that was given up. */
        REFUSED
    }

    /** Where packets go that have waited. Must not call the pacer back. */
    public interface Outlet<T> {
        /** Its turn has come. */
        void send(T packet, long nowNs);

        /** It was given up. */
        void drop(T packet);
    }

    /** The rate until {@link #setRate}: none at all. */
    public static final long UNLIMITED_BPS = Long.MAX_VALUE;
    /** Of a bucket; two packets at 4 Mbit/s. */
    public static final long DEFAULT_BURST_NS = 5_000_000L;
    /** Longer than this a picture is not worth waiting for. */
    public static final long DEFAULT_QUEUE_NS = 500_000_000L;
    /** Two seconds at 4 Mbit/s; the rate comes down to the path's long before. */
    public static final int DEFAULT_QUEUE_BYTES = 1 << 20;
    private static final int VIDEO_SLOTS = 1_024;
    private static final int RTX_SLOTS = 256;
    /** Sound that alone is more than the rate keeps pictures back for no longer than this after it has ended. */
    private static final long MAX_DEBT_NS = 500_000_000L;
    private static final long MIN_BPS = 1_000;
    // Nanoseconds per byte as a fixed-point number: a multiplication per packet instead of a division.
    private static final int FRACTION_BITS = 16;
    private static final long BYTE_COST_AT_1_BPS = 8_000_000_000L << FRACTION_BITS;
    private static final int REFUSALS = 8;
    private static final long REFUSAL_NS = 2_000_000_000L;
    private static final long WHOLE = -1;
    private static final long STREAM = 0xffff_ffff_0000_0000L;

    private final Outlet<T> outlet;
    private final long burstNs;
    private final long maxQueueNs;
    private final long maxQueueBytes;
    private final PacedQueue<T> rtx = new PacedQueue<>(RTX_SLOTS);
    private final PacedQueue<T> video = new PacedQueue<>(VIDEO_SLOTS);
    private long rateBps = UNLIMITED_BPS;
    private long byteCost;
    /** When all that was sent will have drained; before now: the bucket is empty. */
    private long drainedNs;
    private boolean started;
    private boolean held;
    private long leavingFrame;
    private final long[] refused = new long[REFUSALS];
    private int refusals;
    private long refusedNs;
    private long droppedFrames;
    private long droppedPackets;

    public Pacer(Outlet<T> outlet) {
        this(outlet, DEFAULT_BURST_NS, DEFAULT_QUEUE_NS, DEFAULT_QUEUE_BYTES);
    }

    /**
     * @param burstNs what may be sent at once, as time at the rate
     * @param maxQueueNs the time that the queue may take to drain, before pictures are given up
     * @param maxQueueBytes the bytes that may wait
     */
    public Pacer(Outlet<T> outlet, long burstNs, long maxQueueNs, int maxQueueBytes) {
        if (burstNs < 1 || maxQueueNs < burstNs || maxQueueBytes < 1) {
            throw new IllegalArgumentException("burst " + burstNs + " ns, queue " + maxQueueNs + " ns and "
                    + maxQueueBytes + " bytes; allowed: 1 and more, the queue no shorter than the burst");
        }
        this.outlet = outlet;
        this.burstNs = burstNs;
        this.maxQueueNs = maxQueueNs;
        this.maxQueueBytes = maxQueueBytes;
    }

    /** Sets the rate; what is in the bucket and what waits drains at the new one. {@link #UNLIMITED_BPS}: no pacing. */
    public void setRate(long bps, long nowNs) {
        long newCost = bps == UNLIMITED_BPS ? 0 : BYTE_COST_AT_1_BPS / Math.max(MIN_BPS, bps);
        if (started && drainedNs - nowNs > 0) {
            double change = byteCost == 0 ? 0 : (double) newCost / byteCost;
            drainedNs = nowNs + Math.min(MAX_DEBT_NS, (long) ((drainedNs - nowNs) * change));
        }
        rateBps = bps;
        byteCost = newCost;
        keepTimeBound(nowNs);
    }

    /** Keeps back all but sound until told otherwise: too much is under way, or nothing is heard of it. */
    public void hold(boolean on) {
        held = on;
    }

    /** Whether all but sound is kept back. */
    public boolean held() {
        return held;
    }

    /** Bits per second; {@link #UNLIMITED_BPS}: no pacing. */
    public long rateBps() {
        return rateBps;
    }

    /**
     * Decides on a packet before it is made.
     *
     * @param lengthBytes on the wire
     * @param ssrc its stream; with the timestamp it names the picture. Of no account for sound and padding
     */
    public Verdict offer(Rank rank, int lengthBytes, int ssrc, int timestamp, long nowNs) {
        assert !held || rank != Rank.STILL : "a still picture while all but sound is kept back";
        if (rank == Rank.VIDEO && refusals > 0 && isRefused(frame(ssrc, timestamp), nowNs)) {
            return Verdict.REFUSED;
        }
        if (rank == Rank.AUDIO || rank == Rank.STILL || hasRoom(nowNs) && !othersFirst(rank)) {
            count(lengthBytes, nowNs);
            if (rank == Rank.VIDEO) {
                leavingFrame = frame(ssrc, timestamp);
            }
            return Verdict.SEND;
        }
        return rank == Rank.PADDING ? Verdict.REFUSED : Verdict.WAIT;
    }

    private boolean hasRoom(long nowNs) {
        return !held && (!started || drainedNs - nowNs < burstNs);
    }

    private boolean othersFirst(Rank rank) {
        return !rtx.isEmpty() || rank != Rank.RTX && !video.isEmpty();
    }

    private void count(int lengthBytes, long nowNs) {
        begin(nowNs);
        if (drainedNs - nowNs < 0 && rtx.isEmpty() && video.isEmpty()) {
            drainedNs = nowNs;
        }
        drainedNs = Math.min(drainedNs - nowNs + cost(lengthBytes), MAX_DEBT_NS) + nowNs;
    }

    private void begin(long nowNs) {
        if (!started) {
            started = true;
            drainedNs = nowNs;
        }
    }

    private long cost(long bytes) {
        return bytes * byteCost >> FRACTION_BITS;
    }

    /** Takes a packet that has to wait. It, or others that came before it, may be given up at once. */
    public void enqueue(Rank rank, T packet, int lengthBytes, int ssrc, int timestamp, long nowNs) {
        begin(nowNs);
        long frame = frame(ssrc, timestamp);
        PacedQueue<T> queue = rank == Rank.RTX ? rtx : video;
        makeRoom(queue, frame, lengthBytes, nowNs);
        if (queue.full() || waitingBytes() + lengthBytes > maxQueueBytes
                || queue == video && refusals > 0 && isRefused(frame, nowNs)) {
            droppedPackets++;
            outlet.drop(packet);
            return;
        }
        queue.add(packet, lengthBytes, frame);
        keepTimeBound(nowNs);
    }

    private void makeRoom(PacedQueue<T> queue, long newFrame, int lengthBytes, long nowNs) {
        while (video.full() && queue == video || waitingBytes() + lengthBytes > maxQueueBytes) {
            if (!video.isEmpty()) {
                long oldest = video.oldestOtherThan(leavingFrame);
                giveUp(oldest, nowNs);
            } else if (queue == video) {
                // A picture that is larger than all the room there is.
                refuse(newFrame, nowNs);
                droppedFrames++;
                return;
            } else {
                break;
            }
        }
        while (queue == rtx && !rtx.isEmpty() && (rtx.full() || waitingBytes() + lengthBytes > maxQueueBytes)) {
            droppedPackets++;
            outlet.drop(rtx.poll());
        }
    }

    private void keepTimeBound(long nowNs) {
        while (cost(waitingBytes()) > maxQueueNs && !video.isEmpty()) {
            long oldest = video.oldestOtherThan(leavingFrame);
            if (video.oldestOtherThan(oldest) == oldest) {
                return;
            }
            giveUp(oldest, nowNs);
        }
    }

    private void giveUp(long frame, long nowNs) {
        droppedFrames++;
        droppedPackets += video.drop(frame, WHOLE, outlet);
        refuse(frame, nowNs);
    }

    private void refuse(long frame, long nowNs) {
        refused[refusals % REFUSALS] = frame;
        refusals = refusals + 1 < 2 * REFUSALS ? refusals + 1 : REFUSALS;
        refusedNs = nowNs;
    }

    private boolean isRefused(long frame, long nowNs) {
        if (nowNs - refusedNs > REFUSAL_NS) {
            refusals = 0;
            return false;
        }
        for (int i = Math.min(refusals, REFUSALS) - 1; i >= 0; i--) {
            if (refused[i] == frame) {
                return true;
            }
        }
        return false;
    }

    /** Gives up all that waits of one stream: its viewer no longer gets it, or it begins anew with a key frame. */
    public void forget(int ssrc) {
        long frame = frame(ssrc, 0);
        if (!video.isEmpty()) {
            droppedPackets += video.drop(frame, STREAM, outlet);
        }
        if (!rtx.isEmpty()) {
            droppedPackets += rtx.drop(frame, STREAM, outlet);
        }
    }

    /**
     * Gives up the pictures that wait of one stream, but for the one that has begun to leave: thrown away half-way, a
     * key frame would only be asked for anew.
     */
    public void forgetUnbegun(int ssrc) {
        if (!video.isEmpty()) {
            droppedPackets += video.drop(frame(ssrc, 0), STREAM, leavingFrame, outlet);
        }
    }

    /** Gives up all that waits. */
    public void clear() {
        while (!rtx.isEmpty()) {
            outlet.drop(rtx.poll());
        }
        while (!video.isEmpty()) {
            outlet.drop(video.poll());
        }
    }

    /**
     * Sends what is due. A call that comes late sends what it has missed, up to one bucket.
     *
     * @return how many packets
     */
    public int release(long nowNs) {
        if (held || rtx.isEmpty() && video.isEmpty() || drainedNs - nowNs > 0) {
            return 0;
        }
        if (nowNs - drainedNs > burstNs) {
            drainedNs = nowNs - burstNs;
        }
        int sent = 0;
        while (drainedNs - nowNs < burstNs && !(rtx.isEmpty() && video.isEmpty())) {
            PacedQueue<T> next = rtx.isEmpty() ? video : rtx;
            drainedNs += cost(next.headLengthBytes());
            if (next == video) {
                leavingFrame = video.headFrame();
            }
            outlet.send(next.poll(), nowNs);
            sent++;
        }
        return sent;
    }

    /** When {@link #release} has something to do; {@link Long#MAX_VALUE}: nothing waits. May be in the past: now. */
    public long nextReleaseNs() {
        return held || rtx.isEmpty() && video.isEmpty() ? Long.MAX_VALUE : drainedNs;
    }

    /** Packets that wait. */
    public int waitingPackets() {
        return rtx.count() + video.count();
    }

    /** Bytes that wait. */
    public long waitingBytes() {
        return rtx.bytes() + video.bytes();
    }

    /** How long what waits takes to drain at the rate. */
    public long waitingNs() {
        return cost(waitingBytes());
    }

    /** Pictures given up, so far. */
    public long droppedFrames() {
        return droppedFrames;
    }

    /** Packets given up, so far. */
    public long droppedPackets() {
        return droppedPackets;
    }

    private static long frame(int ssrc, int timestamp) {
        return (long) ssrc << 32 | timestamp & 0xffff_ffffL;
    }
}
