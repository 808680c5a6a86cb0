// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRoom.DeleteRoomRequest;
import livekit.LivekitRoom.RoomParticipantIdentity;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaServer;
import org.nhipcau.sfu.api.NodeDescription;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.quality.MemoryTimeline;
import org.nhipcau.signaling.api.ServiceException;
import org.nhipcau.signaling.session.ClientSession;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.PathMemory;
import org.nhipcau.signaling.session.SignalSink;

/** The mailbox and the registry under real threads: racing joins, leaves, API calls and replies (V42, V44). */
@Timeout(60)
class RoomThreadsTest {
    private static final long SEED = 20_260_103;

    /** The fake node behind one thread of its own, as a real one is. */
    private static final class ThreadedNode implements MediaServer {
        final FakeMediaServer node = new FakeMediaServer();
        final ExecutorService thread = Executors.newSingleThreadExecutor();

        @Override
        public NodeDescription node() {
            return node.node();
        }

        @Override
        public CompletableFuture<MediaReply> submit(MediaCommand command) {
            return CompletableFuture.supplyAsync(() -> node.submit(command).join(), thread);
        }

        @Override
        public AutoCloseable listen(java.util.function.Consumer<MediaEvent> listener) {
            return node.listen(listener);
        }

        @Override
        public void close() {
            thread.shutdown();
        }
    }

    /** A client that only checks the order of what it gets first. */
    private static final class Sink implements SignalSink {
        private final AtomicInteger wrongFirst;
        private boolean any;

        Sink(AtomicInteger wrongFirst) {
            this.wrongFirst = wrongFirst;
        }

        @Override
        public synchronized void send(SignalResponse message) {
            if (!any && !message.hasJoin() && !message.hasLeave() && !message.hasReconnect()) {
                wrongFirst.incrementAndGet();
            }
            any = true;
        }

        @Override
        public void close(int code, String reason) {}
    }

    private static SignalingConfig config() {
        SignalingConfig base = CallFixture.config(true, false, 4, 50, 20);
        return new SignalingConfig(base.http(), Map.of(), new SignalingConfig.Rooms(true, 0, 0, 5, 15, 60, 30, 300, 600,
                300, false), base.sound(), base.limits(), base.webhooks(), base.quality(), base.paths(),
                base.store(), true, false);
    }

    @Test
    void v42RacingThreadsLeaveNothingBehind() throws Exception {
        ThreadedNode node = new ThreadedNode();
        CallFixture.Counts counts = new CallFixture.Counts();
        AtomicInteger wrongFirst = new AtomicInteger();
        RoomRegistry registry = new RoomRegistry(config(), node, FakeNegotiation::new, grants -> "token",
                PathMemory.NONE, event -> { }, RoomClock.system(), new Random(SEED), counts,
                new MemoryTimeline(600_000, 1 << 20, System::currentTimeMillis), RoomGovernance.NONE);
        int threads = 4;
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int t = 0; t < threads; t++) {
                Random random = new Random(SEED + t);
                running.add(pool.submit(() -> {
                    start.await();
                    for (int i = 0; i < 300; i++) {
                        act(registry, random, wrongFirst);
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> each : running) {
                each.get();
            }
        }
        registry.close();
        node.thread.submit(() -> { }).get();
        assertEquals(0, counts.faults, "seed " + SEED);
        assertEquals(0, wrongFirst.get(), "seed " + SEED);
        assertEquals(0, node.node.objects(), "seed " + SEED);
        assertTrue(registry.rooms().isEmpty());
        assertEquals(counts.opened, counts.closed);
        node.close();
    }

    private static void act(RoomRegistry registry, Random random, AtomicInteger wrongFirst) {
        String identity = "p" + random.nextInt(6);
        JoinAttempt attempt = new JoinAttempt(CallFixture.grants(identity, CallFixture.join()),
                CallFixture.request().setReconnect(random.nextInt(4) == 0).build(), random.nextBoolean());
        ClientSession session = registry.open(attempt, new Sink(wrongFirst));
        session.onMessage(SignalRequest.newBuilder().setAddTrack(FakeClient.track(TrackSource.CAMERA, "c")).build());
        session.onMessage(SignalRequest.newBuilder().setOffer(SessionDescription.newBuilder()
                .setSdp("ufrag=u recv:video:0 send:1:c")).build());
        try {
            switch (random.nextInt(6)) {
                case 0 -> registry.removeParticipant(RoomParticipantIdentity.newBuilder().setRoom(CallFixture.ROOM)
                        .setIdentity(identity).build());
                case 1 -> registry.deleteRoom(DeleteRoomRequest.newBuilder().setRoom(CallFixture.ROOM).build());
                case 2 -> session.onClosed();
                case 3 -> session.onMessage(SignalRequest.newBuilder().setLeave(LeaveRequest.newBuilder()).build());
                default -> { }
            }
        } catch (ServiceException refused) {
            if (refused.code() != ServiceException.Code.NOT_FOUND) {
                throw refused;
            }
        }
    }

    @Test
    void aFullMailboxRefusesClientsAndKeepsWhatMustNotBeLost() {
        List<Runnable> runs = new ArrayList<>();
        RoomMailbox mailbox = new RoomMailbox(runs::add, RoomMetrics.NONE);
        int[] done = new int[2];
        for (int i = 0; i < RoomMailbox.CAPACITY; i++) {
            assertTrue(mailbox.offer(() -> done[0]++));
        }
        assertFalse(mailbox.offer(() -> done[0]++));
        mailbox.put(() -> done[1]++);
        assertEquals(1, runs.size(), "one run at a time");
        runs.getFirst().run();
        assertEquals(RoomMailbox.CAPACITY, done[0]);
        assertEquals(1, done[1]);
        assertTrue(mailbox.offer(() -> { }), "there is room again");
        assertEquals(2, runs.size());
    }

    @Test
    void aBugInOneMessageDoesNotStopTheNext() {
        List<Runnable> runs = new ArrayList<>();
        CallFixture.Counts counts = new CallFixture.Counts();
        RoomMailbox mailbox = new RoomMailbox(runs::add, counts);
        int[] done = new int[1];
        mailbox.put(() -> {
            throw new IllegalStateException("patient's name");
        });
        mailbox.put(() -> done[0]++);
        runs.getFirst().run();
        assertEquals(1, done[0]);
        assertEquals(1, counts.faults);
        assertFalse(Faults.describe(new IllegalStateException("patient's name")).contains("patient"));
    }
}
