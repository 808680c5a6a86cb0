// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.time.Instant;
import java.util.List;

/** Is told of what happened to consultations, after it is durable and in order per consultation. */
@FunctionalInterface
public interface ConsultationListener {
    /**
     * What was committed.
     *
     * @param before the consultation before, null when it is new
     * @param after the consultation now
     * @param events what happened
     * @param actor who gave the command
     * @param at when it was decided
     */
    record Committed(Consultation before, Consultation after, List<ConsultationEvent> events, Actor actor,
            Instant at) { }

    /**
     * Told on the thread that gave the command; must not block. Commands given from here may concern only this
     * consultation, and are told after this one.
     */
    void onCommitted(Committed committed);

    /**
     * Something could not be written, or nobody knows whether it was: what is known of this consultation may be out of
     * date. Told on the thread that gave the command; must not block.
     */
    default void onUncertain(String id) { }
}
