// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.ice4j.ice.harvest.StunMappingCandidateHarvester;
import org.nhipcau.sfu.api.IceCandidate;
import org.nhipcau.sfu.api.SfuConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the addresses at which clients can reach this node and makes the candidates of a port from them.
 *
 * <p>Announced addresses are taken as they are configured, and nothing else then. Otherwise: the bound address, or for
 * a wildcard the usable ones of the interfaces, and the public address that the configured STUN servers see. That one
 * serves where NAT maps address to address and keeps ports, as clouds do; elsewhere configure announced addresses.
 *
 * <p>Spec: RFC 8445 §5.1.1, §5.1.2; RFC 8421 §4. Thread: any; immutable. {@link #find} blocks for the STUN servers.
 */
public final class PublicAddresses {
    /** How long the STUN servers have, all together. */
    static final Duration STUN_TIMEOUT = Duration.ofSeconds(5);
    /** From taste: a description with more candidates than these would only slow clients down. */
    private static final int MAX_ADDRESSES = 16;
    /** RFC 8445 §5.1.2.2. */
    private static final int HOST_PREFERENCE = 126;
    private static final int REFLEXIVE_PREFERENCE = 100;

    private static final Logger LOG = LoggerFactory.getLogger(PublicAddresses.class);
    /** Held, since the log manager alone would forget them: ice4j logs addresses on its lower levels. */
    private static final List<java.util.logging.Logger> ICE4J_LOGS = List.of(
            java.util.logging.Logger.getLogger("org.ice4j"), java.util.logging.Logger.getLogger("org.jitsi"));

    private final List<InetAddress> host;
    private final List<InetAddress> reflexive;

    private PublicAddresses(List<InetAddress> host, List<InetAddress> reflexive) {
        this.host = List.copyOf(host);
        this.reflexive = List.copyOf(reflexive);
    }

    /**
     * Looks at configuration and interfaces and asks the STUN servers.
     *
     * @throws IllegalArgumentException naming a configured value that is no address literal or no host:port
     */
    public static PublicAddresses find(SfuConfig config) {
        return find(config, STUN_TIMEOUT);
    }

    static PublicAddresses find(SfuConfig config, Duration stunTimeout) {
        List<InetSocketAddress> stunServers = new ArrayList<>();
        for (String server : config.stunServers()) {
            stunServers.add(hostAndPort(server));
        }
        InetAddress bound = literal("bindAddress", config.bindAddress());
        if (!config.announcedAddresses().isEmpty()) {
            List<InetAddress> announced = new ArrayList<>();
            for (String address : config.announcedAddresses()) {
                announced.add(announceable(address));
            }
            if (!stunServers.isEmpty()) {
                LOG.warn("announcedAddresses is set, so stunServers is not asked");
            }
            return new PublicAddresses(announced, List.of());
        }
        List<InetAddress> host = bound.isAnyLocalAddress() ? choose(interfaceAddresses(), bound) : List.of(bound);
        return new PublicAddresses(host, mapped(stunServers, host, stunTimeout));
    }

    /** The addresses as literals, host addresses first. */
    public List<String> addresses() {
        List<String> literals = new ArrayList<>();
        host.forEach(address -> literals.add(literalOf(address)));
        reflexive.forEach(address -> literals.add(literalOf(address)));
        return literals;
    }

    /**
     * The candidates of a bound port, best first.
     *
     * @param port 1 to 65535
     */
    public List<IceCandidate> candidates(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + "; allowed: 1 to 65535");
        }
        List<IceCandidate> candidates = new ArrayList<>();
        add(candidates, host, HOST_PREFERENCE, "host", port);
        add(candidates, reflexive, REFLEXIVE_PREFERENCE, "srflx", port);
        return List.copyOf(candidates);
    }

    private static void add(List<IceCandidate> candidates, List<InetAddress> addresses, int typePreference,
            String type, int port) {
        for (int i = 0; i < addresses.size(); i++) {
            // Each address is a base of its own, hence a foundation of its own (RFC 8445 §5.1.1.3).
            String foundation = Integer.toString(candidates.size() + 1);
            candidates.add(new IceCandidate(foundation, priority(typePreference, 65_535 - i),
                    literalOf(addresses.get(i)), port, type));
        }
    }

    /** RFC 8445 §5.1.2.1, for component 1. */
    static long priority(int typePreference, int localPreference) {
        return (long) typePreference << 24 | (long) localPreference << 8 | 256 - 1;
    }

    /**
     * Picks what may be announced for a wildcard: of its family ({@code ::} stands for both), neither loopback nor
     * link-local; loopback only when nothing else is there. IPv6 and IPv4 take turns, so that a client whose one
     * family is broken soon tries the other (RFC 8421 §4).
     */
    static List<InetAddress> choose(List<InetAddress> found, InetAddress wildcard) {
        boolean onlyV4 = wildcard instanceof Inet4Address;
        List<InetAddress> v4 = new ArrayList<>();
        List<InetAddress> v6 = new ArrayList<>();
        List<InetAddress> loopback = new ArrayList<>();
        for (InetAddress address : found) {
            boolean isV4 = address instanceof Inet4Address;
            if (onlyV4 && !isV4 || address.isAnyLocalAddress() || address.isMulticastAddress()
                    || address.isLinkLocalAddress()) {
                continue;
            }
            (address.isLoopbackAddress() ? loopback : isV4 ? v4 : v6).add(address);
        }
        List<InetAddress> chosen = new ArrayList<>();
        for (int i = 0; i < Math.max(v4.size(), v6.size()); i++) {
            if (i < v6.size()) {
                chosen.add(v6.get(i));
            }
            if (i < v4.size()) {
                chosen.add(v4.get(i));
            }
        }
        if (chosen.isEmpty()) {
            LOG.warn("no interface has a usable address: only clients on this machine will reach the node");
            return loopback.isEmpty() ? List.of(InetAddress.getLoopbackAddress()) : loopback;
        }
        if (chosen.size() > MAX_ADDRESSES) {
            LOG.warn("{} addresses found, the first {} are announced; set announcedAddresses to choose",
                    chosen.size(), MAX_ADDRESSES);
            return chosen.subList(0, MAX_ADDRESSES);
        }
        return chosen;
    }

    private static List<InetAddress> interfaceAddresses() {
        try {
            return NetworkInterface.networkInterfaces().filter(PublicAddresses::isUp)
                    .flatMap(NetworkInterface::inetAddresses).toList();
        } catch (SocketException e) {
            LOG.warn("the network interfaces cannot be listed: {}", e.getClass().getSimpleName());
            return List.of();
        }
    }

    private static boolean isUp(NetworkInterface networkInterface) {
        try {
            return networkInterface.isUp();
        } catch (SocketException e) {
            return false; // It went away while we looked.
        }
    }

    private static List<InetAddress> mapped(List<InetSocketAddress> servers, List<InetAddress> host,
            Duration timeout) {
        if (servers.isEmpty()) {
            return List.of();
        }
        ICE4J_LOGS.forEach(logger -> logger.setLevel(java.util.logging.Level.SEVERE));
        List<StunQuestion> questions = new ArrayList<>();
        for (InetSocketAddress server : servers) {
            questions.add(new StunQuestion(server));
        }
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        List<InetAddress> found = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            Optional<InetAddress> address = questions.get(i).await(deadlineNs);
            if (address.isEmpty()) {
                LOG.warn("stunServers: number {} of {} told no address within {} ms", i + 1, questions.size(),
                        timeout.toMillis());
            } else if (!host.contains(address.get()) && !found.contains(address.get())) {
                found.add(address.get());
            }
        }
        if (found.isEmpty() && questions.stream().noneMatch(StunQuestion::isAnswered)) {
            LOG.warn("no STUN server told the node's public address: clients outside this network will not reach it "
                    + "unless its interfaces are public; set announcedAddresses or check stunServers");
        }
        return found;
    }

    /** One STUN server being asked, by ice4j's mapping harvester on a thread of its own, because that blocks. */
    private static final class StunQuestion {
        private final InetSocketAddress server;
        private final Thread thread;
        private volatile InetAddress answer;

        StunQuestion(InetSocketAddress server) {
            this.server = server;
            thread = Thread.ofVirtual().name("stun-question").start(this::ask);
        }

        private void ask() {
            // Resolved here: the name service may be slow as well.
            InetSocketAddress resolved = new InetSocketAddress(server.getHostString(), server.getPort());
            if (resolved.isUnresolved()) {
                return;
            }
            try (DatagramSocket probe = new DatagramSocket()) {
                // Connecting sends nothing; it asks the routing table which of our addresses leads there.
                probe.connect(resolved);
                StunMappingCandidateHarvester harvester = new StunMappingCandidateHarvester(
                        new TransportAddress(probe.getLocalAddress(), 0, Transport.UDP),
                        new TransportAddress(resolved, Transport.UDP));
                harvester.discover();
                TransportAddress mask = harvester.getMask();
                answer = mask == null ? null : mask.getAddress();
            } catch (IOException | RuntimeException e) {
                LOG.debug("a STUN server cannot be asked: {}", e.getClass().getSimpleName());
            }
        }

        boolean isAnswered() {
            return answer != null;
        }

        Optional<InetAddress> await(long deadlineNs) {
            try {
                thread.join(Duration.ofNanos(Math.max(0, deadlineNs - System.nanoTime())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            thread.interrupt();
            return Optional.ofNullable(answer);
        }
    }

    private static InetAddress announceable(String value) {
        InetAddress address = literal("announcedAddresses", value);
        if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
            throw new IllegalArgumentException("announcedAddresses has " + value
                    + "; allowed: addresses that a client can send to");
        }
        return address;
    }

    private static InetAddress literal(String name, String value) {
        try {
            return InetAddress.ofLiteral(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " has " + value + "; allowed: IPv4 and IPv6 literals", e);
        }
    }

    static InetSocketAddress hostAndPort(String value) {
        int colon = value.lastIndexOf(':');
        String name = colon < 0 ? "" : value.substring(0, colon);
        boolean bracketed = name.startsWith("[") && name.endsWith("]");
        if (bracketed) {
            name = name.substring(1, name.length() - 1);
        }
        try {
            int port = Integer.parseInt(value.substring(colon + 1));
            if (!name.isBlank() && bracketed == name.indexOf(':') >= 0 && port >= 1 && port <= 65_535) {
                return InetSocketAddress.createUnresolved(name, port);
            }
        } catch (NumberFormatException e) {
            // Told below, like every other wrong form.
        }
        throw new IllegalArgumentException("stunServers has " + value + "; allowed: host:port, [IPv6]:port");
    }

    /** Without the scope that Java appends to IPv6 addresses of an interface. */
    private static String literalOf(InetAddress address) {
        String literal = address.getHostAddress();
        int scope = literal.indexOf('%');
        return scope < 0 ? literal : literal.substring(0, scope);
    }
}
