// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import livekit.LivekitModels.TrackSource;
import livekit.LivekitRtc.SubscriptionPermission;
import livekit.LivekitRtc.UpdateSubscription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that redraw give a track up and want it again at once: it must flow again. */
class ResubscribeTest {
    private final CallFixture call = new CallFixture();

    @AfterEach
    void sound() {
        call.checkSound();
    }

    private FakeClient viewer(boolean single) {
        FakeClient client = single ? call.single("bob") : call.dual("bob");
        if (!single) {
            client.offer();
        }
        client.connected();
        return client;
    }

    private static void want(FakeClient viewer, String track, boolean wanted) {
        viewer.send(request -> request.setSubscription(UpdateSubscription.newBuilder().addTrackSids(track)
                .setSubscribe(wanted)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTrackGivenUpAndWantedAgainAtOnceFlowsAgain(boolean single) {
        FakeClient alice = call.single("alice");
        FakeClient bob = viewer(single);
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        call.settle(alice, bob);
        assertTrue(bob.receiving().consumers.containsKey(camera));
        want(bob, camera, false);
        assertTrue(bob.receiving().consumers.isEmpty(), "what is given up stops at once");
        want(bob, camera, true);
        call.settle(alice, bob);
        assertTrue(bob.receiving().consumers.containsKey(camera), bob.recent());
        assertTrue(call.media.refusals.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTrackGivenUpWhileItIsBoundAndWantedAgainFlows(boolean single) {
        FakeClient alice = call.single("alice");
        FakeClient bob = viewer(single);
        call.settle(alice, bob);
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        call.clock.advance(10);
        call.media.hold();
        call.settle(alice, bob);
        want(bob, camera, false);
        want(bob, camera, true);
        call.media.release();
        call.settle(alice, bob);
        assertTrue(bob.receiving().consumers.containsKey(camera), bob.recent());
        assertTrue(call.media.refusals.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPublisherThatForbidsAndAllowsAtOnceIsSeenAgain(boolean single) {
        FakeClient alice = call.single("alice");
        FakeClient bob = viewer(single);
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        call.settle(alice, bob);
        alice.send(request -> request.setSubscriptionPermission(SubscriptionPermission.newBuilder()));
        assertTrue(bob.receiving().consumers.isEmpty());
        alice.send(request -> request.setSubscriptionPermission(
                SubscriptionPermission.newBuilder().setAllParticipants(true)));
        call.settle(alice, bob);
        assertEquals(java.util.Set.of(camera), bob.receiving().consumers.keySet());
    }
}
