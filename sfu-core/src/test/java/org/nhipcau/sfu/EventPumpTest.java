// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaReply;

@Timeout(60)
class EventPumpTest {
    private final EventPump pump = new EventPump(1);
    private final List<Object> delivered = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        pump.close();
    }

    private static MediaEvent stateOf(String peerId) {
        return new MediaEvent.PeerStateChanged("room", peerId, PeerState.CONNECTED, PeerFailure.NONE);
    }

    private static MediaEvent expendable() {
        return new MediaEvent.SpeakersChanged("room", List.of());
    }

    private void drain() throws Exception {
        CompletableFuture<MediaReply> last = new CompletableFuture<>();
        pump.reply(last, new MediaReply.Done());
        last.get(30, TimeUnit.SECONDS);
    }

    @Test
    void shouldCompleteAReplyAfterTheEventsBeforeIt() throws Exception {
        pump.listen(delivered::add);
        CompletableFuture<MediaReply> reply = new CompletableFuture<>();
        reply.thenRun(() -> delivered.add("reply"));
        pump.accept(stateOf("one"));
        pump.reply(reply, new MediaReply.Done());
        pump.accept(stateOf("two"));
        drain();
        assertEquals(List.of(stateOf("one"), "reply", stateOf("two")), delivered);
    }

    @Test
    void shouldGiveUpTheExpendableFirstWhenListenersAreSlow() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        pump.listen(event -> {
            held.countDown();
            try {
                assertTrue(go.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        pump.accept(stateOf("first"));
        assertTrue(held.await(30, TimeUnit.SECONDS));
        for (int i = 0; i < EventPump.EXPENDABLE_LIMIT; i++) {
            pump.accept(expendable());
        }
        assertEquals(0, pump.lostEvents());
        pump.accept(expendable());
        assertEquals(1, pump.lostEvents());
        for (int i = EventPump.EXPENDABLE_LIMIT; i < EventPump.CAPACITY; i++) {
            pump.accept(stateOf("more"));
        }
        assertEquals(1, pump.lostEvents(), "what matters had the places left");
        pump.accept(stateOf("one too many"));
        assertEquals(2, pump.lostEvents());
        CompletableFuture<MediaReply> reply = new CompletableFuture<>();
        pump.reply(reply, new MediaReply.Done());
        assertEquals(new MediaReply.Done(), reply.get(30, TimeUnit.SECONDS), "a reply is never lost");
        go.countDown();
    }

    @Test
    void shouldGoOnAfterAListenerThatFails() throws Exception {
        pump.listen(event -> {
            throw new IllegalStateException("fault on purpose");
        });
        AutoCloseable listening = pump.listen(delivered::add);
        pump.accept(stateOf("one"));
        drain();
        assertEquals(List.of(stateOf("one")), delivered);
        listening.close();
        pump.accept(stateOf("two"));
        drain();
        assertFalse(delivered.contains(stateOf("two")));
    }
}
