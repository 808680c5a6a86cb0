// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that take a process down, last begun first ended; a failing step does not keep the others from running. */
final class Shutdown implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    private final Deque<AutoCloseable> steps = new ArrayDeque<>();

    /** Adds a step that runs before all added earlier. */
    synchronized void push(AutoCloseable step) {
        steps.push(step);
    }

    /** Runs all steps; a second call does nothing. */
    @Override
    public synchronized void close() {
        while (!steps.isEmpty()) {
            try {
                steps.pop().close();
            } catch (Exception e) {
                LOG.error("a part did not end cleanly", e);
            }
        }
    }
}
