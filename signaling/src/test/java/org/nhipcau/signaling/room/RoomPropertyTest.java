// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.ParticipantPermission;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRoom.ListParticipantsRequest;
import livekit.LivekitRoom.RoomParticipantIdentity;
import livekit.LivekitRoom.UpdateParticipantRequest;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SubscriptionPermission;
import livekit.LivekitRtc.SyncState;
import livekit.LivekitRtc.UpdateSubscription;
import livekit.LivekitRtc.UpdateTrackSettings;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaEvent.ProducerState;
import org.nhipcau.signaling.api.ServiceException;

/**
 * Random interleavings of what clients, the room service, the node and the clock may do. Whatever the order: no bug is
 * caught, every client checks what it receives (see {@link FakeClient}), all agree once things settle, and nothing is
 * left when all have gone.
 */
class RoomPropertyTest {
    private static final int CLIENTS = 5;
    private static final int STEPS = 120;
    private static final List<TrackSource> SOURCES = List.of(TrackSource.MICROPHONE, TrackSource.CAMERA,
            TrackSource.SCREEN_SHARE);

    /** One run. */
    private static final class Run {
        final CallFixture call = new CallFixture();
        final Random random;
        final FakeClient[] clients = new FakeClient[CLIENTS];
        final List<String> tracks = new ArrayList<>(List.of("TR_unknown"));

        Run(long seed) {
            random = new Random(seed);
        }

        FakeClient live(int i) {
            FakeClient client = clients[i];
            return client == null || client.join == null || client.closed ? null : client;
        }

        void step() {
            int i = random.nextInt(CLIENTS);
            FakeClient client = live(i);
            if (client == null) {
                arrive(i);
                return;
            }
            switch (random.nextInt(22)) {
                case 0 -> client.leave();
                case 1 -> client.connected();
                case 2, 3, 4 -> publish(client);
                case 5 -> client.unpublish("cid" + random.nextInt(3));
                case 6 -> client.mute(track(), random.nextBoolean());
                case 7, 8 -> client.send(request -> request.setSubscription(UpdateSubscription.newBuilder()
                        .addTrackSids(track()).setSubscribe(random.nextBoolean())));
                case 9 -> client.send(request -> request.setTrackSetting(UpdateTrackSettings.newBuilder()
                        .addTrackSids(track()).setDisabled(random.nextBoolean()).setHeight(random.nextInt(800))));
                case 10 -> client.send(request -> request.setSubscriptionPermission(
                        SubscriptionPermission.newBuilder().setAllParticipants(random.nextInt(3) > 0)));
                case 11 -> lose(i, client);
                case 12 -> clients[i] = client.resume();
                case 13 -> permit(i);
                case 14 -> remove(i);
                case 15 -> arrive(i);
                case 16 -> client.state(client.peerId(), PeerState.values()[random.nextInt(4)], PeerFailure.NONE);
                case 17 -> client.call.media.emit(new MediaEvent.ProducerStateChanged(client.roomId(), track(),
                        ProducerState.values()[random.nextInt(3)]));
                case 18 -> call.media.hold();
                case 19 -> call.media.release();
                case 20 -> call.media.emit(new MediaEvent.WantedQualityChanged(client.roomId(), track(),
                        random.nextInt(4) - 1));
                default -> client.send(request -> request.setSyncState(SyncState.getDefaultInstance()));
            }
        }

        private void publish(FakeClient client) {
            int which = random.nextInt(3);
            String sid = client.publish(SOURCES.get(which), "cid" + which);
            if (sid != null) {
                tracks.add(sid);
            }
        }

        private void lose(int i, FakeClient client) {
            client.closed = true;
            client.dropSocket();
            if (random.nextBoolean()) {
                clients[i] = client.resume();
            }
        }

        private void arrive(int i) {
            boolean single = random.nextBoolean();
            clients[i] = random.nextInt(10) == 0 ? call.connect("p" + i, CallFixture.rights(null, null, List.of(),
                    null, true), CallFixture.request(), single) : single ? call.single("p" + i) : call.dual("p" + i);
            if (!single && clients[i].join != null) {
                clients[i].offer();
            }
        }

        private void permit(int i) {
            try {
                call.registry.updateParticipant(UpdateParticipantRequest.newBuilder().setRoom(CallFixture.ROOM)
                        .setIdentity("p" + i).setPermission(ParticipantPermission.newBuilder()
                                .setCanPublish(random.nextInt(3) > 0).setCanSubscribe(random.nextInt(3) > 0)
                                .setHidden(random.nextInt(6) == 0)).build());
            } catch (ServiceException gone) {
                assertEquals(ServiceException.Code.NOT_FOUND, gone.code());
            }
        }

        private void remove(int i) {
            try {
                call.registry.removeParticipant(RoomParticipantIdentity.newBuilder().setRoom(CallFixture.ROOM)
                        .setIdentity("p" + i).build());
            } catch (ServiceException gone) {
                assertEquals(ServiceException.Code.NOT_FOUND, gone.code());
            }
        }

        private String track() {
            return tracks.get(random.nextInt(tracks.size()));
        }

        void settleAll() {
            call.media.release();
            for (int round = 0; round < 8; round++) {
                for (int i = 0; i < CLIENTS; i++) {
                    if (live(i) != null) {
                        clients[i].send(request -> request.setPing(1));
                        clients[i].settle();
                    }
                }
                call.clock.advance(600);
            }
        }

        /** What each client believes is what the server says, and the node sends what was negotiated. */
        void checkAgreement() {
            if (call.registry.rooms().isEmpty()) {
                return;
            }
            List<ParticipantInfo> there = call.registry.listParticipants(ListParticipantsRequest.newBuilder()
                    .setRoom(CallFixture.ROOM).build()).getParticipantsList();
            for (int i = 0; i < CLIENTS; i++) {
                FakeClient client = live(i);
                if (client == null || there.stream().noneMatch(info -> info.getSid().equals(client.sid()))) {
                    continue;
                }
                Set<String> expected = new TreeSet<>();
                Set<String> tracks = new TreeSet<>();
                for (ParticipantInfo info : there) {
                    if (!info.getPermission().getHidden() && !info.getSid().equals(client.sid())) {
                        expected.add(info.getSid());
                        info.getTracksList().stream().map(TrackInfo::getSid).forEach(tracks::add);
                        assertEquals(info, client.known.get(info.getSid()), "an update is missing");
                    }
                }
                Set<String> known = new TreeSet<>(client.known.keySet());
                known.remove(client.sid());
                assertEquals(expected, known);
                Set<String> received = client.receiving() == null ? Set.of()
                        : client.receiving().consumers.keySet();
                assertTrue(tracks.containsAll(received), "something flows that does not exist");
                Room room = call.registry.find(CallFixture.ROOM);
                Participant participant = room.participant(client.sid());
                if (participant.session() != null) {
                    assertEquals(room.subscribing().wanted(participant), received, "wanted, and not sent: "
                            + client.recent());
                }
                assertEquals(received, Set.copyOf(client.midToTrack.values()), "description and node differ: "
                        + client.recent());
            }
        }
    }

    @Property(tries = 300, seed = "20260101", shrinking = ShrinkingMode.OFF)
    void anyOrderOfThingsIsSurvived(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed) {
        Run run = new Run(seed);
        for (int step = 0; step < STEPS; step++) {
            run.step();
            if (run.random.nextInt(4) == 0) {
                run.call.clock.advance(run.random.nextInt(400));
            }
        }
        run.settleAll();
        run.call.checkSound();
        run.checkAgreement();
        for (FakeClient client : run.clients) {
            if (client != null && client.session != null) {
                client.leave();
                client.dropSocket();
            }
        }
        run.call.checkNothingLeft();
    }

    @Property(tries = 60, seed = "20260102", shrinking = ShrinkingMode.OFF)
    void rubbishFromOneClientHurtsNobodyElse(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed) {
        Random random = new Random(seed);
        CallFixture call = new CallFixture();
        FakeClient alice = call.single("alice");
        FakeClient bob = call.dual("bob");
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        call.settle(alice, bob);
        FakeClient mallory = call.single("mallory");
        mallory.cooperative = false;
        for (int i = 0; i < 200 && !mallory.closed; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 1) {
                bytes[0] = (byte) (((1 + random.nextInt(24)) << 3 | (random.nextBoolean() ? 2 : 0)) & 0x7f);
                bytes[1] = (byte) (bytes.length - 2);
            }
            try {
                mallory.session.onMessage(livekit.LivekitRtc.SignalRequest.parseFrom(bytes));
            } catch (com.google.protobuf.InvalidProtocolBufferException notAMessage) {
                continue;
            }
        }
        if (!mallory.closed) {
            mallory.send(request -> request.setOffer(SessionDescription.newBuilder().setSdp("ufrag=m")));
        }
        call.checkSound();
        assertTrue(!alice.closed && !bob.closed);
        assertEquals(Set.of(mic), bob.receiving().consumers.keySet());
        List.of(alice, bob).forEach(FakeClient::leave);
        mallory.dropSocket();
        call.checkNothingLeft();
    }
}
