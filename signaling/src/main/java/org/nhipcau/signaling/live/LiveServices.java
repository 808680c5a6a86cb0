// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.RefusedException;
import org.nhipcau.signaling.live.held.Backlog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every live consultation needs of its surroundings.
 *
 * @param executor a virtual thread for each task: they block
 * @param running tasks that were begun and are not done
 */
record LiveServices(ConsultationService consultations, QualityKeeper quality, Backlog backlog, LatchBook latches,
        GateNotes notes, InstantSource clock, LiveMetrics metrics, Executor executor, AtomicInteger running) {
    private static final Logger LOG = LoggerFactory.getLogger(LiveServices.class);

    /** Does something that blocks, later. */
    void later(Runnable task) {
        running.incrementAndGet();
        executor.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException bug) {
                fault("a task of a consultation failed", bug);
            } finally {
                running.decrementAndGet();
            }
        });
    }

    /**
     * An order that waits failed through a bug. True: so often that it was put aside, which is counted and told; of whom
     * it is nobody is told.
     */
    boolean failed(Backlog.Held order, RuntimeException bug) {
        metrics.unrecorded();
        boolean aside = backlog.failed(order);
        if (aside) {
            metrics.putAside();
            StackTraceElement[] frames = bug.getStackTrace();
            LOG.error("an order that holds cannot be recorded and is put aside: {}, {}{}",
                    order.order().command().getClass().getSimpleName(), bug.getClass().getName(),
                    frames.length == 0 ? "" : " at " + frames[0]);
        }
        return aside;
    }

    /** Counts and tells that an order which protected somebody cannot be recorded; of whom it is nobody is told. */
    void unapplied(ConsultationCommand command, RefusedException why) {
        metrics.unapplied();
        LOG.error("an order that held while nothing could be recorded is refused by what is on record now: {}, {}",
                command.getClass().getSimpleName(), why.code().id());
    }

    /** Counts and tells a bug by its class and place: a message may quote what a client sent. */
    void fault(String what, RuntimeException bug) {
        metrics.fault();
        StackTraceElement[] frames = bug.getStackTrace();
        LOG.error("{}: {}{}", what, bug.getClass().getName(), frames.length == 0 ? "" : " at " + frames[0]);
    }
}
