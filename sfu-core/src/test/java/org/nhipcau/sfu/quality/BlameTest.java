// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.QualityCause;

class BlameTest {
    private final Blame blame = new Blame();

    private QualityCause weigh(double uplink, double downlink) {
        blame.begin();
        blame.add(QualityCause.PUBLISHER_UPLINK, uplink);
        blame.add(QualityCause.VIEWER_DOWNLINK, downlink);
        return blame.settle();
    }

    @Test
    void shouldNameTheDearestCauseOnceItIsFelt() {
        assertEquals(QualityCause.NONE, weigh(9, 3));
        assertEquals(QualityCause.PUBLISHER_UPLINK, weigh(30, 25));
        assertEquals(30, blame.points(QualityCause.PUBLISHER_UPLINK));
        assertEquals(0, blame.points(QualityCause.NONE));
    }

    @Test
    void shouldNotFlicker() {
        assertEquals(QualityCause.PUBLISHER_UPLINK, weigh(11, 0));
        assertEquals(QualityCause.PUBLISHER_UPLINK, weigh(7, 0), "still felt a little");
        assertEquals(QualityCause.PUBLISHER_UPLINK, weigh(20, 24), "not clearly dearer");
        assertEquals(QualityCause.VIEWER_DOWNLINK, weigh(20, 26));
        assertEquals(QualityCause.VIEWER_DOWNLINK, weigh(26, 21));
        assertEquals(QualityCause.NONE, weigh(5, 5));
        assertEquals(QualityCause.NONE, weigh(7, 0));
    }

    @Test
    void shouldRememberFreezesOfSomeIntervalsAndNothingNobodyIsBlamedFor() {
        blame.begin();
        blame.addFreeze(QualityCause.CAMERA_STOPPED, 1);
        blame.addFreeze(QualityCause.CAMERA_STOPPED, 0.2);
        assertEquals(QualityCause.CAMERA_STOPPED, blame.settle());
        assertEquals(20, blame.points(QualityCause.CAMERA_STOPPED), 1e-9);
        for (int i = 0; i < 4; i++) {
            assertEquals(QualityCause.CAMERA_STOPPED, weigh(0, 0));
        }
        assertEquals(QualityCause.NONE, weigh(0, 0));
        blame.begin();
        blame.addFreeze(QualityCause.NONE, 1);
        assertEquals(QualityCause.NONE, blame.settle());
    }
}
