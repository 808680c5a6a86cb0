// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkProfileTest {
    private static final String HEAD = "t_ms,up_kbps,down_kbps";

    private static LinkProfile profile(String... lines) throws Exception {
        return LinkProfile.parse("p", List.of(lines));
    }

    @Test
    void shouldTellTheStepThatHolds() throws Exception {
        LinkProfile profile = profile("# run with --no-loop", HEAD, "0,100,200", "1000,50,0", "", "3000,10,20");
        assertFalse(profile.loops());
        assertEquals(200, profile.at(999.9).downKbps());
        assertEquals(0, profile.at(1000).downKbps());
        assertEquals(50, profile.at(1000).kbps(Direction.UP));
        assertEquals(20, profile.at(1e9).kbps(Direction.DOWN));
        assertEquals(1000, profile.nextChangeMs(0));
        assertEquals(3000, profile.nextChangeMs(1000));
        assertEquals(Double.POSITIVE_INFINITY, profile.nextChangeMs(3000));
    }

    @Test
    void shouldAddUpWhatCouldHavePassed() throws Exception {
        LinkProfile profile = profile("# run with --no-loop", HEAD, "0,100,200", "1000,50,0", "3000,10,20");
        assertEquals(200 * 500, profile.capacityBits(Direction.DOWN, 500, 2000));
        assertEquals(200 * 1000 + 20 * 7000, profile.capacityBits(Direction.DOWN, 0, 10_000));
        assertEquals(0, profile.capacityBits(Direction.DOWN, 10, 10));
    }

    @Test
    void shouldBeginAnewAfterALastRowAsLongAsTheOneBefore() throws Exception {
        LinkProfile profile = profile(HEAD, "0,0,100", "1000,0,300");
        assertTrue(profile.loops());
        assertEquals(300, profile.at(1999).downKbps());
        assertEquals(100, profile.at(2000).downKbps());
        assertEquals(400_000, profile.capacityBits(Direction.DOWN, 0, 2000));
        assertEquals(4_000_000 + 50_000, profile.capacityBits(Direction.DOWN, 0, 20_500));
        assertEquals(22_000, profile.nextChangeMs(21_500));
    }

    @Test
    void shouldKnowNoLimitAndLosses() throws Exception {
        LinkProfile profile = profile(HEAD + ",up_loss_pct,down_loss_pct", "0,-1,100,0.5,2");
        assertEquals(Double.POSITIVE_INFINITY, profile.capacityBits(Direction.UP, 0, 10));
        assertEquals(0.5, profile.at(5).lossPercent(Direction.UP));
        assertEquals(2, profile.at(5).lossPercent(Direction.DOWN));
        assertEquals(-1, profile(HEAD, "0,1,1").at(0).lossPercent(Direction.UP));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "t_ms,up_kbps", HEAD, HEAD + ",colour|0,1,1,1", HEAD + "|0,1", HEAD + "|0,1,x",
        HEAD + "|0,1,NaN", HEAD + "|0,1,-2", HEAD + "|5,1,1|5,1,1", HEAD + "|0,1,1|-1,1,1"})
    void shouldSayWhatIsWrong(String text) {
        LinkProfile.ProfileException wrong = assertThrows(LinkProfile.ProfileException.class,
                () -> LinkProfile.parse("village.csv", text.lines().flatMap(all -> List.of(all.split("\\|")).stream())
                        .toList()));
        assertTrue(wrong.getMessage().startsWith("village.csv"), wrong.getMessage());
    }

    @Test
    void shouldLeaveAnOutageOutOfWhatCouldHavePassed() throws Exception {
        LinkProfile profile = profile(HEAD, "0,100,100");
        LinkSettings settings = new LinkSettings(50, 0, 60_000, 0, 1, new Outage(2000, 1000, true));
        assertEquals(400_000, settings.capacityBits(profile, Direction.DOWN, 0, 5000));
        assertEquals(50_000, settings.capacityBits(profile, Direction.DOWN, 2500, 3500));
        assertEquals(0, settings.capacityBits(profile, Direction.DOWN, 2200, 2800));
        assertEquals(100_000, settings.capacityBits(profile, Direction.DOWN, 3000, 4000));
    }

    @Test
    void shouldTurnABurstLengthIntoTheTwoStatesOfTheEmulators() {
        LinkSettings settings = new LinkSettings(50, 0, 60_000, 20, 2.5, null);
        assertEquals(40, settings.burstEndsPercent(), 1e-9);
        // The share of time in the lossy state is 10 of 10 + 40.
        assertEquals(10, settings.burstBeginsPercent(), 1e-9);
    }
}
