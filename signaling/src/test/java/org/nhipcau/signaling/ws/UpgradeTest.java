// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import livekit.LivekitModels.ClientInfo;
import livekit.LivekitModels.ReconnectReason;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.WrappedJoinRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.token.Grants;

/** What the upgrade and the validate endpoints answer, code by code. */
class UpgradeTest {
    private EdgeFixture edge;

    @BeforeEach
    void start() throws Exception {
        edge = new EdgeFixture("signaling.http.allowed-origins=[\"https://clinic.example\"]");
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    private static String v1(JoinRequest request) {
        return "/rtc/v1?join_request="
                + JoinRequestReaderTest.wrapped(WrappedJoinRequest.Compression.NONE, request.toByteArray());
    }

    private String status(String request) throws Exception {
        String response = edge.exchange(request);
        return response.substring(0, Math.min(response.length(), 12)) + '|'
                + response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    private String upgrade(String pathAndQuery, String... headers) throws Exception {
        String[] closing = java.util.Arrays.copyOf(headers, headers.length + 1);
        closing[headers.length] = "X-End: 1\r\n";
        try (Socket socket = edge.raw()) {
            socket.getOutputStream().write(edge.upgradeRequest(pathAndQuery, closing).getBytes(StandardCharsets.UTF_8));
            byte[] start = socket.getInputStream().readNBytes(12);
            return new String(start, StandardCharsets.UTF_8).substring(9);
        }
    }

    private String bearer() {
        return "Authorization: Bearer " + edge.token() + "\r\n";
    }

    @Test
    void shouldHandTheSessionWhatAV0ClientAsksFor() throws Exception {
        String attributes = Base64.getUrlEncoder().withoutPadding()
                .encodeToString("{\"a\":\"1\"}".getBytes(StandardCharsets.UTF_8));
        EdgeFixture.Client client = edge.connect("/rtc?auto_subscribe=0&adaptive_stream=true&sdk=ios&version=2.1"
                + "&protocol=16"
                + "&client_protocol=2&capabilities=CAP_PACKET_TRAILER,CAP_COMPRESSION_DEFLATE_RAW,CAP_X&os=iOS"
                + "&os_version=18&device_model=Phone&browser=b&browser_version=1&network=wifi&reconnect=1&sid=PA_x"
                + "&reconnect_reason=2&subscriber_allow_pause=1&disable_ice_lite=1&attributes=" + attributes);
        EdgeFixture.Session session = edge.session();
        JoinRequest request = session.attempt.request();
        assertFalse(session.attempt.singlePeerConnection());
        assertFalse(request.getConnectionSettings().getAutoSubscribe());
        assertTrue(request.getConnectionSettings().getAdaptiveStream());
        assertTrue(request.getConnectionSettings().getSubscriberAllowPause());
        assertTrue(request.getConnectionSettings().getDisableIceLite());
        assertFalse(request.getConnectionSettings().hasAutoSubscribeDataTrack());
        ClientInfo info = request.getClientInfo();
        assertEquals(ClientInfo.SDK.SWIFT, info.getSdk());
        assertEquals(16, info.getProtocol());
        assertEquals(2, info.getClientProtocol());
        assertEquals(List.of(1, 2), info.getCapabilitiesValueList());
        assertEquals("Phone", info.getDeviceModel());
        assertEquals(Map.of("a", "1"), request.getParticipantAttributesMap());
        assertTrue(request.getReconnect());
        assertEquals("PA_x", request.getParticipantSid());
        assertEquals(ReconnectReason.RR_PUBLISHER_FAILED, request.getReconnectReason());
        assertEquals("alice", session.attempt.grants().identity());
        assertTrue(client.response().hasJoin());
    }

    @Test
    void shouldFillDefaultsOfEachPath() throws Exception {
        edge.connect("/rtc");
        assertTrue(edge.session().attempt.request().getConnectionSettings().getAutoSubscribe());
        edge.connect("//rtc?auto_subscribe=true&protocol=x&reconnect_reason=99");
        JoinRequest v0 = edge.session().attempt.request();
        assertEquals(0, v0.getClientInfo().getProtocol());
        assertEquals(ReconnectReason.RR_UNKNOWN, v0.getReconnectReason());
        edge.connect(v1(JoinRequest.newBuilder().setMetadata("m").build()));
        EdgeFixture.Session v1 = edge.session();
        assertTrue(v1.attempt.singlePeerConnection());
        assertFalse(v1.attempt.request().getConnectionSettings().getAutoSubscribe());
        assertEquals("m", v1.attempt.request().getMetadata());
        edge.connect(v1(JoinRequest.newBuilder().setMetadata("m").build()).replace("/rtc/v1", "/rtc"));
        assertTrue(edge.session().attempt.singlePeerConnection());
    }

    @Test
    void shouldTakeTheTokenOfTheHeaderFirstThenOfTheQuery() throws Exception {
        assertEquals("101", upgrade("/rtc?access_token=" + edge.token()));
        assertEquals("101", upgrade("/rtc?access_token=x", bearer()));
        assertEquals("401", upgrade("/rtc?access_token=" + edge.token(), "Authorization: Bearer x\r\n"));
        assertEquals("401", upgrade("/rtc?access_token=" + edge.token(), "Authorization: Basic x\r\n"));
        assertEquals("401", upgrade("/rtc"));
    }

    @Test
    void shouldMakeAnOldSecondPublisherAPersonOfItsOwn() throws Exception {
        edge.connect("/rtc?publish=screen");
        Grants grants = edge.session().attempt.grants();
        assertEquals("alice#screen", grants.identity());
        assertFalse(grants.video().maySubscribe());
        assertTrue(grants.video().mayPublish());
    }

    @Test
    void shouldAnswerWithTheCodesThatClientsRead() throws Exception {
        assertEquals("404", upgrade("/prefix/rtc", bearer()));
        assertEquals("400", upgrade("/rtc/v1", bearer()));
        assertEquals("400", upgrade("/rtc/v1?join_request=%21", bearer()));
        assertEquals("400", upgrade("/rtc?attributes=bm90anNvbg", bearer()));
        assertEquals("400", upgrade("/rtc?a=%zz", bearer()));
        assertEquals(404, edge.get("/rtc").statusCode());
        assertEquals("", edge.get("/rtc/v1?access_token=" + edge.token()).body());
        edge.refusal = new JoinRefusedException(404, "requested room does not exist");
        assertEquals("404", upgrade("/rtc", bearer()));
        HttpResponse<String> validate = edge.get("/rtc/validate?access_token=" + edge.token());
        assertEquals(404, validate.statusCode());
        assertEquals("requested room does not exist", validate.body());
        edge.refusal = new JoinRefusedException(503, "too many rooms");
        assertEquals("503", upgrade("/rtc", bearer()));
        assertEquals(1, edge.count("nhipcau.signaling.joins.refused", "status", "503"));
        assertEquals(0, edge.sessions.size());
    }

    @Test
    void shouldValidateWithoutUpgrading() throws Exception {
        HttpResponse<String> ok = edge.get("/rtc/validate", "Authorization", "Bearer " + edge.token());
        assertEquals("200 success *", ok.statusCode() + " " + ok.body() + " "
                + ok.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
        assertEquals(200, edge.get("/rtc/v1/validate?access_token=" + edge.token()).statusCode());
        HttpResponse<String> refused = edge.get("/rtc/v1/validate?access_token=a.b.c");
        assertEquals("401 invalid authorization token", refused.statusCode() + " " + refused.body());
        assertEquals(0, edge.sessions.size());
    }

    @Test
    void shouldLetInListedOriginsTheOwnHostAndPrograms() throws Exception {
        assertEquals("101", upgrade("/rtc", bearer()));
        assertEquals("101", upgrade("/rtc", bearer(), "Origin: https://clinic.example\r\n"));
        assertEquals("101", upgrade("/rtc", bearer(), "Origin: http://127.0.0.1:" + edge.port() + "\r\n"));
        for (String origin : List.of("https://evil.example", "null", "https://clinic.example.evil.example",
                "http://clinic.example", "https://clinic.example:8443")) {
            assertEquals("403", upgrade("/rtc", bearer(), "Origin: " + origin + "\r\n"), origin);
        }
    }

    @Test
    void shouldFindNothingAtTargetsThatAreNoPaths() throws Exception {
        for (String target : List.of("?x", "*", "http:", "http://evil.example/", "/../web/index.html", "/%2e%2e/", "#")) {
            String answer = edge.exchange("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 404"), target + ": " + answer);
        }
    }

    @Test
    void shouldSpeakVersion13Only() throws Exception {
        String old = edge.upgradeRequest("/rtc", bearer()).replace("Version: 13", "Version: 8");
        assertTrue(status(old).startsWith("HTTP/1.1 426"));
        String keyless = edge.upgradeRequest("/rtc", bearer()).replaceAll("Sec-WebSocket-Key: .*\r\n", "");
        assertTrue(status(keyless).startsWith("HTTP/1.1 426"));
        assertEquals(0, edge.sessions.size());
    }

    @Test
    void shouldTellNothingOfTheTokenInAnyAnswer() throws Exception {
        String token = edge.token() + "x";
        for (String path : List.of("/rtc?access_token=", "/rtc/validate?access_token=", "/nothing?access_token=")) {
            String answer = edge.exchange("GET " + path + URLEncoder.encode(token, StandardCharsets.UTF_8)
                    + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 40"), answer);
            assertFalse(answer.contains(token.substring(0, 20)), answer);
        }
    }
}
