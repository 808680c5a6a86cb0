// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nhipcau.signaling.api.WebhookDispatcher.Outcome;
import org.nhipcau.signaling.api.WebhookPost.Attempt;

@Timeout(30)
class WebhookEndpointTest {
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private final List<String> sent = new CopyOnWriteArrayList<>();

    private static byte[] body(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Outcome next() throws InterruptedException {
        return outcomes.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldKeepTheOrderOfARoomThroughFailures() throws Exception {
        try (WebhookEndpoint endpoint = new WebhookEndpoint(body -> {
            sent.add(new String(body, StandardCharsets.UTF_8));
            // Every event fails at first.
            return sent.stream().filter(new String(body, StandardCharsets.UTF_8)::equals).count() < 2
                    ? Attempt.TRY_AGAIN : Attempt.DELIVERED;
        }, 100, 3, 1, outcomes::add)) {
            for (int i = 0; i < 10; i++) {
                endpoint.offer("room", body("e" + i));
            }
            for (int i = 0; i < 10; i++) {
                assertEquals(Outcome.DELIVERED, next());
            }
        }
        assertEquals(List.of("e0", "e0", "e1", "e1", "e2", "e2", "e3", "e3", "e4", "e4", "e5", "e5", "e6", "e6", "e7",
                "e7", "e8", "e8", "e9", "e9"), sent);
    }

    @Test
    void shouldGiveUpAfterTheLastAttemptAndAtOnceWhenRefused() throws Exception {
        try (WebhookEndpoint endpoint = new WebhookEndpoint(body -> {
            String text = new String(body, StandardCharsets.UTF_8);
            sent.add(text);
            if (text.equals("bug")) {
                throw new IllegalStateException("a bug");
            }
            return text.equals("again") ? Attempt.TRY_AGAIN : Attempt.REFUSED;
        }, 100, 3, 1, outcomes::add)) {
            for (String text : List.of("again", "refused", "bug")) {
                endpoint.offer("room", body(text));
                assertEquals(Outcome.FAILED, next(), text);
            }
        }
        assertEquals(List.of("again", "again", "again", "refused", "bug"), sent);
    }

    @Test
    void shouldDropWhatIsTooMuchAndRecover() throws Exception {
        Semaphore gate = new Semaphore(0);
        try (WebhookEndpoint endpoint = new WebhookEndpoint(body -> {
            gate.acquire();
            return Attempt.DELIVERED;
        }, 5, 3, 1, outcomes::add)) {
            for (int i = 0; i < 8; i++) {
                endpoint.offer("room" + i, body("e"));
            }
            for (int i = 0; i < 3; i++) {
                assertEquals(Outcome.DROPPED, next());
            }
            gate.release(1_000);
            for (int i = 0; i < 5; i++) {
                assertEquals(Outcome.DELIVERED, next());
            }
            endpoint.offer("room", body("later"));
            assertEquals(Outcome.DELIVERED, next());
        }
    }

    @Test
    void shouldDeliverWhatIsQueuedBeforeItEndsButNotWaitForAnEndpointThatHangs() throws Exception {
        WebhookEndpoint quick = new WebhookEndpoint(body -> Attempt.DELIVERED, 100, 3, 1, outcomes::add);
        for (int i = 0; i < 20; i++) {
            quick.offer("room" + i, body("e"));
        }
        quick.close();
        assertEquals(20, outcomes.size());
        outcomes.clear();
        WebhookEndpoint hanging = new WebhookEndpoint(body -> {
            new Semaphore(0).acquire();
            return Attempt.DELIVERED;
        }, 100, 3, 1, outcomes::add);
        hanging.offer("room", body("e"));
        // The timeout of the class is the judge.
        hanging.close();
        assertEquals(Outcome.FAILED, next());
        hanging.offer("room", body("late"));
        assertEquals(Outcome.DROPPED, next());
    }
}
