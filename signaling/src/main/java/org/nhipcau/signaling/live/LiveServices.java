// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every live consultation needs of its surroundings.
 *
 * @param executor a virtual thread for each task: they block
 */
record LiveServices(ConsultationService consultations, QualityKeeper quality, Backlog backlog, GateNotes notes,
        InstantSource clock, LiveMetrics metrics, Executor executor) {
    private static final Logger LOG = LoggerFactory.getLogger(LiveServices.class);

    /** Counts and tells a bug by its class and place: a message may quote what a client sent. */
    void fault(String what, RuntimeException bug) {
        metrics.fault();
        StackTraceElement[] frames = bug.getStackTrace();
        LOG.error("{}: {}{}", what, bug.getClass().getName(), frames.length == 0 ? "" : " at " + frames[0]);
    }
}
