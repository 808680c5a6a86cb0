// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.nhipcau.signaling.http.HttpAction.Admission;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection while it speaks HTTP: a request at a time, each bounded in size, time and rate, then the next or the
 * upgrade. While a request is handled on another thread nothing more is read.
 *
 * <p>Thread: the event loop. Owns: the body being collected and the deadline.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    /** A body nobody asked for is read up to here, so that the answer arrives before the connection closes. */
    private static final int MAX_IGNORED_BODY_BYTES = 65_536;

    /** So much of an answer waits for a slow reader in native memory; the rest stays where it is. */
    private static final int PIECE_BYTES = 32_768;

    private final HttpService service;
    private final HttpLimits limits;
    private final Executor blocking;
    private final TokenBucket rate;

    private RequestHead head;
    private HttpAction action;
    private CompositeByteBuf body;
    private int bodyBytes;
    private boolean keepAlive;
    private boolean closing;
    private ScheduledFuture<?> deadline;

    HttpConnection(HttpService service, HttpLimits limits, Executor blocking) {
        this.service = service;
        this.limits = limits;
        this.blocking = blocking;
        this.rate = new TokenBucket(limits.requestsPerSecond(), limits.requestBurst(), System.nanoTime());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        closeAfter(ctx, limits.requestTimeoutS());
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        disarm();
        dropBody();
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        try {
            if (closing || !(msg instanceof HttpObject object)) {
                return;
            }
            if (object.decoderResult().isFailure()) {
                refuse(ctx, statusOf(object.decoderResult().cause()));
                return;
            }
            if (object instanceof HttpRequest request) {
                onHead(ctx, request);
            }
            if (object instanceof HttpContent content && !closing) {
                onContent(ctx, content);
            }
        } finally {
            ReferenceCountUtil.release(msg);
        }
    }

    private static int statusOf(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return 414;
        }
        return cause instanceof TooLongHttpHeaderException || cause instanceof TooLongFrameException ? 431 : 400;
    }

    private void onHead(ChannelHandlerContext ctx, HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        head = version.majorVersion() == 1 ? RequestHead.of(request) : null;
        keepAlive = HttpUtil.isKeepAlive(request);
        if (head == null || request.headers().getAll(HttpHeaderNames.HOST).size() > 1) {
            refuse(ctx, 400);
            return;
        }
        if (!rate.take(System.nanoTime())) {
            refuse(ctx, 429);
            return;
        }
        try {
            action = service.route(head);
        } catch (RuntimeException e) {
            LOG.error("a request could not be routed", e);
            refuse(ctx, 500);
            return;
        }
        bodyBytes = 0;
        if (HttpUtil.is100ContinueExpected(request)) {
            onExpectation(ctx, request);
        }
    }

    private void onExpectation(ChannelHandlerContext ctx, HttpRequest request) {
        if (action instanceof HttpAction.Handle handle && HttpUtil.getContentLength(request, 0L) <= handle.maxBytes()) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE,
                    ctx.alloc().buffer(0)));
        } else if (action instanceof HttpAction.Answer answer) {
            keepAlive = false;
            answer(ctx, answer.answer());
        } else {
            keepAlive = false;
            answer(ctx, tooLong());
        }
    }

    private HttpAnswer tooLong() {
        return action instanceof HttpAction.Handle handle ? handle.tooLong() : HttpAnswer.empty(413);
    }

    private void onContent(ChannelHandlerContext ctx, HttpContent content) {
        ByteBuf bytes = content.content();
        bodyBytes += bytes.readableBytes();
        int maxBytes = action instanceof HttpAction.Handle handle ? handle.maxBytes() : MAX_IGNORED_BODY_BYTES;
        if (bodyBytes > maxBytes) {
            keepAlive = false;
            answer(ctx, tooLong());
            return;
        }
        if (action instanceof HttpAction.Handle && bytes.isReadable()) {
            if (body == null) {
                body = ctx.alloc().compositeBuffer(16);
            }
            body.addComponent(true, bytes.retain());
        }
        if (content instanceof LastHttpContent) {
            disarm();
            carryOut(ctx);
        }
    }

    private void carryOut(ChannelHandlerContext ctx) {
        switch (action) {
            case HttpAction.Answer answer -> answer(ctx, answer.answer());
            case HttpAction.Handle handle -> {
                byte[] collected = body == null ? new byte[0] : ByteBufUtil.getBytes(body);
                dropBody();
                elsewhere(ctx, () -> {
                    HttpAnswer answer = handle.handler().apply(collected);
                    return () -> answer(ctx, answer);
                });
            }
            case HttpAction.Upgrade upgrade -> elsewhere(ctx, () -> {
                Admission admission = upgrade.admission().get();
                return () -> onAdmission(ctx, admission);
            });
        }
    }

    /** Works on a virtual thread, then carries out the outcome on the event loop; reads nothing in between. */
    private void elsewhere(ChannelHandlerContext ctx, Supplier<Runnable> work) {
        ctx.channel().config().setAutoRead(false);
        blocking.execute(() -> {
            Runnable outcome;
            try {
                outcome = work.get();
            } catch (Throwable e) {
                // An error too: without an outcome the connection would wait for ever, and with no deadline.
                LOG.error("a request failed", e);
                outcome = () -> refuse(ctx, 500);
            }
            ctx.channel().eventLoop().execute(outcome);
        });
    }

    private void onAdmission(ChannelHandlerContext ctx, Admission admission) {
        if (!ctx.channel().isActive()) {
            return;
        }
        switch (admission) {
            case Admission.Refused refused -> answer(ctx, refused.answer());
            case Admission.Accepted accepted -> upgrade(ctx, accepted);
        }
    }

    private void upgrade(ChannelHandlerContext ctx, Admission.Accepted accepted) {
        if (!head.header("sec-websocket-version").equals("13") || head.header("sec-websocket-key").isEmpty()) {
            keepAlive = false;
            answer(ctx, HttpAnswer.empty(426).with("Sec-WebSocket-Version", "13").with("Upgrade", "websocket"));
            return;
        }
        boolean deflates = !MessageDeflate.failsIn(head.header("user-agent")) && MessageDeflate.offered(
                head.request().headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS));
        HttpHeaders extensions = new DefaultHttpHeaders();
        if (deflates) {
            extensions.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, MessageDeflate.ANSWER);
        }
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(accepted.maxFrameBytes())
                .expectMaskedFrames(true)
                .allowMaskMismatch(false)
                .allowExtensions(deflates)
                .closeOnProtocolViolation(false)
                .withUTF8Validator(false)
                .build();
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, head.request().method(), "/",
                ctx.alloc().buffer(0), head.request().headers(), head.request().headers());
        UpgradedHandler socket = accepted.socket().get();
        closing = true;
        ctx.pipeline().replace(this, "socket", socket);
        ChannelHandlerContext socketCtx = ctx.pipeline().context(socket);
        new WebSocketServerHandshaker13(null, null, config).handshake(ctx.channel(), request, extensions,
                ctx.newPromise()).addListener(done -> {
            request.release();
            if (done.isSuccess()) {
                socket.upgraded(socketCtx, deflates);
                ctx.channel().config().setAutoRead(true);
            } else {
                ctx.close();
            }
        });
    }

    private void refuse(ChannelHandlerContext ctx, int status) {
        keepAlive = false;
        answer(ctx, HttpAnswer.empty(status));
    }

    private void answer(ChannelHandlerContext ctx, HttpAnswer answer) {
        if (closing || !ctx.channel().isActive()) {
            return;
        }
        dropBody();
        boolean close = !keepAlive;
        closing = close;
        boolean bodiless = head != null && head.method().equals("HEAD");
        var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        answer.headers().forEach(response.headers()::set);
        if (!answer.contentType().isEmpty()) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        }
        response.headers().set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        if (answer.status() != 204 && answer.status() != 304) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        }
        if (close) {
            response.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
        closeAfter(ctx, limits.responseTimeoutS());
        // The next request waits until this answer is taken: answers to one who does not read must not pile up.
        ctx.channel().config().setAutoRead(false);
        ctx.write(response);
        piece(ctx, bodiless ? new byte[0] : answer.body(), 0, close);
    }

    private void piece(ChannelHandlerContext ctx, byte[] bytes, int from, boolean close) {
        int to = Math.min(bytes.length, from + PIECE_BYTES);
        ByteBuf content = Unpooled.wrappedBuffer(bytes, from, to - from);
        boolean last = to == bytes.length;
        ctx.writeAndFlush(last ? new DefaultLastHttpContent(content) : new DefaultHttpContent(content))
                .addListener(done -> {
                    if (done.isSuccess() && !last) {
                        piece(ctx, bytes, to, close);
                    } else if (close || !done.isSuccess()) {
                        LingeringClose.begin(ctx.channel());
                    } else {
                        closeAfter(ctx, limits.requestTimeoutS());
                        ctx.channel().config().setAutoRead(true);
                    }
                });
    }

    private void closeAfter(ChannelHandlerContext ctx, int seconds) {
        disarm();
        deadline = ctx.executor().schedule(() -> {
            ctx.close();
        }, seconds, TimeUnit.SECONDS);
    }

    private void disarm() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private void dropBody() {
        if (body != null) {
            body.release();
            body = null;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        disarm();
        dropBody();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Resets and the like: nothing to tell, and the message may hold an address.
        ctx.close();
    }
}
