// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.TrackSource;

class PathReachTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private final RoomFixture fixture = new RoomFixture();
    private final PathReach reach = new PathReach();
    private long nowNs = 100 * SECOND_NS;

    /** Three layers that announce 150, 500 and 1,700 kbit/s. */
    private PictureLayer[] layers() {
        fixture.publisher.addProducer(new ProducerParameters("cam", MediaKind.VIDEO, TrackSource.CAMERA, "0",
                List.of(RoomFixture.VP8), List.of(new EncodingParameters("q", 0, 0, 0, 320, 180, 150_000),
                        new EncodingParameters("h", 0, 0, 1, 640, 360, 500_000),
                        new EncodingParameters("f", 0, 0, 2, 1_280, 720, 1_700_000)), false), nowNs);
        return fixture.room.producer("cam").layers();
    }

    private boolean pass(PictureLayer[] layers, int granted, long roomBps, long seconds) {
        boolean rose = false;
        for (int i = 0; i <= seconds * 10; i++) {
            rose |= reach.update(layers, granted, roomBps, nowNs);
            nowNs += SECOND_NS / 10;
        }
        return rose;
    }

    @Test
    void shouldGiveUpALayerOnlyAfterALongWant() {
        PictureLayer[] layers = layers();
        assertEquals(Integer.MAX_VALUE, reach.layer());
        assertFalse(pass(layers, 0, 100_000, 9));
        assertEquals(Integer.MAX_VALUE, reach.layer());
        pass(layers, 2, 2_000_000, 1);
        pass(layers, 0, 100_000, 9);
        assertEquals(Integer.MAX_VALUE, reach.layer(), "the want began anew");
        pass(layers, 0, 100_000, 2);
        assertEquals(0, reach.layer());
    }

    @Test
    void shouldNotCountATimeInWhichNothingWasDivided() {
        PictureLayer[] layers = layers();
        pass(layers, 0, 100_000, 1);
        nowNs += 12 * SECOND_NS;
        pass(layers, 0, 100_000, 9);
        assertEquals(Integer.MAX_VALUE, reach.layer());
        pass(layers, 0, 100_000, 2);
        assertEquals(0, reach.layer());
    }

    @Test
    void shouldHaveALayerComeInBeforeThePathHasShownThatItCarriesIt() {
        PictureLayer[] layers = layers();
        pass(layers, 0, 100_000, 12);
        assertTrue(pass(layers, 0, 130_000, 1), "one probe away");
        assertEquals(1, reach.layer());
        assertTrue(pass(layers, 1, 430_000, 1));
        assertEquals(Integer.MAX_VALUE, reach.layer());
    }

    @Test
    void shouldKeepWhatIsSentAndAllOfAPathWithoutLimit() {
        PictureLayer[] layers = layers();
        pass(layers, 1, 60_000, 20);
        assertEquals(1, reach.layer(), "what is granted is of use, whatever it takes");
        assertTrue(reach.unlimited());
        assertEquals(Integer.MAX_VALUE, reach.layer());
        assertFalse(reach.unlimited());
        pass(layers, -1, 0, 20);
        assertEquals(0, reach.layer(), "the lowest comes in always, for still pictures");
    }
}
