// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.token.TokenIssuer;

/**
 * Makes one attempt to hand a signed body to a URL of the configuration. No redirect is followed, so that nobody's
 * answer chooses a target; the signature carries the body's hash and lives for five minutes, so each attempt has its own.
 *
 * <p>Thread: any. Owns: its HTTP client.
 */
public final class WebhookPost implements AutoCloseable {
    /** What one attempt came to. */
    public enum Attempt { DELIVERED, TRY_AGAIN, REFUSED }

    private final String apiKey;
    private final TokenIssuer issuer;
    private final Duration timeout;
    private final HttpClient client;

    public WebhookPost(SignalingConfig config, TokenIssuer issuer) {
        SignalingConfig.Webhooks webhooks = config.webhooks();
        this.apiKey = webhooks.apiKey().isEmpty() ? new TreeSet<>(config.keys().keySet()).first() : webhooks.apiKey();
        this.issuer = issuer;
        this.timeout = Duration.ofSeconds(webhooks.timeoutS());
        this.client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout).build();
    }

    /** Posts a body; only a status of 2xx means that it was taken. */
    public Attempt post(URI target, String contentType, byte[] body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(target).timeout(timeout)
                .header("Content-Type", contentType)
                .header("Authorization", issuer.webhook(apiKey, sha256(body)))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
        // The request's timeout ends with the answer's head: a body that never ends must not hold up those behind.
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request,
                HttpResponse.BodyHandlers.discarding());
        try {
            int status = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).statusCode();
            boolean later = status >= 500 || status == 408 || status == 429;
            return status >= 200 && status < 300 ? Attempt.DELIVERED : later ? Attempt.TRY_AGAIN : Attempt.REFUSED;
        } catch (ExecutionException | TimeoutException e) {
            answer.cancel(true);
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

    /** Ends what is under way. */
    @Override
    public void close() {
        client.shutdownNow();
    }
}
