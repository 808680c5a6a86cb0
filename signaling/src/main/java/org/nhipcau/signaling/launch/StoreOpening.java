// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.config.ServerConfig;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.store.KeepTimes;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;
import org.nhipcau.signaling.store.keys.KeyRing;
import org.nhipcau.signaling.store.keys.KeySource;
import org.nhipcau.signaling.store.keys.UnusableKeyException;
import org.nhipcau.signaling.store.sql.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Opens the store that the configuration names, for a server or for one command. Thread: start-up. */
final class StoreOpening {
    private static final Logger LOG = LoggerFactory.getLogger(StoreOpening.class);
    private static final Duration TICK = Duration.ofSeconds(1);

    private StoreOpening() {}

    /** For a server: takes the data directory, puts right what a crash left, and lets time pass for consultations. */
    static Wiring.Records records(ServerConfig config) throws IOException {
        SignalingConfig signaling = config.signaling();
        if (signaling.store().key().isEmpty() && !signaling.dev()) {
            // Where plain rooms are allowed the server is of use without; otherwise nobody can enter anything.
            LOG.atLevel(signaling.plainRooms() ? Level.INFO : Level.WARN)
                    .log("signaling.store.key is empty: there are no consultations");
            return null;
        }
        Store store = Store.open(settings(config), keys(config), InstantSource.system());
        // In development the time of consultations can be set ahead.
        InstantSource clock = signaling.dev() ? new DevelopmentClock(InstantSource.system()) : InstantSource.system();
        boolean serving = false;
        try {
            store.serve();
            ConsultationService service = new ConsultationService(store.journal(), clock,
                    new SecureRandom(), fault -> LOG.error("a listener of consultations failed", fault));
            store.clearSeats(service);
            Thread timer = Thread.ofVirtual().name("consultation-timer").start(() -> tick(service, clock));
            serving = true;
            return new Wiring.Records(store, service, config.dataDir(), clock, () -> {
                timer.interrupt();
                timer.join(TICK);
                store.close();
            });
        } catch (JournalUnavailableException e) {
            throw new IOException("the store cannot be written to: " + e.getMessage(), e);
        } finally {
            if (!serving) {
                store.close();
            }
        }
    }

    private static void tick(ConsultationService service, InstantSource clock) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                service.expireDue(clock.instant());
            } catch (JournalUnavailableException e) {
                // The store tells of it; what is due stays due.
            } catch (RuntimeException e) {
                LOG.error("the timer of consultations failed", e);
            }
            try {
                Thread.sleep(TICK);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** For a command: the store that is there. */
    static Store open(ServerConfig config) throws IOException {
        StoreSettings settings = settings(config);
        KeyRing keys = keys(config);
        Database.require(settings.url(), settings.directory());
        return Store.open(settings, keys, InstantSource.system());
    }

    static StoreSettings settings(ServerConfig config) {
        SignalingConfig.Store store = config.signaling().store();
        SignalingConfig.Store.Keep keep = store.keep();
        return new StoreSettings(store.url(), config.dataDir(),
                store.headFile().isEmpty() ? null : Path.of(store.headFile()),
                new KeepTimes(keep.consultationDays(), keep.patientNameDays(), keep.qualityDays(), keep.auditDays(),
                        keep.outboxDays(), keep.idempotencyHours()));
    }

    static KeyRing keys(ServerConfig config) throws IOException {
        SignalingConfig signaling = config.signaling();
        try {
            if (!signaling.store().key().isEmpty()) {
                return KeySource.of(signaling.store().key());
            }
            // A directory of development has its key in it; commands find it without being told.
            if (signaling.dev() || Files.exists(config.dataDir().resolve(KeySource.DEVELOPMENT_FILE))) {
                return KeySource.development(config.dataDir());
            }
        } catch (UnusableKeyException e) {
            throw new IOException("signaling.store.key is " + e.getMessage(), e);
        }
        throw new IOException("signaling.store.key is empty; allowed: 32 bytes in base64 or file:PATH, also in "
                + "NHIPCAU_STORE_KEY");
    }
}
