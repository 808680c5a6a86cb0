// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.link;

import java.util.ArrayList;
import java.util.List;

/**
 * How one direction of a link behaves, but for its seed.
 *
 * <p>Thread: any; does not change.
 *
 * @param delayNs one way
 * @param jitterNs standard deviation of the delay, cut at three times that; packets stay in order
 * @param lossRatio independent loss, where the capacity names none
 * @param burst loss that comes in bursts, in place of the independent one; null: none
 * @param queue bounds of what waits
 */
public record LinkSettings(Capacity capacity, long delayNs, long jitterNs, double lossRatio, Burst burst, Queue queue,
        List<Outage> outages) {
    private static final long MS = 1_000_000L;

    /**
     * A channel with two states (Gilbert-Elliott), one step per packet.
     *
     * @param toBad chance to change from the good state to the bad one
     * @param toGood chance to change back
     * @param badLoss chance of loss in the bad state
     * @param goodLoss chance of loss in the good state
     */
    public record Burst(double toBad, double toGood, double badLoss, double goodLoss) {
        /** Loses so much in bursts of that mean length, in packets, and nothing between them. */
        public static Burst of(double lossRatio, double meanPackets) {
            return new Burst(lossRatio / (1 - lossRatio) / meanPackets, 1 / meanPackets, 1, 0);
        }
    }

    /** Bounds of the queue; 0: none of that kind. A lone packet is always taken. */
    public record Queue(long ms, long bytes, long packets) {
        /** Drains within this time at the rate of the moment. */
        public static Queue ofMs(long ms) {
            return new Queue(ms, 0, 0);
        }

        /** Holds so many bytes, however long they take. */
        public static Queue ofBytes(long bytes) {
            return new Queue(0, bytes, 0);
        }

        /** Holds so many packets. */
        public static Queue ofPackets(long packets) {
            return new Queue(0, 0, packets);
        }
    }

    /**
     * A time without service.
     *
     * @param drops true: packets that would leave are lost; false: they wait, as in a base station
     */
    public record Outage(long atNs, long durationNs, boolean drops) {}

    /** @throws IllegalArgumentException naming the first value outside its range */
    public LinkSettings {
        outages = List.copyOf(outages);
        if (delayNs < 0 || jitterNs < 0 || lossRatio < 0 || lossRatio > 1) {
            throw new IllegalArgumentException("delay " + delayNs + " ns, jitter " + jitterNs + " ns, loss " + lossRatio
                    + "; allowed: 0 and more, loss 0 to 1");
        }
    }

    /** A link of a rate and a one-way delay that does nothing else, with a queue of 300 ms. */
    public static LinkSettings of(Capacity capacity, long delayMs) {
        return new LinkSettings(capacity, delayMs * MS, 0, 0, null, Queue.ofMs(300), List.of());
    }

    public LinkSettings jitter(long ms) {
        return new LinkSettings(capacity, delayNs, ms * MS, lossRatio, burst, queue, outages);
    }

    public LinkSettings loss(double ratio) {
        return new LinkSettings(capacity, delayNs, jitterNs, ratio, null, queue, outages);
    }

    public LinkSettings loss(Burst bursts) {
        return new LinkSettings(capacity, delayNs, jitterNs, 0, bursts, queue, outages);
    }

    public LinkSettings queue(Queue bounds) {
        return new LinkSettings(capacity, delayNs, jitterNs, lossRatio, burst, bounds, outages);
    }

    /** With an outage more. */
    public LinkSettings outage(long atMs, long durationMs, boolean drops) {
        List<Outage> all = new ArrayList<>(outages);
        all.add(new Outage(atMs * MS, durationMs * MS, drops));
        return new LinkSettings(capacity, delayNs, jitterNs, lossRatio, burst, queue, all);
    }

    /** The capacity with the outages in it that let packets wait. */
    Capacity effective() {
        Capacity result = capacity;
        for (Outage outage : outages) {
            result = outage.drops ? result : result.hold(outage.atNs, outage.durationNs);
        }
        return result;
    }

    boolean dropsAt(long ns) {
        for (Outage outage : outages) {
            if (outage.drops && ns >= outage.atNs && ns < outage.atNs + outage.durationNs) {
                return true;
            }
        }
        return false;
    }
}
