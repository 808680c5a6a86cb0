// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AddressTableTest {
    private static final long MAPPED = LinuxSocket.MAPPED_PREFIX;

    private static InetSocketAddress ipv4(AddressTable table, int address, int port) {
        return table.of(0, MAPPED | address & 0xffff_ffffL, port, 0);
    }

    @Test
    void shouldNameAddressesOfBothFamilies() throws Exception {
        AddressTable table = new AddressTable(64, 1);
        assertEquals(new InetSocketAddress(InetAddress.getByName("192.0.2.7"), 65_535),
                ipv4(table, 0xc000_0207, 65_535));
        assertEquals(new InetSocketAddress(InetAddress.getByName("2001:db8::ff"), 1),
                table.of(0x2001_0db8_0000_0000L, 0xff, 1, 0));
        // The unspecified address is a key of zeroes, as is an empty place.
        assertEquals(new InetSocketAddress(InetAddress.getByName("::"), 0), table.of(0, 0, 0, 0));
        InetSocketAddress linkLocal = table.of(0xfe80_0000_0000_0000L, 5, 7, 3);
        assertEquals(3, ((Inet6Address) linkLocal.getAddress()).getScopeId());
    }

    @Test
    void shouldGiveTheSameObjectToTheSameSenderOnly() {
        AddressTable table = new AddressTable(1024, 2);
        InetSocketAddress first = table.of(1, 2, 3, 0);
        assertSame(first, table.of(1, 2, 3, 0));
        assertNotSame(first, table.of(1, 2, 3, 1));
        assertNotSame(first, table.of(1, 2, 4, 0));
        assertNotSame(first, table.of(1, 3, 3, 0));
        assertNotSame(first, table.of(2, 2, 3, 0));
        assertSame(first, table.of(1, 2, 3, 0));
    }

    @Test
    void shouldKeepTheWayOfAnAddressThatComesBackAfterItWasForgotten() {
        AddressTable table = new AddressTable(8, 3);
        InetSocketAddress first = ipv4(table, 1, 1);
        for (int i = 2; i < 100; i++) {
            ipv4(table, i, 1);
        }
        InetSocketAddress again = ipv4(table, 1, 1);
        assertEquals(first, again);
        assertNotSame(first, again);
    }

    @Test
    void shouldHoldWhoTalksThroughAFloodOfStrangers() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        AddressTable table = new AddressTable(8_192, random.nextLong());
        int talkers = 1_000;
        InetSocketAddress[] known = new InetSocketAddress[talkers];
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < talkers; i++) {
                known[i] = ipv4(table, 0x0a00_0000 + i, 40_000 + i);
            }
        }
        int lost = 0;
        int asked = 0;
        for (int i = 0; i < 300_000; i++) {
            // Twenty made-up senders for each packet of one who is known.
            if (i % 20 == 0) {
                int talker = random.nextInt(talkers);
                InetSocketAddress now = ipv4(table, 0x0a00_0000 + talker, 40_000 + talker);
                asked++;
                if (now != known[talker]) {
                    lost++;
                    known[talker] = now;
                }
            }
            table.of(0, MAPPED | random.nextInt() & 0xffff_ffffL, random.nextInt(65_536), 0);
        }
        assertTrue(lost * 100 < asked, "forgotten " + lost + " of " + asked + ", seed " + seed);
    }

    @Test
    void shouldMakeRoomForNewTalkersWhenTheOldOnesAreSilent() {
        AddressTable table = new AddressTable(64, 5);
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 64; i++) {
                ipv4(table, i, 1);
            }
        }
        // They are gone; as many others come, and talk.
        int same = 0;
        InetSocketAddress[] known = new InetSocketAddress[32];
        for (int round = 0; round < 2_000; round++) {
            for (int i = 0; i < 32; i++) {
                InetSocketAddress now = ipv4(table, 1_000 + i, 1);
                same += now == known[i] && round == 1_999 ? 1 : 0;
                known[i] = now;
            }
        }
        assertEquals(32, same, same + " of 32 have a place");
    }

    @Test
    void shouldRefuseOddSizes() {
        for (int capacity : new int[] {0, 4, 12, -8}) {
            assertThrows(IllegalArgumentException.class, () -> new AddressTable(capacity, 0), "" + capacity);
        }
    }
}
