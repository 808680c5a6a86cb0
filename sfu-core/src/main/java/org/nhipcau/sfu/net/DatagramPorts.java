// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses once at start how sockets are worked: the fastest way that this machine has and that passes a self-test. What
 * is missing costs speed and one line in the log, never the start.
 *
 * <p>The system property {@code nhipcau.udp.port} names one to try first: {@code linux}, {@code epoll}, {@code nio};
 * {@code auto} or nothing: by speed. For measurements, {@code nhipcau.udp.train} bounds the datagrams of a train and
 * {@code nhipcau.udp.gro=off} keeps the kernel from coalescing. Thread: any.
 */
public final class DatagramPorts {
    /** Names the port to try first. */
    public static final String PROPERTY = "nhipcau.udp.port";

    private static final Logger LOG = LoggerFactory.getLogger(DatagramPorts.class);

    /** The ways, the fastest first. */
    public enum Kind {
        /** System calls of Linux through foreign calls. */
        LINUX,
        /** Netty on epoll. */
        EPOLL,
        /** Netty on the channels of the Java runtime. */
        NIO
    }

    private static Kind best;

    private DatagramPorts() {}

    /** The way used on this machine; chosen and logged at the first call. */
    public static synchronized Kind best() {
        if (best == null) {
            best = choose(System.getProperty(PROPERTY, "auto"));
            LOG.info("UDP sockets: {}", name(best));
        }
        return best;
    }

    /** Makes the system calls ready, quietly; for a thread beside those that start the process. */
    public static void prepare() {
        try {
            LinuxSelfTest.run();
        } catch (IOException | RuntimeException | LinkageError absent) {
            // Told by best(), which tries it again.
            return;
        }
    }

    /**
     * Binds a socket in the best way; nothing is read before {@link UdpEndpoint#start}.
     *
     * @param bindAddress literal; {@code ::} takes IPv4 too, and IPv4 alone where the machine has no IPv6
     * @param port 0: any free one
     * @throws IOException when the address cannot be bound: names address and port
     */
    public static UdpEndpoint bind(String bindAddress, int port, String threadName, WorkerCounters counters)
            throws IOException {
        return bind(best(), PortOptions.ofProperties(), bindAddress, port, threadName, counters);
    }

    /** Binds a socket in a given way; for measurements and tests. @throws IOException as above */
    public static UdpEndpoint bind(Kind kind, PortOptions options, String bindAddress, int port, String threadName,
            WorkerCounters counters) throws IOException {
        InetAddress address = bindable(InetAddress.getByName(bindAddress), ipv6Available());
        try {
            return switch (kind) {
                case LINUX -> LinuxDatagramPort.bind(address, port, threadName, options, counters);
                case EPOLL -> NettyDatagramPort.bind(true, address, port, threadName, options, counters);
                case NIO -> NettyDatagramPort.bind(false, address, port, threadName, options, counters);
            };
        } catch (IOException refused) {
            throw new IOException("cannot bind UDP " + bindAddress + " port " + port + ": " + refused.getMessage(),
                    refused);
        }
    }

    /**
     * Chooses anew; for measurements and tests of one port.
     *
     * @param wanted linux, epoll, nio or auto
     * @throws IllegalArgumentException for another name
     */
    public static Kind choose(String wanted) {
        Kind first = switch (wanted.toLowerCase(Locale.ROOT)) {
            case "", "auto", "linux" -> Kind.LINUX;
            case "epoll" -> Kind.EPOLL;
            case "nio" -> Kind.NIO;
            default -> throw new IllegalArgumentException(
                    PROPERTY + " is " + wanted + "; allowed: auto, linux, epoll, nio");
        };
        List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
        kinds.remove(first);
        kinds.addFirst(first);
        for (Kind kind : kinds) {
            if (usable(kind)) {
                return kind;
            }
        }
        throw new AssertionError("the Java runtime's own channels are always there");
    }

    /** This machine has what the port needs. */
    public static boolean usable(Kind kind) {
        try {
            switch (kind) {
                case LINUX -> LinuxSelfTest.run();
                case EPOLL -> Epoll.ensureAvailability();
                case NIO -> { }
            }
            return true;
        } catch (IOException | RuntimeException | LinkageError missing) {
            LOG.info("UDP by {} is not usable here: {}", name(kind), rootOf(missing));
            return false;
        }
    }

    private static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static String rootOf(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    /** All addresses of a machine without IPv6 are those of IPv4; any other address is as it is. */
    static InetAddress bindable(InetAddress wanted, boolean ipv6) throws UnknownHostException {
        if (ipv6 || !(wanted instanceof Inet6Address) || !wanted.isAnyLocalAddress()) {
            return wanted;
        }
        LOG.info("IPv6 is not available: UDP is bound to all IPv4 addresses");
        return InetAddress.getByAddress(new byte[4]);
    }

    // Asks by doing: the kernel may have no IPv6, or this machine's Java was told not to use it.
    private static boolean ipv6Available() {
        try (DatagramChannel probe = DatagramChannel.open(StandardProtocolFamily.INET6)) {
            probe.bind(new InetSocketAddress("::", 0));
            return true;
        } catch (IOException | UnsupportedOperationException none) {
            return false;
        }
    }
}
