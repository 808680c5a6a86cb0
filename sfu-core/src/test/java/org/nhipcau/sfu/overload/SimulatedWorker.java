// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.overload;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A packet thread on a virtual clock: datagrams arrive at random, each costs time by what the level lets through, the
 * kernel keeps a bounded queue of them, batches are of 32 at most.
 */
final class SimulatedWorker {
    static final long MS = 1_000_000L;
    static final long SECOND_NS = 1_000 * MS;
    private static final int BATCH = 32;

    /** What one arriving datagram costs at a level. */
    interface Cost {
        double ns(OverloadLevel level);
    }

    final LoadMonitor monitor = new LoadMonitor();
    final OverloadPolicy policy;
    final AdmissionGate gate;
    final List<String> story = new ArrayList<>();
    private final SplittableRandom random;
    private final int queueCapacity;
    private final boolean lossKnown;
    double packetsPerSecond;
    Cost cost;
    /** The new level's cost counts from this long after the change: layers end at key frames. */
    long effectNs;

    long nowNs;
    private double nextArrivalNs;
    private int queued;
    long dropped;
    long firstRiseNs = -1;
    int changes;
    private OverloadLevel effective = OverloadLevel.NONE;
    private long changedNs;

    SimulatedWorker(long seed, boolean lossKnown, int queueCapacity) {
        this.random = new SplittableRandom(seed);
        this.lossKnown = lossKnown;
        this.queueCapacity = queueCapacity;
        this.policy = new OverloadPolicy(true, 60 * MS);
        this.gate = new AdmissionGate(85);
    }

    void run(long forNs) {
        long until = nowNs + forNs;
        while (nowNs < until) {
            arrive();
            int taken = Math.min(BATCH, queued);
            long startNs = nowNs;
            if (taken == 0) {
                nowNs = (long) Math.max(nowNs + 1, Math.min(nextArrivalNs, nowNs + 5 * MS));
                startNs = nowNs;
            }
            boolean drained = queued < BATCH;
            queued -= taken;
            if (policy.level().compareTo(effective) < 0 || nowNs - changedNs >= effectNs) {
                effective = policy.level();
            }
            nowNs += (long) (taken * cost.ns(effective)) + 2_000;
            arrive();
            if (monitor.onCycle(startNs, nowNs, drained)) {
                endWindow();
            }
        }
    }

    private void arrive() {
        while (nextArrivalNs <= nowNs) {
            if (queued < queueCapacity) {
                queued++;
            } else {
                dropped++;
            }
            nextArrivalNs += -Math.log(1 - random.nextDouble()) * 1e9 / packetsPerSecond;
        }
    }

    private void endWindow() {
        monitor.endWindow(nowNs, lossKnown ? dropped : 0);
        OverloadLevel before = policy.level();
        if (policy.onWindow(monitor, nowNs)) {
            changes++;
            changedNs = nowNs;
            story.add(nowNs / MS + " ms: " + before + " -> " + policy.level());
            if (firstRiseNs < 0) {
                firstRiseNs = nowNs;
            }
        }
        gate.onWindow(monitor, policy.level());
    }
}
