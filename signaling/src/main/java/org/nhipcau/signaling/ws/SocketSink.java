// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import livekit.LivekitRtc.SignalResponse;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.admin.SignalingMetrics;
import org.nhipcau.signaling.http.LingeringClose;
import org.nhipcau.signaling.http.MessageDeflate;
import org.nhipcau.signaling.session.SignalSink;

/**
 * Sends messages to one socket and gives up on a reader that is too slow.
 *
 * <p>Thread: any; the frames are written on the event loop in the order of the calls.
 */
final class SocketSink implements SignalSink {
    /** How long the client's answer to a close frame is waited for. */
    private static final long CLOSE_TIMEOUT_S = 2;

    /** A waiting client may hold this many of the longest messages. */
    private static final int QUEUE_FRAMES = 4;

    /** Shorter ones fit one packet anyway. */
    private static final int MIN_PACKED_BYTES = 1_000;

    private final Channel channel;
    private final boolean deflates;
    private final SignalingMetrics metrics;
    private final int maxMessages;
    private final long maxBytes;
    private final long requestedAtNs;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean text;

    SocketSink(Channel channel, boolean deflates, SignalingConfig.Limits limits, SignalingMetrics metrics,
            long requestedAtNs) {
        this.channel = channel;
        this.deflates = deflates;
        this.metrics = metrics;
        this.maxMessages = limits.sendQueueMessages();
        this.maxBytes = (long) limits.maxFrameBytes() * QUEUE_FRAMES;
        this.requestedAtNs = requestedAtNs;
    }

    /** Answers in the mode last received. */
    void answerInText(boolean inText) {
        text = inText;
    }

    boolean closed() {
        return closed.get();
    }

    @Override
    public void send(SignalResponse message) {
        if (closed.get()) {
            return;
        }
        boolean asText = text;
        byte[] plain = SignalCodec.write(message, asText);
        boolean packed = deflates && plain.length >= MIN_PACKED_BYTES && describesSession(message);
        byte[] bytes = packed ? MessageDeflate.pack(plain) : plain;
        int rsv = packed ? MessageDeflate.RSV1 : 0;
        if (waiting.incrementAndGet() > maxMessages || waitingBytes.addAndGet(bytes.length) > maxBytes) {
            if (closed.compareAndSet(false, true)) {
                metrics.limited(SignalingMetrics.RateLimited.SEND_QUEUE);
                // No close frame: it would wait behind what the client does not read.
                channel.close();
            }
            return;
        }
        if (message.hasJoin()) {
            metrics.joined(System.nanoTime() - requestedAtNs);
        } else if (message.hasReconnect()) {
            metrics.resumed();
        }
        metrics.messageOut();
        ByteBuf content = Unpooled.wrappedBuffer(bytes);
        WebSocketFrame frame = asText ? new TextWebSocketFrame(true, rsv, content)
                : new BinaryWebSocketFrame(true, rsv, content);
        channel.writeAndFlush(frame).addListener(done -> {
            waiting.decrementAndGet();
            waitingBytes.addAndGet(-bytes.length);
        });
    }

    // What is large and comes in the moment when a station joins or shows its camera, over the same link as the voice.
    // The rest is not worth the time; and a token that is renewed is not to be guessed from a length.
    private static boolean describesSession(SignalResponse message) {
        return message.hasAnswer() || message.hasOffer() || message.hasJoin() || message.hasReconnect();
    }

    /** Closes after a frame that cannot be read: nothing that follows can be, not even the answer to the close. */
    void closeCorrupt(int code) {
        if (closed.compareAndSet(false, true)) {
            channel.writeAndFlush(new CloseWebSocketFrame(code, "")).addListener(done -> LingeringClose.begin(channel));
        }
    }

    @Override
    public void close(int code, String reason) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        channel.writeAndFlush(new CloseWebSocketFrame(code, reason)).addListener(done -> {
            if (!done.isSuccess()) {
                channel.close();
            }
        });
        // Also when the frame itself does not get through.
        channel.eventLoop().schedule(() -> {
            channel.close();
        }, CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
    }
}
