// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.webhook;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.api.WebhookDispatcher.Outcome;
import org.nhipcau.signaling.api.WebhookPost;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.store.OutboxStore;
import org.nhipcau.signaling.token.TokenIssuer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the outbox to every configured URL, each at its own pace.
 *
 * <p>Thread: any. Owns: a virtual thread per URL and the HTTP client.
 */
public final class OutboxDelivery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxDelivery.class);
    private static final String CONTENT_TYPE = "application/json";
    private static final Duration STORE_AWAY = Duration.ofSeconds(5);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(3);

    private final WebhookPost post;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Semaphore> bells = new ArrayList<>();

    private OutboxDelivery(WebhookPost post) {
        this.post = post;
    }

    /** Begins to deliver; with no URL it does nothing. */
    public static OutboxDelivery start(SignalingConfig config, TokenIssuer issuer, OutboxStore outbox,
            InstantSource clock, Consumer<Outcome> outcomes) {
        OutboxDelivery delivery = new OutboxDelivery(new WebhookPost(config, issuer));
        for (String url : config.webhooks().consultationUrls()) {
            settle(outbox, name(url), clock);
            URI target = URI.create(url);
            EndpointLane lane = new EndpointLane(name(url), outbox,
                    body -> delivery.post.post(target, CONTENT_TYPE, body), config.webhooks().maxAttempts(), clock,
                    RandomGenerator.getDefault(), outcomes);
            Semaphore bell = new Semaphore(0);
            delivery.bells.add(bell);
            delivery.threads.add(Thread.ofVirtual().name("webhook-outbox").start(() -> run(lane, bell)));
        }
        outbox.onAdded(delivery::ring);
        return delivery;
    }

    /** A URL that is new here begins with what happens from now on. */
    private static void settle(OutboxStore outbox, String endpoint, InstantSource clock) {
        try {
            outbox.cursor(endpoint, clock.instant());
        } catch (JournalUnavailableException e) {
            LOG.warn("the store cannot be written to: a new webhook begins when it can");
        }
    }

    private void ring() {
        for (Semaphore bell : bells) {
            if (bell.availablePermits() == 0) {
                bell.release();
            }
        }
    }

    private static void run(EndpointLane lane, Semaphore bell) {
        try {
            while (true) {
                Duration pause = turn(lane);
                boolean rung = bell.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
                if (rung) {
                    bell.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            // Closing: what is not delivered stays in the outbox.
        }
    }

    private static Duration turn(EndpointLane lane) throws InterruptedException {
        try {
            return lane.run();
        } catch (JournalUnavailableException e) {
            return STORE_AWAY;
        } catch (RuntimeException e) {
            LOG.error("the outbox could not be delivered", e);
            return STORE_AWAY;
        }
    }

    /** The endpoint's name in the store: a URL may hold a secret, and does not belong there. */
    static String name(String url) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(url.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Stops delivering; the rest waits in the outbox. Idempotent. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join(CLOSE_WAIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        post.close();
    }
}
