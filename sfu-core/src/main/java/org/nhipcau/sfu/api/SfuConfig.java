// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

import java.util.List;

/**
 * How a media node is set up. The units stand in the names; ranges are checked on construction.
 *
 * @param bindAddress literal to bind UDP to; {@code ::} means all addresses of both families (of IPv4 alone on a
 *     machine without IPv6), {@code 0.0.0.0} all of IPv4
 * @param firstPort UDP port of the first worker; worker i takes firstPort + i. 1 to 65535, 0: any free port (tests)
 * @param workers packet threads; 0: one per core
 * @param announcedAddresses literals put into candidates in place of the bound ones; empty: found on the interfaces
 * @param stunServers host:port of STUN servers asked for the node's public address; empty: none is asked
 * @param iceTimeoutMs a peer without any authenticated check for this long after opening fails
 * @param disconnectedAfterMs a connected peer without an authenticated check for this long is called disconnected
 * @param consentTimeoutMs sending stops this long after the last authenticated check (RFC 7675: 30 s at most)
 * @param transportHoldMs keys and streams of a peer are kept this long after the last authenticated check, so that it
 *     comes back without a new handshake; consentTimeoutMs at least
 * @param dtlsTimeoutMs a handshake that has not finished by then fails
 * @param packetCachePackets packets kept per video encoding for retransmission; power of two
 * @param packetCacheMs age up to which a packet is retransmitted
 * @param keyframeRequestIntervalMs at most one key frame request per encoding in this time
 * @param silentAfterMs a producer without packets for this long is called silent
 * @param frozenAfterMs a video producer whose key frame requests stay unanswered for this long is called frozen
 * @param dynacastDelayMs an unwanted layer is given up only after this time, and thin speech
 * @param statisticsIntervalMs between two {@link MediaEvent.QualityReport} of a peer
 * @param speakerIntervalMs between two {@link MediaEvent.SpeakersChanged} of a room
 * @param maxRooms rooms on the node
 * @param maxPeersPerRoom transports in a room, over all workers
 * @param peersPerRoomWorker transports of one room on one worker, before the room spreads to another
 * @param maxProducersPerPeer tracks that a peer may send
 * @param maxConsumersPerPeer tracks that a peer may receive
 * @param maxSsrcsPerPeer inbound SSRCs tracked per peer; packets of further ones are dropped
 * @param adaptive viewers are sent what their paths carry; false: all they ask for, for links known to be wide
 * @param thinSpeech for which listeners microphones are asked for thinner speech
 * @param overload when the node takes no newcomers, and when it gives up pictures
 */
public record SfuConfig(String bindAddress, int firstPort, int workers, List<String> announcedAddresses,
        List<String> stunServers, long iceTimeoutMs, long disconnectedAfterMs, long consentTimeoutMs,
        long transportHoldMs, long dtlsTimeoutMs, int packetCachePackets, long packetCacheMs,
        long keyframeRequestIntervalMs, long silentAfterMs, long frozenAfterMs, long dynacastDelayMs,
        long statisticsIntervalMs, long speakerIntervalMs, int maxRooms, int maxPeersPerRoom, int peersPerRoomWorker,
        int maxProducersPerPeer, int maxConsumersPerPeer, int maxSsrcsPerPeer, boolean adaptive,
        ThinSpeech thinSpeech, Overload overload) {

    /** Whose ears decide whether a microphone is asked for fewer bits; it sends the same to all who listen. */
    public enum ThinSpeech {
        /** It is never asked. */
        NEVER,
        /** Where each of its listeners hears more of thinner speech. */
        ALL,
        /** Where one of its listeners does. */
        ANY
    }

    /**
     * What the node does when it has too much to do.
     *
     * @param admissionPercent share of its time that a worker may be busy and still take newcomers
     * @param shed layers, pictures and at last sound are given up by rule while packets are late or lost
     * @param lagMs datagrams that waited this long for the worker are late
     */
    public record Overload(int admissionPercent, boolean shed, int lagMs) {
        /** @throws IllegalArgumentException naming the first value outside its range and the range */
        public Overload {
            check("admissionPercent", admissionPercent, 20, 100);
            check("lagMs", lagMs, 10, 1_000);
        }
    }

    /** The defaults that {@code reference.conf} documents. */
    public static final SfuConfig DEFAULT = new SfuConfig("::", 7882, 0, List.of(), List.of(), 15_000, 5_000,
            30_000, 120_000, 15_000, 1024, 1_500, 500, 3_000, 5_000, 5_000, 1_000, 400, 1_000, 500, 150, 16, 500, 64,
            true, ThinSpeech.ALL, new Overload(85, true, 60));

    /** @throws IllegalArgumentException naming the first value outside its range and the range */
    public SfuConfig {
        announcedAddresses = List.copyOf(announcedAddresses);
        stunServers = List.copyOf(stunServers);
        check("firstPort", firstPort, 0, 65_535);
        check("workers", workers, 0, 256);
        if (workers > 1 && firstPort != 0) {
            check("firstPort + workers", firstPort + workers - 1L, 1, 65_535);
        }
        check("iceTimeoutMs", iceTimeoutMs, 1_000, 120_000);
        check("disconnectedAfterMs", disconnectedAfterMs, 1_000, 60_000);
        check("consentTimeoutMs", consentTimeoutMs, 5_000, 30_000);
        check("transportHoldMs", transportHoldMs, 5_000, 600_000);
        if (transportHoldMs < consentTimeoutMs) {
            throw new IllegalArgumentException("transportHoldMs is " + transportHoldMs
                    + "; allowed: at least consentTimeoutMs, " + consentTimeoutMs);
        }
        check("dtlsTimeoutMs", dtlsTimeoutMs, 1_000, 120_000);
        check("packetCachePackets", packetCachePackets, 64, 16_384);
        if (Integer.bitCount(packetCachePackets) != 1) {
            throw new IllegalArgumentException("packetCachePackets is " + packetCachePackets
                    + "; allowed: a power of two from 64 to 16384");
        }
        check("packetCacheMs", packetCacheMs, 100, 10_000);
        check("keyframeRequestIntervalMs", keyframeRequestIntervalMs, 100, 10_000);
        check("silentAfterMs", silentAfterMs, 500, 60_000);
        check("frozenAfterMs", frozenAfterMs, 1_000, 60_000);
        check("dynacastDelayMs", dynacastDelayMs, 0, 60_000);
        check("statisticsIntervalMs", statisticsIntervalMs, 100, 60_000);
        check("speakerIntervalMs", speakerIntervalMs, 100, 5_000);
        check("maxRooms", maxRooms, 1, 1_000_000);
        check("maxPeersPerRoom", maxPeersPerRoom, 1, 10_000);
        check("peersPerRoomWorker", peersPerRoomWorker, 1, 10_000);
        check("maxProducersPerPeer", maxProducersPerPeer, 1, 256);
        check("maxConsumersPerPeer", maxConsumersPerPeer, 1, 10_000);
        check("maxSsrcsPerPeer", maxSsrcsPerPeer, 4, 1_024);
    }

    private static void check(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + "; allowed: " + min + " to " + max);
        }
    }

    /** The same settings bound to one address and to free ports; for tests and embedding. */
    public SfuConfig boundTo(String address, int port) {
        return new SfuConfig(address, port, workers, announcedAddresses, stunServers, iceTimeoutMs,
                disconnectedAfterMs, consentTimeoutMs, transportHoldMs, dtlsTimeoutMs, packetCachePackets,
                packetCacheMs, keyframeRequestIntervalMs, silentAfterMs, frozenAfterMs, dynacastDelayMs,
                statisticsIntervalMs, speakerIntervalMs, maxRooms, maxPeersPerRoom, peersPerRoomWorker,
                maxProducersPerPeer, maxConsumersPerPeer, maxSsrcsPerPeer, adaptive, thinSpeech, overload);
    }

    /** The same settings with so many workers, and so many peers of a room on each. */
    public SfuConfig spread(int workerCount, int peersOfARoom) {
        return new SfuConfig(bindAddress, firstPort, workerCount, announcedAddresses, stunServers, iceTimeoutMs,
                disconnectedAfterMs, consentTimeoutMs, transportHoldMs, dtlsTimeoutMs, packetCachePackets,
                packetCacheMs, keyframeRequestIntervalMs, silentAfterMs, frozenAfterMs, dynacastDelayMs,
                statisticsIntervalMs, speakerIntervalMs, maxRooms, maxPeersPerRoom, peersOfARoom, maxProducersPerPeer,
                maxConsumersPerPeer, maxSsrcsPerPeer, adaptive, thinSpeech, overload);
    }

    /** The same settings with another overload. */
    public SfuConfig with(Overload other) {
        return new SfuConfig(bindAddress, firstPort, workers, announcedAddresses, stunServers, iceTimeoutMs,
                disconnectedAfterMs, consentTimeoutMs, transportHoldMs, dtlsTimeoutMs, packetCachePackets,
                packetCacheMs, keyframeRequestIntervalMs, silentAfterMs, frozenAfterMs, dynacastDelayMs,
                statisticsIntervalMs, speakerIntervalMs, maxRooms, maxPeersPerRoom, peersPerRoomWorker,
                maxProducersPerPeer, maxConsumersPerPeer, maxSsrcsPerPeer, adaptive, thinSpeech, other);
    }
}
