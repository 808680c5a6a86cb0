// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.sim.rural.SimulatedViewer.Feedback;

/**
 * A viewer that tells what came by RFC 8888 feedback, its packets without transport-wide numbers, is served about as
 * well as others are: each outcome is pinned beside that of the same scenario with transport-wide feedback.
 */
class CongestionFeedbackScenarioTest {
    @Test
    void shouldKeepSoundAndPictureWhenTheLinkIsCut() {
        Pins.hold(Scenarios.cut(Feedback.CONGESTION));
    }

    @Test
    void shouldBearRandomLoss() {
        Pins.hold(Scenarios.loss(20, Feedback.CONGESTION));
    }

    @Test
    void shouldBeginGentlyOnANarrowLink() {
        Pins.hold(Scenarios.join(Feedback.CONGESTION));
    }
}
