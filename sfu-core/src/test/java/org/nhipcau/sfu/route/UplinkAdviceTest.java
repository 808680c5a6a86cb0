// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.bwe.UplinkBrake;

/** A camera of 90 kbit/s whose uplink carries 64. */
class UplinkAdviceTest {
    private static final long MS = 1_000_000L;
    private static final int BYTES = 1_080;
    private static final CodecParameters VP8 = new CodecParameters("video/VP8", 96, 90_000, 0, Map.of(), 97, true, true,
            true, true, true, false);

    private final RoomFixture f = new RoomFixture();

    @Test
    void shouldTellAtOnceWhatItFinds() {
        f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(VP8)), f.nowNs);
        Producer camera = f.room.producer("cam");
        UplinkAdvice advice = new UplinkAdvice(f.publisher);
        UplinkBrake brake = new UplinkBrake();
        int rested = 0;
        for (int i = 0; i < 300; i++) {
            // One that leaves each 100 ms comes in each 140.
            long nowNs = f.nowNs + i * 140 * MS;
            int sendTime = (int) ((i * 100L << 18) / 1_000) & 0xffffff;
            advice.onPacket(sendTime, BYTES, nowNs);
            brake.onPacket(sendTime, BYTES, nowNs);
            advice.update(nowNs);
            brake.update(0, nowNs);
            assertEquals(brake.resting(), camera.resting(), "packet " + i);
            assertEquals(brake.narrow(nowNs), camera.narrowUplink(), "packet " + i);
            rested += camera.resting() ? 1 : 0;
        }
        assertTrue(rested > 0);
    }
}
