// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.api.QualityCause;

/** Both ends of the control link over real gRPC on loopback. */
class ControlLinkTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String TOKEN = "a-token-of-more-than-thirty-two-characters";
    private static final MediaReply DONE = new MediaReply.Done();

    private final FakeNode node = new FakeNode();
    private final List<AutoCloseable> opened = new ArrayList<>(List.of(node));

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : opened.reversed()) {
            closeable.close();
        }
    }

    private ControlServer server(int port, String token) throws IOException {
        ControlServer server = ControlServer.start(node, ControlSettings.loopback("127.0.0.1", port, token));
        opened.add(server);
        return server;
    }

    private RemoteMediaServer client(int port, String token) throws IOException {
        RemoteMediaServer client = RemoteMediaServer.connect(ControlSettings.loopback("127.0.0.1", port, token));
        opened.add(client);
        return client;
    }

    private RemoteMediaServer connected(int port) throws Exception {
        RemoteMediaServer client = client(port, "");
        assertTrue(client.awaitConnected(LONG), "no link");
        return client;
    }

    private static MediaReply ask(RemoteMediaServer client, MediaCommand command) throws Exception {
        return client.submit(command).get(20, TimeUnit.SECONDS);
    }

    private static void assertUnreachable(CompletableFuture<MediaReply> future) {
        var e = assertThrows(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS));
        assertInstanceOf(IOException.class, e.getCause());
    }

    private static MediaEvent.QualityReport statistics(String roomId) {
        var direction = new MediaEvent.DirectionQuality(-1, 0.5, -1, 1, 3, 1, 1, 1, 0.2, 1, -1, -1, 3.5,
                QualityCause.CAMERA_STOPPED, 20);
        return new MediaEvent.QualityReport(roomId, "p", direction, direction, 12);
    }

    @Test
    void shouldCarryCommandsRepliesAndEvents() throws Exception {
        RemoteMediaServer client = connected(server(0, "").port());
        BlockingQueue<MediaEvent> events = new LinkedBlockingQueue<>();
        AutoCloseable registration = client.listen(events::add);
        assertEquals(node.node(), client.node());
        assertEquals(DONE, ask(client, new MediaCommand.OpenRoom("r")));
        var refused = new MediaReply.Refused(MediaReply.Reason.CONFLICT, "in use");
        node.behave(command -> refused);
        assertEquals(refused, ask(client, new MediaCommand.OpenPeer("r", "p", "pa")));
        node.emit(statistics("r"));
        assertEquals(statistics("r"), events.poll(20, TimeUnit.SECONDS));
        node.emit(statistics("someone else's"));
        node.emit(new MediaEvent.RoomLost("r", "worker"));
        assertEquals(new MediaEvent.RoomLost("r", "worker"), events.poll(20, TimeUnit.SECONDS),
                "and the other room's events do not come");
        registration.close();
    }

    @Test
    void shouldCarryThePrivacyGateAsItIs() throws Exception {
        RemoteMediaServer client = connected(server(0, "").port());
        BlockingQueue<MediaEvent> events = new LinkedBlockingQueue<>();
        client.listen(events::add);
        ask(client, new MediaCommand.OpenRoom("r"));
        GateParameters gate = new GateParameters(GateAccess.CLEARED, "p", 1L << 40, OnViolation.LATCH, "covered");
        List<MediaCommand> commands = List.of(new MediaCommand.SetGate("r", "t", gate),
                new MediaCommand.SetClearance("r", "p", "patient", true),
                new MediaCommand.ProveTrack("r", "t", 1L << 40, Proof.WHOLE),
                new MediaCommand.ReleaseTrack("r", "t", 1L << 40));
        for (MediaCommand command : commands) {
            assertEquals(DONE, ask(client, command));
        }
        assertEquals(commands, node.commands().subList(1, node.commands().size()));
        var changed = new MediaEvent.GateChanged("r", "t", "p", 1L << 40, GateState.VIOLATED, GateReason.DEAD, 2);
        node.emit(changed);
        assertEquals(changed, events.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void shouldKeepTheOrderOfEachRoomUnderConcurrency() throws Exception {
        RemoteMediaServer client = connected(server(0, "").port());
        int rooms = 8;
        int count = 200;
        List<CompletableFuture<MediaReply>> futures = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int r = 0; r < rooms; r++) {
            String room = "room" + r;
            threads.add(Thread.ofVirtual().start(() -> {
                futures.add(client.submit(new MediaCommand.OpenRoom(room)));
                for (int i = 0; i < count; i++) {
                    futures.add(client.submit(new MediaCommand.ClosePeer(room, "" + i)));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (CompletableFuture<MediaReply> future : futures) {
            assertEquals(DONE, future.get(20, TimeUnit.SECONDS));
        }
        for (int r = 0; r < rooms; r++) {
            String room = "room" + r;
            List<MediaCommand> carriedOut = node.commands().stream().filter(c -> c.roomId().equals(room)).toList();
            assertEquals(count + 1, carriedOut.size());
            for (int i = 0; i < count; i++) {
                assertEquals(new MediaCommand.ClosePeer(room, "" + i), carriedOut.get(i + 1));
            }
        }
    }

    @Test
    void shouldKeepRepliesAndEventsOfARoomInOrder() throws Exception {
        RemoteMediaServer client = connected(server(0, "").port());
        BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
        client.listen(seen::add);
        ask(client, new MediaCommand.OpenRoom("r"));
        node.behave(command -> {
            node.emit(new MediaEvent.WantedQualityChanged("r", "t", 1));
            return new MediaReply.Refused(MediaReply.Reason.INVALID, ((MediaCommand.ClosePeer) command).peerId());
        });
        for (int i = 0; i < 100; i++) {
            client.submit(new MediaCommand.ClosePeer("r", "" + i)).thenAccept(seen::add);
        }
        for (int i = 0; i < 100; i++) {
            assertInstanceOf(MediaEvent.class, seen.poll(20, TimeUnit.SECONDS));
            assertEquals(new MediaReply.Refused(MediaReply.Reason.INVALID, "" + i), seen.poll(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldTellRoomLostAndReconnectWhenTheServerGoes() throws Exception {
        ControlServer first = server(0, "");
        int port = first.port();
        RemoteMediaServer client = connected(port);
        BlockingQueue<MediaEvent> events = new LinkedBlockingQueue<>();
        client.listen(events::add);
        ask(client, new MediaCommand.OpenRoom("kept"));
        ask(client, new MediaCommand.OpenRoom("closed"));
        ask(client, new MediaCommand.CloseRoom("closed"));
        CountDownLatch release = new CountDownLatch(1);
        node.behave(command -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return DONE;
        });
        CompletableFuture<MediaReply> pending = client.submit(new MediaCommand.OpenPeer("kept", "p", "pa"));
        node.await(new MediaCommand.OpenPeer("kept", "p", "pa"));

        first.close();
        assertUnreachable(pending);
        MediaEvent lost = events.poll(20, TimeUnit.SECONDS);
        assertEquals("kept", assertInstanceOf(MediaEvent.RoomLost.class, lost).roomId());
        assertFalse(client.reachable());
        assertUnreachable(client.submit(new MediaCommand.OpenRoom("x")));
        node.await(new MediaCommand.CloseRoom("kept"));
        release.countDown();
        node.behave(command -> DONE);

        server(port, "");
        assertTrue(client.awaitConnected(LONG), "no second link");
        assertEquals(DONE, ask(client, new MediaCommand.OpenRoom("kept")));
        assertNull(events.poll(), "nothing was lost twice");
    }

    @Test
    void shouldCloseTheRoomsOfASignalingProcessThatGoes() throws Exception {
        ControlServer server = server(0, "");
        RemoteMediaServer client = connected(server.port());
        RemoteMediaServer other = connected(server.port());
        ask(client, new MediaCommand.OpenRoom("mine"));
        ask(other, new MediaCommand.OpenRoom("theirs"));
        client.close();
        node.await(new MediaCommand.CloseRoom("mine"));
        assertFalse(node.commands().contains(new MediaCommand.CloseRoom("theirs")));
        assertEquals(DONE, ask(other, new MediaCommand.ClosePeer("theirs", "p")));
    }

    @Test
    void shouldGiveARoomToTheLastWhoOpensIt() throws Exception {
        ControlServer server = server(0, "");
        RemoteMediaServer old = connected(server.port());
        RemoteMediaServer fresh = connected(server.port());
        BlockingQueue<MediaEvent> events = new LinkedBlockingQueue<>();
        old.listen(events::add);
        ask(old, new MediaCommand.OpenRoom("r"));
        ask(fresh, new MediaCommand.OpenRoom("r"));
        assertEquals(List.of(new MediaCommand.OpenRoom("r"), new MediaCommand.CloseRoom("r"),
                new MediaCommand.OpenRoom("r")), node.commands());
        assertInstanceOf(MediaEvent.RoomLost.class, events.poll(20, TimeUnit.SECONDS));
        MediaReply reply = ask(old, new MediaCommand.OpenPeer("r", "p", "pa"));
        assertEquals(MediaReply.Reason.NOT_FOUND, assertInstanceOf(MediaReply.Refused.class, reply).reason());
        assertEquals(DONE, ask(old, new MediaCommand.CloseRoom("r")));
        assertEquals(3, node.commands().size(), "neither reached the node");
        assertEquals(DONE, ask(fresh, new MediaCommand.ClosePeer("r", "p")));
    }

    @Test
    void shouldRefuseAWrongTokenAndNone() throws Exception {
        ControlServer server = server(0, TOKEN);
        RemoteMediaServer wrong = client(server.port(), TOKEN.replace('a', 'b'));
        RemoteMediaServer none = client(server.port(), "");
        RemoteMediaServer right = client(server.port(), TOKEN);
        assertTrue(right.awaitConnected(LONG));
        assertFalse(wrong.awaitConnected(Duration.ofSeconds(1)));
        assertFalse(none.reachable());
        assertUnreachable(wrong.submit(new MediaCommand.OpenRoom("r")));
        assertEquals(List.of(), node.commands());
    }

    @Test
    void shouldFailAtOnceWhereNoNodeIsAndConnectWhenOneComes() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        RemoteMediaServer client = client(port, "");
        assertUnreachable(client.submit(new MediaCommand.OpenRoom("r")));
        assertFalse(client.awaitConnected(Duration.ofMillis(300)));
        server(port, "");
        assertTrue(client.awaitConnected(LONG));
    }

    @Test
    void shouldRefuseACommandThatIsTooLongAndLiveOn() throws Exception {
        RemoteMediaServer client = connected(server(0, "").port());
        ask(client, new MediaCommand.OpenRoom("r"));
        MediaReply reply = ask(client, new MediaCommand.OpenPeer("r", "p".repeat(2 << 20), "pa"));
        assertEquals(MediaReply.Reason.INVALID, assertInstanceOf(MediaReply.Refused.class, reply).reason());
        reply = ask(client, new MediaCommand.OpenPeer("r", "p".repeat(70_000), "pa"));
        assertEquals(MediaReply.Reason.INVALID, assertInstanceOf(MediaReply.Refused.class, reply).reason());
        assertEquals(DONE, ask(client, new MediaCommand.ClosePeer("r", "p")));
    }

    @Test
    void shouldAnswerForANodeThatThrows() throws Exception {
        RemoteMediaServer client = connected(server(0, "").port());
        ask(client, new MediaCommand.OpenRoom("r"));
        node.behave(command -> {
            throw new IllegalStateException("a bug");
        });
        MediaReply reply = ask(client, new MediaCommand.ClosePeer("r", "p"));
        assertEquals(MediaReply.Reason.INTERNAL, assertInstanceOf(MediaReply.Refused.class, reply).reason());
        node.behave(command -> new MediaReply.Refused(MediaReply.Reason.INVALID, "x".repeat(2 << 20)));
        reply = ask(client, new MediaCommand.ClosePeer("r", "p"));
        assertEquals(MediaReply.Reason.INTERNAL, assertInstanceOf(MediaReply.Refused.class, reply).reason());
        node.behave(command -> DONE);
        assertEquals(DONE, ask(client, new MediaCommand.ClosePeer("r", "p")));
    }

    @Test
    void shouldLiveOnWhenAListenerThrows() throws Exception {
        RemoteMediaServer client = connected(server(0, "").port());
        BlockingQueue<MediaEvent> events = new LinkedBlockingQueue<>();
        client.listen(event -> {
            throw new IllegalStateException("a bug");
        });
        client.listen(events::add);
        ask(client, new MediaCommand.OpenRoom("r"));
        node.emit(statistics("r"));
        assertEquals(statistics("r"), events.poll(20, TimeUnit.SECONDS));
        assertEquals(DONE, ask(client, new MediaCommand.ClosePeer("r", "p")));
    }

    @Test
    void aSlowReaderShouldLoseStatisticsFirstAndBeCutOffBeforeItLosesState() throws Exception {
        ControlServer server = server(0, "");
        RemoteMediaServer client = connected(server.port());
        CountDownLatch stuck = new CountDownLatch(1);
        BlockingQueue<MediaEvent> events = new LinkedBlockingQueue<>();
        client.listen(event -> {
            try {
                stuck.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            events.add(event);
        });
        ask(client, new MediaCommand.OpenRoom("r"));
        // Each event fills the flow control window a little; beyond it only the bounded queue remains.
        int sent = 0;
        while (server.statisticsLeftOut() == 0) {
            node.emit(statistics("r"));
            sent++;
            assertTrue(sent < 1_000_000, "statistics are never left out: memory grows");
        }
        long before = server.statisticsLeftOut();
        node.emit(new MediaEvent.WantedQualityChanged("r", "t", 2));
        assertEquals(before, server.statisticsLeftOut(), "state still finds room");
        for (int i = 0; i < 2 * ControlOutbox.CAPACITY; i++) {
            node.emit(new MediaEvent.WantedQualityChanged("r", "t", i));
        }
        node.await(new MediaCommand.CloseRoom("r"));
        stuck.countDown();
        for (MediaEvent event = null; !(event instanceof MediaEvent.RoomLost lost && lost.roomId().equals("r"));) {
            event = events.poll(20, TimeUnit.SECONDS);
            assertTrue(event != null, "the reader learns that its room is lost");
        }
    }

    @Test
    void settingsShouldNotLeaveTheLinkUnprotected() {
        assertThrows(IllegalArgumentException.class, () -> ControlSettings.loopback("0.0.0.0", 1, ""));
        assertThrows(IllegalArgumentException.class, () -> ControlSettings.loopback("127.0.0.1", 1, "short"));
        assertThrows(IllegalArgumentException.class, () -> ControlSettings.loopback("127.0.0.1", 65_536, TOKEN));
        assertThrows(IllegalArgumentException.class, () -> ControlSettings.loopback("127.0.0.1", 1, TOKEN + "\n"));
        assertThrows(IllegalArgumentException.class,
                () -> new ControlSettings("127.0.0.1", 1, TOKEN, "cert.pem", "", ""));
        ControlSettings open = ControlSettings.loopback("0.0.0.0", 0, TOKEN);
        assertThrows(IllegalArgumentException.class, () -> ControlServer.start(node, open));
        assertThrows(IllegalArgumentException.class, () -> RemoteMediaServer.connect(open));
        assertFalse(ControlSettings.loopback("127.0.0.1", 1, TOKEN).toString().contains(TOKEN));
        assertEquals(0, node.listeners());
    }

    @Test
    void aPortInUseShouldBeTold() throws Exception {
        int port = server(0, "").port();
        assertThrows(IOException.class, () -> server(port, ""));
        assertEquals(1, node.listeners(), "the failed one left nothing behind");
    }

    @Test
    void shouldCarryWholeParameters() throws Exception {
        RemoteMediaServer client = connected(server(0, "").port());
        ask(client, new MediaCommand.OpenRoom("r"));
        var codec = new CodecParameters("audio/opus", 111, 48_000, 2, Map.of("useinbandfec", "1"), -1, false, false,
                false, false, true);
        var producer = new org.nhipcau.sfu.api.ProducerParameters("t", org.nhipcau.sfu.api.MediaKind.AUDIO,
                org.nhipcau.sfu.api.TrackSource.MICROPHONE, "0", List.of(codec), List.of(), false);
        MediaCommand command = new MediaCommand.AddProducer("r", "p", producer);
        assertEquals(DONE, ask(client, command));
        assertEquals(command, node.commands().getLast());
    }

    @Test
    void shouldTellEverySignalingProcessWhetherNewcomersAreTaken() throws Exception {
        int port = server(0, "").port();
        RemoteMediaServer first = connected(port);
        BlockingQueue<MediaEvent> told = new LinkedBlockingQueue<>();
        first.listen(told::add);
        assertTrue(first.accepting());
        ask(first, new MediaCommand.OpenRoom("r"));
        node.admit(false);
        assertEquals(new MediaEvent.AdmissionChanged(false), told.poll(20, TimeUnit.SECONDS));
        assertFalse(first.accepting());
        RemoteMediaServer late = connected(port);
        late.listen(told::add);
        ask(late, new MediaCommand.OpenRoom("s"));
        assertFalse(late.accepting(), "who connects is told first, without any change");
        told.clear();
        node.admit(true);
        assertEquals(new MediaEvent.AdmissionChanged(true), told.poll(20, TimeUnit.SECONDS));
        assertEquals(new MediaEvent.AdmissionChanged(true), told.poll(20, TimeUnit.SECONDS));
        assertTrue(first.accepting() && late.accepting());
    }
}
