// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.nhipcau.sfu.SfuServer;
import org.nhipcau.sfu.api.MediaServer;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.control.ControlServer;
import org.nhipcau.sfu.control.ControlSettings;
import org.nhipcau.sfu.control.RemoteMediaServer;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.admin.RoomMeters;
import org.nhipcau.signaling.admin.SignalingMetrics;
import org.nhipcau.signaling.api.WebhookSink;
import org.nhipcau.signaling.config.ServerConfig;
import org.nhipcau.signaling.http.HttpService;
import org.nhipcau.signaling.quality.MemoryTimeline;
import org.nhipcau.signaling.room.RoomClock;
import org.nhipcau.signaling.room.RoomRegistry;
import org.nhipcau.signaling.sdp.SdpLimits;
import org.nhipcau.signaling.sdp.ServerNegotiation;
import org.nhipcau.signaling.sdp.SoundFormat;
import org.nhipcau.signaling.session.PathMemory;
import org.nhipcau.signaling.session.RecentPaths;
import org.nhipcau.signaling.token.TokenIssuer;
import org.nhipcau.signaling.token.TokenVerifier;
import org.nhipcau.signaling.whip.WhipEndpoint;

/** The real parts of a process. The only place of signaling that knows how a media node is made. */
final class Parts {
    private Parts() {}

    /** What the command line runs with. */
    static Wiring wiring() {
        return new Wiring(Parts::node, Parts::connect, Parts::serve, StoreOpening::records, Parts::rooms);
    }

    /** Begins what a media node's start takes longest with, while the command line and the configuration are read. */
    static void prepare() {
        SfuServer.prepare();
    }

    private static MediaServer node(SfuConfig config, MeterRegistry registry) throws IOException {
        return SfuServer.start(config, registry);
    }

    private static MediaServer connect(ServerConfig.Control control) throws IOException {
        try {
            return RemoteMediaServer.connect(settings(control));
        } catch (IllegalArgumentException unprotected) {
            throw new IOException(unprotected.getMessage(), unprotected);
        }
    }

    private static Wiring.ControlPort serve(MediaServer node, ServerConfig.Control control) throws IOException {
        ControlServer server;
        try {
            server = ControlServer.start(node, settings(control));
        } catch (IllegalArgumentException unprotected) {
            throw new IOException(unprotected.getMessage(), unprotected);
        }
        return new Wiring.ControlPort() {
            @Override
            public int port() {
                return server.port();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }

    private static ControlSettings settings(ServerConfig.Control control) {
        return new ControlSettings(control.host(), control.port(), control.token(), control.certificateFile(),
                control.privateKeyFile(), control.trustFile());
    }

    private static PathMemory paths(SignalingConfig.Paths config, SecureRandom random) {
        if (config.maxAgeS() == 0) {
            return PathMemory.NONE;
        }
        byte[] key = config.key().getBytes(StandardCharsets.UTF_8);
        if (key.length == 0) {
            key = new byte[32];
            random.nextBytes(key);
        }
        return new RecentPaths(key, config.maxEntries(), config.maxAgeS() * 1_000L,
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }

    private static Wiring.Rooms rooms(SignalingConfig config, MediaServer media, Wiring.Records records,
            TokenIssuer tokens, WebhookSink webhooks, MeterRegistry registry, SignalingMetrics metrics)
            throws IOException {
        SecureRandom random = new SecureRandom();
        RoomMeters meters = new RoomMeters(registry, metrics);
        SdpLimits limits = SdpLimits.ofChars(config.limits().maxSdpBytes());
        SoundFormat sound = new SoundFormat(config.sound().maxBitrateBps(), config.sound().packetMs(),
                config.sound().redundancy());
        ConsultationParts consultations = ConsultationParts.open(config, records, registry);
        RoomRegistry rooms = new RoomRegistry(config, media,
                () -> new ServerNegotiation(random, ServerNegotiation.ALL_CODECS, sound, limits),
                grants -> tokens.refresh(grants, config.rooms().tokenTtlS()), paths(config.paths(), random), webhooks,
                RoomClock.system(), random, meters, new MemoryTimeline(config.quality().keepS() * 1000L,
                        config.quality().maxBytes(), System::currentTimeMillis), consultations.governance());
        metrics.bindRooms(() -> rooms.rooms().size(),
                () -> rooms.rooms().stream().mapToInt(room -> room.getNumParticipants()).sum(),
                meters::tracks);
        Map<String, HttpService> sites = new LinkedHashMap<>(consultations.sites(config, rooms));
        WhipEndpoint whip = config.limits().maxWhipSessions() == 0 ? null
                : new WhipEndpoint(config, rooms, new TokenVerifier(config.keys()), metrics);
        if (whip != null) {
            sites.put(WhipEndpoint.PREFIX, whip);
        }
        return new Wiring.Rooms(rooms, rooms, rooms, rooms::close, () -> {
            rooms.close();
            consultations.close();
            if (whip != null) {
                whip.close();
            }
        }, sites, consultations.tightener(), consultations::heldSound);
    }
}
