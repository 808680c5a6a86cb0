// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.ClientInfo;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.WrappedJoinRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.config.ConfigLoader;
import org.nhipcau.signaling.config.ServerConfig;
import org.nhipcau.signaling.token.StrictJson;

/** A consultation on real processes, as an operator starts them: whole, and signaling apart from the media node. */
class ConsultationProcessTest {
    private static final long TIMEOUT_S = 20;

    @TempDir
    Path directory;
    private final HttpClient http = HttpClient.newHttpClient();

    private ServerConfig config(String part, int controlPort, String... more) throws Exception {
        ConfigLoader loader = new ConfigLoader(Map.of()).dev(true).set("data-dir", directory.resolve(part).toString())
                .set("signaling.http.port", 0).set("signaling.http.admin-port", 0).set("sfu.first-port", 0)
                .set("control.port", controlPort);
        for (String setting : more) {
            loader.set(setting);
        }
        return loader.load();
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private JsonNode call(HttpRequest.Builder request, int status) throws Exception {
        HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(status, answer.statusCode(), new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
        return StrictJson.read(answer.body());
    }

    // The ready line says that clients may come; the node's connection may take a moment longer.
    private void awaitReady(String admin) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
        while (http.send(HttpRequest.newBuilder(URI.create(admin + "readyz")).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
            assertTrue(System.nanoTime() < until, "signaling does not reach the media node");
            Thread.sleep(20);
        }
    }

    private JsonNode sample(String address) throws Exception {
        return call(HttpRequest.newBuilder(URI.create(address + "dev/consultation"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"consent\":true,\"begin\":true}")), 200);
    }

    private static String token(JsonNode sample, String role) {
        for (JsonNode person : sample.get("people")) {
            if (person.get("role").textValue().equals(role)) {
                return person.get("token").textValue();
            }
        }
        throw new AssertionError("no " + role);
    }

    private static final class Socket implements WebSocket.Listener {
        final BlockingQueue<SignalResponse> messages = new LinkedBlockingQueue<>();
        private final java.io.ByteArrayOutputStream part = new java.io.ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            part.writeBytes(bytes);
            if (last) {
                try {
                    messages.add(SignalResponse.parseFrom(part.toByteArray()));
                } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                    throw new IllegalStateException(e);
                }
                part.reset();
            }
            socket.request(1);
            return null;
        }
    }

    private SignalResponse join(String address, String token) throws Exception {
        JoinRequest request = JoinRequest.newBuilder().setClientInfo(ClientInfo.newBuilder().setSdk(ClientInfo.SDK.JS)
                .setProtocol(17)).setConnectionSettings(ConnectionSettings.newBuilder().setAutoSubscribe(true)).build();
        String packed = Base64.getUrlEncoder().encodeToString(WrappedJoinRequest.newBuilder()
                .setJoinRequest(request.toByteString()).build().toByteArray());
        Socket listener = new Socket();
        WebSocket socket = http.newWebSocketBuilder().buildAsync(URI.create(address.replace("http", "ws")
                + "rtc/v1?access_token=" + token + "&join_request=" + packed), listener)
                .get(TIMEOUT_S, TimeUnit.SECONDS);
        SignalResponse first = listener.messages.poll(TIMEOUT_S, TimeUnit.SECONDS);
        socket.abort();
        return first;
    }

    private void live(String address) throws Exception {
        JsonNode sample = sample(address);
        SignalResponse chair = join(address, token(sample, "chair"));
        assertTrue(chair.hasJoin(), chair.getMessageCase().name());
        assertEquals(sample.get("consultation").textValue(), chair.getJoin().getRoom().getName());
        assertTrue(chair.getJoin().getRoom().getMetadata().contains("\"state\":\"in_session\""));
        assertEquals("chair", chair.getJoin().getParticipant().getAttributesMap().get("nhipcau.role"));
        SignalResponse patient = join(address, token(sample, "patient"));
        assertEquals("lobby", patient.getJoin().getParticipant().getAttributesMap().get("nhipcau.seat"));
        assertEquals(0, patient.getJoin().getOtherParticipantsCount());
        assertFalse(patient.getJoin().getParticipant().getPermission().getCanPublish());
        JsonNode view = call(HttpRequest.newBuilder(URI.create(address + "consultation/v1/session"))
                .header("Authorization", "Bearer " + token(sample, "secretary")), 200);
        assertEquals("out", view.get("seat").textValue());
        call(HttpRequest.newBuilder(URI.create(address + "consultation/v1/session/conclude"))
                .header("Authorization", "Bearer " + token(sample, "chair"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"outcome\":\"done\"}")), 200);
        HttpResponse<String> over = http.send(HttpRequest.newBuilder(URI.create(address + "rtc/v1/validate?access_token="
                + token(sample, "chair"))).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(403, over.statusCode());
        assertTrue(over.body().startsWith("concluded: "), over.body());
    }

    @Test
    void aConsultationLivesOnOneProcess() throws Exception {
        try (SignalingProcess process = SignalingProcess.allInOne(config("up", 0), Parts.wiring())) {
            live(process.readyLine().split(" ")[1]);
        }
    }

    @Test
    void aConsultationLivesOnTwoProcesses() throws Exception {
        int port = freePort();
        try (SignalingProcess node = SignalingProcess.nodeAlone(config("node", port), Parts.wiring());
                SignalingProcess signaling = SignalingProcess.signalingAlone(config("signaling", port),
                        Parts.wiring())) {
            assertTrue(node.readyLine().contains("control="));
            awaitReady(signaling.readyLine().split(" ")[2].substring("admin=".length()));
            live(signaling.readyLine().split(" ")[1]);
        }
    }

    @Test
    void c3NoPlainRoomOpensWhereTheOperatorDoesNotAllowIt() throws Exception {
        try (SignalingProcess process = SignalingProcess.allInOne(config("closed", 0, "signaling.plain-rooms=false"),
                Parts.wiring())) {
            String address = process.readyLine().split(" ")[1];
            JsonNode token = call(HttpRequest.newBuilder(URI.create(address + "dev/token"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"room\":\"ward\",\"name\":\"guest\"}")), 200);
            HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(address
                    + "rtc/v1/validate?access_token=" + token.get("token").textValue())).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(404, answer.statusCode());
            assertTrue(answer.body().startsWith("plain-rooms-off: "), answer.body());
        }
    }
}
