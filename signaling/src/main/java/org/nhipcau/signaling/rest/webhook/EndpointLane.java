// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.webhook;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.nhipcau.signaling.api.WebhookDispatcher.Outcome;
import org.nhipcau.signaling.api.WebhookPost.Attempt;
import org.nhipcau.signaling.store.OutboxStore;
import org.nhipcau.signaling.store.OutboxStore.Cursor;
import org.nhipcau.signaling.store.OutboxStore.Message;

/**
 * One endpoint's way through the outbox: event after event, none before the one before it is done with. How far it has
 * come is in the store, so that a restart goes on there; a crash between an answer and its note repeats one event.
 *
 * <p>What the endpoint refuses (4xx) is put aside after a few attempts; while it does not answer, or fails (5xx), it is
 * asked for three days. Pauses double up to an hour.
 *
 * <p>Thread: one at a time; the clock comes in, nothing sleeps here.
 */
final class EndpointLane {
    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    static final Duration PATIENCE = Duration.ofDays(3);

    /** When there is nothing to do; another process on the same store may have added something. */
    static final Duration IDLE = Duration.ofSeconds(15);

    private static final int BATCH = 100;

    private final String endpoint;
    private final OutboxStore outbox;
    private final Sender sender;
    private final int maxAttempts;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Consumer<Outcome> outcomes;

    /** Makes one attempt. */
    @FunctionalInterface
    interface Sender {
        Attempt send(byte[] body) throws InterruptedException;
    }

    /**
     * @param endpoint its name in the store
     * @param maxAttempts for an event that the endpoint refuses, and at least for any
     * @param outcomes is told what became of each event
     */
    EndpointLane(String endpoint, OutboxStore outbox, Sender sender, int maxAttempts, InstantSource clock,
            RandomGenerator random, Consumer<Outcome> outcomes) {
        this.endpoint = endpoint;
        this.outbox = outbox;
        this.sender = sender;
        this.maxAttempts = maxAttempts;
        this.clock = clock;
        this.random = random;
        this.outcomes = outcomes;
    }

    /** Delivers what can be delivered now; answers how long to wait unless something is added. */
    Duration run() throws InterruptedException {
        while (true) {
            Cursor cursor = outbox.cursor(endpoint, clock.instant());
            Duration pause = Duration.between(clock.instant(), cursor.nextAt());
            if (pause.isPositive()) {
                return pause;
            }
            List<Message> messages = outbox.after(cursor.delivered(), BATCH);
            if (messages.isEmpty()) {
                return IDLE;
            }
            int attempts = cursor.attempts();
            for (Message message : messages) {
                if (!deliver(message, attempts)) {
                    break;
                }
                attempts = 0;
            }
        }
    }

    /** False when the message stays the next one. */
    private boolean deliver(Message message, int failedBefore) throws InterruptedException {
        Attempt came = sender.send(WebhookBody.of(message).bytes());
        Instant now = clock.instant();
        if (came == Attempt.DELIVERED) {
            outbox.delivered(endpoint, message.id());
            outcomes.accept(Outcome.DELIVERED);
            return true;
        }
        boolean refused = came == Attempt.REFUSED;
        boolean old = message.at().plus(PATIENCE).isBefore(now);
        boolean over = failedBefore + 1 >= maxAttempts && (refused || old);
        if (over) {
            outbox.giveUp(endpoint, message.id(), refused ? "refused" : "no answer", now);
            outcomes.accept(Outcome.FAILED);
            return true;
        }
        outbox.failed(endpoint, refused ? "refused" : "no answer", now.plus(pause(failedBefore)));
        return false;
    }

    /** Doubles with each failure, and is spread by a half so that endpoints of one host do not come together. */
    private Duration pause(int failedBefore) {
        long fullMs = failedBefore >= 12 ? LONGEST_PAUSE.toMillis()
                : Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << failedBefore);
        return Duration.ofMillis(fullMs + random.nextLong(fullMs / 2 + 1));
    }
}
