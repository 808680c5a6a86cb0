// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.client;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;
import org.nhipcau.signaling.rest.json.BodyReader;
import org.nhipcau.signaling.rest.json.BodyReader.UnfitException;
import org.nhipcau.signaling.rest.json.BodyWriter;
import org.nhipcau.signaling.rest.route.Problem;
import org.nhipcau.signaling.token.StrictJson;

/**
 * Sends requests with a key and reads answers. A request without an answer, or one that came too often or too early, is
 * sent again a few times: changes carry an idempotency key, so that they act once.
 *
 * <p>Thread: any; blocks. Owns: its HTTP client.
 */
public final class ApiConnection implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 4;
    private static final long MAX_WAIT_S = 10;
    private static final String JSON = "application/json";

    private final URI base;
    private final String key;
    private final HttpClient client;

    /**
     * An answer that is no refusal.
     *
     * @param version of the ETag; negative: it has none
     */
    public record Answer(int status, String mediaType, byte[] body, long version) {}

    /**
     * A request.
     *
     * @param path after {@code /api/v1}
     * @param body null: none
     * @param ifMatch version that the caller has seen; negative: any
     * @param idempotencyKey of a change; null: one of its own
     */
    public record Ask(String method, String path, Map<String, String> query, Record body, long ifMatch,
            String idempotencyKey) {
        public static Ask get(String path) {
            return new Ask("GET", path, Map.of(), null, -1, null);
        }

        public static Ask of(String method, String path, Record body) {
            return new Ask(method, path, Map.of(), body, -1, null);
        }

        public Ask query(Map<String, String> parameters) {
            return new Ask(method, path, parameters, body, ifMatch, idempotencyKey);
        }

        public Ask ifMatch(long version) {
            return new Ask(method, path, query, body, version, idempotencyKey);
        }

        public Ask once(String newKey) {
            return new Ask(method, path, query, body, ifMatch, newKey);
        }
    }

    /**
     * @param base of the server, such as {@code https://host/}
     * @param key an API key, or an operator's token
     */
    public ApiConnection(URI base, String key) {
        this.base = base;
        this.key = key;
        this.client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER).version(HttpClient.Version.HTTP_1_1).build();
    }

    /**
     * Asks, and reads the answer into a record.
     *
     * @throws ApiException when it is refused or stays without an answer
     */
    public <T extends Record> T ask(Ask ask, Class<T> type) {
        Answer answer = ask(ask);
        try {
            return BodyReader.readTolerantly(answer.body(), type);
        } catch (UnfitException e) {
            throw new ApiException(answer.status(), null, "the answer is of another kind: " + e.problems(), e);
        }
    }

    /**
     * Asks.
     *
     * @throws ApiException when it is refused or stays without an answer
     */
    public Answer ask(Ask ask) {
        HttpRequest request = request(ask);
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == ATTEMPTS;
            try {
                HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                int status = response.statusCode();
                if (status < 400) {
                    return answer(response);
                } else if (last || status != 429 && status != 503) {
                    throw refusal(status, response.body());
                }
                pause(response.headers().firstValueAsLong("Retry-After").orElse(1));
            } catch (IOException e) {
                if (last) {
                    throw new ApiException(0, null, "the server does not answer", e);
                }
                pause(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ApiException(0, null, "interrupted", e);
            }
        }
    }

    private static void pause(long seconds) {
        try {
            Thread.sleep(Duration.ofSeconds(Math.clamp(seconds, 1, MAX_WAIT_S)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(0, null, "interrupted", e);
        }
    }

    private HttpRequest request(Ask ask) {
        StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
        ask.query().forEach((name, value) -> query.add(name + '=' + URLEncoder.encode(value, StandardCharsets.UTF_8)));
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve("/api/v1" + ask.path() + query))
                .timeout(TIMEOUT).header("Authorization", "Bearer " + key);
        if (!ask.method().equals("GET")) {
            request.header("Idempotency-Key", ask.idempotencyKey() == null ? UUID.randomUUID().toString()
                    : ask.idempotencyKey());
        }
        if (ask.ifMatch() >= 0) {
            request.header("If-Match", "\"v" + ask.ifMatch() + '"');
        } else if (ask.method().equals("PUT")) {
            request.header("If-Match", "*");
        }
        if (ask.body() == null) {
            return request.method(ask.method(), HttpRequest.BodyPublishers.noBody()).build();
        }
        return request.header("Content-Type", JSON).method(ask.method(), HttpRequest.BodyPublishers.ofByteArray(
                StrictJson.write(BodyWriter.write(ask.body())))).build();
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        String tag = response.headers().firstValue("ETag").orElse("");
        long version = tag.matches("\"v[0-9]{1,18}\"") ? Long.parseLong(tag.substring(2, tag.length() - 1)) : -1;
        return new Answer(response.statusCode(), response.headers().firstValue("Content-Type").orElse(""),
                response.body(), version);
    }

    private static ApiException refusal(int status, byte[] body) {
        try {
            Problem problem = BodyReader.readTolerantly(body, Problem.class);
            return new ApiException(status, problem, status + " " + problem.title()
                    + (problem.detail() == null ? "" : ": " + problem.detail()), null);
        } catch (UnfitException e) {
            return new ApiException(status, null, "status " + status, e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
