// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live.held;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.Participant.Device;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.live.SampleConsultation;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;

/** What the store could not take outlives a crash, whatever protects whom, within bounds for what does not. */
class BacklogTest {
    private static final String ROOM = "C_Something11";
    private static final String SOMEBODY = "P_Somebody1111";
    private static final Instant AT = Instant.ofEpochMilli(1_780_000_000_123L);
    private static final List<ConsultationCommand> PROTECTING = List.of(new WithdrawConsent(), new Suspend("line-down"),
            new Deny(SOMEBODY), new Remove(SOMEBODY), new Revoke(SOMEBODY), new Mute(SOMEBODY, Source.MICROPHONE),
            new TightenFacePolicy(SampleConsultation.policy(FacePolicy.Mode.BLUR, Set.of(Role.CHAIR))),
            new CoverParticipant(SOMEBODY, true), new AllowRecorder(false),
            new NarrowRole(SOMEBODY, Role.TRAINEE));

    @TempDir
    Path directory;
    private Path file;
    private Backlog backlog;

    @BeforeEach
    void open() throws Exception {
        file = directory.resolve("spool");
        backlog = Backlog.open(file);
    }

    private static Unrecorded order(ConsultationCommand command) {
        return order(ROOM, command);
    }

    private static Unrecorded order(String consultation, ConsultationCommand command) {
        return new Unrecorded(consultation, command, command instanceof Revoke ? Actor.leader("leader-1", "H1")
                : Actor.participant(SOMEBODY), AT);
    }

    private static Unrecorded arrival(String who) {
        return order(new Arrive(who, Device.COMPUTER, null));
    }

    private List<Unrecorded> afterACrash() throws IOException {
        return Backlog.open(file).of(ROOM);
    }

    @Test
    void shouldGiveBackWhatItKept() throws Exception {
        List<Unrecorded> kept = PROTECTING.stream().map(BacklogTest::order).toList();
        assertTrue(PROTECTING.stream().allMatch(Tightener::tightens));
        for (int i = 0; i < kept.size(); i++) {
            backlog.add(kept.get(i));
            assertEquals(kept.subList(0, i + 1), afterACrash(), "each is on the disk when it is answered");
        }
        for (int i = 0; i < kept.size(); i++) {
            assertEquals(kept.get(i), backlog.next(ROOM).order());
            backlog.done(backlog.next(ROOM));
            assertEquals(kept.subList(i + 1, kept.size()), afterACrash());
        }
        assertNull(backlog.next(ROOM));
        assertEquals(List.of(), backlog.consultations());
        assertFalse(Files.exists(directory.resolve("spool.new")));
    }

    @Test
    void shouldNotGrowWithWhatIsDone() throws Exception {
        backlog.add(order("C_Other111111", new WithdrawConsent()));
        long emptyBytes = Files.size(file);
        for (int i = 0; i < 1_000; i++) {
            backlog.add(order(new Leave(SOMEBODY)));
            backlog.done(backlog.next(ROOM));
        }
        assertTrue(Files.size(file) < emptyBytes + 2 * Spool.SLACK_BYTES, Files.size(file) + " bytes");
        assertEquals(1, Backlog.open(file).size());
        backlog.done(backlog.next("C_Other111111"));
        assertTrue(Files.size(file) < emptyBytes, "drained");
    }

    @Test
    void shouldRefuseBeyondItsBoundsWhatLetsInAndNeverWhatProtects() throws Exception {
        backlog = Backlog.open(file, 3, 1 << 20);
        assertTrue(backlog.offer(arrival("P_First111111")));
        assertTrue(backlog.offer(arrival("P_Second11111")));
        assertTrue(backlog.offer(arrival("P_Third111111")));
        assertFalse(backlog.offer(arrival("P_Fourth11111")));
        PROTECTING.forEach(command -> backlog.add(order(command)));
        assertEquals(3 + PROTECTING.size(), backlog.size());
        backlog.add(order(new Mute(SOMEBODY, Source.MICROPHONE)));
        assertEquals(3 + PROTECTING.size(), backlog.size(), "said twice it is one");
        backlog.add(order(new Mute(SOMEBODY, Source.CAMERA)));
        assertEquals(4 + PROTECTING.size(), backlog.size());
        assertEquals(4 + PROTECTING.size(), afterACrash().size());
    }

    @Test
    void shouldBeBoundedInBytesToo() throws Exception {
        backlog = Backlog.open(file, 100, 200);
        assertTrue(backlog.offer(arrival("P_First111111")));
        assertTrue(backlog.bytes() > 0);
        while (backlog.bytes() < 200) {
            backlog.add(order(new Leave(SOMEBODY)));
        }
        assertFalse(backlog.offer(arrival("P_Second11111")));
    }

    @Test
    void shouldTakeBackALeavingBeyondItsBoundsWhenThePersonIsBack() throws Exception {
        backlog = Backlog.open(file, 1, 1 << 20);
        backlog.add(order(new Mute(SOMEBODY, Source.MICROPHONE)));
        assertFalse(backlog.offer(arrival(SOMEBODY)), "who did not leave comes anew");
        backlog.add(order(new Leave(SOMEBODY)));
        assertFalse(backlog.offer(arrival("P_Other1111111")));
        assertTrue(backlog.offer(arrival(SOMEBODY)));
        assertEquals(List.of(order(new Mute(SOMEBODY, Source.MICROPHONE))), backlog.of(ROOM));
        assertEquals(backlog.of(ROOM), afterACrash());
    }

    @Test
    void shouldPutAsideWhatFailsAgainAndAgainAndTryItAnewAfterARestart() throws Exception {
        Unrecorded bad = order(new WithdrawConsent());
        Unrecorded good = order(new Remove(SOMEBODY));
        backlog.add(bad);
        backlog.add(good);
        Backlog.Held first = backlog.next(ROOM);
        for (int i = 1; i < Backlog.MAX_TRIES; i++) {
            assertFalse(backlog.failed(first));
            assertEquals(bad, backlog.next(ROOM).order());
        }
        assertTrue(backlog.sound());
        assertTrue(backlog.failed(first));
        assertEquals(good, backlog.next(ROOM).order(), "the rest goes on");
        assertEquals(List.of(bad, good), backlog.of(ROOM), "it holds");
        assertEquals(1, backlog.aside());
        assertEquals(1, backlog.size());
        assertFalse(backlog.sound());
        assertTrue(Files.readString(directory.resolve("spool.aside")).contains("WithdrawConsent"));
        backlog.done(backlog.next(ROOM));
        assertFalse(backlog.waits(ROOM));
        Backlog next = Backlog.open(file);
        assertEquals(bad, next.next(ROOM).order());
        assertTrue(next.sound());
        next.done(next.next(ROOM));
        assertEquals(List.of(), afterACrash());
    }

    @Test
    void shouldKeepInMemoryWhatTheDiskDoesNotTakeAndWriteAllOfItLater() throws Exception {
        Path blocked = directory.resolve("gone").resolve("spool");
        Files.createDirectory(blocked.getParent());
        Backlog full = Backlog.open(blocked);
        Files.delete(blocked.getParent());
        full.add(order(new WithdrawConsent()));
        full.add(order(new Remove(SOMEBODY)));
        assertEquals(2, full.of(ROOM).size());
        assertFalse(full.sound());
        full.heal();
        assertFalse(full.sound());
        Files.createDirectory(blocked.getParent());
        full.heal();
        assertTrue(full.sound());
        assertEquals(full.of(ROOM), Backlog.open(blocked).of(ROOM));
    }

    @Test
    void shouldLetNobodyBeGoneForGoodWhoseLeavingIsPutAside() throws Exception {
        backlog.add(order(new Leave(SOMEBODY)));
        assertEquals(1, backlog.of(ROOM).size());
        Backlog.Held leaving = backlog.next(ROOM);
        for (int i = 0; i < Backlog.MAX_TRIES; i++) {
            backlog.failed(leaving);
        }
        assertEquals(List.of(), backlog.of(ROOM), "they may be back by now");
        assertEquals(1, backlog.aside());
        assertEquals(1, afterACrash().size());
    }

    @Test
    void shouldTakeOverWhatAnEarlierVersionKept() throws Exception {
        Path older = directory.resolve("spool.json");
        String text = """
                {"commands":[{"consultation":"C_Something11","type":"Remove","atMs":1780000000123,"command":\
                {"pseudonym":"P_Somebody1111"},"actor":{"kind":"PARTICIPANT","id":"P_Somebody1111","facility":""}}]}""";
        Files.writeString(older, text);
        assertEquals(List.of(order(new Remove(SOMEBODY))), afterACrash());
        assertFalse(Files.exists(older));
        assertEquals(List.of(order(new Remove(SOMEBODY))), afterACrash());
        Files.writeString(older, text);
        assertEquals(List.of(order(new Remove(SOMEBODY))), afterACrash(), "after a crash before it was deleted");
        Files.writeString(older, "{}");
        assertThrows(IOException.class, this::afterACrash);
    }

    @Test
    void shouldNotStartOnAnOrderThatItDoesNotKnow() throws Exception {
        RecordFile.open(file).append("{\"n\":1,\"consultation\":\"C_Something11\",\"type\":\"Explode\",\"atMs\":1,"
                + "\"command\":{},\"actor\":{\"kind\":\"SYSTEM\",\"id\":\"server\",\"facility\":\"\"}}");
        assertThrows(IOException.class, () -> Backlog.open(file));
    }
}
