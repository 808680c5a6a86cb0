// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import org.nhipcau.bench.alternatives.SeamQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Control;

/**
 * The queues for commands in and events out, beside others. {@code alone}: an item in and out on one thread, what the
 * code itself costs. {@code crossing}: one thread puts in, another takes out, both as fast as they can; its figure is
 * the time per item, and needs two processors that do nothing else.
 */
@State(Scope.Group)
public class SeamBenchmark extends Station {
    private static final int CAPACITY = 1_024;
    private static final Object ITEM = new Object();

    @Param
    private SeamQueue.Kind kind;

    private SeamQueue queue;
    private SeamQueue crossed;

    @Setup
    public void prepare() {
        queue = kind.create(CAPACITY);
        crossed = kind.create(CAPACITY);
    }

    @Benchmark
    @Group("alone")
    public Object alone() {
        queue.offer(ITEM);
        return queue.poll();
    }

    @Benchmark
    @Group("crossing")
    @GroupThreads(1)
    public void in(Control control) {
        while (!control.stopMeasurement && !crossed.offer(ITEM)) {
            Thread.onSpinWait();
        }
    }

    @Benchmark
    @Group("crossing")
    @GroupThreads(1)
    public Object out(Control control) {
        Object item = crossed.poll();
        while (!control.stopMeasurement && item == null) {
            Thread.onSpinWait();
            item = crossed.poll();
        }
        return item;
    }
}
