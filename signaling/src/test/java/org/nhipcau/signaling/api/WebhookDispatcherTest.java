// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import livekit.LivekitModels.Room;
import livekit.LivekitWebhook.WebhookEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.api.WebhookDispatcher.Outcome;
import org.nhipcau.signaling.config.ConfigLoader;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.TokenIssuer;
import org.nhipcau.signaling.token.TokenVerifier;

/** Events as a receiver of the server SDKs checks them. */
class WebhookDispatcherTest {
    private record Received(String path, String contentType, String authorization, byte[] body) {}

    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private HttpServer server;
    private WebhookSink sink;

    private SignalingConfig start(IntSupplier status, String path) throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, status.getAsInt()));
        server.start();
        SignalingConfig config = new ConfigLoader(Map.of()).dev(true).set("signaling.webhooks.max-attempts=3")
                .set("signaling.webhooks.timeout-s=5").set("signaling.webhooks.urls=[\"http://127.0.0.1:"
                        + server.getAddress().getPort() + path + "\"]").load().signaling();
        sink = new WebhookDispatcher(config, new TokenIssuer(config.keys()), outcomes::add, 1);
        return config;
    }

    private void answer(HttpExchange exchange, int status) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        received.add(new Received(exchange.getRequestURI().getPath(), exchange.getRequestHeaders()
                .getFirst("Content-Type"), exchange.getRequestHeaders().getFirst("Authorization"), body));
        if (status == 302) {
            exchange.getResponseHeaders().set("Location", "/inside");
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    @AfterEach
    void stop() throws Exception {
        ((AutoCloseable) sink).close();
        server.stop(0);
    }

    private Received next() throws InterruptedException {
        return received.poll(10, TimeUnit.SECONDS);
    }

    private static WebhookEvent event(String name) {
        return WebhookEvent.newBuilder().setEvent(name).setRoom(Room.newBuilder().setName("r").setSid("RM_x")).build();
    }

    @Test
    void shouldSignWhatItSends() throws Exception {
        SignalingConfig config = start(() -> 200, "/hook");
        sink.publish(event("room_started"));
        sink.publish(event("room_finished"));
        Received first = next();
        assertEquals("/hook", first.path());
        assertEquals("application/webhook+json", first.contentType());
        Grants signature = new TokenVerifier(config.keys()).verify(first.authorization());
        assertEquals("devkey", signature.apiKey());
        assertEquals(Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(first.body())),
                signature.sha256());
        long lifeS = signature.expiresAtS() - signature.issuedAtS();
        assertEquals(300, lifeS);
        WebhookEvent.Builder event = WebhookEvent.newBuilder();
        JsonFormat.parser().merge(new String(first.body(), StandardCharsets.UTF_8), event);
        assertTrue(event.getId().matches("EV_[A-Za-z0-9]{12}"), event.getId());
        assertTrue(Math.abs(event.getCreatedAt() - System.currentTimeMillis() / 1_000) < 60);
        assertEquals(event("room_started"), event.clearId().clearCreatedAt().build());
        Received second = next();
        assertTrue(new String(second.body(), StandardCharsets.UTF_8).contains("room_finished"));
        assertNotEquals(first.authorization(), second.authorization());
        assertEquals(Outcome.DELIVERED, outcomes.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldTryAgainOnServerErrorsOnly() throws Exception {
        int[] answers = {500, 429, 204, 400};
        int[] next = {0};
        start(() -> answers[next[0]++], "/");
        sink.publish(event("room_started"));
        assertEquals(Outcome.DELIVERED, outcomes.poll(10, TimeUnit.SECONDS));
        assertEquals(3, received.size());
        sink.publish(event("room_finished"));
        assertEquals(Outcome.FAILED, outcomes.poll(10, TimeUnit.SECONDS));
        assertEquals(4, received.size());
    }

    @Test
    void shouldFollowNoRedirect() throws Exception {
        start(() -> 302, "/hook");
        sink.publish(event("room_started"));
        assertEquals(Outcome.FAILED, outcomes.poll(10, TimeUnit.SECONDS));
        assertEquals("/hook", next().path());
        assertNull(received.poll());
    }

    @Test
    void shouldFailWhenNobodyListens() throws Exception {
        start(() -> 200, "/");
        server.stop(0);
        sink.publish(event("room_started"));
        assertEquals(Outcome.FAILED, outcomes.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void shouldDeliverNothingWithoutUrls() throws Exception {
        SignalingConfig config = start(() -> 200, "/");
        SignalingConfig none = new ConfigLoader(Map.of()).dev(true).load().signaling();
        assertEquals(List.of(), none.webhooks().urls());
        assertSame(WebhookSink.NONE, WebhookDispatcher.of(none, new TokenIssuer(config.keys()), outcomes::add));
    }
}
