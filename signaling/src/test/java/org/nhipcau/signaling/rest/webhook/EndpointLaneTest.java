// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.api.WebhookDispatcher.Outcome;
import org.nhipcau.signaling.api.WebhookPost.Attempt;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;
import org.nhipcau.signaling.store.keys.KeyRing;
import org.nhipcau.signaling.token.StrictJson;

/** The way of events from a real outbox to an endpoint that does as the test says. */
class EndpointLaneTest {
    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T08:00:00Z"));
    private final Deque<Attempt> answers = new ArrayDeque<>();
    private final List<String> received = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private Store store;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(StoreSettings.in(directory), KeyRing.parse(Base64.getEncoder().encodeToString(
                "0123456789abcdef0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII))),
                now::get);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
    }

    private EndpointLane lane() {
        return new EndpointLane("e", store.outbox(), body -> {
            received.add(StrictJson.read(body).path("id").textValue());
            return answers.isEmpty() ? Attempt.DELIVERED : answers.poll();
        }, 3, now::get, new SplittableRandom(7), outcomes::add);
    }

    private String add(String type) {
        return "EV_" + store.outbox().add("C_111111111111", type, "{\"n\":1}", now.get());
    }

    private void pass(Duration time) {
        now.set(now.get().plus(time));
    }

    @Test
    void shouldDeliverInOrderAndOnce() throws Exception {
        EndpointLane lane = lane();
        assertEquals(EndpointLane.IDLE, lane.run());
        List<String> ids = List.of(add("a"), add("b"), add("c"));
        assertEquals(EndpointLane.IDLE, lane.run());
        assertEquals(ids, received);
        lane.run();
        assertEquals(ids, received);
        assertEquals(List.of(Outcome.DELIVERED, Outcome.DELIVERED, Outcome.DELIVERED), outcomes);
    }

    @Test
    void shouldWaitLongerAfterEachFailureAndLetNothingPass() throws Exception {
        EndpointLane lane = lane();
        lane.run();
        String first = add("a");
        String second = add("b");
        for (int failures = 0; failures < 14; failures++) {
            answers.add(Attempt.TRY_AGAIN);
            Duration pause = lane.run();
            Duration least = failures >= 12 ? EndpointLane.LONGEST_PAUSE
                    : EndpointLane.FIRST_PAUSE.multipliedBy(1L << failures);
            assertTrue(pause.compareTo(least) >= 0 && pause.compareTo(least.multipliedBy(3).dividedBy(2)) <= 0,
                    failures + ": " + pause);
            // Woken too early it does nothing.
            int before = received.size();
            lane.run();
            assertEquals(before, received.size());
            pass(pause);
        }
        assertFalse(received.contains(second));
        // Back again, and another process goes on where this one was.
        lane().run();
        assertEquals(List.of(first, second), received.subList(received.size() - 2, received.size()));
    }

    @Test
    void shouldPutAsideWhatIsRefusedAndGoOn() throws Exception {
        EndpointLane lane = lane();
        lane.run();
        String refused = add("a");
        String next = add("b");
        for (int i = 0; i < 3; i++) {
            answers.add(Attempt.REFUSED);
            pass(lane.run());
        }
        assertEquals(List.of(refused, refused, refused, next), received);
        assertEquals(List.of(Outcome.FAILED, Outcome.DELIVERED), outcomes);
        assertEquals(List.of(refused), store.outbox().dead("e", 10).stream().map(dead -> "EV_" + dead.message().id())
                .toList());
    }

    @Test
    void shouldGiveUpAfterThreeDaysOfSilence() throws Exception {
        EndpointLane lane = lane();
        lane.run();
        add("a");
        Instant began = now.get();
        while (outcomes.isEmpty()) {
            answers.add(Attempt.TRY_AGAIN);
            pass(lane.run());
            assertTrue(Duration.between(began, now.get()).compareTo(EndpointLane.PATIENCE.plusHours(3)) < 0);
        }
        assertEquals(List.of(Outcome.FAILED), outcomes);
        assertTrue(Duration.between(began, now.get()).compareTo(EndpointLane.PATIENCE) > 0);
    }

    @Test
    void shouldTellNothingOfTheTimeBeforeItWasConfigured() throws Exception {
        add("before");
        EndpointLane lane = lane();
        lane.run();
        String after = add("after");
        lane.run();
        assertEquals(List.of(after), received);
    }

    @Test
    void shouldNameEndpointsWithoutTheirUrl() {
        String name = OutboxDelivery.name("https://host.example/hook?secret=abc");
        assertTrue(name.matches("[0-9a-f]{32}"), name);
        assertFalse(name.equals(OutboxDelivery.name("https://host.example/hook?secret=abd")));
    }
}
