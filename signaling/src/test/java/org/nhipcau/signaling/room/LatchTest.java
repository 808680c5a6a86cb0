// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import livekit.LivekitModels.TrackSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationEvent;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;

/** A picture that was cut: nothing that its publisher does opens it before its time, and a person's release does. */
class LatchTest {
    private static final FacePolicy LATCHED = new FacePolicy(FacePolicy.Mode.COVER, FacePolicy.STANDARD.subjectRoles(),
            Set.of(), FacePolicy.Level.ATTESTED, FacePolicy.NoFace.COVER_ALL, 0, FacePolicy.OnViolation.LATCH);

    @TempDir
    Path directory;
    private ConsultationFixture room;
    private int serial = 1;
    private String camera = "cid-" + Role.PATIENT + TrackSource.CAMERA;

    @BeforeEach
    void open() {
        room = new ConsultationFixture(directory);
        room.sample.inSession();
        room.join(Role.CHAIR);
        room.join(Role.PATIENT);
    }

    @AfterEach
    void sound() {
        room.checkSound();
    }

    private void latching() {
        room.sample.as(Role.PATIENT, new TightenFacePolicy(LATCHED));
    }

    private void violated(String sid, GateReason reason) {
        room.gate(Role.PATIENT, sid, GateState.VIOLATED, reason);
        room.settle();
    }

    /** The same, with what the node has counted in the epoch. */
    private void violated(String sid, int count) {
        room.call.media.emit(new MediaEvent.GateChanged(room.clients.get(Role.PATIENT).roomId(), sid, "", epoch(sid),
                GateState.VIOLATED, GateReason.DEAD, count));
        room.settle();
    }

    private List<String> released() {
        return room.call.media.sent(MediaCommand.ReleaseTrack.class).stream().map(MediaCommand.ReleaseTrack::trackId)
                .toList();
    }

    private long epoch(String sid) {
        return room.producer(Role.PATIENT, sid).gate().epoch();
    }

    /** What the node is told of one more heartbeat. */
    private List<Proof> beat(String sid, long cover, String state) {
        int before = room.call.media.sent(MediaCommand.ProveTrack.class).size();
        room.call.clock.advance(500);
        room.beat(Role.PATIENT, sid, cover, ++serial, state);
        room.settle();
        List<MediaCommand.ProveTrack> all = room.call.media.sent(MediaCommand.ProveTrack.class);
        List<MediaCommand.ProveTrack> told = all.subList(before, all.size());
        assertTrue(told.stream().allMatch(proof -> proof.trackId().equals(sid) && proof.epoch() == epoch(sid)));
        return told.stream().map(MediaCommand.ProveTrack::proof).toList();
    }

    private String republish(String sid) {
        room.clients.get(Role.PATIENT).unpublish(camera);
        room.settle();
        camera = "again" + ++serial;
        String again = room.clients.get(Role.PATIENT).publish(TrackSource.CAMERA, camera);
        room.settle();
        assertTrue(again != null && !again.equals(sid));
        return again;
    }

    private void release(String sid) {
        room.sample.as(Role.CHAIR, new ReleaseTrack(room.sample.of(Role.PATIENT), sid));
        room.settle();
    }

    @Test
    void c1AnotherCoverDoesNotUndoAViolation() {
        String sid = room.publishCovered(Role.PATIENT);
        violated(sid, GateReason.DEAD);
        long epoch = epoch(sid);
        assertEquals(List.of(Proof.WHOLE), beat(sid, 2, "whole"));
        assertEquals(List.of(Proof.WHOLE), beat(sid, 3, "whole"));
        assertEquals(epoch, epoch(sid), "the node goes on to count its five seconds");
    }

    @Test
    void c1AnotherPolicyDoesNotUndoAViolation() {
        String sid = room.publishCovered(Role.PATIENT);
        violated(sid, GateReason.DEAD);
        latching();
        assertEquals(List.of(Proof.OFF), beat(sid, 1, "whole"), "the node is to hear of it in the new epoch too");
        assertEquals(List.of(Proof.OFF), beat(sid, 2, "whole"));
        violated(sid, GateReason.OFF);
        assertEquals(List.of(Proof.WHOLE), beat(sid, 2, "whole"), "it may count from now, and be released");
    }

    @Test
    void c1AnotherTrackDoesNotUndoALatch() {
        latching();
        String first = room.publishCovered(Role.PATIENT);
        violated(first, GateReason.UNRESOLVED);
        String second = republish(first);
        for (int i = 0; i < 4; i++) {
            assertEquals(List.of(Proof.OFF), beat(second, 1, "whole"));
        }
        violated(second, GateReason.OFF);
        String third = republish(second);
        assertEquals(List.of(Proof.OFF), beat(third, 1, "whole"));
        assertEquals("shut:latched", room.face(Role.CHAIR, Role.PATIENT, third), "who may release it is told of it");
        violated(third, GateReason.OFF);
        assertEquals("shut:latched", room.face(Role.CHAIR, Role.PATIENT, third));
        release(third);
        assertEquals("shut:off", room.face(Role.CHAIR, Role.PATIENT, third));
        assertEquals(List.of(third), room.call.media.sent(MediaCommand.ReleaseTrack.class).stream()
                .map(MediaCommand.ReleaseTrack::trackId).toList());
        assertEquals(room.sample.of(Role.CHAIR), room.journal.of(ConsultationEvent.TrackReleased.class).getFirst()
                .by(), "on record");
        assertEquals(List.of(Proof.WHOLE), beat(third, 1, "whole"));
        assertEquals(List.of(Proof.WHOLE), beat(republish(third), 1, "whole"));
    }

    @Test
    void c1ThePublishersOwnWordLatchesBeforeTheNodesDoes() {
        latching();
        String first = room.publishCovered(Role.PATIENT);
        assertEquals(List.of(Proof.DEAD), beat(first, 1, "dead"));
        assertEquals(List.of(Proof.OFF), beat(republish(first), 1, "whole"));
    }

    @Test
    void c1AnotherCoverIsNotQuickerThanTheNodesWord() {
        String sid = room.publishCovered(Role.PATIENT);
        long epoch = epoch(sid);
        assertEquals(List.of(Proof.DEAD), beat(sid, 1, "dead"));
        assertEquals(List.of(Proof.OFF), beat(sid, 2, "whole"));
        assertEquals(epoch, epoch(sid));
        violated(sid, GateReason.DEAD);
        assertEquals(List.of(Proof.WHOLE), beat(sid, 2, "whole"));
        room.gate(Role.PATIENT, sid, GateState.PROVEN, GateReason.PROOF);
        assertEquals(List.of(Proof.WHOLE), beat(sid, 3, "whole"));
        assertEquals(epoch + 1, epoch(sid));
        room.call.media.emit(new MediaEvent.GateChanged(room.clients.get(Role.PATIENT).roomId(), sid, "",
                epoch, GateState.VIOLATED, GateReason.UNRESOLVED, 2));
        assertEquals(List.of(Proof.OFF), beat(sid, 3, "whole"), "what came too late for its epoch counts in the next");
    }

    @Test
    void c1ALatchOutlivesTheRoom() {
        latching();
        String first = room.publishCovered(Role.PATIENT);
        violated(first, GateReason.UNRESOLVED);
        room.clients.get(Role.PATIENT).leave();
        room.clients.get(Role.CHAIR).leave();
        room.call.clock.advance(3_600_000);
        room.live.tick();
        room.join(Role.CHAIR);
        room.join(Role.PATIENT);
        String second = room.publish(Role.PATIENT, TrackSource.CAMERA);
        assertEquals(List.of(Proof.OFF), beat(second, 1, "whole"));
    }

    /** The process is gone without a word; what is on record and on the disk is left. */
    private void restart() {
        room.checkSound();
        room = new ConsultationFixture(directory, room);
    }

    private String publishAgain() {
        room.join(Role.CHAIR);
        room.join(Role.PATIENT);
        camera = "again" + ++serial;
        String again = room.clients.get(Role.PATIENT).publish(TrackSource.CAMERA, camera);
        room.settle();
        return again;
    }

    @Test
    void c1ALatchOutlivesARestartUntilItIsReleased() {
        latching();
        violated(room.publishCovered(Role.PATIENT), GateReason.UNRESOLVED);
        restart();
        String second = publishAgain();
        assertEquals(List.of(Proof.OFF), beat(second, 1, "whole"));
        assertEquals("shut:latched", room.face(Role.CHAIR, Role.PATIENT, second));
        violated(second, GateReason.OFF);
        restart();
        String third = publishAgain();
        assertEquals(List.of(Proof.OFF), beat(third, 1, "whole"));
        violated(third, GateReason.OFF);
        release(third);
        assertEquals(List.of(Proof.WHOLE), beat(third, 1, "whole"));
        restart();
        assertEquals(List.of(Proof.WHOLE), beat(publishAgain(), 1, "whole"), "the release outlives it too");
    }

    @Test
    void c1TheThirdViolationOutlivesARestartWhateverThePolicySays() {
        String first = room.publishCovered(Role.PATIENT);
        violated(first, 1);
        restart();
        String second = publishAgain();
        assertEquals(OnViolation.HOLD, room.producer(Role.PATIENT, second).gate().onViolation());
        assertEquals(List.of(Proof.WHOLE), beat(second, 1, "whole"));
        violated(second, 1);
        opens(second);
        violated(second, 2);
        restart();
        String third = publishAgain();
        assertEquals(OnViolation.LATCH, room.producer(Role.PATIENT, third).gate().onViolation());
        assertEquals(List.of(Proof.OFF), beat(third, 1, "whole"));
    }

    @Test
    void c1ALatchOutlivesARestartAlsoWhenTheStoreIsAwayAtThatMoment() {
        latching();
        String first = room.publishCovered(Role.PATIENT);
        room.journal.dead = true;
        violated(first, GateReason.UNRESOLVED);
        room.live.tick();
        restart();
        assertEquals("503 store-unavailable", room.refusal(room.attempt(Role.PATIENT)),
                "where nothing is known nobody comes in, and nothing flows");
        room.journal.dead = false;
        assertEquals(List.of(Proof.OFF), beat(publishAgain(), 1, "whole"));
    }

    @Test
    void c1ALatchIsForgottenWithItsConsultation() {
        latching();
        violated(room.publishCovered(Role.PATIENT), GateReason.UNRESOLVED);
        Path file = directory.resolve("spool.latches");
        assertTrue(file.toFile().length() > 100);
        room.sample.as(Role.CHAIR, new Conclude(Consultation.Outcome.DONE));
        room.live.tick();
        assertTrue(file.toFile().length() < 100);
    }

    @Test
    void c1TheThirdViolationStaysWhateverThePublisherDoesUntilItIsReleased() {
        String sid = room.publishCovered(Role.PATIENT);
        for (int i = 1; i <= 3; i++) {
            assertEquals(OnViolation.HOLD, room.producer(Role.PATIENT, sid).gate().onViolation());
            violated(sid, GateReason.DEAD);
            if (i < 3) {
                room.gate(Role.PATIENT, sid, GateState.PROVEN, GateReason.PROOF);
                beat(sid, 1 + i, "whole");
            }
        }
        assertEquals(OnViolation.LATCH, room.producer(Role.PATIENT, sid).gate().onViolation());
        assertEquals(List.of(Proof.OFF), beat(sid, 9, "whole"));
        String second = republish(sid);
        assertEquals(OnViolation.LATCH, room.producer(Role.PATIENT, second).gate().onViolation());
        assertEquals(List.of(Proof.OFF), beat(second, 1, "whole"));
        violated(second, GateReason.OFF);
        release(second);
        assertEquals(OnViolation.HOLD, room.producer(Role.PATIENT, second).gate().onViolation());
        assertEquals(List.of(Proof.WHOLE), beat(second, 1, "whole"));
    }

    private void opens(String sid) {
        room.gate(Role.PATIENT, sid, GateState.PROVEN, GateReason.PROOF);
        room.settle();
    }

    @Test
    void c1EachReleaseLetsAPictureOpenHoweverOftenTheNodeHasCutIt() {
        latching();
        String sid = room.publishCovered(Role.PATIENT);
        long epoch = epoch(sid);
        for (int count = 1; count <= 3; count++) {
            violated(sid, count);
            assertEquals("shut:latched", room.face(Role.CHAIR, Role.PATIENT, sid));
            assertEquals(epoch, epoch(sid));
            release(sid);
            assertEquals(List.of(Proof.WHOLE), beat(sid, 1, "whole"));
            if (count < 3) {
                opens(sid);
            }
        }
        assertEquals(List.of(sid, sid), released(), "the node takes no third release");
        assertEquals(epoch + 1, epoch(sid), "it begins anew");
        assertEquals("shut:policy", room.face(Role.CHAIR, Role.PATIENT, sid));
        violated(sid, 1);
        release(sid);
        assertEquals(List.of(sid, sid, sid), released(), "counted anew");
    }

    @Test
    void c1WhatTheNodeHasCutForGoodIsReleasedAlsoWhenItWasReleasedBefore() {
        String sid = room.publishCovered(Role.PATIENT);
        violated(sid, 1);
        opens(sid);
        violated(sid, 2);
        release(sid);
        opens(sid);
        violated(sid, 3);
        assertEquals("shut:latched", room.face(Role.CHAIR, Role.PATIENT, sid));
        assertEquals(List.of(Proof.OFF), beat(sid, 1, "whole"));
        violated(sid, 1);
        release(sid);
        assertEquals(OnViolation.HOLD, room.producer(Role.PATIENT, sid).gate().onViolation());
        assertEquals("shut:policy", room.face(Role.CHAIR, Role.PATIENT, sid));
        assertEquals(List.of(Proof.WHOLE), beat(sid, 1, "whole"));
    }

    @Test
    void c1TheThirdViolationShutsThePersonsOtherPicturesTooAlsoOneThatIsBeingMadeUpFor() {
        String first = room.publishCovered(Role.PATIENT);
        String second = room.clients.get(Role.PATIENT).publish(TrackSource.CAMERA, "second");
        room.settle();
        assertEquals(List.of(Proof.WHOLE), beat(second, 1, "whole"));
        violated(second, 1);
        violated(first, 1);
        opens(first);
        assertEquals(List.of(Proof.WHOLE), beat(second, 1, "whole"), "it is being made up for");
        long epoch = epoch(second);
        violated(first, 2);
        assertEquals(OnViolation.LATCH, room.producer(Role.PATIENT, second).gate().onViolation());
        assertEquals(epoch + 1, epoch(second), "what it has proven is forgotten");
        assertEquals(List.of(Proof.OFF), beat(second, 1, "whole"));
        violated(second, 1);
        release(second);
        assertEquals(List.of(Proof.WHOLE), beat(first, 1, "whole"));
        assertEquals(List.of(Proof.WHOLE), beat(second, 1, "whole"));
    }

    @Test
    void c1ThePublishersOwnWordOfTheThirdShutsTheOthersBeforeTheNodesDoes() {
        String first = room.publishCovered(Role.PATIENT);
        String second = room.clients.get(Role.PATIENT).publish(TrackSource.CAMERA, "second");
        room.settle();
        violated(second, 1);
        violated(first, 1);
        opens(first);
        assertEquals(List.of(Proof.DEAD), beat(first, 1, "dead"));
        assertEquals(OnViolation.LATCH, room.producer(Role.PATIENT, second).gate().onViolation());
        assertEquals(List.of(Proof.OFF), beat(second, 1, "whole"));
    }

    @Test
    void c1WhoSeesTheClearFaceLearnsWhatWaitsForARelease() {
        room.sample.policy(Role.CHAIR, new FacePolicy(FacePolicy.Mode.COVER, FacePolicy.STANDARD.subjectRoles(),
                Set.of(Role.CHAIR, Role.CONTROLLER), FacePolicy.Level.ATTESTED, FacePolicy.NoFace.COVER_ALL, 0,
                FacePolicy.OnViolation.LATCH));
        String sid = room.publishCovered(Role.PATIENT);
        Latches latches = room.live.governorOf(room.sample.id).latches();
        String patient = room.sample.of(Role.PATIENT);
        assertNull(latches.waiting(patient));
        violated(sid, 1);
        assertEquals("clear", room.face(Role.CHAIR, Role.PATIENT, sid), "which tells of no latch");
        assertEquals(sid, latches.waiting(patient));
        assertNull(latches.waiting(room.sample.of(Role.CHAIR)));
        String second = republish(sid);
        assertEquals(List.of(Proof.OFF), beat(second, 1, "whole"));
        assertEquals(second, latches.waiting(patient), "not the one that is gone");
        release(second);
        assertNull(latches.waiting(patient));
        violated(second, 1);
        assertEquals(second, latches.waiting(patient));
        room.clients.get(Role.PATIENT).leave();
        room.settle();
        assertNull(latches.waiting(patient));
    }
}
