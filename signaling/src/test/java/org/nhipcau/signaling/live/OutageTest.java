// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.ConsultationCommand.Arrive;
import org.nhipcau.signaling.consultation.ConsultationCommand.Remove;
import org.nhipcau.signaling.consultation.ConsultationCommand.WithdrawConsent;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.live.held.Backlog;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.session.JoinRefusedException;

/** Coming and going while the store can be read but not written: nothing overtakes what waits for it. */
class OutageTest extends OutageFixture {
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
}
