// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.util.Locale;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.overload.AdmissionGate;
import org.nhipcau.sfu.overload.LoadMonitor;
import org.nhipcau.sfu.overload.OverloadLevel;
import org.nhipcau.sfu.overload.OverloadPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches over a worker's load: measures each duty cycle, moves the level of overload, opens and closes the door for
 * newcomers, and makes all of it known.
 *
 * <p>Thread: the worker's.
 */
final class LoadWatch {
    private static final Logger LOG = LoggerFactory.getLogger(LoadWatch.class);
    private static final long SECOND_NS = 1_000_000_000L;

    private final LoadMonitor monitor = new LoadMonitor();
    private final OverloadPolicy policy;
    private final AdmissionGate gate;
    private final WorkerCounters counters;
    private final WorkerLoad load;
    private boolean inCycle;
    private long cycleStartNs;
    private long windowEndNs;
    private OverloadLevel logged = OverloadLevel.NONE;
    private boolean everLogged;
    private long loggedNs;

    LoadWatch(SfuConfig.Overload settings, WorkerCounters counters, WorkerLoad load) {
        this.policy = new OverloadPolicy(settings.shed(), settings.lagMs() * 1_000_000L);
        this.gate = new AdmissionGate(settings.admissionPercent());
        this.counters = counters;
        this.load = load;
    }

    /** A datagram, or the duty cycle itself, is taken up: the first of them begins the cycle. */
    void onWork(long nowNs) {
        if (!inCycle) {
            inCycle = true;
            cycleStartNs = nowNs;
        }
    }

    /**
     * All packets of the cycle are with the socket.
     *
     * @param drained the socket had no more datagrams when the batch was taken
     * @return whether the level or the door changed
     */
    boolean onCycleEnd(long nowNs, boolean drained) {
        onWork(nowNs);
        inCycle = false;
        return monitor.onCycle(cycleStartNs, nowNs, drained) && endWindow(nowNs);
    }

    private boolean endWindow(long nowNs) {
        OverloadLevel before = policy.level();
        monitor.endWindow(nowNs, counters.get(Counter.RECEIVE_QUEUE_DROPS));
        load.addLevelTime(before, windowEndNs == 0 ? 0 : nowNs - windowEndNs);
        windowEndNs = nowNs;
        boolean moved = policy.onWindow(monitor, nowNs);
        boolean opened = gate.onWindow(monitor, policy.level());
        load.setMeasured(monitor.utilisation(SECOND_NS), monitor.lagNs(), policy.level(), gate.open());
        if (moved) {
            counters.increment(policy.level().compareTo(before) > 0 ? Counter.OVERLOAD_LEVELS_RAISED
                    : Counter.OVERLOAD_LEVELS_LOWERED);
        }
        log(nowNs);
        return moved || opened;
    }

    // At most one line a second, so that a fast rise is one line with its end.
    private void log(long nowNs) {
        if (policy.level() == logged || everLogged && nowNs - loggedNs < SECOND_NS) {
            return;
        }
        String line = String.format(Locale.ROOT, "overload level %s, was %s (busy %.0f %%, lag %d ms, %d lost)",
                policy.level(), logged, monitor.utilisation(SECOND_NS) * 100, monitor.lagNs() / 1_000_000,
                monitor.lost());
        if (policy.level().compareTo(logged) > 0) {
            LOG.warn(line);
        } else {
            LOG.info(line);
        }
        everLogged = true;
        logged = policy.level();
        loggedNs = nowNs;
    }

    OverloadLevel level() {
        return policy.level();
    }

    /** Whether newcomers are taken. */
    boolean open() {
        return gate.open();
    }
}
