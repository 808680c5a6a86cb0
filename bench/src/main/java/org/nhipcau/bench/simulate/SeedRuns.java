// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.simulate;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.sim.scenario.Outcome;
import org.nhipcau.sfu.sim.scenario.Scenario;

/**
 * Runs scenarios with seeds, several at a time; the order of the results does not depend on how many.
 *
 * <p>Thread: the caller's; each run is one thread's of the pool.
 */
final class SeedRuns implements AutoCloseable {
    private final ExecutorService pool;
    private final AtomicLong cpuNs = new AtomicLong();
    private final AtomicLong simulatedMs = new AtomicLong();

    SeedRuns(int threads) {
        pool = Executors.newFixedThreadPool(threads);
    }

    /** The outcomes of a scenario, one for each seed from the first on. */
    List<Outcome> run(Scenario scenario, long firstSeed, int seeds) throws InterruptedException {
        return run(scenario, EstimatorSettings.DEFAULT, firstSeed, seeds);
    }

    /** The same with other constants of the estimator. */
    List<Outcome> run(Scenario scenario, EstimatorSettings constants, long firstSeed, int seeds)
            throws InterruptedException {
        List<Future<Outcome>> runs = new ArrayList<>();
        for (int i = 0; i < seeds; i++) {
            long seed = firstSeed + i;
            runs.add(pool.submit(() -> timed(scenario, constants, seed)));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < seeds; i++) {
            try {
                outcomes.add(runs.get(i).get());
            } catch (ExecutionException failure) {
                throw new IllegalStateException(scenario.name() + " fails with seed " + (firstSeed + i),
                        failure.getCause());
            }
        }
        return outcomes;
    }

    private Outcome timed(Scenario scenario, EstimatorSettings constants, long seed) {
        var threads = ManagementFactory.getThreadMXBean();
        long from = threads.getCurrentThreadCpuTime();
        Outcome outcome = scenario.run(seed, constants);
        cpuNs.addAndGet(threads.getCurrentThreadCpuTime() - from);
        simulatedMs.addAndGet((long) (outcome.simulatedSeconds() * 1e3));
        return outcome;
    }

    /** Seconds that passed in the runs, against seconds that a processor was busy with them. */
    double secondsPerCpuSecond() {
        return cpuNs.get() == 0 ? 0 : simulatedMs.get() * 1e6 / cpuNs.get();
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
