// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmulatorsTest {
    private static final LinkSettings BURSTS = new LinkSettings(50, 15, 60_000, 20, 2.5, new Outage(2000, 3000, false));

    private static LinkProfile profile() throws Exception {
        return LinkProfile.parse("p", List.of("# --no-loop", "t_ms,up_kbps,down_kbps", "0,100,200", "1000,-1,0"));
    }

    @Test
    void shouldTellLinklabWhatTheLinkIs() throws Exception {
        String command = String.join(" ", LinklabLink.command(Path.of("/opt/linklab"), Path.of("/tmp/run"), "station",
                List.of("10.0.0.1", "10.0.0.2"), profile(), Path.of("/tmp/p.csv"), BURSTS, 7));
        for (String words : List.of("/opt/linklab --ns-a station --ns-b -", "--profile /tmp/p.csv", "--delay 50.000",
                "--jitter 15.000", "--queue-bytes 60000", "--seed 7", "--no-loop", "--ge 10.000,40.000",
                "--outage 2000,3000,drop", "--pktlog /tmp/run/packets.csv")) {
            assertTrue(command.contains(words), words + " in " + command);
        }
        LinkSettings plain = new LinkSettings(0, 0, 1_500, 10, 1, null);
        command = String.join(" ", LinklabLink.command(Path.of("l"), Path.of("f"), "s", List.of("a", "b"),
                LinkProfile.parse("p", List.of("t_ms,up_kbps,down_kbps", "0,1,1", "10,2,2")), Path.of("p"), plain, 1));
        assertTrue(command.endsWith("--loss 10.000"), command);
        assertFalse(command.contains("--no-loop") || command.contains("--outage"), command);
    }

    @Test
    void shouldReadHowLateLinklabWas() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        assertEquals(7.25, LinklabLink.lateMs(mapper.readTree("{\"up\":{\"self_late_us\":{\"p50\":60,\"max\":812}},"
                + "\"down\":{\"self_late_us\":{\"max\":7250}}}")));
        assertTrue(Double.isNaN(LinklabLink.lateMs(mapper.readTree("{}"))));
    }

    @Test
    void shouldTellNetemEachStepAndTheOutage() throws Exception {
        NetemLink link = new NetemLink("nhr1", profile(), BURSTS);
        assertEquals("dev nhr1b root netem limit 60 delay 50000us 15000us loss gemodel 10.000% 40.000% rate 200000bit",
                link.qdisc(Direction.DOWN, 0));
        assertEquals("dev nhr1a root netem limit 60 delay 50000us 15000us loss gemodel 10.000% 40.000%",
                link.qdisc(Direction.UP, 1500));
        assertEquals("dev nhr1b root netem limit 60 delay 50000us 15000us loss 100% rate 10bit",
                link.qdisc(Direction.DOWN, 2000));
        assertEquals(List.of(1000.0, 2000.0, 5000.0, Double.POSITIVE_INFINITY), List.of(link.nextChangeMs(0),
                link.nextChangeMs(1000), link.nextChangeMs(2000), link.nextChangeMs(5000)));
        NetemLink held = new NetemLink("n", profile(), new LinkSettings(0, 0, 1, 0, 1, new Outage(0, 10, true)));
        assertTrue(held.qdisc(Direction.UP, 5).endsWith("rate 10bit"), held.qdisc(Direction.UP, 5));
        assertTrue(held.qdisc(Direction.UP, 10).endsWith("rate 100000bit"), held.qdisc(Direction.UP, 10));
    }
}
