// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.fuzz;

import java.lang.management.ManagementFactory;

/** Counts the bytes that a piece of hot path allocates, after a warm-up that lets the compiler do its work. */
public final class Allocations {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {}

    /**
     * Bytes allocated by this thread over so many runs: the least of up to three measurements, as compilation may end
     * late; the first that is below the limit ends them.
     */
    public static long bytes(int runs, long limit, Runnable hotPath) {
        for (int i = 0; i < runs; i++) {
            hotPath.run();
        }
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 3 && least >= limit; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < runs; i++) {
                hotPath.run();
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
