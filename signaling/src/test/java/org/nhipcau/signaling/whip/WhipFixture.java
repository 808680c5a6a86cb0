// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.whip;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.admin.SignalingMetrics;
import org.nhipcau.signaling.config.ConfigLoader;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.session.SignalingService;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.StrictJson;
import org.nhipcau.signaling.token.TokenIssuer;
import org.nhipcau.signaling.token.TokenVerifier;
import org.nhipcau.signaling.ws.SignalingServer;

/** The public port on loopback with its WHIP endpoint, over rooms that the test brings, and an HTTP client. */
public final class WhipFixture implements AutoCloseable {
    public static final String SDP = WhipEndpoint.SDP;
    public static final String FRAGMENT = WhipEndpoint.FRAGMENT;

    public final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    /** How far the clock by which tokens are judged is ahead. */
    public volatile long laterS;
    private final SignalingConfig config;
    private final WhipEndpoint endpoint;
    private final SignalingServer server;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** @param settings of the configuration, each {@code key=value} */
    public WhipFixture(SignalingService rooms, String... settings) throws IOException, InvalidConfigException {
        ConfigLoader loader = new ConfigLoader(Map.of()).dev(true).set("signaling.http.port", 0);
        for (String setting : settings) {
            loader.set(setting);
        }
        config = loader.load().signaling();
        SignalingMetrics metrics = new SignalingMetrics(registry);
        endpoint = new WhipEndpoint(config, rooms, new TokenVerifier(config.keys(),
                () -> System.currentTimeMillis() / 1_000 + laterS), metrics);
        server = SignalingServer.start(config, rooms, null, null, metrics, Map.of(WhipEndpoint.PREFIX, endpoint));
    }

    /** A token to join a room, as for any client. */
    public String token(String room, String identity, long ttlS) {
        return token(new Grants.Video(false, false, false, false, true, room, null, null, null, List.of(), null, false,
                false, false, false, ""), identity, ttlS);
    }

    public String token(Grants.Video video, String identity, long ttlS) {
        return new TokenIssuer(config.keys()).mint(
                new Grants("devkey", identity, "", "", Map.of(), "", 0, 0, "", "", "", video), ttlS);
    }

    public HttpResponse<String> send(String method, String pathAndQuery, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port()
                + pathAndQuery)).method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(20));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    public HttpResponse<String> post(String query, String sdp, String token) throws Exception {
        return send("POST", "/whip/v1" + query, sdp, "Authorization", "Bearer " + token, "Content-Type", SDP);
    }

    public HttpResponse<String> patch(String location, String fragment, String token, String ifMatch) throws Exception {
        return ifMatch == null
                ? send("PATCH", location, fragment, "Authorization", "Bearer " + token, "Content-Type", FRAGMENT)
                : send("PATCH", location, fragment, "Authorization", "Bearer " + token, "Content-Type", FRAGMENT,
                        "If-Match", ifMatch);
    }

    public HttpResponse<String> delete(String location, String token) throws Exception {
        return send("DELETE", location, null, "Authorization", "Bearer " + token);
    }

    public static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** Status and kind of a refusal, and its code where it has one; checks that both languages are there. */
    public static String problem(HttpResponse<String> response) {
        JsonNode problem = StrictJson.read(response.body().getBytes(StandardCharsets.UTF_8));
        if (!header(response, "Content-Type").equals("application/problem+json")
                || problem.path("title").asText().isEmpty() || problem.path("titleVi").asText().isEmpty()
                || problem.path("status").asInt() != response.statusCode()) {
            throw new AssertionError("no problem document: " + response.statusCode() + " " + response.body());
        }
        String code = problem.path("code").asText();
        return response.statusCode() + " " + problem.path("type").asText().replace("urn:nhipcau:problem:", "")
                + (code.isEmpty() || code.equals("null") ? "" : " " + code);
    }

    public double sessions() {
        return registry.get("nhipcau.signaling.whip.sessions").gauge().value();
    }

    /** What its thread does every few seconds. */
    void keepAlive() {
        endpoint.keepAlive();
    }

    @Override
    public void close() {
        server.close();
        endpoint.close();
        client.shutdownNow();
    }
}
