// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class UdpDropsTest {
    @Test
    void shouldSumTheDropsOfTheProcessesOwnSockets() {
        List<String> table = List.of(
                "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref "
                        + "pointer drops",
                "  348: 0100007F:1ECA 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 "
                        + "0000000000000000 12",
                "  349: 0100007F:1ECB 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4712 2 "
                        + "0000000000000000 7",
                "  350: 0100007F:1ECC 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4713 2 "
                        + "0000000000000000 3");
        assertEquals(15, UdpDrops.drops(table, Set.of("4711", "4713")));
        assertEquals(0, UdpDrops.drops(table, Set.of()));
        assertEquals(0, UdpDrops.drops(List.of(), Set.of("4711")));
    }
}
