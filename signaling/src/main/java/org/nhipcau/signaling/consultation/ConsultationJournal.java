// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where consultations are kept. The domain owns this port, the store implements it.
 *
 * <p>A version is the number of events that led to it. What {@link #append} has returned from survives a crash.
 *
 * <p>Thread: any; calls block.
 */
public interface ConsultationJournal {
    /**
     * The consultation as it is now.
     *
     * @throws JournalUnavailableException when it cannot be read now
     */
    Optional<Consultation> load(String id);

    /**
     * Appends events in one transaction: the events, the snapshot of the consultation, entries of the audit, and what
     * is to be told to others. Durable when it returns; nothing of it is done when it throws.
     *
     * @param id the consultation
     * @param expectedVersion the version on which the events were decided, 0 for a new consultation
     * @param events what happened, at least one
     * @param after the consultation with the events applied: the snapshot
     * @param actor who gave the command
     * @param at when it was decided
     * @throws VersionConflictException when the consultation has another version, or exists already
     * @throws JournalUnavailableException when it cannot be written now
     */
    void append(String id, long expectedVersion, List<ConsultationEvent> events, Consultation after, Actor actor,
            Instant at);

    /**
     * Consultations whose {@link Consultation#dueAtMs()} is not after this time, the longest due first.
     *
     * @throws JournalUnavailableException when it cannot be read now
     */
    List<String> due(Instant now, int limit);
}
