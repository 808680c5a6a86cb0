// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import livekit.LivekitWebhook.WebhookEvent;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.token.TokenIssuer;

/**
 * Delivers events to every configured URL: signed, in the order of each room, repeated while the endpoint fails, and
 * dropped and counted when too many wait.
 *
 * <p>Only configured URLs are called, so nobody's input chooses a target. Events of consultations, which must not be
 * lost, go another way: from the store's outbox.
 *
 * <p>Thread: any. Owns: its {@link WebhookPost} and one {@link WebhookEndpoint} per URL.
 */
public final class WebhookDispatcher implements WebhookSink, AutoCloseable {
    /** What became of an event for one URL. */
    public enum Outcome { DELIVERED, FAILED, DROPPED }

    private static final String ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_CHARS = 12;
    private static final String CONTENT_TYPE = "application/webhook+json";
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();

    private final WebhookPost post;
    private final List<WebhookEndpoint> endpoints = new ArrayList<>();
    private final SecureRandom random = new SecureRandom();

    /**
     * @param outcomes is told what became of each event, per URL; must not block
     * @param firstRetryMs pause before the second attempt; it doubles from then on
     */
    WebhookDispatcher(SignalingConfig config, TokenIssuer issuer, Consumer<Outcome> outcomes, long firstRetryMs) {
        SignalingConfig.Webhooks webhooks = config.webhooks();
        this.post = new WebhookPost(config, issuer);
        for (String url : webhooks.urls()) {
            URI target = URI.create(url);
            endpoints.add(new WebhookEndpoint(body -> post.post(target, CONTENT_TYPE, body), webhooks.queueEvents(),
                    webhooks.maxAttempts(), firstRetryMs, outcomes));
        }
    }

    /** The sink this configuration asks for; delivers nothing when there is no URL. */
    public static WebhookSink of(SignalingConfig config, TokenIssuer issuer, Consumer<Outcome> outcomes) {
        return config.webhooks().urls().isEmpty() ? WebhookSink.NONE
                : new WebhookDispatcher(config, issuer, outcomes, 500);
    }

    @Override
    public void publish(WebhookEvent event) {
        WebhookEvent whole = event.toBuilder().setId("EV_" + randomId())
                .setCreatedAt(System.currentTimeMillis() / 1_000).build();
        byte[] body;
        try {
            body = PRINTER.print(whole).getBytes(StandardCharsets.UTF_8);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an event made here has no unknown Any types", e);
        }
        for (WebhookEndpoint endpoint : endpoints) {
            endpoint.offer(event.getRoom().getName(), body);
        }
    }

    private String randomId() {
        StringBuilder id = new StringBuilder(ID_CHARS);
        for (int i = 0; i < ID_CHARS; i++) {
            id.append(ID_ALPHABET.charAt(random.nextInt(ID_ALPHABET.length())));
        }
        return id.toString();
    }

    /** Waits shortly for what is queued, then ends. Idempotent. */
    @Override
    public void close() {
        endpoints.forEach(WebhookEndpoint::close);
        post.close();
    }
}
