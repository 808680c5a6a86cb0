// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.link;

import java.util.Arrays;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.buffer.PacketPool;
import org.nhipcau.sfu.sim.link.VirtualClock.Alarm;

/**
 * One direction of a link in virtual time: a drop-tail queue, a serializer that follows the profile exactly, loss,
 * outages, delay and jitter.
 *
 * <p>All that happens to a packet is known when it arrives, so it is worked out then, and one alarm at a time waits for
 * the oldest packet in flight. Each arriving packet draws once, whatever becomes of it: the n-th packet's luck depends
 * on the seed and on n alone.
 *
 * <p>Thread: one. Owns: a ring of the packets in flight; borrows buffers of a pool for as long as they fly.
 */
public final class VirtualLink {
    private static final double TO_UNIT = 0x1p-53;

    /** Gets what a link carries. */
    public interface Receiver {
        /**
         * One packet.
         *
         * @param packet only until it returns; null when the sender gave none
         * @param tag what the sender said of it
         */
        void onPacket(PacketBuffer packet, long tag, long nowNs);
    }

    private final VirtualClock clock;
    private final PacketPool pool;
    private final LinkSettings settings;
    private final Capacity capacity;
    private final LinkLog log;
    private final long seed;
    private final long startNs;
    private final Alarm alarm = new Alarm(this::deliver);
    private long arrivals;
    private boolean bad;

    // In flight or waiting, oldest first: [head, tail), those from departed on still wait.
    private int mask = 255;
    private PacketBuffer[] packets = new PacketBuffer[mask + 1];
    private Receiver[] receivers = new Receiver[mask + 1];
    private long[] tags = new long[mask + 1];
    private long[] leaveNs = new long[mask + 1];
    private long[] outNs = new long[mask + 1];
    private int[] lengths = new int[mask + 1];
    private long head;
    private long departed;
    private long tail;
    private long backlogBytes;
    private long workDone;
    private long lastKbps = 1;
    private long lastOutNs;

    /**
     * @param seed of everything random
     * @param pool lends buffers; may be shared with all that runs on the clock
     */
    public VirtualLink(VirtualClock clock, LinkSettings settings, long seed, PacketPool pool) {
        this.clock = clock;
        this.pool = pool;
        this.settings = settings;
        this.capacity = settings.effective();
        this.log = new LinkLog(settings.capacity());
        this.seed = mix(seed);
        this.startNs = clock.nowNs();
    }

    /** What became of the packets. */
    public LinkLog log() {
        return log;
    }

    public LinkSettings settings() {
        return settings;
    }

    /** What it carries at this moment. */
    public long kbps() {
        return capacity.kbpsAt(clock.nowNs() - startNs);
    }

    /** Bytes that wait or are being sent right now. */
    public long backlogBytes() {
        depart(clock.nowNs());
        return backlogBytes;
    }

    /**
     * Takes a packet.
     *
     * @param packet is copied; null where its bytes do not matter
     * @param wireBytes as they count against the rate
     * @param tag given to the receiver
     */
    public void send(Receiver to, PacketBuffer packet, int wireBytes, Flow flow, long tag) {
        long nowNs = clock.nowNs();
        long draw = mix(seed + ++arrivals * 0x9e37_79b9_7f4a_7c15L);
        stepBurst(draw);
        depart(nowNs);
        if (overflows(wireBytes, nowNs)) {
            log.overflowed(flow, wireBytes, nowNs - startNs);
            return;
        }
        long waitUntilNs = nowNs - startNs;
        long leave = waitUntilNs;
        if (!capacity.unlimited()) {
            long arrivedAt = capacity.workUntil(waitUntilNs);
            if (workDone > arrivedAt) {
                waitUntilNs = capacity.timeOf(workDone);
            }
            workDone = Math.max(workDone, arrivedAt) + wireBytes * Capacity.BYTE;
            leave = capacity.timeOf(workDone);
        }
        long waited = waitUntilNs - (nowNs - startNs);
        boolean outage = settings.dropsAt(leave);
        boolean lost = outage || leave == Long.MAX_VALUE || unit(draw) < lossAt(leave);
        if (lost) {
            log.lost(flow, wireBytes, leave, waited, outage);
        } else {
            log.delivered(flow, wireBytes, leave, waited);
        }
        put(lost ? null : to, lost ? null : packet, wireBytes, tag, leave, draw);
    }

    private void stepBurst(long draw) {
        LinkSettings.Burst burst = settings.burst();
        if (burst != null) {
            double u = unit(mix(draw + 1));
            bad = bad ? u >= burst.toGood() : u < burst.toBad();
        }
    }

    private double lossAt(long ns) {
        LinkSettings.Burst burst = settings.burst();
        if (burst != null) {
            return bad ? burst.badLoss() : burst.goodLoss();
        }
        double named = capacity.lossAt(ns);
        return named >= 0 ? named : settings.lossRatio();
    }

    private boolean overflows(int wireBytes, long nowNs) {
        LinkSettings.Queue queue = settings.queue();
        long kbps = capacity.unlimited() ? 0 : capacity.kbpsAt(nowNs - startNs);
        lastKbps = kbps > 0 ? kbps : lastKbps;
        return tail > departed && (queue.bytes() > 0 && backlogBytes + wireBytes > queue.bytes()
                || queue.packets() > 0 && tail - departed >= queue.packets()
                || queue.ms() > 0 && backlogBytes * 8 / lastKbps > queue.ms());
    }

    // What has left by now takes no room in the queue any more.
    private void depart(long nowNs) {
        while (departed < tail && leaveNs[(int) departed & mask] <= nowNs) {
            backlogBytes -= lengths[(int) departed++ & mask];
        }
    }

    private void put(Receiver to, PacketBuffer packet, int wireBytes, long tag, long leave, long draw) {
        if (tail - head > mask) {
            grow();
        }
        int slot = (int) tail++ & mask;
        long out = leave == Long.MAX_VALUE ? leave : leave + startNs + settings.delayNs() + jitter(draw);
        lastOutNs = Math.max(lastOutNs, out);
        receivers[slot] = to;
        packets[slot] = copy(packet);
        tags[slot] = tag;
        lengths[slot] = wireBytes;
        leaveNs[slot] = leave == Long.MAX_VALUE ? leave : leave + startNs;
        outNs[slot] = lastOutNs;
        backlogBytes += wireBytes;
        if (!alarm.isSet() && lastOutNs != Long.MAX_VALUE) {
            clock.set(alarm, outNs[(int) head & mask]);
        }
    }

    private PacketBuffer copy(PacketBuffer packet) {
        if (packet == null) {
            return null;
        }
        PacketBuffer copy = pool.acquire();
        if (copy == null) {
            throw new IllegalStateException("more packets in flight than the simulation's pool holds");
        }
        copy.copyFrom(packet);
        return copy;
    }

    private long jitter(long draw) {
        if (settings.jitterNs() == 0) {
            return 0;
        }
        // Box and Muller, from two draws that follow from the packet's own.
        double radius = Math.sqrt(-2 * Math.log(1 - unit(mix(draw + 2))));
        double normal = radius * Math.cos(2 * Math.PI * unit(mix(draw + 3)));
        return Math.max(-settings.delayNs(), (long) (Math.clamp(normal, -3.0, 3.0) * settings.jitterNs()));
    }

    private void deliver(long nowNs) {
        while (head < tail && outNs[(int) head & mask] <= nowNs) {
            depart(nowNs);
            int slot = (int) head++ & mask;
            PacketBuffer packet = packets[slot];
            Receiver to = receivers[slot];
            packets[slot] = null;
            receivers[slot] = null;
            if (to != null) {
                to.onPacket(packet, tags[slot], nowNs);
            }
            if (packet != null) {
                pool.release(packet);
            }
        }
        if (head < tail && outNs[(int) head & mask] != Long.MAX_VALUE) {
            clock.set(alarm, outNs[(int) head & mask]);
        }
    }

    private void grow() {
        int larger = (mask + 1) * 2;
        PacketBuffer[] morePackets = new PacketBuffer[larger];
        Receiver[] moreReceivers = new Receiver[larger];
        long[] moreTags = new long[larger];
        long[] moreLeave = new long[larger];
        long[] moreOut = new long[larger];
        int[] moreLengths = new int[larger];
        for (long at = head; at < tail; at++) {
            int from = (int) at & mask;
            int to = (int) at & larger - 1;
            morePackets[to] = packets[from];
            moreReceivers[to] = receivers[from];
            moreTags[to] = tags[from];
            moreLeave[to] = leaveNs[from];
            moreOut[to] = outNs[from];
            moreLengths[to] = lengths[from];
        }
        packets = morePackets;
        receivers = moreReceivers;
        tags = moreTags;
        leaveNs = moreLeave;
        outNs = moreOut;
        lengths = moreLengths;
        mask = larger - 1;
    }

    /** Gives back what is still in flight. */
    public void close() {
        for (PacketBuffer packet : packets) {
            if (packet != null) {
                pool.release(packet);
            }
        }
        Arrays.fill(packets, null);
        Arrays.fill(receivers, null);
        head = tail;
        departed = tail;
    }

    private static double unit(long bits) {
        return (bits >>> 11) * TO_UNIT;
    }

    // Stafford's variant 13 of the finisher of MurmurHash3, as SplitMix64 uses it.
    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }
}
