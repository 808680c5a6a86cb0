// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import livekit.LivekitModels.ClientInfo;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitWebhook.WebhookEvent;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.quality.MemoryTimeline;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.session.RecentPaths;
import org.nhipcau.signaling.token.Grants;

/** A whole server side but for sockets and media: everything runs on the test's thread, at the test's time. */
final class CallFixture {
    static final String ROOM = "ward-7";

    final ManualClock clock = new ManualClock();
    final FakeMediaServer media = new FakeMediaServer();
    final List<WebhookEvent> webhooks = new ArrayList<>();
    final List<Grants> refreshed = new ArrayList<>();
    final Counts counts = new Counts();
    final SignalingConfig config;
    final RoomRegistry registry;

    /** Faults must stay at 0 in every test: see {@link #checkSound}. */
    static final class Counts implements RoomMetrics {
        int faults;
        int opened;
        int closed;
        int refused;
        int resumed;
        int notResumed;
        int negotiationFailures;
        int dataLost;

        @Override
        public void fault() {
            faults++;
        }

        @Override
        public void roomOpened() {
            opened++;
        }

        @Override
        public void roomClosed() {
            closed++;
        }

        @Override
        public void requestRefused() {
            refused++;
        }

        @Override
        public void resumed(boolean accepted) {
            if (accepted) {
                resumed++;
            } else {
                notResumed++;
            }
        }

        @Override
        public void negotiationFailed() {
            negotiationFailures++;
        }

        @Override
        public void dataLost(int messages) {
            dataLost += messages;
        }
    }

    final MemoryTimeline timeline;

    CallFixture() {
        this(config(true, false, 8, 100, 20));
    }

    CallFixture(SignalingConfig config) {
        this(config, call -> RoomGovernance.NONE);
    }

    CallFixture(SignalingConfig config, Function<CallFixture, RoomGovernance> rules) {
        RoomGovernance governance = rules.apply(this);
        this.config = config;
        RandomGenerator random = new Random(20_260_101);
        this.timeline = new MemoryTimeline(600_000, 1 << 20, clock::epochMs);
        this.registry = new RoomRegistry(config, media, EitherNegotiation::new, grants -> {
            refreshed.add(grants);
            return "token-" + refreshed.size();
        }, new RecentPaths(new byte[32], 100, 3_600_000, clock::nowMs), webhooks::add, clock, random, counts,
                timeline, governance, Runnable::run);
    }

    static SignalingConfig config(boolean autoCreate, boolean dev, int maxTracks, int maxParticipants, int maxRooms) {
        return new SignalingConfig(new SignalingConfig.Http("127.0.0.1", 0, List.of("*"), "127.0.0.1", 0), Map.of(),
                new SignalingConfig.Rooms(autoCreate, 300, 20, 5, 15, 60, 30, 300, 600, 300, false),
                SignalingConfig.Sound.DEFAULT,
                new SignalingConfig.Limits(2 << 20, 1 << 20, 1 << 20, 200_000, 100, 200, 1000, 10, 1000, maxRooms,
                        maxParticipants, maxTracks, 256, 1000, 1000, 20, 100, 20, 200, 100),
                new SignalingConfig.Webhooks(List.of(), List.of(), "", 100, 5, 3),
                new SignalingConfig.Quality(5, 600, 1 << 20), new SignalingConfig.Paths(3_600, 100, ""),
                SignalingConfig.Store.NONE, true, dev);
    }

    static Grants.Video join() {
        return new Grants.Video(false, false, false, false, true, ROOM, null, null, null, List.of(), null, false,
                false, false, false, "");
    }

    static Grants.Video rights(Boolean publish, Boolean subscribe, List<String> sources, Boolean metadata,
            boolean hidden) {
        return new Grants.Video(false, false, false, false, true, ROOM, publish, subscribe, null, sources, metadata,
                false, hidden, false, false, "");
    }

    static Grants grants(String identity, Grants.Video video) {
        return new Grants("key", identity, "Name of " + identity, "", Map.of(), "", 0, 9_999_999_999L, "", "", "",
                video);
    }

    static JoinRequest.Builder request() {
        return JoinRequest.newBuilder().setClientInfo(ClientInfo.newBuilder().setSdk(ClientInfo.SDK.JS)
                .setVersion("2.23.0").setProtocol(17).setClientProtocol(2).addCapabilitiesValue(2))
                .setConnectionSettings(ConnectionSettings.newBuilder().setAutoSubscribe(true));
    }

    /** A client of one peer connection. */
    FakeClient single(String identity) {
        return connect(identity, join(), request(), true);
    }

    /** A client of two peer connections. */
    FakeClient dual(String identity) {
        return connect(identity, join(), request(), false);
    }

    FakeClient connect(String identity, Grants.Video video, JoinRequest.Builder request, boolean single) {
        return connect(new JoinAttempt(grants(identity, video), request.build(), single));
    }

    FakeClient connect(JoinAttempt attempt) {
        FakeClient client = new FakeClient(this, attempt);
        client.open();
        return client;
    }

    /** The status with which a join is refused before the upgrade; 0 when it is not. */
    int statusOf(JoinAttempt attempt) {
        try {
            registry.check(attempt);
            return 0;
        } catch (JoinRefusedException refused) {
            return refused.status();
        }
    }

    List<String> events() {
        return webhooks.stream().map(WebhookEvent::getEvent).toList();
    }

    /** Lets timers of a round of negotiation run and the clients answer. */
    void settle(FakeClient... clients) {
        for (int i = 0; i < 10; i++) {
            clock.advance(50);
            for (FakeClient client : clients) {
                client.settle();
            }
        }
    }

    /** No bug was caught. */
    void checkSound() {
        if (counts.faults > 0) {
            throw new AssertionError(counts.faults + " faults were caught; see the log");
        }
    }

    /** After all have left and the timers have run: nothing is left anywhere. */
    void checkNothingLeft() {
        checkSound();
        clock.advance(400_000);
        if (!registry.rooms().isEmpty() || media.objects() != 0 || clock.pending() != 0
                || counts.opened != counts.closed) {
            throw new AssertionError("left over: rooms " + registry.rooms().size() + ", media objects "
                    + media.objects() + ", timers " + clock.pending());
        }
    }
}
