// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationEvent;
import org.nhipcau.signaling.consultation.ConsultationJournal;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.VersionConflictException;

/** A journal that lives as long as a test, and dies when the test says so. */
public final class MemoryJournal implements ConsultationJournal {
    public final List<ConsultationEvent> events = new ArrayList<>();
    private final Map<String, Consultation> kept = new HashMap<>();
    public volatile boolean dead;
    /** What is to be looked at while an append is on its way. */
    public volatile Runnable beforeAppend = () -> { };
    /** What is written is written, and nobody is told so. */
    public volatile boolean silent;

    @Override
    public synchronized Optional<Consultation> load(String id) {
        checkAlive();
        return Optional.ofNullable(kept.get(id));
    }

    @Override
    public synchronized void append(String id, long expectedVersion, List<ConsultationEvent> more, Consultation after,
            Actor actor, Instant at) {
        beforeAppend.run();
        checkAlive();
        long version = kept.containsKey(id) ? kept.get(id).version() : 0;
        if (version != expectedVersion) {
            throw new VersionConflictException(expectedVersion);
        }
        kept.put(id, after);
        events.addAll(more);
        if (silent) {
            throw new JournalUnavailableException("told to say nothing", null);
        }
    }

    @Override
    public synchronized List<String> due(Instant now, int limit) {
        checkAlive();
        return kept.values().stream().filter(each -> each.dueAtMs().isPresent()
                && each.dueAtMs().getAsLong() <= now.toEpochMilli()).map(Consultation::id).limit(limit).toList();
    }

    /** Events of one kind. */
    public synchronized <T extends ConsultationEvent> List<T> of(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private void checkAlive() {
        if (dead) {
            throw new JournalUnavailableException("told to be dead", null);
        }
    }
}
