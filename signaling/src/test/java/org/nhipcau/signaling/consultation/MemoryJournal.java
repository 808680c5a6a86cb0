// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A journal in memory for tests: it keeps the port's promises, and can be told to fail. */
public final class MemoryJournal implements ConsultationJournal {
    private final Map<String, List<ConsultationEvent>> events = new HashMap<>();
    private final Map<String, Consultation> snapshots = new HashMap<>();
    private boolean failing;
    private Runnable beforeAppend = () -> { };

    /** Fails from now on, or no longer. */
    public synchronized void fail(boolean fails) {
        failing = fails;
    }

    /** Runs once before the next append: another process that is quicker. */
    public synchronized void beforeNextAppend(Runnable step) {
        beforeAppend = step;
    }

    /** All events of a consultation. */
    public synchronized List<ConsultationEvent> events(String id) {
        return List.copyOf(events.getOrDefault(id, List.of()));
    }

    @Override
    public synchronized Optional<Consultation> load(String id) {
        requireAlive();
        return Optional.ofNullable(snapshots.get(id));
    }

    @Override
    public synchronized void append(String id, long expectedVersion, List<ConsultationEvent> appended,
            Consultation after, Actor actor, Instant at) {
        requireAlive();
        Runnable step = beforeAppend;
        beforeAppend = () -> { };
        step.run();
        List<ConsultationEvent> history = events.computeIfAbsent(id, _ -> new ArrayList<>());
        if (history.size() != expectedVersion) {
            throw new VersionConflictException(expectedVersion);
        }
        if (appended.isEmpty() || after.version() != expectedVersion + appended.size() || !after.id().equals(id)) {
            throw new IllegalArgumentException("the snapshot is not what the events make");
        }
        history.addAll(appended);
        snapshots.put(id, after);
    }

    @Override
    public synchronized List<String> due(Instant now, int limit) {
        requireAlive();
        return snapshots.values().stream()
                .filter(consultation -> consultation.dueAtMs().isPresent()
                        && consultation.dueAtMs().getAsLong() <= now.toEpochMilli())
                .sorted(Comparator.comparingLong(consultation -> consultation.dueAtMs().getAsLong()))
                .limit(limit).map(Consultation::id).toList();
    }

    private void requireAlive() {
        if (failing) {
            throw new JournalUnavailableException("the journal of this test is down", null);
        }
    }
}
