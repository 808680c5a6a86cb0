// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.util.ArrayDeque;
import java.util.Deque;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.ConsultationCommand.NoteGate;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.RefusedException;
import org.nhipcau.signaling.consultation.VersionConflictException;

/**
 * Puts on record what the gate does to pictures, in order and behind the room's back: the gate does not wait for it.
 *
 * <p>Thread: any adds; {@link #write} one at a time, may block. Owns: what waits, within {@link #MAX_WAITING}.
 */
final class GateNotes {
    /** While the store is away the newest are kept. */
    static final int MAX_WAITING = 4_096;
    /** Others wait for the thread that writes. */
    static final int MAX_AT_ONCE = 200;

    private record Note(String consultation, NoteGate command) {}

    private final ConsultationService consultations;
    private final LiveMetrics metrics;
    private final Deque<Note> waiting = new ArrayDeque<>();

    GateNotes(ConsultationService consultations, LiveMetrics metrics) {
        this.consultations = consultations;
        this.metrics = metrics;
    }

    void add(String consultation, NoteGate command) {
        synchronized (waiting) {
            if (waiting.size() == MAX_WAITING) {
                waiting.removeFirst();
                metrics.dropped();
            }
            waiting.addLast(new Note(consultation, command));
        }
    }

    /** Writes what waits by now, within bounds, until the store does not take it. */
    void write() {
        for (int written = 0; written < MAX_AT_ONCE; written++) {
            Note first;
            synchronized (waiting) {
                first = waiting.peekFirst();
            }
            if (first == null) {
                return;
            }
            try {
                consultations.execute(first.consultation(), first.command(), Actor.system());
            } catch (RefusedException over) {
                metrics.dropped();
            } catch (JournalUnavailableException | VersionConflictException later) {
                return;
            } catch (RuntimeException bad) {
                // One consultation that cannot be read must not hold up the notes of all others.
                metrics.dropped();
            }
            synchronized (waiting) {
                waiting.remove(first);
            }
        }
    }
}
