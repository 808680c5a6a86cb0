// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.api.QualityHandler;
import org.nhipcau.signaling.api.RoomService;
import org.nhipcau.signaling.api.TwirpHandler;
import org.nhipcau.signaling.config.ConfigLoader;
import org.nhipcau.signaling.config.ServerConfig;
import org.nhipcau.signaling.http.HttpAction;
import org.nhipcau.signaling.http.HttpLimits;
import org.nhipcau.signaling.http.HttpListener;
import org.nhipcau.signaling.http.HttpService;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.StrictJson;
import org.nhipcau.signaling.token.TokenVerifier;

/** Everything on the public port that is no WebSocket. */
class PublicPagesTest {
    private static EdgeFixture edge;

    @BeforeAll
    static void start() throws Exception {
        edge = new EdgeFixture("signaling.http.allowed-origins=[\"https://clinic.example\"]");
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    /** Serves the directory of this test in place of the page's. */
    private static HttpListener assets() throws Exception {
        PageAssets assets = new PageAssets(PublicPagesTest.class.getClassLoader(), "org/nhipcau/signaling/ws/web/");
        ServerConfig config = new ConfigLoader(Map.of()).dev(true).load();
        TokenVerifier verifier = new TokenVerifier(config.signaling().keys());
        RoomService none = null;
        return HttpListener.open("assets", "127.0.0.1", 0, 1, HttpLimits.of(config.signaling().limits()),
                new SignalingRoutes(config.signaling(), edge, verifier, new TwirpHandler(none, verifier),
                        new QualityHandler(null, verifier), null, assets, Map.of()));
    }

    private static HttpResponse<String> get(HttpListener listener, String path, String... headers) throws Exception {
        var request = java.net.http.HttpRequest.newBuilder(
                java.net.URI.create("http://127.0.0.1:" + listener.port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return edge.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void shouldServeThePageWithAStrictPolicy() throws Exception {
        try (HttpListener listener = assets()) {
            HttpResponse<String> page = get(listener, "/");
            assertEquals(200, page.statusCode());
            assertTrue(page.body().contains("<title>A page</title>"));
            assertEquals("text/html; charset=utf-8", header(page, "Content-Type"));
            assertEquals("no-cache", header(page, "Cache-Control"));
            assertEquals("nosniff", header(page, "X-Content-Type-Options"));
            assertEquals("no-referrer", header(page, "Referrer-Policy"));
            String policy = header(page, "Content-Security-Policy");
            assertTrue(policy.startsWith("default-src 'self';"), policy);
            assertTrue(policy.contains("connect-src 'self' ws: wss:;"), policy);
            assertFalse(policy.contains("unsafe") || policy.contains("http") || policy.contains("*"), policy);
            assertEquals(304, get(listener, "/", "If-None-Match", header(page, "ETag")).statusCode());
            assertEquals(200, get(listener, "/", "If-None-Match", "\"other\"").statusCode());
            HttpResponse<String> script = get(listener, "/assets/index-x1y2z3.js");
            assertEquals("text/javascript; charset=utf-8", header(script, "Content-Type"));
            assertEquals("public, max-age=31536000, immutable", header(script, "Cache-Control"));
        }
    }

    @Test
    void shouldReadAndCompressAFileOnceAndNotOnTheEventLoop() throws Exception {
        PageAssets assets = new PageAssets(getClass().getClassLoader(), "org/nhipcau/signaling/ws/web/");
        List<HttpAction> actions = new CopyOnWriteArrayList<>();
        HttpService noting = head -> {
            actions.add(assets.answer(head));
            return actions.getLast();
        };
        HttpLimits limits = HttpLimits.of(new ConfigLoader(Map.of()).dev(true).load().signaling().limits());
        try (HttpListener listener = HttpListener.open("noting", "127.0.0.1", 0, 1, limits, noting)) {
            String first = get(listener, "/assets/long-z9y8x7.js").body();
            assertEquals(first, get(listener, "/assets/long-z9y8x7.js").body());
            assertEquals(404, get(listener, "/assets/none.js").statusCode());
        }
        assertInstanceOf(HttpAction.Handle.class, actions.get(0), "on a thread that may block");
        assertInstanceOf(HttpAction.Answer.class, actions.get(1), "as it is kept");
        assertInstanceOf(HttpAction.Handle.class, actions.get(2), "looked for");
    }

    @Test
    void shouldCompressFilesForWhoTakesIt() throws Exception {
        try (HttpListener listener = assets()) {
            String path = "/assets/long-z9y8x7.js";
            HttpResponse<String> plain = get(listener, path);
            assertEquals("", header(plain, "Content-Encoding"));
            assertEquals("Accept-Encoding", header(plain, "Vary"));
            for (String refusal : List.of("gzip;q=0", "br, gzip; q=0.0", "identity", "xgzip")) {
                assertEquals("", header(get(listener, path, "Accept-Encoding", refusal), "Content-Encoding"), refusal);
            }
            var request = java.net.http.HttpRequest.newBuilder(
                    java.net.URI.create("http://127.0.0.1:" + listener.port() + path))
                    .header("Accept-Encoding", "br;q=0.5, GZIP;q=0.8").build();
            HttpResponse<byte[]> packed = edge.client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertEquals("gzip", header(packed, "Content-Encoding"));
            assertTrue(packed.body().length < plain.body().length() / 5, packed.body().length + " bytes");
            try (var gzip = new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(packed.body()))) {
                assertEquals(plain.body(), new String(gzip.readAllBytes(), StandardCharsets.UTF_8));
            }
            String tag = header(packed, "ETag");
            assertFalse(tag.equals(header(plain, "ETag")), tag);
            assertEquals(304, get(listener, path, "Accept-Encoding", "gzip", "If-None-Match", tag).statusCode());
            assertEquals(200, get(listener, path, "If-None-Match", tag).statusCode());
            // Two words of script would only grow.
            assertEquals("", header(get(listener, "/assets/index-x1y2z3.js", "Accept-Encoding", "gzip"),
                    "Content-Encoding"));
        }
    }

    @Test
    void shouldServeNothingOutsideTheDirectory() throws Exception {
        try (HttpListener listener = assets()) {
            for (String path : List.of("/assets", "/assets/", "/none.js", "/.hidden.txt", "/%2e%2e/UpgradeTest.class",
                    "/assets/%2e%2e/index.html", "/assets/..%2findex.html", "/assets//index-x1y2z3.js", "/a%00.js",
                    "/assets/index-x1y2z3.js/", "/secret.conf", "/assets/index-x1y2z3", "/.js",
                    "/" + "a".repeat(300) + ".js")) {
                assertEquals(404, get(listener, path).statusCode(), path);
            }
            for (String path : List.of("/../index.html", "/assets/../index.html", "/./index.html", "..", "*", "?x=1",
                    "\\..\\index.html", "http://x/index.html", "/assets/..;/index.html")) {
                String answer = new String(rawGet(listener, path), StandardCharsets.ISO_8859_1);
                assertTrue(answer.startsWith("HTTP/1.1 404") || answer.startsWith("HTTP/1.1 400"), path + answer);
            }
        }
    }

    private static byte[] rawGet(HttpListener listener, String target) throws Exception {
        try (var socket = new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), listener.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            return socket.getInputStream().readAllBytes();
        }
    }

    @Test
    void shouldAnswerProbesAndUnknownPaths() throws Exception {
        assertEquals(200, edge.get("/").statusCode());
        HttpResponse<String> head = edge.send("HEAD", "/", BodyPublishers.noBody());
        assertEquals("200 *", head.statusCode() + " " + header(head, "Access-Control-Allow-Origin"));
        assertEquals(404, edge.get("/settings/regions").statusCode());
        assertEquals(501, edge.get("/agent").statusCode());
        assertEquals(404, edge.get("/prefix/rtc/validate").statusCode());
        assertEquals(404, edge.get("/metrics").statusCode());
        assertEquals(404, edge.get("/healthz").statusCode());
        assertEquals(404, edge.send("POST", "/", BodyPublishers.ofString("x")).statusCode());
        assertEquals(404, edge.send("DELETE", "/rtc/validate", BodyPublishers.noBody()).statusCode());
    }

    @Test
    void shouldAllowPreflights() throws Exception {
        for (String path : List.of("/rtc/validate", "/twirp/livekit.RoomService/ListRooms")) {
            HttpResponse<String> preflight = edge.send("OPTIONS", path, BodyPublishers.noBody(), "Origin", "https://x",
                    "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization");
            assertEquals("204 *", preflight.statusCode() + " " + header(preflight, "Access-Control-Allow-Origin"));
            assertTrue(header(preflight, "Access-Control-Allow-Headers").contains("Authorization"));
            assertTrue(header(preflight, "Access-Control-Allow-Methods").contains("POST"));
            assertEquals("", header(preflight, "Access-Control-Allow-Credentials"));
        }
    }

    @Test
    void shouldCarryTheServerApi() throws Exception {
        String path = "/twirp/livekit.RoomService/ListRooms";
        HttpResponse<String> ok = edge.send("POST", path, BodyPublishers.ofString("{}"), "Authorization",
                "Bearer " + edge.token(), "Content-Type", "application/json");
        assertEquals("200 {\"rooms\":[]}", ok.statusCode() + " " + ok.body());
        HttpResponse<String> stranger = edge.send("POST", path, BodyPublishers.ofString("{}"), "Content-Type",
                "application/json");
        assertEquals("401 {\"code\":\"unauthenticated\",\"msg\":\"permissions denied\"}",
                stranger.statusCode() + " " + stranger.body());
        HttpResponse<String> bug = edge.send("POST", path.replace("ListRooms", "ListParticipants"),
                BodyPublishers.ofString("{\"room\":\"r\"}"), "Authorization", "Bearer " + edge.token(
                        new Grants.Video(false, false, false, true, false, "r", null, null, null, List.of(), null,
                                false, false, false, false, "")), "Content-Type", "application/json");
        assertEquals("500 {\"code\":\"internal\",\"msg\":\"internal error\"}", bug.statusCode() + " " + bug.body());
    }

    @Test
    void shouldNotReadABodyThatAStrangerSends() throws Exception {
        String answer = edge.exchange("POST /twirp/livekit.RoomService/CreateRoom HTTP/1.1\r\nHost: x\r\n"
                + "Content-Length: 2000000\r\n\r\n" + "a".repeat(200_000));
        assertTrue(answer.startsWith("HTTP/1.1 413"), answer);
    }

    @Test
    void shouldGiveDevelopmentTokensToItsOwnPageOnly() throws Exception {
        String body = "{\"room\":\"r\",\"name\":\"Ngân\"}";
        HttpResponse<String> response = edge.send("POST", "/dev/token", BodyPublishers.ofString(body), "Origin",
                "http://127.0.0.1:" + edge.port());
        JsonNode json = StrictJson.read(response.body().getBytes(StandardCharsets.UTF_8));
        Grants grants = new TokenVerifier(edge.config.signaling().keys()).verify(json.get("token").textValue());
        assertEquals("Ngân", grants.name());
        assertEquals("r", grants.video().room());
        assertTrue(grants.video().roomJoin() && !grants.video().roomAdmin() && !grants.identity().isEmpty());
        assertEquals(400, edge.send("POST", "/dev/token", BodyPublishers.ofString("{\"room\":\"r\"}")).statusCode());
        assertEquals(400, edge.send("POST", "/dev/token", BodyPublishers.ofString("[")).statusCode());
        assertEquals(413, edge.send("POST", "/dev/token", BodyPublishers.ofString("x".repeat(5_000))).statusCode());
        assertEquals(404, edge.send("POST", "/dev/token", BodyPublishers.ofString(body), "Origin",
                "https://evil.example").statusCode());
        assertEquals(404, edge.get("/dev/token").statusCode());
    }

    @Test
    void shouldOfferNoTokensOutsideDevelopment() throws Exception {
        ServerConfig config = new ConfigLoader(Map.of("NHIPCAU_KEYS", "k: 0123456789abcdef0123456789abcdef")).load();
        TokenVerifier verifier = new TokenVerifier(config.signaling().keys());
        try (HttpListener listener = HttpListener.open("production", "127.0.0.1", 0, 1,
                HttpLimits.of(config.signaling().limits()), new SignalingRoutes(config.signaling(), edge, verifier,
                        new TwirpHandler(null, verifier), new QualityHandler(null, verifier), null,
                        new PageAssets(getClass().getClassLoader(), "none/"), Map.of()))) {
            var request = java.net.http.HttpRequest.newBuilder(java.net.URI.create("http://127.0.0.1:" + listener.port()
                    + "/dev/token")).POST(BodyPublishers.ofString("{\"room\":\"r\",\"name\":\"n\"}")).build();
            assertEquals(404, edge.client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
        }
    }
}
