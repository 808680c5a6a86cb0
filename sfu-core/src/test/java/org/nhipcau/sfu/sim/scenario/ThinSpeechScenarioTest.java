// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaEvent.WantedSpeechChanged;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.sim.link.Capacity;
import org.nhipcau.sfu.sim.link.Flow;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.link.LinkSettings.Burst;
import org.nhipcau.sfu.sim.rural.SimulatedViewer;

/** A voice that is heard on a narrow link and on good ones. */
class ThinSpeechScenarioTest {
    private static final LinkSettings NARROW = LinkSettings.of(Capacity.constant(64), 50).loss(Burst.of(0.2, 2.5));

    private static List<Integer> told(Consultation call) {
        return call.room.events().stream().filter(WantedSpeechChanged.class::isInstance)
                .map(WantedSpeechChanged.class::cast).map(WantedSpeechChanged::maxBitrateBps).toList();
    }

    @Test
    void shouldBeSentWhileAllWhoListenNeedIt() {
        Consultation call = new Consultation(11, EstimatorSettings.DEFAULT, NARROW, true).run(30_000);
        assertFalse(told(call).isEmpty(), call.room::toString);
        int last = told(call).getLast();
        assertTrue(last == 10_000 || last == 12_000, () -> told(call) + ", " + call.room);
        SimulatedViewer other = new SimulatedViewer(call.room, "hospital-2", Consultation.good(), Consultation.good())
                .watch(call.hospital, ConsumerSettings.DEFAULT, 0).connect();
        call.run(4_000);
        assertEquals(last, told(call).getLast(), call.room::toString);
        long thinBytes = other.transport().down().log().deliveredBytes(Flow.AUDIO, 31_000, 34_000);
        assertTrue(thinBytes * 8 / 3.0 < last * 1.1 + 50 * 8 * 100, () -> thinBytes + " bytes, " + call.room);
        call.run(4_000);
        assertEquals(0, told(call).getLast(), "nobody hears less for another's link; " + call.room);
        call.room.close();
    }

    @Test
    void shouldNotBeAskedForWhereTheLinkCarriesAll() {
        Consultation call = new Consultation(12, EstimatorSettings.DEFAULT,
                LinkSettings.of(Capacity.constant(256), 50).loss(Burst.of(0.2, 2.5)), true).run(40_000);
        assertEquals(List.of(), told(call), call.room::toString);
        call.room.close();
    }
}
