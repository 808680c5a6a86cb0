// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.nhipcau.signaling.http.MessageDeflate;

/**
 * Joins the fragments of a message, bounded in bytes and in number.
 *
 * <p>Spec: RFC 6455 §5.4 (their order is checked by the decoder). Thread: one.
 */
final class MessageAssembler {
    /** What a frame did. */
    enum Outcome { COMPLETE, MORE, TOO_BIG }

    private static final int MAX_FRAGMENTS = 256;

    private final int maxBytes;
    private ByteArrayOutputStream joined;
    private int fragments;
    private boolean text;
    private boolean packed;
    private byte[] message;

    MessageAssembler(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Takes a data frame; the caller releases it. */
    Outcome take(WebSocketFrame frame) {
        ByteBuf content = frame.content();
        if (!(frame instanceof ContinuationWebSocketFrame)) {
            text = frame instanceof TextWebSocketFrame;
            packed = frame.rsv() == MessageDeflate.RSV1;
            fragments = 0;
            joined = null;
            if (frame.isFinalFragment()) {
                return complete(bytes(content));
            }
            joined = new ByteArrayOutputStream(content.readableBytes());
        }
        fragments++;
        if (joined == null || fragments > MAX_FRAGMENTS || joined.size() + content.readableBytes() > maxBytes) {
            joined = null;
            return Outcome.TOO_BIG;
        }
        append(content);
        if (!frame.isFinalFragment()) {
            return Outcome.MORE;
        }
        byte[] whole = joined.toByteArray();
        joined = null;
        return complete(whole);
    }

    private Outcome complete(byte[] bytes) {
        if (bytes.length > maxBytes) {
            return Outcome.TOO_BIG;
        }
        message = bytes;
        return Outcome.COMPLETE;
    }

    private void append(ByteBuf content) {
        try {
            content.readBytes(joined, content.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to write", e);
        }
    }

    private static byte[] bytes(ByteBuf content) {
        byte[] bytes = new byte[content.readableBytes()];
        content.readBytes(bytes);
        return bytes;
    }

    /** The whole message; handed out once. */
    byte[] message() {
        byte[] whole = message;
        message = null;
        return whole;
    }

    /** Whether the message came compressed. */
    boolean packed() {
        return packed;
    }

    /** Whether the message came in text frames. */
    boolean text() {
        return text;
    }
}
