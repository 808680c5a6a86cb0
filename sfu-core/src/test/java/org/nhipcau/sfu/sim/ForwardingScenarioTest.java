// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaEvent.ConsumerStarted;

/** What a viewer gets over good and bad links. */
class ForwardingScenarioTest {
    private static final ConsumerSettings LOW = new ConsumerSettings(false, 0, 0, 0, 0);

    private static void assertClean(SimCall call, SimViewer.Verdict verdict) {
        assertEquals(List.of(), verdict.faults, call::toString);
        assertEquals(0, verdict.undecodable, call::toString);
        assertEquals(0, verdict.missing, call::toString);
    }

    @Test
    void shouldForwardSoundAndASingleLayerOverACleanLink() {
        SimCall call = new SimCall(1);
        new SimPublisher(call, "alice").video("cam", "0", "").audio("mic", "1").start();
        SimViewer viewer = new SimViewer(call, "bob");
        call.consume(viewer, "cam", true, ConsumerSettings.DEFAULT);
        call.consume(viewer, "mic", false, ConsumerSettings.DEFAULT);
        call.run(5_000);
        SimViewer.Verdict verdict = viewer.play("cam", 0);
        assertClean(call, verdict);
        assertTrue(verdict.frames > 140, call::toString);
        assertTrue(viewer.tracks.get("mic").packets.size() > 240, call::toString);
        assertEquals(2, call.events(ConsumerStarted.class).size());
    }

    @Test
    void shouldSwitchUpAndDownAtKeyFramesUnderLoss() {
        for (long seed = 10; seed < 16; seed++) {
            SimCall call = new SimCall(seed);
            SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "q", "h", "f");
            alice.peer.up.lossRatio = 0.03;
            alice.peer.up.reorderRatio = 0.02;
            alice.start();
            SimViewer viewer = new SimViewer(call, "bob");
            viewer.peer.down.lossRatio = 0.05;
            viewer.peer.down.reorderRatio = 0.02;
            call.consume(viewer, "cam", true, LOW);
            call.run(3_000);
            assertEquals(0, viewer.tracks.get("cam").lastLayer(), call::toString);
            viewer.peer.endpoint.updateConsumer("c-cam", ConsumerSettings.DEFAULT, call.nowNs());
            call.run(3_000);
            assertEquals(2, viewer.tracks.get("cam").lastLayer(), call::toString);
            viewer.peer.endpoint.updateConsumer("c-cam", LOW, call.nowNs());
            call.run(3_000);
            assertEquals(Set.of(0), viewer.tracks.get("cam").layersSince(call.nowNs() - 1_000 * SimCall.MS));
            SimViewer.Verdict verdict = viewer.play("cam", 1_500 * SimCall.MS);
            assertEquals(List.of(), verdict.faults, call::toString);
            assertTrue(verdict.frames > 200, call::toString);
            assertTrue(verdict.undecodable < verdict.frames / 50, verdict.undecodable + " of " + verdict.frames + " "
                    + verdict.missing + " " + call);
        }
    }
}
