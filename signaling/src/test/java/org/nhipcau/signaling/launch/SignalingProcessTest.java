// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaServer;
import org.nhipcau.sfu.api.NodeDescription;
import org.nhipcau.signaling.config.ConfigLoader;
import org.nhipcau.signaling.config.ServerConfig;
import org.nhipcau.signaling.session.ClientSession;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.SignalSink;
import org.nhipcau.signaling.session.SignalingService;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.TokenIssuer;

/** A process comes up, says so, and goes down in the right order; its parts are stand-ins that keep a diary. */
@Timeout(60)
class SignalingProcessTest {
    private final List<String> diary = new CopyOnWriteArrayList<>();
    private final List<SignalSink> sinks = new CopyOnWriteArrayList<>();
    private boolean controlFails;

    private MediaServer node(String name) {
        return new MediaServer() {
            @Override
            public NodeDescription node() {
                return new NodeDescription("node-x", "1", 2, "none");
            }

            @Override
            public CompletableFuture<MediaReply> submit(MediaCommand command) {
                throw new UnsupportedOperationException();
            }

            @Override
            public AutoCloseable listen(Consumer<MediaEvent> listener) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {
                diary.add(name + " closed");
            }
        };
    }

    private final SignalingService service = new SignalingService() {
        @Override
        public void check(JoinAttempt attempt) {}

        @Override
        public ClientSession open(JoinAttempt attempt, SignalSink sink) {
            sinks.add(sink);
            return new ClientSession() {
                @Override
                public void onMessage(SignalRequest message) {}

                @Override
                public void onClosed() {
                    diary.add("socket closed");
                }
            };
        }
    };

    private void drain() {
        diary.add("drained");
        for (SignalSink sink : sinks) {
            sink.send(SignalResponse.newBuilder().setLeave(LeaveRequest.newBuilder()
                    .setAction(LeaveRequest.Action.RECONNECT)).build());
            sink.close(1001, "");
        }
    }

    private Wiring wiring() {
        return new Wiring((config, registry) -> node("node"), control -> node("remote"), (node, control) -> {
            if (controlFails) {
                throw new IOException("cannot listen");
            }
            return new Wiring.ControlPort() {
                @Override
                public int port() {
                    return 4_711;
                }

                @Override
                public void close() {
                    diary.add("control closed");
                }
            };
        }, config -> null, (config, media, records, tokens, webhooks, registry, metrics) -> new Wiring.Rooms(service,
                null, null,
                this::drain,
                () -> diary.add("rooms closed"), Map.of(), null, () -> true));
    }

    private static ServerConfig config() throws Exception {
        return new ConfigLoader(Map.of()).dev(true).set("signaling.http.port=0")
                .set("signaling.http.admin-port=0").load();
    }

    private static int port(String line, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(line);
        assertTrue(matcher.find(), line);
        return Integer.parseInt(matcher.group(1));
    }

    private static String get(HttpClient client, int port, String path) throws Exception {
        HttpResponse<String> response = client.send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + path)).build(), HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    @Test
    void shouldTellClientsToReconnectBeforeItGoes() throws Exception {
        ServerConfig config = config();
        SignalingProcess process = SignalingProcess.allInOne(config, wiring());
        String line = process.readyLine();
        assertTrue(line.startsWith("ready http://127.0.0.1:") && line.endsWith(" media=udp/7882-7883")
                && line.indexOf('\n') < 0, line);
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            int port = port(line, "ready http://127\\.0\\.0\\.1:(\\d+)/");
            assertEquals("200 accepting: ok\nmedia: ok\nready\n", get(client, port(line,
                    "admin=http://127\\.0\\.0\\.1:(\\d+)/"),
                    "/readyz"));
            String token = new TokenIssuer(config.signaling().keys()).mint(new Grants("devkey", "a", "", "", Map.of(),
                    "", 0, 0, "", "", "", Grants.Video.NONE), 60);
            client.newWebSocketBuilder().buildAsync(URI.create("ws://127.0.0.1:" + port + "/rtc?access_token=" + token),
                    new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
                            seen.add("message");
                            socket.request(1);
                            return null;
                        }

                        @Override
                        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                            seen.add("closed " + code);
                            return null;
                        }
                    }).get(10, TimeUnit.SECONDS);
            process.close();
            assertEquals("message", seen.poll(10, TimeUnit.SECONDS));
            assertEquals("closed 1001", seen.poll(10, TimeUnit.SECONDS));
            assertThrows(IOException.class, () -> get(client, port, "/"));
        }
        assertEquals(List.of("drained", "socket closed", "rooms closed", "node closed"), diary);
        process.close();
        assertEquals(4, diary.size());
    }

    @Test
    void shouldRunEachHalfAlone() throws Exception {
        SignalingProcess signaling = SignalingProcess.signalingAlone(config(), wiring());
        assertTrue(signaling.readyLine().contains(" control=127.0.0.1:7870"), signaling.readyLine());
        signaling.close();
        assertEquals(List.of("drained", "rooms closed", "remote closed"), diary);
        diary.clear();
        SignalingProcess node = SignalingProcess.nodeAlone(config(), wiring());
        assertTrue(node.readyLine().startsWith("ready control=127.0.0.1:4711 admin=http://127.0.0.1:"),
                node.readyLine());
        node.close();
        assertEquals(List.of("control closed", "node closed"), diary);
    }

    @Test
    void shouldTakeDownWhatHasBegunWhenALaterPartFails() throws Exception {
        controlFails = true;
        assertThrows(IOException.class, () -> SignalingProcess.nodeAlone(config(), wiring()));
        assertEquals(List.of("node closed"), diary);
        diary.clear();
        try (ServerSocket taken = new ServerSocket(0)) {
            ServerConfig config = new ConfigLoader(Map.of()).dev(true).set("signaling.http.port", taken.getLocalPort())
                    .load();
            IOException e = assertThrows(IOException.class, () -> SignalingProcess.allInOne(config, wiring()));
            assertEquals("cannot listen on port " + taken.getLocalPort() + ": it is in use", e.getMessage());
        }
        assertEquals(List.of("rooms closed", "node closed"), diary);
    }
}
