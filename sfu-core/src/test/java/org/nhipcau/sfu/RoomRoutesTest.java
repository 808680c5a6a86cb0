// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.route.RemotePeer;

/** Where the commands of a room go, with workers that answer when the test lets them. */
class RoomRoutesTest {
    private static final String ROOM = "room";
    private static final MediaReply DONE = new MediaReply.Done();

    /** Remembers what it is asked and answers on demand, in order. */
    private static final class Host implements RoomHost {
        final String name;
        final List<String> asked = new ArrayList<>();
        final ArrayDeque<CompletableFuture<MediaReply>> open = new ArrayDeque<>();
        final List<MediaCommand.SendData> data = new ArrayList<>();
        final List<RemotePeer> mirrored = new ArrayList<>();
        int peers;
        boolean takesNewcomers = true;
        boolean answersAtOnce = true;
        boolean connects = true;
        MediaReply next = DONE;
        MediaReply nextMirror = DONE;

        Host(String name) {
            this.name = name;
        }

        @Override
        public int peers() {
            return peers;
        }

        @Override
        public int rooms() {
            return 0;
        }

        @Override
        public boolean takesNewcomers() {
            return takesNewcomers;
        }

        @Override
        public CompletableFuture<MediaReply> submit(MediaCommand command) {
            asked.add(command.getClass().getSimpleName());
            if (command instanceof MediaCommand.SendData send) {
                data.add(send);
            }
            peers += command instanceof MediaCommand.OpenPeer ? 1 : command instanceof MediaCommand.ClosePeer ? -1 : 0;
            return reply(next);
        }

        private CompletableFuture<MediaReply> reply(MediaReply value) {
            if (answersAtOnce) {
                return CompletableFuture.completedFuture(value);
            }
            CompletableFuture<MediaReply> future = new CompletableFuture<>();
            open.add(future);
            return future;
        }

        @Override
        public boolean connect(RoomHost other) {
            return connects;
        }

        @Override
        public CompletableFuture<MediaReply> mirror(String roomId, RemotePeer peer, RoomHost peersWorker) {
            asked.add("Mirror " + peer.peerId() + " of " + ((Host) peersWorker).name + " " + peer.producers().size());
            mirrored.add(peer);
            return reply(nextMirror);
        }

        void answer() {
            open.remove().complete(DONE);
        }

        List<String> take() {
            List<String> taken = List.copyOf(asked);
            asked.clear();
            return taken;
        }
    }

    private final Host a = new Host("a");
    private final Host b = new Host("b");
    private final Host c = new Host("c");
    private final RoomRoutes routes = new RoomRoutes(ROOM, 6, new RoomPlacement(List.of(a, b, c), 2),
            CompletableFuture.completedFuture(null));

    private MediaReply run(MediaCommand command) {
        return routes.submit(command).getNow(null);
    }

    private MediaReply open(String peerId) {
        return run(new MediaCommand.OpenPeer(ROOM, peerId, "of-" + peerId));
    }

    private static MediaCommand.AddProducer add(String peerId, String trackId) {
        CodecParameters opus = new CodecParameters("audio/opus", 111, 48_000, 2, Map.of(), -1, true, false, false,
                false, false);
        return new MediaCommand.AddProducer(ROOM, peerId, new ProducerParameters(trackId, MediaKind.AUDIO,
                TrackSource.MICROPHONE, "0", List.of(opus), List.of(new EncodingParameters("", 1, 0, 0, 0, 0, 0)),
                false));
    }

    private static MediaCommand.UpdateConsumer update(String peerId) {
        return new MediaCommand.UpdateConsumer(ROOM, peerId, "c", ConsumerSettings.DEFAULT);
    }

    private void fill(String... peerIds) {
        for (String peerId : peerIds) {
            assertEquals(DONE, open(peerId));
        }
        List.of(a, b, c).forEach(Host::take);
    }

    @Test
    void shouldStayOnOneWorkerWhileItFits() {
        run(new MediaCommand.OpenRoom(ROOM));
        open("p1");
        open("p2");
        run(add("p1", "t"));
        run(new MediaCommand.MuteProducer(ROOM, "t", true));
        assertEquals(List.of("OpenRoom", "OpenPeer", "OpenPeer", "AddProducer", "MuteProducer"), a.take());
        assertEquals(List.of(), b.take());
    }

    @Test
    void shouldOpenABranchWithAllThatIsSentElsewhere() {
        fill("p1", "p2");
        run(new MediaCommand.ConfigurePeer(ROOM, "p1", null, HeaderExtensions.NONE));
        run(add("p1", "t1"));
        run(add("p1", "t2"));
        run(new MediaCommand.MuteProducer(ROOM, "t2", true));
        run(new MediaCommand.RemoveProducer(ROOM, "t1"));
        open("p3");
        assertEquals(List.of("OpenRoom", "Mirror p1 of a 1", "OpenPeer"), b.take());
        assertTrue(b.mirrored.getFirst().producers().getFirst().muted(), "as last muted");
        assertEquals("t2", b.mirrored.getFirst().producers().getFirst().trackId());
        open("p4");
        open("p5");
        assertEquals(List.of("OpenPeer"), b.take());
        assertEquals(List.of("OpenRoom", "Mirror p1 of a 1", "OpenPeer"), c.take());
        open("p6");
        assertEquals(Reason.CAPACITY, assertInstanceOf(MediaReply.Refused.class, open("p7")).reason(),
                "maxPeersPerRoom counts all workers");
    }

    @Test
    void shouldSendCommandsWhereTheyBelong() {
        fill("p1", "p2", "p3");
        run(update("p3"));
        assertEquals(List.of("UpdateConsumer"), b.take());
        assertEquals(List.of(), a.take());
        run(add("p3", "t"));
        assertEquals(List.of("AddProducer"), b.take());
        assertEquals(List.of("Mirror p3 of b 1"), a.take());
        run(new MediaCommand.MuteProducer(ROOM, "t", true));
        run(new MediaCommand.RemoveProducer(ROOM, "t"));
        assertEquals(List.of("MuteProducer", "RemoveProducer"), a.take());
        assertEquals(List.of("MuteProducer", "RemoveProducer"), b.take());
        run(update("nobody"));
        assertEquals(List.of("UpdateConsumer"), a.take(), "the home answers for whom it does not know");
        run(add("p3", "t"));
        a.take();
        b.take();
        run(new MediaCommand.ConfigurePeer(ROOM, "p3", null, new HeaderExtensions(1, 2, 3, 4, 5, 6, 7, 8, 9, 0)));
        assertEquals(List.of("Mirror p3 of b 1"), a.take());
        assertEquals(new HeaderExtensions(1, 2, 3, 4, 5, 6, 7, 8, 9, 0), a.mirrored.getLast().extensions());
    }

    @Test
    void shouldAnswerAMuteWhenAllWorkersHaveCarriedItOut() {
        fill("p1", "p2", "p3");
        run(add("p1", "t"));
        a.answersAtOnce = false;
        b.answersAtOnce = false;
        CompletableFuture<MediaReply> mute = routes.submit(new MediaCommand.MuteProducer(ROOM, "t", true));
        a.answer();
        assertFalse(mute.isDone());
        b.answer();
        assertEquals(DONE, mute.getNow(null));
        // Unmuted first where the packets come in.
        a.take();
        b.take();
        CompletableFuture<MediaReply> unmute = routes.submit(new MediaCommand.MuteProducer(ROOM, "t", false));
        assertEquals(List.of("MuteProducer"), a.take());
        assertEquals(List.of(), b.take());
        a.answer();
        assertEquals(List.of("MuteProducer"), b.take());
        assertFalse(unmute.isDone());
        b.answer();
        assertEquals(DONE, unmute.getNow(null));
    }

    @Test
    void shouldKeepTheOrderAroundCommandsForAllWorkers() {
        fill("p1", "p2", "p3");
        a.answersAtOnce = false;
        b.answersAtOnce = false;
        routes.submit(update("p1"));
        routes.submit(update("p3"));
        assertEquals(1, a.open.size() * b.open.size(), "side by side");
        CompletableFuture<MediaReply> added = routes.submit(add("p1", "t"));
        CompletableFuture<MediaReply> after = routes.submit(update("p3"));
        a.answer();
        assertEquals(List.of("UpdateConsumer"), a.take(), "it waits for the other worker too");
        b.answer();
        assertEquals(List.of("AddProducer"), a.take());
        assertEquals(List.of("UpdateConsumer"), b.take());
        a.answer();
        assertEquals(List.of("Mirror p1 of a 1"), b.take());
        assertFalse(added.isDone());
        b.answer();
        assertEquals(DONE, added.getNow(null));
        assertEquals(List.of("UpdateConsumer"), b.take());
        b.answer();
        assertEquals(DONE, after.getNow(null));
    }

    @Test
    void shouldTakeBackAProducerThatNotAllWorkersTook() {
        fill("p1", "p2", "p3");
        b.nextMirror = new MediaReply.Refused(Reason.CAPACITY, "full");
        assertEquals(b.nextMirror, run(add("p1", "t")));
        assertEquals(List.of("AddProducer", "RemoveProducer"), a.take());
        assertEquals(List.of("Mirror p1 of a 1", "RemoveProducer"), b.take());
    }

    @Test
    void shouldCloseABranchAfterItsLastPeer() {
        fill("p1", "p2", "p3");
        run(new MediaCommand.ClosePeer(ROOM, "p3"));
        assertEquals(List.of("ClosePeer", "CloseRoom"), b.take());
        run(new MediaCommand.ClosePeer(ROOM, "p1"));
        run(new MediaCommand.ClosePeer(ROOM, "p2"));
        assertEquals(List.of("ClosePeer", "ClosePeer"), a.take(), "the home stays");
        run(new MediaCommand.CloseRoom(ROOM));
        assertEquals(List.of("CloseRoom"), a.take());
        assertEquals(List.of(), b.take());
        assertEquals(Reason.NOT_FOUND, assertInstanceOf(MediaReply.Refused.class, open("p9")).reason());
    }

    @Test
    void shouldForgetAPeerThatWasRefusedAndItsBranch() {
        fill("p1", "p2");
        b.next = new MediaReply.Refused(Reason.CAPACITY, "busy");
        assertEquals(b.next, open("p3"));
        assertEquals(List.of("OpenRoom", "OpenPeer", "CloseRoom"), b.take());
        b.next = DONE;
        b.peers = 0;
        assertEquals(DONE, open("p3"));
        assertEquals(List.of("OpenRoom", "OpenPeer"), b.take());
        c.connects = false;
        open("p4");
        assertEquals(Reason.CAPACITY, assertInstanceOf(MediaReply.Refused.class, open("p5")).reason());
        c.connects = true;
        assertEquals(DONE, open("p5"));
    }

    @Test
    void shouldCloseAtOnceAndRefuseWhatWaits() {
        fill("p1", "p2", "p3");
        a.answersAtOnce = false;
        b.answersAtOnce = false;
        CompletableFuture<MediaReply> mute = routes.submit(new MediaCommand.MuteProducer(ROOM, "t", true));
        CompletableFuture<MediaReply> waits = routes.submit(update("p1"));
        CompletableFuture<MediaReply> closed = routes.submit(new MediaCommand.CloseRoom(ROOM));
        assertEquals(Reason.NOT_FOUND, assertInstanceOf(MediaReply.Refused.class, waits.getNow(null)).reason());
        assertEquals(List.of("MuteProducer", "CloseRoom"), a.take());
        a.answer();
        b.answer();
        assertEquals(DONE, mute.getNow(null));
        a.answer();
        assertFalse(closed.isDone());
        b.answer();
        assertEquals(DONE, closed.getNow(null));
    }

    @Test
    void shouldBeginAfterTheEndOfAnEarlierRoomOfTheName() {
        CompletableFuture<MediaReply> before = new CompletableFuture<>();
        RoomRoutes next = new RoomRoutes(ROOM, 6, new RoomPlacement(List.of(a, b, c), 2), before);
        CompletableFuture<MediaReply> opened = next.submit(new MediaCommand.OpenRoom(ROOM));
        CompletableFuture<MediaReply> peer = next.submit(new MediaCommand.OpenPeer(ROOM, "p", "p"));
        assertEquals(List.of(), a.take());
        before.complete(DONE);
        assertEquals(List.of("OpenRoom", "OpenPeer"), a.take());
        assertEquals(DONE, opened.getNow(null));
        assertEquals(DONE, peer.getNow(null));
    }

    @Test
    void shouldLeaveABusyHomeForAWorkerThatIsNot() {
        fill("p1");
        a.takesNewcomers = false;
        open("p2");
        assertEquals(List.of("OpenRoom", "OpenPeer"), b.take());
        a.takesNewcomers = true;
        open("p3");
        assertEquals(List.of("OpenPeer"), a.take());
        List.of(a, b, c).forEach(host -> host.takesNewcomers = false);
        open("p4");
        assertEquals(List.of("OpenPeer"), a.take(), "where all are busy, the home refuses by itself");
    }

    @Test
    void shouldKeepTheTransportsOfAParticipantTogether() {
        fill("p1", "p2", "p3");
        run(new MediaCommand.OpenPeer(ROOM, "p1-second", "of-p1"));
        assertEquals(List.of("OpenPeer"), a.take());
    }

    @Test
    void shouldAnswerEveryCommandWhateverTheOrderOfAnswers() {
        long seed = 3_141;
        Random random = new Random(seed);
        List<Host> hosts = List.of(a, b, c);
        hosts.forEach(host -> host.answersAtOnce = false);
        List<CompletableFuture<MediaReply>> replies = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            Host host = hosts.get(random.nextInt(3));
            if (random.nextBoolean() && !host.open.isEmpty()) {
                host.answer();
                continue;
            }
            String peer = "p" + random.nextInt(8);
            replies.add(routes.submit(switch (random.nextInt(6)) {
                case 0 -> new MediaCommand.OpenPeer(ROOM, peer, "of-" + peer);
                case 1 -> new MediaCommand.ClosePeer(ROOM, peer);
                case 2 -> add(peer, "t" + peer);
                case 3 -> new MediaCommand.RemoveProducer(ROOM, "t" + peer);
                case 4 -> new MediaCommand.MuteProducer(ROOM, "t" + peer, random.nextBoolean());
                default -> update(peer);
            }));
        }
        while (hosts.stream().anyMatch(host -> !host.open.isEmpty())) {
            hosts.stream().filter(host -> !host.open.isEmpty()).forEach(Host::answer);
        }
        assertTrue(replies.size() > 5_000);
        assertEquals(0, replies.stream().filter(reply -> !reply.isDone()).count(), "seed " + seed);
    }

    @Test
    void shouldTellAPolicyEverywhereAndProofOnlyWhereTheTrackIs() {
        fill("p1", "p2", "p3");
        run(add("p3", "t"));
        List.of(a, b, c).forEach(Host::take);
        GateParameters gate = GateParameters.proven("policy", 3, GateParameters.OnViolation.HOLD);
        assertEquals(DONE, run(new MediaCommand.SetGate(ROOM, "t", gate)));
        assertEquals(DONE, run(new MediaCommand.ProveTrack(ROOM, "t", 3, Proof.CLEAN)));
        assertEquals(DONE, run(new MediaCommand.ReleaseTrack(ROOM, "t", 3)));
        assertEquals(DONE, run(new MediaCommand.SetClearance(ROOM, "p1", "of-p3", true)));
        assertEquals(List.of("SetGate", "SetClearance"), a.take());
        assertEquals(List.of("SetGate", "ProveTrack", "ReleaseTrack"), b.take());
        run(new MediaCommand.ProveTrack(ROOM, "unknown", 3, Proof.CLEAN));
        assertEquals(List.of("ProveTrack"), a.take(), "the home answers for what does not exist");
    }

    @Test
    void shouldBeginABranchUnderTheNewestPolicyWhateverIsToldAgainOfTheTrack() {
        fill("p1", "p2");
        run(add("p1", "t"));
        GateParameters gate = GateParameters.proven("policy", 3, GateParameters.OnViolation.HOLD);
        run(new MediaCommand.SetGate(ROOM, "t", gate));
        run(add("p1", "t"));
        run(new MediaCommand.MuteProducer(ROOM, "t", true));
        open("p3");
        assertEquals(gate, b.mirrored.getLast().producers().getFirst().gate());
        assertTrue(b.mirrored.getLast().producers().getFirst().muted());
        GateParameters next = GateParameters.clearVariant("policy", 4, "other");
        run(new MediaCommand.AddProducer(ROOM, "p1", add("p1", "t").producer().withGate(next)));
        assertEquals(next, b.mirrored.getLast().producers().getFirst().gate());
    }

    @Test
    void shouldKeepAPolicyThatWasRefusedOutOfWhatABranchIsTold() {
        fill("p1", "p2");
        run(add("p1", "t"));
        a.next = new MediaReply.Refused(Reason.CONFLICT, "older");
        run(new MediaCommand.SetGate(ROOM, "t", GateParameters.proven("policy", 3, GateParameters.OnViolation.HOLD)));
        a.next = DONE;
        open("p3");
        assertEquals(GateParameters.NONE, b.mirrored.getLast().producers().getFirst().gate());
    }

    @Test
    void shouldHandDataToEachWorkerOnceForItsOwnPeers() {
        fill("p1", "p2", "p3");
        byte[] payload = {1, 2};
        assertEquals(DONE, run(new MediaCommand.SendData(ROOM, List.of("p3", "gone", "p1", "p2"), DataChannel.LOSSY,
                payload)));
        assertEquals(List.of(new MediaCommand.SendData(ROOM, List.of("p1", "p2"), DataChannel.LOSSY, payload)), a.data);
        assertEquals(List.of(new MediaCommand.SendData(ROOM, List.of("p3"), DataChannel.LOSSY, payload)), b.data);
        assertEquals(DONE, run(new MediaCommand.SendData(ROOM, List.of("gone"), DataChannel.LOSSY, payload)));
        assertEquals(1, a.data.size());
        a.take();
        b.take();
        assertEquals(DONE, run(new MediaCommand.ConfigureData(ROOM, "p3", new DataParameters(5000, 0, false))));
        assertEquals(List.of(), a.take());
        assertEquals(List.of("ConfigureData"), b.take());
    }
}
