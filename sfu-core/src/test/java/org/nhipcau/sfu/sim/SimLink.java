// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/** One direction of a path: delays, loses and reorders by chance. */
final class SimLink {
    double lossRatio;
    double reorderRatio;
    long delayNs = 20_000_000L;
    long jitterNs = 2_000_000L;
    boolean cut;
    long delivered;
    long deliveredBytes;
    private final SimCall call;
    private final RandomGenerator random;
    private long lastArrivalNs;

    SimLink(SimCall call, RandomGenerator random) {
        this.call = call;
        this.random = random;
    }

    void send(byte[] packet, BiConsumer<byte[], Long> receiver) {
        if (cut || random.nextDouble() < lossRatio) {
            return;
        }
        long at = call.nowNs() + delayNs + (jitterNs == 0 ? 0 : random.nextLong(jitterNs));
        if (reorderRatio > 0 && random.nextDouble() < reorderRatio) {
            at += 12_000_000L;
        } else {
            at = Math.max(at, lastArrivalNs);
            lastArrivalNs = at;
        }
        call.at(at, () -> {
            delivered++;
            deliveredBytes += packet.length;
            receiver.accept(packet, call.nowNs());
        });
    }
}
