// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import livekit.LivekitModels.ParticipantPermission;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRoom.RoomParticipantIdentity;
import livekit.LivekitRoom.UpdateParticipantRequest;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.UpdateParticipantMetadata;
import livekit.LivekitRtc.UpdateSubscription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nhipcau.sfu.api.MediaCommand;

/** Who may do what, by token and by later decree: the matrix of rights, actions and paths (V42, V43). */
class PermissionMatrixTest {
    private final CallFixture call = new CallFixture();

    @AfterEach
    void sound() {
        call.checkSound();
    }

    private enum Role {
        ALL(null, null, List.of()),
        VIEWER(false, null, List.of()),
        SPEAKER_ONLY(null, false, List.of()),
        MICROPHONE(null, null, List.of("microphone")),
        CAMERA_AND_SCREEN(null, null, List.of("camera", "screen_share")),
        UNKNOWN_SOURCE_ONLY(null, null, List.of("hologram")),
        NOTHING(false, false, List.of());

        final Boolean publish;
        final Boolean subscribe;
        final List<String> sources;

        Role(Boolean publish, Boolean subscribe, List<String> sources) {
            this.publish = publish;
            this.subscribe = subscribe;
            this.sources = sources;
        }

        boolean may(TrackSource source) {
            return publish == null && (sources.isEmpty() || sources.contains(source.name().toLowerCase()));
        }

        ParticipantPermission decree() {
            ParticipantPermission.Builder permission = ParticipantPermission.newBuilder()
                    .setCanPublish(publish == null).setCanSubscribe(subscribe == null);
            for (TrackSource source : TrackSource.values()) {
                if (sources.contains(source.name().toLowerCase())) {
                    permission.addCanPublishSources(source);
                }
            }
            if (this == UNKNOWN_SOURCE_ONLY) {
                permission.addCanPublishSources(TrackSource.UNKNOWN);
            }
            return permission.build();
        }
    }

    private static final List<TrackSource> SOURCES = List.of(TrackSource.MICROPHONE, TrackSource.CAMERA,
            TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO);

    static Stream<Arguments> cells() {
        List<Arguments> cells = new ArrayList<>();
        for (Role role : Role.values()) {
            for (boolean single : new boolean[] {true, false}) {
                for (boolean byDecree : new boolean[] {true, false}) {
                    cells.add(Arguments.of(role, single, byDecree));
                }
            }
        }
        return cells.stream();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void v43EveryRightHoldsOnEveryPath(Role role, boolean single, boolean byDecree) {
        FakeClient other = call.single("other");
        String camera = other.publish(TrackSource.CAMERA, "oc");
        FakeClient subject;
        if (byDecree) {
            subject = decreed(role, single, other, camera);
        } else {
            subject = call.connect("subject", CallFixture.rights(role.publish, role.subscribe, role.sources, null,
                    false), CallFixture.request(), single);
        }
        for (TrackSource source : SOURCES) {
            String sid = subject.publish(source, "late-" + source);
            assertEquals(role.may(source), sid != null, "add_track " + source);
        }
        call.settle(subject, other);
        subject.send(request -> request.setSubscription(UpdateSubscription.newBuilder().addTrackSids(camera)
                .setSubscribe(true)));
        call.settle(subject, other);
        long kinds = subject.sending().producers.values().stream().map(producer -> producer.source().name())
                .distinct().count();
        assertEquals(SOURCES.stream().filter(role::may).count(), kinds);
        boolean receives = subject.receiving() != null && !subject.receiving().consumers.isEmpty();
        assertEquals(role.subscribe == null, receives);
        assertFalse(subject.closed);
        subject.leave();
        other.leave();
        call.checkNothingLeft();
    }

    /** Joins with all rights, publishes everything, then is left with the role's rights. */
    private FakeClient decreed(Role role, boolean single, FakeClient other, String camera) {
        FakeClient subject = call.connect("subject", CallFixture.join(), CallFixture.request(), single);
        for (TrackSource source : SOURCES) {
            subject.publish(source, "early-" + source);
        }
        call.settle(subject, other);
        assertEquals(4, subject.sending().producers.size());
        assertEquals(Set.of(camera), subject.receiving().consumers.keySet());
        call.registry.updateParticipant(UpdateParticipantRequest.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity("subject").setPermission(role.decree()).build());
        for (TrackSource source : SOURCES) {
            boolean there = subject.sending().producers.values().stream()
                    .anyMatch(producer -> producer.source().name().equals(source.name()));
            assertEquals(role.may(source), there, source + " after the decree, before any negotiation");
        }
        assertEquals(SOURCES.stream().filter(role::may).count(), other.known.get(subject.sid()).getTracksCount());
        assertEquals(role.subscribe == null ? Set.of(camera) : Set.of(), subject.receiving().consumers.keySet());
        return subject;
    }

    @Test
    void v43ADecreeTakesEffectWithinTheSameMoment() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        call.settle(alice, bob);
        long before = call.clock.nowMs();
        call.registry.updateParticipant(UpdateParticipantRequest.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity("alice").setPermission(ParticipantPermission.newBuilder().setCanSubscribe(true))
                .build());
        assertEquals(before, call.clock.nowMs());
        assertTrue(alice.sending().producers.isEmpty());
        assertTrue(bob.receiving().consumers.isEmpty());
        assertEquals(camera, alice.last(MessageCase.TRACK_UNPUBLISHED).getTrackUnpublished().getTrackSid());
        assertFalse(alice.last(MessageCase.UPDATE).getUpdate().getParticipants(0).getPermission().getCanPublish());
        assertFalse(call.refreshed.getLast().video().mayPublish(), "the token says so too");
        alice.offer();
        assertTrue(alice.sending().producers.isEmpty(), "the section that is still there brings nothing back");
    }

    @Test
    void v42ARevocationDuringNegotiationWins() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        call.media.hold();
        alice.publish(TrackSource.CAMERA, "c1");
        assertEquals(1, call.media.sent(MediaCommand.AddProducer.class).size(), "on its way to the node");
        call.registry.updateParticipant(UpdateParticipantRequest.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity("alice").setPermission(ParticipantPermission.newBuilder().setCanSubscribe(true))
                .build());
        call.media.release();
        call.settle(alice, bob);
        assertTrue(alice.sending().producers.isEmpty());
        assertEquals(0, bob.known.get(alice.sid()).getTracksCount());
        assertFalse(call.events().contains("track_published"));
    }

    @Test
    void v42NothingIsServedBeforeAdmission() {
        FakeClient bob = call.single("bob");
        call.media.hold();
        FakeClient alice = call.connect("alice", CallFixture.join(), CallFixture.request(), true);
        assertTrue(alice.received.isEmpty());
        alice.send(request -> request.setAddTrack(FakeClient.track(TrackSource.CAMERA, "c1")));
        alice.send(request -> request.setOffer(SessionDescription.newBuilder().setSdp("ufrag=u1 send:0:c1")));
        assertTrue(alice.received.isEmpty());
        assertEquals(1, bob.known.size() + bob.join.getOtherParticipantsCount() + 1, "bob knows of nobody");
        assertTrue(call.media.sent(MediaCommand.AddProducer.class).isEmpty());
        call.media.release();
        assertTrue(alice.received.getFirst().hasJoin());
        assertTrue(alice.of(MessageCase.TRACK_PUBLISHED).isEmpty(), "what came too early is not made up for");
    }

    @Test
    void v42NothingIsServedBetweenRemovalAndClose() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        call.registry.removeParticipant(RoomParticipantIdentity.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity("alice").build());
        int commands = call.media.commands.size();
        int messages = bob.received.size();
        alice.send(request -> request.setAddTrack(FakeClient.track(TrackSource.CAMERA, "c1")));
        alice.send(request -> request.setOffer(SessionDescription.newBuilder().setSdp("ufrag=u1 send:0:c1")));
        alice.send(request -> request.setUpdateMetadata(UpdateParticipantMetadata.newBuilder().setName("x")));
        assertEquals(commands, call.media.commands.size());
        assertEquals(messages, bob.received.size());
    }

    @Test
    void v42ARemovalWhileTheNodeWorksLeavesNothingThere() {
        FakeClient bob = call.single("bob");
        for (int replies = 0; replies < 12; replies++) {
            call.media.hold();
            FakeClient alice = call.connect("alice", CallFixture.join(), CallFixture.request()
                    .addAddTrackRequests(FakeClient.track(TrackSource.CAMERA, "c1"))
                    .setPublisherOffer(SessionDescription.newBuilder().setId(1).setSdp("ufrag=u1 send:0:c1")), true);
            for (int i = 0; i < replies; i++) {
                call.media.releaseOne();
            }
            alice.dropSocket();
            call.media.release();
            call.settle(bob);
            assertEquals(1, call.media.rooms.get(bob.roomId()).size(), "after " + replies + " replies");
            assertTrue(bob.receiving().consumers.isEmpty());
        }
        bob.leave();
        call.checkNothingLeft();
    }

    @Test
    void hiddenParticipantsSeeAndAreNotSeen() {
        FakeClient alice = call.single("alice");
        FakeClient ghost = call.connect("ghost", CallFixture.rights(null, null, List.of(), null, true),
                CallFixture.request(), true);
        FakeClient bob = call.single("bob");
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        String own = ghost.publish(TrackSource.MICROPHONE, "g1");
        call.settle(alice, ghost, bob);
        assertTrue(ghost.receiving().consumers.containsKey(camera));
        assertTrue(alice.known.keySet().stream().noneMatch(ghost.sid()::equals));
        assertFalse(bob.known.containsKey(ghost.sid()));
        assertFalse(bob.receiving().consumers.containsKey(own));
        bob.send(request -> request.setSubscription(UpdateSubscription.newBuilder().addTrackSids(own)
                .setSubscribe(true)));
        call.settle(bob);
        assertFalse(bob.receiving().consumers.containsKey(own), "nor by guessing its id");
        assertEquals(2, call.registry.rooms().getFirst().getNumParticipants());
        int before = bob.received.size();
        ghost.leave();
        assertEquals(before, bob.received.size());
    }

    @Test
    void whoBecomesHiddenLeavesTheOthersSightAndComesBack() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        call.settle(alice, bob);
        ParticipantPermission.Builder all = ParticipantPermission.newBuilder().setCanPublish(true)
                .setCanSubscribe(true);
        call.registry.updateParticipant(UpdateParticipantRequest.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity("alice").setPermission(all.setHidden(true)).build());
        assertFalse(bob.known.containsKey(alice.sid()));
        assertTrue(bob.receiving().consumers.isEmpty());
        call.settle(alice, bob);
        call.registry.updateParticipant(UpdateParticipantRequest.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity("alice").setPermission(all.setHidden(false)).build());
        call.settle(alice, bob);
        assertTrue(bob.known.containsKey(alice.sid()));
        assertTrue(bob.receiving().consumers.containsKey(camera));
    }
}
