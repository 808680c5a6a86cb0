// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.nhipcau.signaling.admin.SignalingMetrics;
import org.nhipcau.signaling.api.RoomService;
import org.nhipcau.signaling.config.ConfigLoader;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.config.ServerConfig;
import org.nhipcau.signaling.session.ClientSession;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.session.SignalSink;
import org.nhipcau.signaling.session.SignalingService;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.TokenIssuer;

/** The public port on loopback with rooms that only remember what reached them. */
final class EdgeFixture implements SignalingService, AutoCloseable {
    static final int WAIT_S = 10;

    /** A session as the fixture sees it. */
    static final class Session implements ClientSession {
        final JoinAttempt attempt;
        final SignalSink sink;
        final BlockingQueue<SignalRequest> messages = new LinkedBlockingQueue<>();
        final BlockingQueue<Boolean> closed = new LinkedBlockingQueue<>();
        volatile RuntimeException failure;

        Session(JoinAttempt attempt, SignalSink sink) {
            this.attempt = attempt;
            this.sink = sink;
        }

        @Override
        public void onMessage(SignalRequest message) {
            if (failure != null) {
                throw failure;
            }
            messages.add(message);
        }

        @Override
        public void onClosed() {
            closed.add(true);
        }

        SignalRequest message() throws InterruptedException {
            return messages.poll(WAIT_S, TimeUnit.SECONDS);
        }

        boolean gone() throws InterruptedException {
            return closed.poll(WAIT_S, TimeUnit.SECONDS) != null;
        }
    }

    final ServerConfig config;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final TokenIssuer issuer;
    final BlockingQueue<Session> sessions = new LinkedBlockingQueue<>();
    final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    volatile JoinRefusedException refusal;
    volatile boolean greet = true;
    private final SignalingServer server;

    EdgeFixture(String... settings) throws IOException, InvalidConfigException {
        ConfigLoader loader = new ConfigLoader(Map.of()).dev(true).set("signaling.http.port", 0);
        for (String setting : settings) {
            loader.set(setting);
        }
        config = loader.load();
        issuer = new TokenIssuer(config.signaling().keys());
        RoomService rooms = (RoomService) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {RoomService.class}, (proxy, method, args) -> {
                    if (method.getName().equals("listRooms")) {
                        return livekit.LivekitRoom.ListRoomsResponse.getDefaultInstance();
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
        server = SignalingServer.start(config.signaling(), this, rooms, null, new SignalingMetrics(registry),
                Map.of());
    }

    @Override
    public void check(JoinAttempt attempt) throws JoinRefusedException {
        if (refusal != null) {
            throw refusal;
        }
    }

    @Override
    public ClientSession open(JoinAttempt attempt, SignalSink sink) {
        Session session = new Session(attempt, sink);
        if (greet) {
            sink.send(SignalResponse.newBuilder().setJoin(JoinResponse.newBuilder().setServerVersion("1")).build());
        }
        sessions.add(session);
        return session;
    }

    Session session() throws InterruptedException {
        Session session = sessions.poll(WAIT_S, TimeUnit.SECONDS);
        if (session == null) {
            throw new AssertionError("no session was opened");
        }
        return session;
    }

    int port() {
        return server.port();
    }

    SignalingServer server() {
        return server;
    }

    /** A token that may join the room {@code r}. */
    String token() {
        return token(new Grants.Video(false, true, false, false, true, "r", null, null, null, List.of(), null, false,
                false, false, false, ""));
    }

    String token(Grants.Video video) {
        return issuer.mint(new Grants("devkey", "alice", "", "", Map.of(), "", 0, 0, "", "", "", video), 600);
    }

    URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port() + pathAndQuery);
    }

    HttpResponse<String> get(String pathAndQuery, String... headers) throws Exception {
        return send("GET", pathAndQuery, HttpRequest.BodyPublishers.noBody(), headers);
    }

    HttpResponse<String> send(String method, String pathAndQuery, HttpRequest.BodyPublisher body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(pathAndQuery)).method(method, body)
                .timeout(Duration.ofSeconds(WAIT_S));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** What a WebSocket client saw. */
    static final class Client implements WebSocket.Listener {
        final BlockingQueue<byte[]> binary = new LinkedBlockingQueue<>();
        final BlockingQueue<String> text = new LinkedBlockingQueue<>();
        final BlockingQueue<Integer> closeCode = new LinkedBlockingQueue<>();
        final BlockingQueue<String> pongs = new LinkedBlockingQueue<>();
        WebSocket socket;
        private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
        private final StringBuilder partialText = new StringBuilder();

        @Override
        public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            partial.writeBytes(bytes);
            if (last) {
                binary.add(partial.toByteArray());
                partial.reset();
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            partialText.append(data);
            if (last) {
                text.add(partialText.toString());
                partialText.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
            pongs.add(StandardCharsets.UTF_8.decode(message).toString());
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closeCode.add(statusCode);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closeCode.add(-1);
        }

        SignalResponse response() throws Exception {
            byte[] bytes = binary.poll(WAIT_S, TimeUnit.SECONDS);
            return bytes == null ? null : SignalResponse.parseFrom(bytes);
        }

        int code() throws InterruptedException {
            Integer code = closeCode.poll(WAIT_S, TimeUnit.SECONDS);
            return code == null ? 0 : code;
        }

        void send(SignalRequest message) {
            socket.sendBinary(ByteBuffer.wrap(message.toByteArray()), true).join();
        }
    }

    Client connect(String pathAndQuery) throws Exception {
        Client listener = new Client();
        listener.socket = client.newWebSocketBuilder().header("Authorization", "Bearer " + token())
                .buildAsync(URI.create("ws://127.0.0.1:" + port() + pathAndQuery), listener)
                .get(WAIT_S, TimeUnit.SECONDS);
        return listener;
    }

    /** A socket without manners. */
    Socket raw() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(WAIT_S));
        return socket;
    }

    /** Sends bytes and reads until the server closes (or resets). */
    String exchange(String bytes) throws IOException {
        try (Socket socket = raw()) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return readAll(socket.getInputStream());
        }
    }

    static String readAll(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] chunk = new byte[8_192];
        try {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                all.write(chunk, 0, n);
            }
        } catch (java.net.SocketException e) {
            // A reset: what came before it counts.
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    String upgradeRequest(String pathAndQuery, String... headers) {
        return "GET " + pathAndQuery + " HTTP/1.1\r\nHost: 127.0.0.1:" + port() + "\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + String.join("", headers) + "\r\n";
    }

    double count(String meter, String... tags) {
        return registry.get(meter).tags(tags).counter().count();
    }

    @Override
    public void close() {
        server.close();
        client.shutdownNow();
    }
}
