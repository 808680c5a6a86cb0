// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.nhipcau.signaling.api.WebhookDispatcher;

/**
 * Counts what signaling does. All meters exist from the start, so that a dashboard never meets a missing one, and no
 * label takes a value from outside.
 *
 * <p>Thread: any.
 */
public final class SignalingMetrics {
    /** What was held to a rate. */
    public enum RateLimited { MESSAGES, SEND_QUEUE, OVERSIZE }

    private static final Set<Integer> REFUSAL_STATUSES = Set.of(400, 401, 403, 404, 500, 503);
    private static final Duration[] JOIN_BUCKETS = durations(10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000);
    private static final Duration[] FRAME_BUCKETS =
            durations(50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000);

    private final MeterRegistry registry;
    private final AtomicInteger sockets = new AtomicInteger();
    private final Counter joins;
    private final Counter resumes;
    private final Map<Integer, Counter> refusals = new TreeMap<>();
    private final Counter otherRefusals;
    private final Counter messagesIn;
    private final Counter messagesOut;
    private final Map<RateLimited, Counter> rateLimited = new EnumMap<>(RateLimited.class);
    private final Map<WebhookDispatcher.Outcome, Counter> webhooks = new EnumMap<>(WebhookDispatcher.Outcome.class);
    private final Timer joinAnswer;
    private final Timer joinActive;
    private final Timer firstFrame;

    /** Registers all meters but the gauges of rooms. */
    public SignalingMetrics(MeterRegistry registry) {
        this.registry = registry;
        joins = counter("nhipcau.signaling.joins", "Joins that were let in");
        resumes = counter("nhipcau.signaling.resumes", "Sessions resumed on a new socket");
        for (int status : REFUSAL_STATUSES) {
            refusals.put(status, refusal(Integer.toString(status)));
        }
        otherRefusals = refusal("other");
        messagesIn = message("in");
        messagesOut = message("out");
        for (RateLimited what : RateLimited.values()) {
            rateLimited.put(what, Counter.builder("nhipcau.signaling.limited")
                    .description("Sockets closed for breaking a limit").tag("limit", lower(what)).register(registry));
        }
        for (WebhookDispatcher.Outcome outcome : WebhookDispatcher.Outcome.values()) {
            webhooks.put(outcome, Counter.builder("nhipcau.signaling.webhooks")
                    .description("Webhook events by outcome, per URL").tag("outcome", lower(outcome))
                    .register(registry));
        }
        joinAnswer = timer("nhipcau.signaling.join.answer", "From the upgrade request to the join response",
                JOIN_BUCKETS);
        joinActive = timer("nhipcau.signaling.join.active", "From the upgrade request to a connected transport",
                JOIN_BUCKETS);
        firstFrame = timer("nhipcau.signaling.first.frame",
                "From the subscription to the first packet of a video's first key frame", FRAME_BUCKETS);
        Gauge.builder("nhipcau.signaling.websockets", sockets, AtomicInteger::get)
                .description("Open client WebSockets").register(registry);
    }

    private static Duration[] durations(long... ms) {
        Duration[] made = new Duration[ms.length];
        for (int i = 0; i < ms.length; i++) {
            made[i] = Duration.ofMillis(ms[i]);
        }
        return made;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Counter refusal(String status) {
        return Counter.builder("nhipcau.signaling.joins.refused").description("Joins refused, by HTTP status")
                .tag("status", status).register(registry);
    }

    private Counter message(String direction) {
        return Counter.builder("nhipcau.signaling.messages").description("Signal messages")
                .tag("direction", direction).register(registry);
    }

    private Timer timer(String name, String description, Duration[] buckets) {
        return Timer.builder(name).description(description).serviceLevelObjectives(buckets).register(registry);
    }

    /** Shows how many rooms, participants and published tracks there are now. */
    public void bindRooms(IntSupplier rooms, IntSupplier participants, IntSupplier tracks) {
        gauge("nhipcau.signaling.rooms", "Rooms", rooms);
        gauge("nhipcau.signaling.participants", "Participants in rooms", participants);
        gauge("nhipcau.signaling.tracks", "Published tracks", tracks);
    }

    /** Shows how many devices publish by WHIP now. */
    public void bindWhip(IntSupplier sessions) {
        gauge("nhipcau.signaling.whip.sessions", "WHIP sessions", sessions);
    }

    private void gauge(String name, String description, IntSupplier value) {
        Gauge.builder(name, value, IntSupplier::getAsInt).description(description).strongReference(true)
                .register(registry);
    }

    /** A WebSocket opened (+1) or closed (-1). */
    public void sockets(int change) {
        sockets.addAndGet(change);
    }

    /** A join was answered on a new socket, this long after its request. */
    public void joined(long elapsedNs) {
        joins.increment();
        joinAnswer.record(elapsedNs, TimeUnit.NANOSECONDS);
    }

    /** A session was resumed on a new socket. */
    public void resumed() {
        resumes.increment();
    }

    /** A join was refused with this HTTP status. */
    public void refused(int status) {
        refusals.getOrDefault(status, otherRefusals).increment();
    }

    /** A participant's transport came up, this long after the upgrade request. */
    public void active(long elapsedNs) {
        joinActive.record(elapsedNs, TimeUnit.NANOSECONDS);
    }

    /** A viewer got the first key frame of a video, this long after the subscription. */
    public void firstFrame(long elapsedNs) {
        firstFrame.record(elapsedNs, TimeUnit.NANOSECONDS);
    }

    /** A message of a client. */
    public void messageIn() {
        messagesIn.increment();
    }

    /** A message to a client. */
    public void messageOut() {
        messagesOut.increment();
    }

    /** A socket was closed because of a limit. */
    public void limited(RateLimited what) {
        rateLimited.get(what).increment();
    }

    /** A webhook event reached its end for one URL. */
    public void webhook(WebhookDispatcher.Outcome outcome) {
        webhooks.get(outcome).increment();
    }
}
