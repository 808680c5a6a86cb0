// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.consultation.ConsultationEvent;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.live.held.Backlog;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.session.JoinRefusedException;

/** A consultation whose store can be read, and written only when a test lets it. */
abstract class OutageFixture {
    @TempDir
    Path directory;
    long now = 1_780_000_000_000L;
    final InstantSource clock = () -> Instant.ofEpochMilli(now);
    MemoryJournal journal;
    SampleConsultation sample;
    LiveConsultations live;

    @BeforeEach
    void open() throws Exception {
        journal = new MemoryJournal();
        sample = SampleConsultation.on(journal, clock).inSession();
        live = new LiveConsultations(sample.service, new MemoryAttendance(), false, directory.resolve("spool"), clock,
                LiveMetrics.NONE, Runnable::run);
    }

    @AfterEach
    void close() {
        live.close();
    }

    /** How often writing fails from now. */
    final void fails(int times) {
        int[] left = {times};
        journal.beforeAppend = () -> {
            if (left[0] > 0) {
                left[0]--;
                throw new JournalUnavailableException("told to be full", null);
            }
        };
    }

    /** What is run when they leave. */
    final Runnable arrive(Role role) throws JoinRefusedException {
        return live.arrive(sample.attempt(role));
    }

    final boolean present(Role role) throws JoinRefusedException {
        return live.load(sample.id).now().list().get(sample.of(role)).present();
    }

    final void assertIn(Role role) throws JoinRefusedException {
        assertEquals(Seat.IN, live.load(sample.id).now().seat(sample.of(role)));
    }

    final boolean recordedPresent(Role role) {
        return sample.now().list().get(sample.of(role)).present();
    }

    /** Comings and goings on record. */
    final String comings(Role role) {
        StringBuilder text = new StringBuilder();
        for (ConsultationEvent event : journal.events) {
            if (event instanceof ConsultationEvent.Arrived arrived && arrived.pseudonym().equals(sample.of(role))) {
                text.append('+');
            } else if (event instanceof ConsultationEvent.Left left && left.pseudonym().equals(sample.of(role))) {
                text.append('-');
            }
        }
        return text.toString();
    }

    final void refused(int status, String code, Role role) {
        JoinRefusedException refused = assertThrows(JoinRefusedException.class, () -> arrive(role));
        assertEquals(status, refused.status());
        assertEquals(code, refused.getMessage().split(":")[0]);
    }

    /** The same process anew: what it kept on the disk is all that it has. */
    final void restart(Backlog backlog, LiveMetrics metrics) throws IOException {
        live.close();
        live = new LiveConsultations(sample.service, new MemoryAttendance(), false, backlog,
                LatchBook.open(directory.resolve("latches")), clock, metrics, Runnable::run);
    }
}
