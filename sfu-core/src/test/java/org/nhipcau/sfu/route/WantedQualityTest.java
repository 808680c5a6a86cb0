// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaKind;

/** A camera that is to rest. */
class WantedQualityTest {
    private static final long MS = 1_000_000L;
    private final RoomFixture f = new RoomFixture();
    private WantedQuality quality;
    private int sequence;

    @BeforeEach
    void rest() {
        f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(RoomFixture.VP8)), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(RoomFixture.VIEWER_VP8)), f.nowNs);
        Producer camera = f.room.producer("cam");
        quality = new WantedQuality(camera, 5_000 * MS);
        camera.uplink(true, true);
        assertTrue(quality.update(f.nowNs));
        assertEquals(WantedQuality.RESTING, quality.told());
    }

    // How often it is told while so much time passes.
    private int told(long ms, boolean picturesCome) {
        int told = 0;
        for (long i = 0; i < ms; i += 100) {
            f.nowNs += 100 * MS;
            if (picturesCome) {
                f.receive(f.packet(96, sequence, sequence * 9_000L, 9, RoomFixture.vp8(sequence == 0, sequence, 0, 0)));
                sequence++;
            }
            told += quality.update(f.nowNs) ? 1 : 0;
        }
        return told;
    }

    @Test
    void shouldBeToldAgainWhilePicturesComeAllTheSame() {
        assertEquals(0, told(3_900, true), "they may have been under way");
        assertEquals(3, told(12_000, true));
    }

    @Test
    void shouldNotBeCalledRestingWhereItHeedsNoWord() {
        told(16_000, true);
        assertEquals(1, told(1_000, true), "what is wanted, as ever");
        assertTrue(quality.told() >= 0);
        assertEquals(0, told(20_000, true));
        Producer camera = f.room.producer("cam");
        camera.uplink(true, true);
        assertFalse(camera.resting(), "nor by anybody else");
        camera.uplink(false, false);
        told(1_000, true);
        camera.uplink(true, true);
        assertEquals(1, told(1_000, true));
        assertEquals(WantedQuality.RESTING, quality.told(), "another rest, another word");
        assertTrue(camera.resting());
    }

    @Test
    void shouldBeLoweredAfterItsDelayAsEverWhereARestIsNotHeeded() {
        told(17_000, true);
        f.viewer.removeConsumer("c-cam", f.nowNs);
        assertEquals(0, told(4_900, true), "another viewer may come");
        assertEquals(1, told(200, true));
        assertEquals(WantedQuality.NOBODY, quality.told());
    }

    @Test
    void shouldNotBeToldAgainWhereItRests() {
        assertEquals(0, told(2_000, true));
        assertEquals(0, told(20_000, false));
        assertFalse(quality.update(f.nowNs));
    }
}
