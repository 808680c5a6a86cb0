// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;

class ViewerOutletTest {
    private static final HeaderExtensions UNNUMBERED = new HeaderExtensions(9, 0, 0, 12, 0, 2, 0, 0, 0, 0);

    private static CodecParameters vp8(boolean ccfb) {
        return new CodecParameters("video/VP8", 100, 90_000, 0, Map.of(), 101, true, true, true, false, false, ccfb);
    }

    /** Nothing was sent yet: what the first picture may be like depends on whether reports of it will come. */
    @Test
    void shouldKeepWithinANarrowPathFromTheFirstPacketOnWhereCongestionFeedbackWasNegotiated() {
        for (boolean ccfb : new boolean[] {false, true}) {
            RoomFixture f = new RoomFixture();
            f.viewer.configure(UNNUMBERED);
            f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(vp8(false), vp8(ccfb))), f.nowNs);
            assertEquals(ccfb, f.viewer.estimator().limited(f.nowNs));
            f.viewer.addConsumer(RoomFixture.consumer("screen", 600, List.of(vp8(false))), f.nowNs);
            assertEquals(ccfb, f.viewer.estimator().limited(f.nowNs), "another track, without");
            f.viewer.configure(new HeaderExtensions(8, 0, 0, 12, 0, 2, 0, 0, 0, 0));
            assertEquals(ccfb, f.viewer.estimator().limited(f.nowNs), "negotiated anew");
            f.viewer.configure(RoomFixture.VIEWER_IDS);
            assertTrue(f.viewer.estimator().limited(f.nowNs), "with transport-wide numbers");
        }
    }

    /** An answer without a header extension configures nothing. What is sent must be known by its numbers all the same. */
    @Test
    void shouldNumberWhatItSendsWhereNoHeaderExtensionWasNegotiated() {
        RoomFixture f = new RoomFixture();
        f.viewer.configure(HeaderExtensions.NONE);
        f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(vp8(true))), f.nowNs);
        PacketBuffer out = PacketBuffer.allocate();
        out.setLength(12);
        out.putShort(2, 77);
        out.putInt(8, 500);
        f.viewer.outlet().noteNumber(out, 12, f.nowNs);
        assertEquals(0, f.viewer.outlet().transportNumber(500, 77));
    }
}
