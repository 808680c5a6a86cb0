// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.nhipcau.signaling.consultation.ConsultationListener.Committed;

/**
 * The one way by which consultations are changed: load, decide, append durably, then tell the listeners.
 *
 * <p>Thread: any that may block. Commands for one consultation are carried out, and told, one after the other: a lock
 * per stripe of ids is held from the load to the last listener. Another process on the same store is met by the
 * journal's version: the command is decided again on what is there now.
 *
 * <p>Owns: the list of listeners.
 */
public final class ConsultationService {
    private static final int STRIPES = 64;
    /** How often a command is decided again when another process was quicker; taste. */
    private static final int ATTEMPTS = 5;
    private static final int DUE_AT_ONCE = 100;

    /** Is told of a listener that threw; the command stands all the same. */
    @FunctionalInterface
    public interface ListenerFaults {
        /** Told on the thread that gave the command. */
        void onFault(RuntimeException fault);
    }

    private static final class Stripe {
        final ReentrantLock lock = new ReentrantLock();
        final ArrayDeque<Committed> untold = new ArrayDeque<>();
        boolean telling;
    }

    private final ConsultationJournal journal;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ListenerFaults faults;
    private final Stripe[] stripes = new Stripe[STRIPES];
    private final List<ConsultationListener> listeners = new CopyOnWriteArrayList<>();

    /** A service over a journal; {@code random} must be safe for several threads and impossible to guess. */
    public ConsultationService(ConsultationJournal journal, InstantSource clock, RandomGenerator random,
            ListenerFaults faults) {
        this.journal = journal;
        this.clock = clock;
        this.random = random;
        this.faults = faults;
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe();
        }
    }

    /** Adds a listener; closing the answer removes it. */
    public AutoCloseable subscribe(ConsultationListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /**
     * Requests a new consultation under a new id.
     *
     * @throws RefusedException when it may not be requested so
     * @throws JournalUnavailableException when it cannot be recorded now
     */
    public Consultation create(ConsultationRequest request, Actor actor) {
        String id = PublicId.random(PublicId.CONSULTATION, random);
        return locked(id, () -> {
            Instant now = clock.instant();
            List<ConsultationEvent> events = Consultation.request(id, request, actor, now);
            Consultation after = Consultation.replay(events);
            commit(new Committed(null, after, events, actor, now), 0);
            return after;
        });
    }

    /** The consultation as it is now; nothing for one that does not exist. */
    public Optional<Consultation> find(String id) {
        return PublicId.isConsultation(id) ? journal.load(id) : Optional.empty();
    }

    /**
     * Carries out a command, and answers the consultation after it.
     *
     * @throws RefusedException when it may not be done
     * @throws JournalUnavailableException when it cannot be recorded now; nothing has happened
     */
    public Consultation execute(String id, ConsultationCommand command, Actor actor) {
        return execute(id, command, actor, clock);
    }

    private Consultation execute(String id, ConsultationCommand command, Actor actor, InstantSource time) {
        return locked(id, () -> {
            Instant now = time.instant();
            for (int attempt = 1;; attempt++) {
                try {
                    return decideAndCommit(existing(id), command, actor, now);
                } catch (VersionConflictException quicker) {
                    if (attempt == ATTEMPTS) {
                        throw quicker;
                    }
                }
            }
        });
    }

    /**
     * Carries out a command if the consultation is still at this version.
     *
     * @throws VersionConflictException when it is not
     */
    public Consultation execute(String id, long expectedVersion, ConsultationCommand command, Actor actor) {
        return locked(id, () -> {
            Consultation before = existing(id);
            if (before.version() != expectedVersion) {
                throw new VersionConflictException(expectedVersion);
            }
            return decideAndCommit(before, command, actor, clock.instant());
        });
    }

    /**
     * Lets requests expire that nobody answered in time; called by a timer every few seconds.
     *
     * @return how many expired
     */
    public int expireDue(Instant now) {
        int expired = 0;
        int last;
        do {
            last = expirePage(now);
            expired += last;
        } while (last == DUE_AT_ONCE);
        return expired;
    }

    private int expirePage(Instant now) {
        int expired = 0;
        for (String id : journal.due(now, DUE_AT_ONCE)) {
            try {
                execute(id, new ConsultationCommand.Expire(), Actor.system(), InstantSource.fixed(now));
                expired++;
            } catch (RefusedException answeredMeanwhile) {
                // Somebody accepted, declined or cancelled between the question and the command.
            }
        }
        return expired;
    }

    private Consultation existing(String id) {
        return find(id).orElseThrow(() -> new RefusedException(RefusalCode.NOT_FOUND));
    }

    private Consultation decideAndCommit(Consultation before, ConsultationCommand command, Actor actor, Instant now) {
        List<ConsultationEvent> events = before.decide(command, actor, now);
        if (events.isEmpty()) {
            return before;
        }
        Consultation after = before.apply(events);
        commit(new Committed(before, after, events, actor, now), before.version());
        return after;
    }

    private void commit(Committed committed, long expectedVersion) {
        Consultation after = committed.after();
        try {
            journal.append(after.id(), expectedVersion, committed.events(), after, committed.actor(), committed.at());
        } catch (VersionConflictException nothingWritten) {
            throw nothingWritten;
        } catch (RuntimeException unknown) {
            // It may have been written all the same, and then nobody would be told.
            each(listener -> listener.onUncertain(after.id()));
            throw unknown;
        }
        stripe(after.id()).untold.add(committed);
    }

    private Stripe stripe(String id) {
        return stripes[Math.floorMod(id.hashCode(), STRIPES)];
    }

    private interface Step {
        Consultation run();
    }

    private Consultation locked(String id, Step step) {
        if (id == null) {
            throw new RefusedException(RefusalCode.NOT_FOUND);
        }
        Stripe stripe = stripe(id);
        refuseFromListener(stripe);
        stripe.lock.lock();
        try {
            Consultation result = step.run();
            tell(stripe);
            return result;
        } finally {
            stripe.lock.unlock();
        }
    }

    /** A listener that gave commands to other consultations could lock two stripes, and wait for another for ever. */
    private void refuseFromListener(Stripe wanted) {
        for (Stripe stripe : stripes) {
            if (stripe != wanted && stripe.lock.isHeldByCurrentThread()) {
                throw new IllegalStateException("a listener may command only the consultation it was told of");
            }
        }
    }

    /** A command that a listener gives is told after the one it listens to, so that all hear the same order. */
    private void tell(Stripe stripe) {
        if (stripe.telling) {
            return;
        }
        stripe.telling = true;
        try {
            for (Committed next = stripe.untold.poll(); next != null; next = stripe.untold.poll()) {
                Committed told = next;
                each(listener -> listener.onCommitted(told));
            }
        } finally {
            stripe.telling = false;
        }
    }

    private void each(Consumer<ConsultationListener> what) {
        for (ConsultationListener listener : new ArrayList<>(listeners)) {
            try {
                what.accept(listener);
            } catch (RuntimeException fault) {
                faults.onFault(fault);
            }
        }
    }
}
