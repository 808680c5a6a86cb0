// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.ConsultationCommand.Admit;
import org.nhipcau.signaling.consultation.ConsultationCommand.ChangeRole;
import org.nhipcau.signaling.consultation.ConsultationCommand.Mute;
import org.nhipcau.signaling.consultation.ConsultationCommand.NarrowRole;
import org.nhipcau.signaling.consultation.ConsultationCommand.Remove;
import org.nhipcau.signaling.consultation.ConsultationCommand.WithdrawConsent;
import org.nhipcau.signaling.consultation.ConsultationEvent;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.live.held.Backlog;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.room.Latches.Mark;

/** Orders given while the store can be read but not written: they hold, and are on record in their order. */
class HeldOrdersTest extends OutageFixture {
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

    @Test
    void whatRestsOnAnOrderThatWaitsForTheStoreIsNotRefused() throws Exception {
        arrive(Role.CHAIR);
        journal.dead = true;
        arrive(Role.SECRETARY);
        assertTrue(live.load(sample.id).now().list().get(sample.of(Role.SECRETARY)).present());
        journal.dead = false;
        Tightener.Tightened muted = live.tighten(sample.id, new Mute(sample.of(Role.SECRETARY), Source.MICROPHONE),
                Actor.participant(sample.of(Role.CHAIR)));
        assertTrue(muted.recorded());
        List<Class<?>> kinds = new ArrayList<>();
        journal.events.forEach(event -> kinds.add(event.getClass()));
        assertTrue(kinds.lastIndexOf(ConsultationEvent.Arrived.class) < kinds.indexOf(ConsultationEvent.Muted.class));
    }

    @Test
    void whatMayHaveBeenWrittenIsLookedAtAtOnce() throws Exception {
        arrive(Role.EXPERT);
        LiveConsultation one = live.load(sample.id);
        journal.silent = true;
        assertThrows(JournalUnavailableException.class,
                () -> sample.execute(new ChangeRole(sample.of(Role.EXPERT), Role.TRAINEE)));
        assertEquals(Role.TRAINEE, one.now().roleOf(sample.of(Role.EXPERT)), "not a tick later");
    }

    @Test
    void aSpoolThatCannotBeReadStopsTheStart() throws Exception {
        Files.writeString(directory.resolve("damaged"), "{");
        assertThrows(IOException.class, () -> new LiveConsultations(sample.service, new MemoryAttendance(),
                false, directory.resolve("damaged"), clock, LiveMetrics.NONE, Runnable::run));
    }
}
