// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import livekit.LivekitModels.ClientInfo;
import livekit.LivekitRtc.JoinRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.ConsultationCommand.WithdrawConsent;
import org.nhipcau.signaling.consultation.ConsultationEvent;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.token.Grants;

/** Coming and going while the store can be read but not written: nothing overtakes what waits for it. */
class OutageTest {
    @TempDir
    Path directory;
    private final InstantSource clock = () -> Instant.ofEpochMilli(1_780_000_000_000L);
    private MemoryJournal journal;
    private SampleConsultation sample;
    private LiveConsultations live;

    @BeforeEach
    void open() throws Exception {
        journal = new MemoryJournal();
        ConsultationService service = new ConsultationService(journal, clock, new Random(1), fault -> {
            throw fault;
        });
        sample = new SampleConsultation(service, new Random(2)).inSession();
        live = new LiveConsultations(service, new MemoryAttendance(), false, directory.resolve("spool"), clock,
                LiveMetrics.NONE, Runnable::run);
    }

    @AfterEach
    void close() {
        live.close();
    }

    /** How often writing fails from now. */
    private void fails(int times) {
        int[] left = {times};
        journal.beforeAppend = () -> {
            if (left[0] > 0) {
                left[0]--;
                throw new JournalUnavailableException("told to be full", null);
            }
        };
    }

    /** What is run when they leave. */
    private Runnable arrive(Role role) throws JoinRefusedException {
        Grants.Video video = new Grants.Video(false, false, false, false, true, sample.id, null, null, null, List.of(),
                null, false, false, false, false, "");
        return live.arrive(new JoinAttempt(new Grants("key", sample.of(role), "", "", Map.of(), "", 0, 0, "", "", "",
                video), JoinRequest.newBuilder().setClientInfo(ClientInfo.newBuilder().setSdk(ClientInfo.SDK.JS))
                .build(), false));
    }

    private boolean present(Role role) throws JoinRefusedException {
        return live.load(sample.id).now().list().get(sample.of(role)).present();
    }

    private boolean recordedPresent(Role role) {
        return sample.now().list().get(sample.of(role)).present();
    }

    /** Comings and goings on record. */
    private String comings(Role role) {
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

    @Test
    void c4WhoCameAndWentWhileNothingCouldBeWrittenIsNoGhost() throws Exception {
        fails(Integer.MAX_VALUE);
        Runnable leave = arrive(Role.SECRETARY);
        assertTrue(present(Role.SECRETARY));
        leave.run();
        assertFalse(present(Role.SECRETARY));
        fails(0);
        live.tick();
        assertFalse(recordedPresent(Role.SECRETARY));
        assertFalse(present(Role.SECRETARY));
        assertEquals("+-", comings(Role.SECRETARY));
    }

    @Test
    void c4WhoLeavesInTheMomentTheStoreHealsIsNoGhost() throws Exception {
        fails(Integer.MAX_VALUE);
        Runnable leave = arrive(Role.SECRETARY);
        // What waits is refused once more, what comes behind it would be taken.
        fails(1);
        leave.run();
        assertFalse(present(Role.SECRETARY));
        live.tick();
        assertFalse(recordedPresent(Role.SECRETARY));
        assertEquals("+-", comings(Role.SECRETARY));
    }

    @Test
    void c4StaffThatLoadsThePageAnewWhileNothingCanBeWrittenIsInAgain() throws Exception {
        Runnable leave = arrive(Role.SECRETARY);
        fails(Integer.MAX_VALUE);
        leave.run();
        assertFalse(present(Role.SECRETARY));
        Runnable again = arrive(Role.SECRETARY);
        assertEquals(Seat.IN, live.load(sample.id).now().seat(sample.of(Role.SECRETARY)));
        fails(0);
        live.tick();
        assertTrue(recordedPresent(Role.SECRETARY));
        assertEquals("+-+", comings(Role.SECRETARY));
        again.run();
        assertEquals("+-+-", comings(Role.SECRETARY));
    }

    @Test
    void c4APatientWhoLoadsThePageAnewIsToldToTryAgainAndComesInWhenTheStoreHasHealed() throws Exception {
        Runnable leave = arrive(Role.PATIENT);
        fails(Integer.MAX_VALUE);
        leave.run();
        JoinRefusedException refused = assertThrows(JoinRefusedException.class, () -> arrive(Role.PATIENT));
        assertEquals(503, refused.status());
        fails(0);
        arrive(Role.PATIENT);
        assertEquals(Seat.IN, live.load(sample.id).now().seat(sample.of(Role.PATIENT)));
        assertEquals("+-+", comings(Role.PATIENT));
    }

    @Test
    void c5WhatIsSaidAgainIsOnRecordOnlyWhenWhatWaitsIs() throws Exception {
        arrive(Role.PATIENT);
        fails(Integer.MAX_VALUE);
        Actor patient = Actor.participant(sample.of(Role.PATIENT));
        assertFalse(live.tighten(sample.id, new WithdrawConsent(), patient).recorded());
        fails(1);
        assertFalse(live.tighten(sample.id, new WithdrawConsent(), patient).recorded());
        assertTrue(live.tighten(sample.id, new WithdrawConsent(), patient).recorded());
        assertEquals(1, journal.of(ConsultationEvent.ConsentWithdrawn.class).size());
    }
}
