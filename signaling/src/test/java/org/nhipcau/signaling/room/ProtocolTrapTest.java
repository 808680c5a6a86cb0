// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.TrickleRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaCommand;

/** The traps of the protocol page that concern rooms, by their numbers there. */
class ProtocolTrapTest {
    private final CallFixture call = new CallFixture();

    @AfterEach
    void sound() {
        call.checkSound();
    }

    @Test
    void trap2AnswerIdEqualsOfferId() {
        FakeClient alice = call.single("alice");
        alice.cooperative = false;
        for (int id : new int[] {7, 0, 0, 9}) {
            alice.send(request -> request.setOffer(SessionDescription.newBuilder().setType("offer").setId(id)
                    .setSdp("ufrag=u1")));
            assertEquals(id, alice.last(MessageCase.ANSWER).getAnswer().getId());
        }
        assertEquals(5, alice.of(MessageCase.ANSWER).size(), "one answer for each offer");
        assertEquals("answer", alice.last(MessageCase.ANSWER).getAnswer().getType());
    }

    @Test
    void trap3SecondOfferWhileConnectingIsAnsweredWithoutIceRestart() {
        FakeClient alice = call.single("alice");
        alice.offer();
        assertEquals(List.of(1, 2), alice.of(MessageCase.ANSWER).stream().map(each -> each.getAnswer().getId())
                .toList());
        assertTrue(call.media.sent(MediaCommand.RestartIce.class).isEmpty());
    }

    @Test
    void trap3OffersThatComeWhileTheNodeIsBusyAreAnsweredInOrder() {
        FakeClient alice = call.single("alice");
        call.media.hold();
        alice.offer();
        alice.offer();
        assertEquals(1, alice.of(MessageCase.ANSWER).size());
        call.media.release();
        assertEquals(List.of(1, 2, 3), alice.of(MessageCase.ANSWER).stream().map(each -> each.getAnswer().getId())
                .toList());
    }

    @Test
    void trap4NoCandidateIsEverSentAndClientsCandidatesAreIgnored() {
        FakeClient alice = call.single("alice");
        int before = alice.received.size();
        alice.send(request -> request.setTrickle(TrickleRequest.newBuilder().setCandidateInit("{not json")));
        assertEquals(before, alice.received.size());
        assertTrue(alice.of(MessageCase.TRICKLE).isEmpty());
    }

    @Test
    void trap5IdsCarryTheirPrefixes() {
        FakeClient alice = call.single("alice");
        assertTrue(alice.join.getRoom().getSid().matches("RM_[0-9A-Za-z]{22}"));
        assertTrue(alice.sid().matches("PA_[0-9A-Za-z]{22}"));
        assertTrue(alice.addTrack(TrackSource.CAMERA, "a").matches("TR_VC[0-9A-Za-z]{22}"));
        assertTrue(alice.addTrack(TrackSource.MICROPHONE, "b").matches("TR_AM[0-9A-Za-z]{22}"));
        assertTrue(alice.addTrack(TrackSource.SCREEN_SHARE, "c").matches("TR_VS[0-9A-Za-z]{22}"));
        assertTrue(alice.addTrack(TrackSource.SCREEN_SHARE_AUDIO, "d").matches("TR_As[0-9A-Za-z]{22}"));
    }

    @Test
    void trap6ServerVersionIsSemanticInBothFields() {
        FakeClient alice = call.single("alice");
        assertTrue(alice.join.getServerInfo().getVersion().matches("\\d+\\.\\d+\\.\\d+"));
        assertEquals(alice.join.getServerInfo().getVersion(), alice.join.getServerVersion());
    }

    @Test
    void trap7TheUpdateOfAPublisherComesBeforeTheDescriptionOfItsTrack() {
        FakeClient bob = call.dual("bob");
        FakeClient carol = call.single("carol");
        FakeClient alice = call.single("alice");
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        call.settle(alice, bob, carol);
        for (FakeClient viewer : List.of(bob, carol)) {
            int update = -1;
            int description = -1;
            for (int i = 0; i < viewer.received.size(); i++) {
                SignalResponse message = viewer.received.get(i);
                if (update < 0 && message.hasUpdate() && message.getUpdate().getParticipantsList().stream()
                        .anyMatch(info -> info.getTracksCount() > 0)) {
                    update = i;
                }
                if (description < 0 && (message.hasOffer()
                        && message.getOffer().getMidToTrackIdMap().containsValue(camera)
                        || message.hasAnswer() && message.getAnswer().getMidToTrackIdMap().containsValue(camera))) {
                    description = i;
                }
            }
            assertTrue(update >= 0 && description > update, "update at " + update + ", SDP at " + description);
        }
    }

    @Test
    void trap9AFirstPublisherOfferNeedsNothingButItsTracks() {
        FakeClient alice = call.dual("alice");
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        assertEquals(Set.of(mic), alice.sending().producers.keySet());
    }

    @Test
    void joinThenTracksThenOfferOfTheJoinRequest() {
        FakeClient alice = call.connect("alice", CallFixture.join(), CallFixture.request()
                .addAddTrackRequests(FakeClient.track(TrackSource.MICROPHONE, "m1"))
                .setPublisherOffer(SessionDescription.newBuilder().setType("offer").setId(1)
                        .setSdp("ufrag=u1 recv:audio:0 send:1:m1")), true);
        assertEquals(0, alice.position(MessageCase.JOIN));
        assertTrue(alice.position(MessageCase.TRACK_PUBLISHED) < alice.position(MessageCase.ANSWER));
        assertEquals(1, alice.last(MessageCase.ANSWER).getAnswer().getId());
        assertEquals(1, alice.sending().producers.size());
    }

    @Test
    void sectionsAreAskedForOnceAndBindWhatWaits() {
        FakeClient bob = call.single("bob");
        for (int i = 0; i < 5; i++) {
            call.single("p" + i).publish(TrackSource.CAMERA, "c" + i);
        }
        call.settle(bob);
        assertEquals(5, bob.receiving().consumers.size());
        int asked = bob.of(MessageCase.MEDIA_SECTIONS_REQUIREMENT).stream()
                .mapToInt(each -> each.getMediaSectionsRequirement().getNumVideos()).sum();
        assertEquals(2, asked, "three sections were there");
        int rounds = bob.offers;
        call.settle(bob);
        assertEquals(rounds, bob.offers, "no round without a reason");
    }

    @Test
    void aClientThatAddsNoSectionsIsAskedAFewTimesOnly() {
        FakeClient bob = call.single("bob");
        bob.cooperative = false;
        for (int i = 0; i < 5; i++) {
            call.single("p" + i).publish(TrackSource.CAMERA, "c" + i);
        }
        bob.offer();
        bob.connected();
        for (int i = 0; i < 30; i++) {
            bob.session.onMessage(livekit.LivekitRtc.SignalRequest.newBuilder().setPing(1).build());
            call.clock.advance(5_000);
        }
        assertTrue(bob.of(MessageCase.MEDIA_SECTIONS_REQUIREMENT).size() <= 8);
        assertFalse(bob.closed);
    }

    @Test
    void anOfferThatCrossesTheRequestForSectionsDoesNotAskTwice() {
        FakeClient bob = call.single("bob");
        bob.cooperative = false;
        for (int i = 0; i < 5; i++) {
            call.single("p" + i).publish(TrackSource.CAMERA, "c" + i);
        }
        bob.offer();
        bob.offer();
        assertEquals(1, bob.of(MessageCase.MEDIA_SECTIONS_REQUIREMENT).stream()
                .filter(each -> each.getMediaSectionsRequirement().getNumVideos() > 0).count());
    }

    @Test
    void aDualClientThatNeverAnswersIsToldToStartAnew() {
        FakeClient bob = call.dual("bob");
        bob.cooperative = false;
        call.single("alice").publish(TrackSource.CAMERA, "c1");
        call.clock.advance(100);
        assertEquals(1, bob.of(MessageCase.OFFER).size());
        call.clock.advance(5_000);
        bob.send(request -> request.setPing(1));
        call.clock.advance(9_000);
        bob.send(request -> request.setPing(1));
        assertFalse(bob.closed);
        call.clock.advance(2_000);
        assertEquals(livekit.LivekitRtc.LeaveRequest.Action.RECONNECT,
                bob.last(MessageCase.LEAVE).getLeave().getAction());
    }

    @Test
    void answersOfOldOffersAreDroppedAndIdZeroIsTaken() {
        FakeClient bob = call.dual("bob");
        bob.cooperative = false;
        call.single("alice").publish(TrackSource.CAMERA, "c1");
        call.clock.advance(100);
        bob.send(request -> request.setAnswer(SessionDescription.newBuilder().setType("answer").setId(77)
                .setSdp("ufrag=u1")));
        assertTrue(bob.receiving().consumers.isEmpty());
        bob.send(request -> request.setAnswer(SessionDescription.newBuilder().setType("answer").setSdp("ufrag=u1")));
        assertEquals(1, bob.receiving().consumers.size());
        bob.send(request -> request.setAnswer(SessionDescription.newBuilder().setType("answer").setSdp("ufrag=u9")));
        assertEquals(1, bob.receiving().consumers.size());
    }

    @Test
    void updatesAreCompleteAndVersionsRise() {
        FakeClient bob = call.single("bob");
        FakeClient alice = call.single("alice");
        alice.publish(TrackSource.MICROPHONE, "m1");
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        alice.mute(camera, true);
        List<ParticipantInfo> seen = bob.of(MessageCase.UPDATE).stream()
                .flatMap(each -> each.getUpdate().getParticipantsList().stream())
                .filter(info -> info.getSid().equals(alice.sid())).toList();
        for (int i = 1; i < seen.size(); i++) {
            assertTrue(seen.get(i).getVersion() > seen.get(i - 1).getVersion());
        }
        assertEquals(2, seen.getLast().getTracksCount(), "a track that is left out would count as ended");
        assertEquals("Name of alice", seen.getLast().getName());
    }
}
