// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.link;

import java.util.Arrays;

/**
 * What became of every packet that was given to a link, and what can be read from it for any stretch of time: the
 * emulator's own word, whatever the ends believe.
 *
 * <p>Times count from the link's start. Thread: one. Owns: 13 bytes per packet.
 */
public final class LinkLog {
    private static final byte DELIVERED = 0;
    private static final byte DROPPED_QUEUE = 1;
    private static final byte DROPPED_LOSS = 2;
    private static final byte DROPPED_OUTAGE = 3;

    private final Capacity capacity;
    private int count;
    private int[] leftUs = new int[4_096];
    private int[] waitedUs = new int[4_096];
    private short[] bytes = new short[4_096];
    private byte[] flows = new byte[4_096];
    private byte[] fates = new byte[4_096];

    LinkLog(Capacity capacity) {
        this.capacity = capacity;
    }

    void delivered(Flow flow, int lengthBytes, long leftNs, long waitedNs) {
        add(flow, lengthBytes, leftNs, waitedNs, DELIVERED);
    }

    void lost(Flow flow, int lengthBytes, long leftNs, long waitedNs, boolean outage) {
        add(flow, lengthBytes, leftNs, waitedNs, outage ? DROPPED_OUTAGE : DROPPED_LOSS);
    }

    void overflowed(Flow flow, int lengthBytes, long nowNs) {
        add(flow, lengthBytes, nowNs, 0, DROPPED_QUEUE);
    }

    private void add(Flow flow, int lengthBytes, long leftNs, long waitedNs, byte fate) {
        if (count == leftUs.length) {
            leftUs = Arrays.copyOf(leftUs, count * 2);
            waitedUs = Arrays.copyOf(waitedUs, count * 2);
            bytes = Arrays.copyOf(bytes, count * 2);
            flows = Arrays.copyOf(flows, count * 2);
            fates = Arrays.copyOf(fates, count * 2);
        }
        leftUs[count] = (int) Math.min(Integer.MAX_VALUE, leftNs / 1_000);
        waitedUs[count] = (int) Math.min(Integer.MAX_VALUE, waitedNs / 1_000);
        bytes[count] = (short) lengthBytes;
        flows[count] = (byte) flow.ordinal();
        fates[count++] = fate;
    }

    /** Packets given to the link. */
    public int packets() {
        return count;
    }

    /** Packets of a flow that came through; null: of all. */
    public long deliveredPackets(Flow flow, long fromMs, long toMs) {
        return sum(flow, fromMs, toMs, DELIVERED, false);
    }

    /** Bytes of a flow that came through, as they count against the rate; null: of all. */
    public long deliveredBytes(Flow flow, long fromMs, long toMs) {
        return sum(flow, fromMs, toMs, DELIVERED, true);
    }

    /** Packets that the full queue refused; flow null: of all. */
    public long overflowedPackets(Flow flow, long fromMs, long toMs) {
        return sum(flow, fromMs, toMs, DROPPED_QUEUE, false);
    }

    /** Packets that were lost on the way, not for want of room; flow null: of all. */
    public long lostPackets(Flow flow, long fromMs, long toMs) {
        return sum(flow, fromMs, toMs, DROPPED_LOSS, false) + sum(flow, fromMs, toMs, DROPPED_OUTAGE, false);
    }

    /** Bytes lost on the way or refused; flow null: of all. */
    public long missingBytes(Flow flow, long fromMs, long toMs) {
        return sum(flow, fromMs, toMs, DROPPED_LOSS, true) + sum(flow, fromMs, toMs, DROPPED_OUTAGE, true)
                + sum(flow, fromMs, toMs, DROPPED_QUEUE, true);
    }

    private long sum(Flow flow, long fromMs, long toMs, byte fate, boolean inBytes) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            if (fates[i] == fate && within(i, flow, fromMs, toMs)) {
                sum += inBytes ? bytes[i] : 1;
            }
        }
        return sum;
    }

    private boolean within(int i, Flow flow, long fromMs, long toMs) {
        return leftUs[i] >= fromMs * 1_000 && leftUs[i] < toMs * 1_000
                && (flow == null || flows[i] == flow.ordinal());
    }

    /** What the link could have carried, in bytes. Not on an unlimited one. */
    public double capacityBytes(long fromMs, long toMs) {
        return (capacity.workUntil(toMs * 1_000_000) - capacity.workUntil(fromMs * 1_000_000))
                / (double) Capacity.BYTE;
    }

    /**
     * The share of what could be used that was: of each second the smaller of what the link carries and what there was
     * to send.
     *
     * @param wantedBps what the best picture and the sound take
     */
    public double utilisation(long fromMs, long toMs, double wantedBps) {
        double usable = 0;
        double used = 0;
        for (long at = fromMs; at < toMs; at += 1_000) {
            long end = Math.min(toMs, at + 1_000);
            double wanted = wantedBps / 8 * (end - at) / 1_000;
            usable += capacity.unlimited() ? wanted : Math.min(wanted, capacityBytes(at, end));
        }
        for (int i = 0; i < count; i++) {
            // Lost on the radio all the same: the capacity was used.
            if (fates[i] != DROPPED_QUEUE && within(i, null, fromMs, toMs)) {
                used += bytes[i];
            }
        }
        return usable == 0 ? 1 : Math.min(1, used / usable);
    }

    /** The time that packets waited before their own first bit left, at a quantile; 0 when there were none. */
    public double waitedMs(Flow flow, long fromMs, long toMs, double quantile) {
        int[] waits = new int[count];
        int found = 0;
        for (int i = 0; i < count; i++) {
            if (fates[i] != DROPPED_QUEUE && within(i, flow, fromMs, toMs)) {
                waits[found++] = waitedUs[i];
            }
        }
        if (found == 0) {
            return 0;
        }
        Arrays.sort(waits, 0, found);
        return waits[(int) Math.min(found - 1, Math.floor(quantile * found))] / 1e3;
    }
}
