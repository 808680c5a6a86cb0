// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.admin.ConsultationMeters;
import org.nhipcau.signaling.api.RoomService;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.http.HttpService;
import org.nhipcau.signaling.live.DevelopmentConsultation;
import org.nhipcau.signaling.live.LiveConsultations;
import org.nhipcau.signaling.live.NoConsultations;
import org.nhipcau.signaling.live.SessionApi;
import org.nhipcau.signaling.room.RoomGovernance;
import org.nhipcau.signaling.token.TokenIssuer;
import org.nhipcau.signaling.token.TokenVerifier;

/**
 * What joins rooms to consultations in this process. Thread: start-up, and one that keeps the time. Owns: the live
 * consultations.
 */
final class ConsultationParts implements AutoCloseable {
    private static final Duration TICK = Duration.ofSeconds(1);

    private final LiveConsultations live;
    private final Wiring.Records records;
    private final RoomGovernance governance;
    private final Thread timer;

    private ConsultationParts(LiveConsultations live, Wiring.Records records, RoomGovernance governance) {
        this.records = records;
        this.live = live;
        this.governance = governance;
        this.timer = live == null ? null
                : Thread.ofVirtual().name("live-consultations").start(() -> keepTime(live));
    }

    /** @param records null: no consultations */
    static ConsultationParts open(SignalingConfig config, Wiring.Records records, MeterRegistry registry)
            throws IOException {
        if (records == null) {
            return new ConsultationParts(null, null, new NoConsultations(config.plainRooms()));
        }
        LiveConsultations live = new LiveConsultations(records.consultations(), records.store().attendance(),
                config.plainRooms(), records.directory().resolve("live-spool"), records.clock(),
                new ConsultationMeters(registry), task -> Thread.ofVirtual().name("consultation").start(task));
        return new ConsultationParts(live, records, live);
    }

    private static void keepTime(LiveConsultations live) {
        while (!Thread.currentThread().isInterrupted()) {
            live.tick();
            try {
                Thread.sleep(TICK);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    RoomGovernance governance() {
        return governance;
    }

    /** Null without consultations. */
    Tightener tightener() {
        return live;
    }

    boolean heldSound() {
        return live == null || live.sound();
    }

    /** What is served over HTTP, by what the paths begin with. */
    Map<String, HttpService> sites(SignalingConfig config, RoomService rooms) {
        Map<String, HttpService> sites = new LinkedHashMap<>();
        if (live != null) {
            sites.put(SessionApi.PREFIX, new SessionApi(live, rooms, new TokenVerifier(config.keys())));
            if (config.dev()) {
                String key = config.keys().keySet().stream().sorted().findFirst().orElseThrow();
                sites.put(DevelopmentConsultation.PATH, new DevelopmentConsultation(records.consultations(),
                        new TokenIssuer(config.keys()), key, new SecureRandom()));
                if (records.clock() instanceof DevelopmentClock clock) {
                    sites.put(DevelopmentClock.PATH, clock);
                }
            }
        }
        return sites;
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.interrupt();
            live.close();
        }
    }
}
