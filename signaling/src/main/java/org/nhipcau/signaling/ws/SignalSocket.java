// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import livekit.LivekitRtc.SignalRequest;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.admin.SignalingMetrics;
import org.nhipcau.signaling.http.MessageDeflate;
import org.nhipcau.signaling.http.TokenBucket;
import org.nhipcau.signaling.http.UpgradedHandler;
import org.nhipcau.signaling.session.ClientSession;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.SignalingService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's WebSocket: frames in, whole messages to the session, within bounds of size and rate.
 *
 * <p>Spec: RFC 6455 §5.5 (control frames), §7.4 (close codes). Thread: the event loop. Owns: the session's life.
 */
final class SignalSocket extends ChannelInboundHandlerAdapter implements UpgradedHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SignalSocket.class);

    private static final int PING_INTERVAL_S = 10;
    /** A peer that answers neither pings nor anything else for this many intervals is gone. */
    private static final int SILENT_INTERVALS = 3;
    private static final int MAX_EARLY_FRAMES = 16;
    /** A frame counts as one message for each so many bytes begun: to read large ones takes the event loop long. */
    private static final int BYTES_PER_TOKEN = 16_384;
    /**
     * What is packed counts for more: made for it, each dozen bytes has a new table built and unpacks to nothing, so
     * that 2 MiB would hold the event loop for a second.
     */
    private static final int PACKED_BYTES_PER_TOKEN = 1_024;
    /** Session descriptions of the longest that is taken at all pack to less. */
    private static final int MAX_PACKED_BYTES = 131_072;

    private final SignalingService service;
    private final JoinAttempt attempt;
    private final SignalingConfig.Limits limits;
    private final SignalingMetrics metrics;
    private final long requestedAtNs;
    private final MessageAssembler assembler;
    private final TokenBucket rate;
    private final Deque<WebSocketFrame> early = new ArrayDeque<>();

    private SocketSink sink;
    private ClientSession session;
    private ScheduledFuture<?> pings;
    private int silentIntervals;
    private boolean counted;
    private boolean deflates;
    private boolean gone;

    SignalSocket(SignalingService service, JoinAttempt attempt, SignalingConfig.Limits limits,
            SignalingMetrics metrics, long requestedAtNs) {
        this.service = service;
        this.attempt = attempt;
        this.limits = limits;
        this.metrics = metrics;
        this.requestedAtNs = requestedAtNs;
        this.assembler = new MessageAssembler(limits.maxFrameBytes());
        this.rate = new TokenBucket(limits.messagesPerSecond(), limits.messageBurst(), System.nanoTime());
    }

    @Override
    public void upgraded(ChannelHandlerContext ctx, boolean mayDeflate) {
        if (gone || !ctx.channel().isActive()) {
            return;
        }
        deflates = mayDeflate;
        sink = new SocketSink(ctx.channel(), deflates, limits, metrics, requestedAtNs);
        metrics.sockets(1);
        counted = true;
        try {
            session = service.open(attempt, sink);
        } catch (RuntimeException e) {
            LOG.error("a session could not be opened", e);
            sink.close(1011, "");
            return;
        }
        pings = ctx.executor().scheduleAtFixedRate(() -> ping(ctx), PING_INTERVAL_S, PING_INTERVAL_S,
                TimeUnit.SECONDS);
        while (!early.isEmpty()) {
            WebSocketFrame frame = early.poll();
            try {
                onFrame(ctx, frame);
            } finally {
                frame.release();
            }
        }
    }

    private void ping(ChannelHandlerContext ctx) {
        if (++silentIntervals > SILENT_INTERVALS) {
            ctx.close();
        } else if (!sink.closed()) {
            ctx.writeAndFlush(new PingWebSocketFrame());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof WebSocketFrame frame)) {
            // What is left of HTTP: an eager client sent more than one request.
            ReferenceCountUtil.release(msg);
            return;
        }
        if (session == null && !gone && sink == null) {
            if (early.size() < MAX_EARLY_FRAMES) {
                early.add(frame);
            } else {
                frame.release();
                ctx.close();
            }
            return;
        }
        try {
            onFrame(ctx, frame);
        } finally {
            frame.release();
        }
    }

    private void onFrame(ChannelHandlerContext ctx, WebSocketFrame frame) {
        silentIntervals = 0;
        if (frame.rsv() != 0 && !marksPacked(frame)) {
            if (sink != null) {
                sink.closeCorrupt(WebSocketCloseStatus.PROTOCOL_ERROR.code());
            }
            return;
        }
        if (frame instanceof CloseWebSocketFrame close) {
            onCloseFrame(ctx, close);
            return;
        }
        if (gone || session == null || sink.closed()) {
            return;
        }
        // Control frames and fragments count too: a flood of empty ones is a flood.
        if (!afford(1 + frame.content().readableBytes() / BYTES_PER_TOKEN)) {
            return;
        }
        if (frame instanceof PingWebSocketFrame) {
            pong(ctx, frame);
        } else if (!(frame instanceof PongWebSocketFrame)) {
            onData(frame);
        }
    }

    // RFC 7692 §6: the first frame of a message says whether all of it is compressed; others say nothing.
    private boolean marksPacked(WebSocketFrame frame) {
        return deflates && frame.rsv() == MessageDeflate.RSV1
                && (frame instanceof BinaryWebSocketFrame || frame instanceof TextWebSocketFrame);
    }

    /** A peer that asks and never reads shall not fill our memory: only what it takes is answered (RFC 6455 §5.5.3). */
    private void pong(ChannelHandlerContext ctx, WebSocketFrame ping) {
        if (ctx.channel().isWritable()) {
            ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
        }
    }

    private void onData(WebSocketFrame frame) {
        switch (assembler.take(frame)) {
            case MORE -> { }
            case TOO_BIG -> tooBig();
            case COMPLETE -> onMessage(assembler.message());
        }
    }

    private void tooBig() {
        metrics.limited(SignalingMetrics.RateLimited.OVERSIZE);
        sink.close(1009, "message too big");
    }

    private void onMessage(byte[] bytes) {
        byte[] plain = assembler.packed() ? unpack(bytes) : bytes;
        if (plain == null) {
            return;
        }
        SignalRequest message = SignalCodec.read(plain, assembler.text());
        if (message == null) {
            sink.close(1007, "not a signal message");
            return;
        }
        metrics.messageIn();
        sink.answerInText(assembler.text());
        deliver(message);
    }

    // @return null: the socket is being closed
    private byte[] unpack(byte[] packed) {
        if (packed.length > MAX_PACKED_BYTES) {
            tooBig();
            return null;
        }
        if (!afford(packed.length / PACKED_BYTES_PER_TOKEN)) {
            return null;
        }
        byte[] plain;
        try {
            plain = MessageDeflate.unpack(packed, limits.maxFrameBytes());
        } catch (DataFormatException e) {
            sink.close(1007, "not a compressed message");
            return null;
        }
        if (plain == null) {
            tooBig();
            return null;
        }
        // It was counted as what came; to read it takes as long as what it is.
        return afford((plain.length - Math.min(plain.length, packed.length)) / BYTES_PER_TOKEN) ? plain : null;
    }

    private boolean afford(int tokens) {
        if (tokens == 0 || rate.take(tokens, System.nanoTime())) {
            return true;
        }
        metrics.limited(SignalingMetrics.RateLimited.MESSAGES);
        sink.close(1008, "too many messages");
        return false;
    }

    private void deliver(SignalRequest message) {
        try {
            session.onMessage(message);
        } catch (RuntimeException e) {
            LOG.error("a session failed on a message", e);
            sink.close(1011, "");
        }
    }

    private void onCloseFrame(ChannelHandlerContext ctx, CloseWebSocketFrame close) {
        if (sink.closed()) {
            ctx.close();
            return;
        }
        int code = close.statusCode();
        ctx.writeAndFlush(code < 0 ? new CloseWebSocketFrame() : new CloseWebSocketFrame(code, ""))
                .addListener(done -> ctx.close());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!gone) {
            gone = true;
            early.forEach(ReferenceCountUtil::release);
            early.clear();
            if (pings != null) {
                pings.cancel(false);
            }
            if (counted) {
                metrics.sockets(-1);
            }
            if (session != null) {
                session.onClosed();
            }
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (sink == null || !(cause instanceof CorruptedWebSocketFrameException corrupted)) {
            // Resets and the like: there is nobody to tell.
            ctx.close();
            return;
        }
        int code = corrupted.closeStatus().code();
        if (code == WebSocketCloseStatus.MESSAGE_TOO_BIG.code()) {
            metrics.limited(SignalingMetrics.RateLimited.OVERSIZE);
        }
        sink.closeCorrupt(code);
    }
}
