// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling;

import java.util.List;
import java.util.Map;

/**
 * How signaling is set up. Each member has a key of the same name in kebab case in {@code reference.conf}, where units,
 * ranges and defaults are told; the loader checks them.
 *
 * @param plainRooms rooms that are no consultations are allowed: who may enter them and do what, tokens alone say
 */
public record SignalingConfig(Http http, Map<String, String> keys, Rooms rooms, Sound sound, Limits limits,
        Webhooks webhooks, Quality quality, Paths paths, Store store, boolean plainRooms, boolean dev) {
    public SignalingConfig {
        keys = Map.copyOf(keys);
    }

    /**
     * The public port.
     *
     * @param allowedOrigins browser origins that may connect; {@code *} any
     */
    public record Http(String bindAddress, int port, List<String> allowedOrigins, String adminBindAddress,
            int adminPort) {
        public Http {
            allowedOrigins = List.copyOf(allowedOrigins);
        }
    }

    /**
     * How rooms behave.
     *
     * @param autoCreate a join makes the room
     * @param emptyTimeoutS a room nobody ever joined ends after this
     * @param departureTimeoutS a room everybody left ends after this
     * @param pingIntervalS told to clients
     * @param pingTimeoutS a client silent for this long has lost its socket
     * @param joinTimeoutS a participant whose transport is not up by then is removed
     * @param resumeHoldS a participant without socket or media is kept for this long
     * @param consultationHoldS the same in a room that is a consultation
     * @param tokenTtlS life of refreshed tokens
     * @param tokenRefreshS between two refreshed tokens
     */
    public record Rooms(boolean autoCreate, int emptyTimeoutS, int departureTimeoutS, int pingIntervalS,
            int pingTimeoutS, int joinTimeoutS, int resumeHoldS, int consultationHoldS, int tokenTtlS,
            int tokenRefreshS, boolean apiMayUnmute) {}

    /**
     * What is asked of clients that send sound, and how listeners get it.
     *
     * @param maxBitrateBps of Opus, except stereo; 0: as the client likes
     * @param packetMs 20, 40 or 60
     * @param redundancy publishers may send copies of earlier packets (audio/red), and listeners are sent them where
     *     their path loses packets
     */
    public record Sound(int maxBitrateBps, int packetMs, boolean redundancy) {
        /** As clients do by themselves. */
        public static final Sound DEFAULT = new Sound(0, 20, true);
    }

    /**
     * Bounds against abuse; what exceeds one is refused with the code the protocol has for it.
     *
     * @param maxFrameBytes WebSocket message
     * @param maxRequestLineBytes HTTP request line and each header block
     * @param maxJoinRequestBytes join request after inflation
     * @param maxSdpBytes one session description
     * @param messagesPerSecond steady rate of one socket
     * @param messageBurst allowed above the rate
     * @param maxConnections open sockets of the public port
     * @param authTimeoutS a socket that has not finished its request by then is closed
     * @param sendQueueMessages a client that lets this many messages wait is closed
     * @param apiRequestsPerSecond steady rate of one API key, over all its connections
     * @param apiRequestBurst allowed above that rate
     * @param failedCredentialsPerSecond credentials of the REST API that may fail, of all callers together
     * @param failedCredentialBurst allowed above that rate
     * @param maxWhipSessions devices that publish by WHIP at once; 0: there is no WHIP
     */
    public record Limits(int maxFrameBytes, int maxRequestLineBytes, int maxJoinRequestBytes, int maxSdpBytes,
            int messagesPerSecond, int messageBurst, int maxConnections, int authTimeoutS, int sendQueueMessages,
            int maxRooms, int maxParticipantsPerRoom, int maxTracksPerParticipant, int maxNameChars,
            int maxMetadataBytes, int maxAttributesBytes, int apiRequestsPerSecond, int apiRequestBurst,
            int failedCredentialsPerSecond, int failedCredentialBurst, int maxWhipSessions) {}

    /**
     * What is kept of how calls went.
     *
     * @param sampleIntervalS span of one sample
     * @param keepS samples are forgotten this long after the end of their room; 0: nothing is kept
     * @param maxBytes of all samples together
     */
    public record Quality(int sampleIntervalS, int keepS, int maxBytes) {}

    /**
     * What is remembered of the paths to those who were connected.
     *
     * @param maxAgeS for how long; 0: nothing is remembered
     * @param maxEntries of how many people
     * @param key of their pseudonyms; empty: a random one for the life of the process
     */
    public record Paths(int maxAgeS, int maxEntries, String key) {}

    /**
     * Where consultations and their record are kept.
     *
     * @param url empty: SQLite in the data directory
     * @param key seals names and signs the record; empty: no consultations (with dev: one is made in the data
     *     directory)
     * @param headFile of the audit record's head; empty: in the data directory
     */
    public record Store(String url, String key, String headFile, Keep keep) {
        /** How long each kind is kept. */
        public record Keep(int consultationDays, int patientNameDays, int qualityDays, int auditDays, int outboxDays,
                int idempotencyHours) {}

        /** Nothing configured. */
        public static final Store NONE = new Store("", "", "", new Keep(3_650, 3_650, 730, 3_650, 30, 48));

        @Override
        public String toString() {
            return "Store";
        }
    }

    /**
     * Where events go.
     *
     * @param urls that get what happens in rooms
     * @param consultationUrls that get what happens to consultations
     * @param apiKey whose secret signs them; empty: the first configured key
     * @param queueEvents events waiting per URL before new ones are dropped and counted
     */
    public record Webhooks(List<String> urls, List<String> consultationUrls, String apiKey, int queueEvents,
            int timeoutS, int maxAttempts) {
        public Webhooks {
            urls = List.copyOf(urls);
            consultationUrls = List.copyOf(consultationUrls);
        }
    }
}
