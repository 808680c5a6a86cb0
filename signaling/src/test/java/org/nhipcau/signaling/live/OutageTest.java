// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.ConsultationCommand.Admit;
import org.nhipcau.signaling.consultation.ConsultationCommand.Arrive;
import org.nhipcau.signaling.consultation.ConsultationCommand.ChangeRole;
import org.nhipcau.signaling.consultation.ConsultationCommand.NarrowRole;
import org.nhipcau.signaling.consultation.ConsultationCommand.Remove;
import org.nhipcau.signaling.consultation.ConsultationCommand.WithdrawConsent;
import org.nhipcau.signaling.consultation.ConsultationEvent;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.live.held.Backlog;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.room.Latches.Mark;
import org.nhipcau.signaling.session.JoinRefusedException;

/** Coming and going while the store can be read but not written: nothing overtakes what waits for it. */
class OutageTest {
    @TempDir
    Path directory;
    private long now = 1_780_000_000_000L;
    private final InstantSource clock = () -> Instant.ofEpochMilli(now);
    private MemoryJournal journal;
    private SampleConsultation sample;
    private LiveConsultations live;

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
        return live.arrive(sample.attempt(role));
    }

    private boolean present(Role role) throws JoinRefusedException {
        return live.load(sample.id).now().list().get(sample.of(role)).present();
    }

    private void assertIn(Role role) throws JoinRefusedException {
        assertEquals(Seat.IN, live.load(sample.id).now().seat(sample.of(role)));
    }

    /** What is run when they leave again; the store is away from their first leaving on. */
    private Runnable loadsThePageAnewWhileNothingCanBeWritten(Role role) throws JoinRefusedException {
        Runnable leave = arrive(role);
        fails(Integer.MAX_VALUE);
        leave.run();
        assertFalse(present(role));
        Runnable again = arrive(role);
        assertIn(role);
        return again;
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
        Runnable again = loadsThePageAnewWhileNothingCanBeWritten(Role.SECRETARY);
        fails(0);
        live.tick();
        assertTrue(recordedPresent(Role.SECRETARY));
        assertEquals("+-+", comings(Role.SECRETARY));
        again.run();
        assertEquals("+-+-", comings(Role.SECRETARY));
    }

    @Test
    void c4APatientWhoLoadsThePageAnewWhileNothingCanBeWrittenIsInAgain() throws Exception {
        Runnable again = loadsThePageAnewWhileNothingCanBeWritten(Role.PATIENT);
        again.run();
        arrive(Role.PATIENT);
        assertIn(Role.PATIENT);
        fails(0);
        live.tick();
        assertTrue(recordedPresent(Role.PATIENT));
        assertEquals("+-+-+", comings(Role.PATIENT));
    }

    @Test
    void c4APatientWhoseLeavingWasTheLastThatCouldBeWrittenIsInAgainForAWhile() throws Exception {
        arrive(Role.PATIENT).run();
        arrive(Role.TRAINEE).run();
        fails(Integer.MAX_VALUE);
        now += 4 * 60_000;
        arrive(Role.PATIENT);
        assertIn(Role.PATIENT);
        now += 60_000;
        refused(503, "store-unavailable", Role.TRAINEE);
    }

    @Test
    void c4ANewPatientIsToldToTryAgainAndComesInWhenTheStoreHasHealed() throws Exception {
        arrive(Role.CHAIR);
        fails(Integer.MAX_VALUE);
        refused(503, "store-unavailable", Role.PATIENT);
        refused(503, "store-unavailable", Role.CAREGIVER);
        fails(0);
        arrive(Role.PATIENT);
        assertIn(Role.PATIENT);
        assertEquals("+", comings(Role.PATIENT));
    }

    @Test
    void c4WhoWasRemovedMeanwhileIsNotLetInAgain() throws Exception {
        Runnable leave = arrive(Role.PATIENT);
        fails(Integer.MAX_VALUE);
        assertFalse(live.tighten(sample.id, new Remove(sample.of(Role.PATIENT)), SampleConsultation.LEADER).recorded());
        leave.run();
        refused(403, "removed", Role.PATIENT);
    }

    @Test
    void c5WithoutConsentAPatientIsNotLetInAgain() throws Exception {
        Runnable leave = arrive(Role.PATIENT);
        fails(Integer.MAX_VALUE);
        live.tighten(sample.id, new WithdrawConsent(), Actor.participant(sample.of(Role.PATIENT)));
        leave.run();
        refused(503, "store-unavailable", Role.PATIENT);
    }

    @Test
    void c4WhoComesWithAPatientWhoIsBackMustHaveBeenThereToo() throws Exception {
        Runnable leave = arrive(Role.PATIENT);
        fails(Integer.MAX_VALUE);
        leave.run();
        LiveConsultation one = live.load(sample.id);
        assertThrows(JournalUnavailableException.class, () -> one.arrive(sample.of(Role.PATIENT), new Arrive(
                sample.of(Role.PATIENT), Participant.Device.PHONE, sample.of(Role.CAREGIVER))));
        assertFalse(present(Role.CAREGIVER));
    }

    private void refused(int status, String code, Role role) {
        JoinRefusedException refused = assertThrows(JoinRefusedException.class, () -> arrive(role));
        assertEquals(status, refused.status());
        assertEquals(code, refused.getMessage().split(":")[0]);
    }

    /** The same process anew: what it kept on the disk is all that it has. */
    private void restart(Backlog backlog, LiveMetrics metrics) throws IOException {
        live.close();
        live = new LiveConsultations(sample.service, new MemoryAttendance(), false, backlog,
                LatchBook.open(directory.resolve("latches")), clock, metrics, Runnable::run);
    }

    @Test
    void c5WhatCannotBeRecordedThroughABugHoldsAndDoesNotHoldUpTheRest() throws Exception {
        int[] told = new int[2];
        restart(Backlog.open(directory.resolve("bug")), new LiveMetrics() {
            @Override
            public void putAside() {
                told[0]++;
            }

            @Override
            public void held(int orders, long bytes, int aside) {
                told[1] = aside;
            }
        });
        arrive(Role.PATIENT);
        arrive(Role.EXPERT);
        fails(Integer.MAX_VALUE);
        Actor patient = Actor.participant(sample.of(Role.PATIENT));
        assertFalse(live.tighten(sample.id, new WithdrawConsent(), patient).recorded());
        assertFalse(live.tighten(sample.id, new Remove(sample.of(Role.EXPERT)), SampleConsultation.LEADER).recorded());
        int[] left = {5};
        journal.beforeAppend = () -> {
            if (left[0]-- > 0) {
                throw new IllegalStateException("a bug");
            }
        };
        for (int i = 0; i < 4; i++) {
            live.tick();
            assertTrue(live.sound());
        }
        live.tick();
        live.tick();
        assertFalse(live.sound(), "operators are warned");
        assertEquals(List.of(1, 1), List.of(told[0], told[1]));
        assertEquals(1, journal.of(ConsultationEvent.Removed.class).size(), "the rest goes on");
        assertTrue(sample.now().consentGiven());
        assertFalse(live.load(sample.id).now().consentGiven(), "it holds");
        restart(Backlog.open(directory.resolve("bug")), LiveMetrics.NONE);
        assertFalse(live.load(sample.id).now().consentGiven());
        live.tick();
        assertFalse(sample.now().consentGiven(), "the next process knows better");
        assertTrue(live.sound());
    }

    @Test
    void d2ANarrowerRoleHoldsAtOnceAndGivesNothingBackLater() throws Exception {
        arrive(Role.CHAIR);
        String chair = sample.of(Role.CHAIR);
        fails(Integer.MAX_VALUE);
        assertFalse(live.tighten(sample.id, new NarrowRole(chair, Role.EXPERT), SampleConsultation.LEADER)
                .recorded());
        assertEquals(Role.EXPERT, live.running(sample.id).roleOf(chair));
        assertEquals(Role.CHAIR, sample.now().roleOf(chair));
        fails(0);
        // Another process took more meanwhile.
        sample.execute(new ChangeRole(chair, Role.TRAINEE));
        assertEquals(Role.TRAINEE, live.running(sample.id).roleOf(chair));
        live.tick();
        assertEquals(Role.TRAINEE, sample.now().roleOf(chair));
        assertEquals(1, journal.of(ConsultationEvent.RoleChanged.class).size());
    }

    @Test
    void d2ANarrowerRoleIsOnRecordWhenTheStoreIsBackAlsoAfterARestart() throws Exception {
        arrive(Role.EXPERT);
        String expert = sample.of(Role.EXPERT);
        fails(Integer.MAX_VALUE);
        assertFalse(live.tighten(sample.id, new NarrowRole(expert, Role.TRAINEE), SampleConsultation.LEADER)
                .recorded());
        restart(Backlog.open(directory.resolve("spool")), LiveMetrics.NONE);
        assertEquals(Role.TRAINEE, live.load(sample.id).now().roleOf(expert));
        fails(0);
        live.tick();
        assertEquals(Role.TRAINEE, sample.now().roleOf(expert));
    }

    @Test
    void c4WhoseComingWasOnlyHeldIsNoGhostAfterACrash() throws Exception {
        arrive(Role.PATIENT);
        fails(Integer.MAX_VALUE);
        Runnable leave = arrive(Role.EXPERT);
        leave.run();
        arrive(Role.SECRETARY);
        for (int crashes = 0; crashes < 2; crashes++) {
            restart(Backlog.open(directory.resolve("spool")), LiveMetrics.NONE);
            assertFalse(present(Role.SECRETARY), "connected to nothing");
        }
        assertEquals(4, Backlog.open(directory.resolve("spool")).size(), "said once");
        arrive(Role.SECRETARY);
        fails(0);
        live.tick();
        assertEquals("+-", comings(Role.EXPERT));
        assertEquals("+-+", comings(Role.SECRETARY));
        assertTrue(recordedPresent(Role.SECRETARY));
    }

    @Test
    void latchesAreWrittenWhenTheDiskTakesThemAgainAlsoWhileTheStoreIsAway() throws Exception {
        arrive(Role.CHAIR);
        Path blocked = directory.resolve("gone").resolve("latches");
        LatchBook book = LatchBook.open(blocked);
        live.close();
        live = new LiveConsultations(sample.service, new MemoryAttendance(), false,
                Backlog.open(directory.resolve("spool")), book, clock, LiveMetrics.NONE, Runnable::run);
        live.load(sample.id);
        book.put(sample.id, sample.of(Role.PATIENT), new Mark(1, true));
        book.write();
        assertFalse(live.sound());
        journal.dead = true;
        live.load(sample.id).doubt();
        Files.createDirectory(blocked.getParent());
        live.tick();
        assertTrue(live.sound());
        assertEquals(book.of(sample.id), LatchBook.open(blocked).of(sample.id));
        journal.dead = false;
    }

    @Test
    void whatSomebodyAsksForIsNotPutAway() throws Exception {
        LiveConsultation one = live.load(sample.id);
        now += 119_000;
        live.load(sample.id);
        now += 2_000;
        live.tick();
        assertSame(one, live.governorOf(sample.id), "a room may be opening under it");
        now += 119_000;
        live.tick();
        assertNull(live.governorOf(sample.id));
    }

    @Test
    void whatOpensWaitsBehindWhatIsHeld() throws Exception {
        arrive(Role.CHAIR);
        arrive(Role.EXPERT);
        fails(Integer.MAX_VALUE);
        Actor chair = Actor.participant(sample.of(Role.CHAIR));
        assertFalse(live.tighten(sample.id, new Remove(sample.of(Role.EXPERT)), chair).recorded());
        // What waits is refused once more, what comes behind it would be taken.
        fails(1);
        assertThrows(JournalUnavailableException.class, () -> live.load(sample.id).orders()
                .execute(new Admit(sample.of(Role.EXPERT)), chair));
        fails(1);
        assertThrows(JournalUnavailableException.class, () -> live.settle(sample.id));
        assertEquals(0, journal.of(ConsultationEvent.Removed.class).size());
        live.load(sample.id).orders().execute(new Admit(sample.of(Role.EXPERT)), chair);
        assertEquals(Seat.IN, sample.now().seat(sample.of(Role.EXPERT)), "in the order in which they were given");
        assertEquals(1, journal.of(ConsultationEvent.Removed.class).size());
    }

    @Test
    void whatOpensWaitsAlsoBehindWhatAnEarlierProcessHeld() throws Exception {
        arrive(Role.EXPERT);
        fails(Integer.MAX_VALUE);
        assertFalse(live.tighten(sample.id, new Remove(sample.of(Role.EXPERT)), SampleConsultation.LEADER).recorded());
        restart(Backlog.open(directory.resolve("spool")), LiveMetrics.NONE);
        assertThrows(JournalUnavailableException.class, () -> live.settle(sample.id));
        fails(0);
        live.settle(sample.id);
        assertEquals(1, journal.of(ConsultationEvent.Removed.class).size());
        assertEquals(Seat.OUT, sample.now().seat(sample.of(Role.EXPERT)));
    }

    @Test
    void whoseComingCannotBeKeptEitherIsTurnedAwayWithAWordOfItsOwn() throws Exception {
        restart(Backlog.open(directory.resolve("small"), 1, 1 << 20), LiveMetrics.NONE);
        fails(Integer.MAX_VALUE);
        Runnable leave = arrive(Role.SECRETARY);
        refused(503, "store-backlog-full", Role.EXPERT);
        leave.run();
        assertFalse(present(Role.SECRETARY), "who leaves is never kept in");
        arrive(Role.SECRETARY);
        assertTrue(present(Role.SECRETARY), "a leaving can be taken back");
        fails(0);
        live.tick();
        assertTrue(recordedPresent(Role.SECRETARY));
        assertEquals("+", comings(Role.SECRETARY));
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
