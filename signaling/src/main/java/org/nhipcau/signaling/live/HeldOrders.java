// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.RefusedException;
import org.nhipcau.signaling.consultation.VersionConflictException;
import org.nhipcau.signaling.live.held.Backlog;
import org.nhipcau.signaling.live.held.Unrecorded;

/**
 * The orders to one consultation on their way to the journal. What shows less or lets fewer in holds from the moment it
 * is given, waits in the {@link Backlog} while the journal cannot take it, and goes on record before anything that
 * comes later: no order, of whatever kind, overtakes what waits.
 *
 * <p>Thread: any that may block; {@link #over} any. Owns: what is under way; the order in which the journal is asked.
 */
final class HeldOrders {
    private final LiveServices services;
    private final String id;
    private final Supplier<Consultation> now;
    private final Runnable changed;
    private final ReentrantLock journal = new ReentrantLock();
    private final List<Unrecorded> underWay = new CopyOnWriteArrayList<>();

    /**
     * @param now the consultation as it holds
     * @param changed is run when {@link #over} answers otherwise than before
     */
    HeldOrders(LiveServices services, String id, Supplier<Consultation> now, Runnable changed) {
        this.services = services;
        this.id = id;
        this.now = now;
        this.changed = changed;
    }

    /** A consultation as if all that holds were on record; does not block. */
    Consultation over(Consultation committed) {
        Consultation next = committed;
        for (Unrecorded each : services.backlog().of(id)) {
            next = each.on(next);
        }
        for (Unrecorded each : underWay) {
            next = each.on(next);
        }
        return next;
    }

    /** Whether nothing holds that is not on record. */
    boolean isEmpty() {
        return underWay.isEmpty() && services.backlog().of(id).isEmpty();
    }

    /** Does something that is ordered with all that comes and goes. */
    void ordered(Runnable task) {
        journal.lock();
        try {
            task.run();
        } finally {
            journal.unlock();
        }
    }

    /**
     * Gives a command to the journal, behind all that waits.
     *
     * @throws RefusedException when it may not be done
     * @throws JournalUnavailableException when it cannot be recorded now; nothing has changed
     */
    Consultation execute(ConsultationCommand command, Actor actor) {
        recordBefore();
        return services.consultations().execute(id, command, actor);
    }

    /**
     * Gives a command to the journal that shows less or lets fewer in: it holds at once, however long the journal
     * takes, and goes on to hold when the journal cannot take it.
     *
     * @throws RefusedException when it may not be done
     * @throws JournalUnavailableException when it cannot be recorded now: it holds, and is recorded later
     */
    Consultation tighten(ConsultationCommand command, Actor actor) {
        Unrecorded entry = new Unrecorded(id, command, actor, services.clock().instant());
        if (now.get().decide(command, actor, entry.at()).isEmpty()) {
            // Said again and again, it would fill what waits for the journal.
            return execute(command, actor);
        }
        underWay.add(entry);
        changed.run();
        try {
            return execute(command, actor);
        } catch (RefusedException no) {
            if (!services.backlog().waits(id)) {
                throw no;
            }
            // The journal does not know yet upon what it was decided.
            services.backlog().add(entry);
            throw new JournalUnavailableException("earlier orders wait for the journal", no);
        } catch (RuntimeException later) {
            // Whatever is wrong with the journal: what protects holds.
            services.backlog().add(entry);
            throw later;
        } finally {
            underWay.removeIf(each -> each == entry);
            changed.run();
        }
    }

    /** Keeps that somebody came whose coming cannot be recorded now. False: too much waits already. */
    boolean keepArrival(Unrecorded arrival) {
        boolean kept = services.backlog().offer(arrival);
        changed.run();
        return kept;
    }

    /**
     * What came before and waits comes first on the record. While it still waits nothing overtakes it: the journal
     * would decide on a state from before it, and may find that there is nothing to do.
     *
     * @throws JournalUnavailableException while something still waits
     */
    void recordBefore() {
        record();
        if (services.backlog().waits(id)) {
            throw new JournalUnavailableException("earlier orders wait for the journal", null);
        }
    }

    /** Hands to the journal what it could not take; called every second. */
    void record() {
        if (services.backlog().waits(id)) {
            ordered(() -> {
                Backlog.Held first = services.backlog().next(id);
                while (first != null && settled(first)) {
                    changed.run();
                    first = services.backlog().next(id);
                }
            });
        }
    }

    /** Whether an order waits no more. */
    private boolean settled(Backlog.Held first) {
        Unrecorded order = first.order();
        try {
            services.consultations().execute(id, order.command(), order.actor());
        } catch (RefusedException byNow) {
            if (!refusedByTheJournal(order, byNow)) {
                return false;
            }
        } catch (JournalUnavailableException | VersionConflictException later) {
            return false;
        } catch (RuntimeException bug) {
            return services.failed(first, bug);
        }
        services.backlog().done(first);
        return true;
    }

    /** What is on record by now stands against it: an operator must know when something does not protect any more. */
    private boolean refusedByTheJournal(Unrecorded entry, RefusedException byNow) {
        Consultation recorded;
        try {
            recorded = services.consultations().find(id).orElse(null);
        } catch (JournalUnavailableException awayAgain) {
            return false;
        }
        if (recorded == null || recorded.state().isFinal() || entry.protection(recorded).isEmpty()) {
            services.metrics().dropped();
        } else {
            services.unapplied(entry.command(), byNow);
        }
        return true;
    }
}
