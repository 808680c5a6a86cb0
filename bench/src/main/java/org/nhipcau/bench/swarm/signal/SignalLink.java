// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.signal;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;

/**
 * A client's WebSocket: whole protocol messages out and in.
 *
 * <p>Thread: any may send; the handler is called on threads of the HTTP client, one message at a time.
 */
public final class SignalLink {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
    private static final int MAX_MESSAGE_BYTES = 16 << 20;
    private static final int BUSY_STATUS = 503;
    private static final int BUSY_TRIES = 6;
    private static final long BUSY_PAUSE_MS = 500;

    private final Handler handler;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private CompletableFuture<?> lastSent = CompletableFuture.completedFuture(null);
    private volatile WebSocket socket;

    /** Learns what comes. One message at a time. */
    public interface Handler {
        void onMessage(SignalResponse message);

        /** Nothing comes any more. */
        void onClosed(String reason);
    }

    /** A link that is not open yet; what is sent before it is goes out then. */
    public SignalLink(Handler handler) {
        this.handler = handler;
    }

    /**
     * Opens the socket; asks a busy server again, for about 15 s.
     *
     * @param address ws(s)://host:port[/prefix] with the path and query of the join
     * @param token goes in a header, so that no address holds it
     */
    public synchronized CompletableFuture<Void> open(HttpClient http, URI address, String token) {
        CompletableFuture<Void> opened = connect(http, address, token, 0).handle((open, failure) -> {
            if (failure != null) {
                throw new CompletionException(refusal(failure));
            }
            socket = open;
            return null;
        });
        lastSent = opened;
        return opened;
    }

    // A server that is busy for the moment says so (503); people's clients ask again then, and so do these.
    private CompletableFuture<WebSocket> connect(HttpClient http, URI address, String token, int asked) {
        return http.newWebSocketBuilder().connectTimeout(CONNECT_TIMEOUT).header("Authorization", "Bearer " + token)
                .buildAsync(address, new Listener()).exceptionallyCompose(failure -> {
                    if (asked >= BUSY_TRIES || !isBusy(failure)) {
                        return CompletableFuture.failedFuture(failure);
                    }
                    Executor later = CompletableFuture.delayedExecutor(BUSY_PAUSE_MS << Math.min(asked, 3),
                            TimeUnit.MILLISECONDS);
                    return CompletableFuture.supplyAsync(() -> asked + 1, later)
                            .thenCompose(again -> connect(http, address, token, again));
                });
    }

    private static boolean isBusy(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause() : failure;
        return cause instanceof WebSocketHandshakeException refused && refused.getResponse().statusCode() == BUSY_STATUS;
    }

    private static Throwable refusal(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause() : failure;
        return cause instanceof WebSocketHandshakeException refused
                ? new IllegalStateException("the server refused with status " + refused.getResponse().statusCode(),
                        refused)
                : cause;
    }

    /** Sends in the order of the calls; after the end it does nothing. */
    public synchronized void send(SignalRequest request) {
        ByteBuffer bytes = ByteBuffer.wrap(request.toByteArray());
        lastSent = lastSent.handle((done, failed) -> null).thenCompose(done -> {
            WebSocket open = socket;
            return open == null || open.isOutputClosed() ? CompletableFuture.completedFuture(null)
                    : open.sendBinary(bytes, true);
        });
    }

    /** Closes after what was sent; does not wait. */
    public synchronized void close() {
        lastSent = lastSent.handle((done, failed) -> null).thenCompose(done -> {
            WebSocket open = socket;
            return open == null || open.isOutputClosed() ? CompletableFuture.completedFuture(null)
                    : open.sendClose(WebSocket.NORMAL_CLOSURE, "");
        });
    }

    /** Cuts the connection without a word, as a client that lost its network does. */
    public void abort() {
        WebSocket open = socket;
        if (open != null) {
            open.abort();
        }
    }

    /** Puts messages together from their frames. */
    private final class Listener implements WebSocket.Listener {
        @Override
        public void onOpen(WebSocket opened) {
            socket = opened;
            opened.request(1);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            message.writeBytes(bytes);
            if (message.size() > MAX_MESSAGE_BYTES) {
                handler.onClosed("a message is longer than " + MAX_MESSAGE_BYTES + " bytes");
                from.abort();
                return null;
            }
            if (last) {
                byte[] whole = message.toByteArray();
                message.reset();
                try {
                    handler.onMessage(SignalResponse.parseFrom(whole));
                } catch (InvalidProtocolBufferException wrong) {
                    handler.onClosed("a message is malformed");
                    from.abort();
                    return null;
                }
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            handler.onClosed("closed with status " + status);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            handler.onClosed(error.getClass().getSimpleName());
        }
    }
}
