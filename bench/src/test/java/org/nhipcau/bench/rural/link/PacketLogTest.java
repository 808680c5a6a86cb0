// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class PacketLogTest {
    private static final String HEAD = "dir,n,t_in_ms,t_dep_ms,t_out_ms,len,verdict,proto,sport,dport,pt,rtpseq,ssrc\n";
    /** As linklab writes: in the order of leaving, drops at once; the clock began anew before up's second packet. */
    private static final String LOG = HEAD
            + "up,0,5000.000,5001.000,5051.000,100,ok,6,1,2,-1,-1,0\n"
            + "down,2,30.000,-1.000,-1.000,1000,queue,17,1,2,96,7,11\n"
            + "up,1,10.000,12.000,62.000,200,ok,17,1,2,111,5,4294967295\n"
            + "down,0,10.000,20.000,70.000,1250,ok,17,1,2,96,5,11\n"
            + "down,1,11.000,40.000,-1.000,1250,loss,17,1,2,96,6,11\n"
            + "down,3,35.000,41.000,91.000,125,ok,17,1,2,111,1,12\n"
            + "down,4,1500.000,1501.000,1551.000,125,ok,6,1,2,-1,-1,0\n";

    private static PacketLog log(String text) throws IOException {
        return PacketLog.read(new BufferedReader(new StringReader(text)));
    }

    @Test
    void shouldReadPacketsInTheOrderTheyCameAndOnlySinceTheClockBegan() throws IOException {
        PacketLog log = log(LOG);
        assertEquals(1, log.packets(Direction.UP).size());
        assertEquals(4_294_967_295L, log.packets(Direction.UP).getFirst().ssrc());
        assertEquals(5, log.packets(Direction.DOWN).size());
        assertEquals(2, log.packets(Direction.DOWN).get(2).number());
    }

    @Test
    void shouldAddUpWhatCameOutAndWhatCameIn() throws IOException {
        PacketLog log = log(LOG);
        assertEquals((1250 + 125) * 8, log.deliveredBits(Direction.DOWN, 0, 1000, packet -> true));
        assertEquals(125 * 8, log.deliveredBits(Direction.DOWN, 0, 1000, packet -> packet.payloadType() == 111));
        assertEquals(125 * 8, log.deliveredBits(Direction.DOWN, 0, 2000, packet -> !packet.udp()));
        assertEquals((1250 + 1250 + 1000 + 125) * 8, log.sentBits(Direction.DOWN, 0, 1000));
    }

    @Test
    void shouldTellTheWaitOfWhatEnteredTheQueue() throws IOException {
        PacketLog log = log(LOG);
        assertEquals(29, log.queuedMs(Direction.DOWN, 0, 1000, 1, packet -> true));
        assertEquals(10, log.queuedMs(Direction.DOWN, 0, 1000, 0.5, packet -> true));
        assertEquals(6, log.queuedMs(Direction.DOWN, 0, 1000, 0.95, packet -> packet.payloadType() == 111));
        assertTrue(Double.isNaN(log.queuedMs(Direction.DOWN, 200, 1000, 0.95, packet -> true)));
    }

    @Test
    void shouldTellWhenARateWasReached() throws IOException {
        StringBuilder text = new StringBuilder(HEAD);
        // 100 kbit/s, from 5 s on 1000 kbit/s: 1250 bytes each 100 or 10 ms.
        for (int n = 0, t = 0; t < 8000; n++, t += t < 5000 ? 100 : 10) {
            text.append("down,").append(n).append(',').append(t).append(',').append(t).append(',').append(t)
                    .append(",1250,ok,17,1,2,96,1,1\n");
        }
        PacketLog log = log(text.toString());
        assertTrue(Double.isNaN(log.reachedMs(Direction.DOWN, 0, 8000, 1100, 1000)));
        double half = log.reachedMs(Direction.DOWN, 0, 8000, 500, 1000);
        assertTrue(half > 5400 && half < 5500, "half: " + half);
        assertEquals(5990, log.reachedMs(Direction.DOWN, 5000, 8000, 1000, 1000));
    }

    @Test
    void shouldRefuseWhatIsNoLog() {
        assertThrows(IOException.class, () -> log("dir,n\n"));
        assertThrows(IOException.class, () -> log(HEAD + "up,0,x,1,1,100,ok,6,1,2,-1,-1,0\n"));
    }
}
