// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import livekit.LivekitModels.ClientInfo;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.WrappedJoinRequest;
import org.nhipcau.signaling.config.ConfigLoader;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.config.ServerConfig;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.TokenIssuer;
import picocli.CommandLine.Command;

/**
 * Starts the whole server on free loopback ports, joins it once and ends: the build runs this to fill the cache of
 * loaded and linked classes, so that neither a start nor the first caller waits for them.
 */
@Command(name = "train", hidden = true, description = "Run through one join and end; used by the build.")
final class TrainingRun implements Callable<Integer> {
    private static final long TIMEOUT_S = 20;

    private final Wiring wiring;

    TrainingRun(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public Integer call() throws Exception {
        Path data = Files.createTempDirectory("nhipcau-train");
        try {
            train(config(data));
        } finally {
            deleteAll(data);
        }
        return 0;
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private void train(ServerConfig config) throws Exception {
        Logging.configure(config.log());
        try (SignalingProcess process = SignalingProcess.allInOne(config, wiring)) {
            String address = process.readyLine().split(" ")[1];
            Listener listener = new Listener();
            HttpClient client = HttpClient.newHttpClient();
            WebSocket socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create(joinAddress(config, address)), listener).get(TIMEOUT_S, TimeUnit.SECONDS);
            listener.answered.get(TIMEOUT_S, TimeUnit.SECONDS);
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(TIMEOUT_S, TimeUnit.SECONDS);
        }
    }

    private static ServerConfig config(Path data) throws InvalidConfigException {
        ConfigLoader loader = new ConfigLoader(Map.of()).dev(true).set("data-dir", data.toString());
        for (String key : List.of("signaling.http.port", "signaling.http.admin-port", "sfu.first-port")) {
            loader.set(key, 0);
        }
        return loader.load();
    }

    private static String joinAddress(ServerConfig config, String address) throws IOException {
        Map<String, String> keys = config.signaling().keys();
        Grants.Video video = new Grants.Video(false, false, false, false, true, "training", null, null, null,
                List.of(), null, false, false, false, false, "");
        String token = new TokenIssuer(keys).mint(new Grants(keys.keySet().iterator().next(), "training", "", "",
                Map.of(), "", 0, 0, "", "", "", video), 60);
        JoinRequest join = JoinRequest.newBuilder()
                .setClientInfo(ClientInfo.newBuilder().setSdk(ClientInfo.SDK.JS).setProtocol(17))
                .setConnectionSettings(ConnectionSettings.newBuilder().setAutoSubscribe(true))
                .setPublisherOffer(SessionDescription.newBuilder().setType("offer").setId(1).setSdp(offer()))
                .build();
        byte[] wrapped = WrappedJoinRequest.newBuilder().setJoinRequest(join.toByteString()).build().toByteArray();
        return address.replace("http:", "ws:") + "rtc/v1?access_token=" + token + "&join_request="
                + Base64.getUrlEncoder().withoutPadding().encodeToString(wrapped);
    }

    private static String offer() throws IOException {
        try (InputStream text = TrainingRun.class.getResourceAsStream("training-offer.sdp")) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8).replace("\n", "\r\n");
        }
    }

    /** Waits for the answer to the offer. */
    private static final class Listener implements WebSocket.Listener {
        final CompletableFuture<Void> answered = new CompletableFuture<>();
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            message.writeBytes(bytes);
            if (last) {
                try {
                    if (SignalResponse.parseFrom(message.toByteArray()).hasAnswer()) {
                        answered.complete(null);
                    }
                } catch (InvalidProtocolBufferException broken) {
                    answered.completeExceptionally(broken);
                }
                message.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            answered.completeExceptionally(error);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            answered.completeExceptionally(new IOException("closed with " + code));
            return null;
        }
    }
}
