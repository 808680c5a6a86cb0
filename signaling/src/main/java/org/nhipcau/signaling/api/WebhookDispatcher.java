// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import livekit.LivekitWebhook.WebhookEvent;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.api.WebhookEndpoint.Attempt;
import org.nhipcau.signaling.token.TokenIssuer;

/**
 * Delivers events to every configured URL: signed, in the order of each room, repeated while the endpoint fails, and
 * dropped and counted when too many wait.
 *
 * <p>Only configured URLs are called and no redirect is followed, so nobody's input chooses a target.
 *
 * <p>Thread: any. Owns: its HTTP client and one {@link WebhookEndpoint} per URL.
 */
public final class WebhookDispatcher implements WebhookSink, AutoCloseable {
    /** What became of an event for one URL. */
    public enum Outcome { DELIVERED, FAILED, DROPPED }

    private static final String ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_CHARS = 12;
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();

    private final String apiKey;
    private final TokenIssuer issuer;
    private final Duration timeout;
    private final HttpClient client;
    private final List<WebhookEndpoint> endpoints = new ArrayList<>();
    private final SecureRandom random = new SecureRandom();

    /**
     * @param outcomes is told what became of each event, per URL; must not block
     * @param firstRetryMs pause before the second attempt; it doubles from then on
     */
    WebhookDispatcher(SignalingConfig config, TokenIssuer issuer, Consumer<Outcome> outcomes, long firstRetryMs) {
        SignalingConfig.Webhooks webhooks = config.webhooks();
        this.apiKey = webhooks.apiKey().isEmpty() ? new TreeSet<>(config.keys().keySet()).first() : webhooks.apiKey();
        this.issuer = issuer;
        this.timeout = Duration.ofSeconds(webhooks.timeoutS());
        this.client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout).build();
        for (String url : webhooks.urls()) {
            URI target = URI.create(url);
            endpoints.add(new WebhookEndpoint(body -> post(target, body), webhooks.queueEvents(),
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

    /** One attempt. Signed anew each time: a signature lives for five minutes. */
    private Attempt post(URI target, byte[] body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(target).timeout(timeout)
                .header("Content-Type", "application/webhook+json")
                .header("Authorization", issuer.webhook(apiKey, sha256(body)))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
        try {
            int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            boolean later = status >= 500 || status == 408 || status == 429;
            return status >= 200 && status < 300 ? Attempt.DELIVERED : later ? Attempt.TRY_AGAIN : Attempt.REFUSED;
        } catch (java.io.IOException e) {
            return Attempt.TRY_AGAIN;
        }
    }

    private static String sha256(byte[] body) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Waits shortly for what is queued, then ends. Idempotent. */
    @Override
    public void close() {
        endpoints.forEach(WebhookEndpoint::close);
        client.shutdownNow();
    }
}
