// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.nhipcau.signaling.token.StrictJson;

/** Messages to bytes and back: protobuf in binary frames, protojson in text frames. Thread: any. */
final class SignalCodec {
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();

    private SignalCodec() {}

    /**
     * Reads one message. Fields of newer clients are kept unread.
     *
     * @return null when the bytes are no message
     */
    static SignalRequest read(byte[] bytes, boolean text) {
        try {
            if (!text) {
                return SignalRequest.parseFrom(bytes);
            }
            if (!StrictJson.isObject(bytes)) {
                return null;
            }
            String json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            SignalRequest.Builder request = SignalRequest.newBuilder();
            PARSER.merge(json, request);
            return request.build();
        } catch (InvalidProtocolBufferException | CharacterCodingException e) {
            return null;
        }
    }

    static byte[] write(SignalResponse message, boolean text) {
        if (!text) {
            return message.toByteArray();
        }
        try {
            return PRINTER.print(message).getBytes(StandardCharsets.UTF_8);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message made here has no unknown Any types", e);
        }
    }
}
