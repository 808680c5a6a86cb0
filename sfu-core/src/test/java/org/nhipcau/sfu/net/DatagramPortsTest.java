// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.net.DatagramPorts.Kind;

class DatagramPortsTest {
    private static boolean linux() {
        return System.getProperty("os.name").equals("Linux")
                && Set.of("amd64", "aarch64").contains(System.getProperty("os.arch"));
    }

    @Test
    void shouldTakeTheFastestWayByItself() {
        Kind expected = linux() ? Kind.LINUX : Kind.NIO;
        assertEquals(expected, DatagramPorts.choose("auto"));
        assertEquals(expected, DatagramPorts.choose(""));
    }

    @Test
    void shouldTakeTheOneThatIsNamed() {
        assumeTrue(linux(), "needs Linux");
        assertEquals(Kind.LINUX, DatagramPorts.choose("linux"));
        assertEquals(Kind.EPOLL, DatagramPorts.choose("epoll"));
        assertEquals(Kind.NIO, DatagramPorts.choose("NIO"));
    }

    @Test
    void shouldNameWhatIsAllowed() {
        var failure = assertThrows(IllegalArgumentException.class, () -> DatagramPorts.choose("kqueue"));
        assertTrue(failure.getMessage().contains("nhipcau.udp.port is kqueue; allowed: auto, linux, epoll, nio"),
                failure.getMessage());
    }

    @Test
    void shouldReadItsOptionsFromProperties() {
        assertEquals(PortOptions.DEFAULT, PortOptions.ofProperties());
        withProperty(PortOptions.TRAIN_PROPERTY, "1", () ->
                assertEquals(new PortOptions(1, true), PortOptions.ofProperties()));
        withProperty(PortOptions.COALESCE_PROPERTY, "off", () ->
                assertEquals(new PortOptions(SendBatch.MAX_SEGMENTS, false), PortOptions.ofProperties()));
        for (String bad : new String[] {"0", "65", "many", ""}) {
            withProperty(PortOptions.TRAIN_PROPERTY, bad, () -> assertThrows(IllegalArgumentException.class,
                    PortOptions::ofProperties));
        }
        withProperty(PortOptions.COALESCE_PROPERTY, "maybe", () -> assertThrows(IllegalArgumentException.class,
                PortOptions::ofProperties));
    }

    private static void withProperty(String name, String value, Runnable test) {
        System.setProperty(name, value);
        try {
            test.run();
        } finally {
            System.clearProperty(name);
        }
    }

    @Test
    void shouldFallBackToIpv4OnlyForTheWildcardAndOnlyWithoutIpv6() throws Exception {
        InetAddress any = InetAddress.getByName("::");
        assertEquals(any, DatagramPorts.bindable(any, true));
        assertEquals(InetAddress.getByName("0.0.0.0"), DatagramPorts.bindable(any, false));
        for (String literal : new String[] {"::1", "0.0.0.0", "127.0.0.1"}) {
            InetAddress address = InetAddress.getByName(literal);
            assertEquals(address, DatagramPorts.bindable(address, false));
        }
    }
}
