// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.nhipcau.signaling.api.ServiceException.Code;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.InvalidTokenException;
import org.nhipcau.signaling.token.StrictJson;
import org.nhipcau.signaling.token.TokenVerifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server API: checks token and grants, reads the request as JSON or protobuf, answers in the same.
 *
 * <p>A call has two steps, so that a stranger's body is never read: {@link #begin} with what the request's head says,
 * {@link #carryOut} with the body.
 *
 * <p>Spec: Twirp wire protocol v7. Thread: any; {@link #carryOut} may block for a room.
 */
public final class TwirpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(TwirpHandler.class);

    private static final String JSON = "application/json";
    private static final String PROTOBUF = "application/protobuf";
    private static final String ROOM_SERVICE = "livekit.RoomService";

    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().preservingProtoFieldNames()
            .alwaysPrintFieldsWithNoPresence().omittingInsignificantWhitespace();

    private final RoomService rooms;
    private final TokenVerifier verifier;

    /** A call whose token is verified, or the refusal of one. */
    public static final class Call {
        private final Reply refusal;
        private final RoomMethod method;
        private final boolean json;
        private final Grants grants;

        private Call(Reply refusal, RoomMethod method, boolean json, Grants grants) {
            this.refusal = refusal;
            this.method = method;
            this.json = json;
            this.grants = grants;
        }

        /** The reply when the call ends here; null when its body is wanted. */
        public Reply refusal() {
            return refusal;
        }
    }

    /** What goes back. */
    public record Reply(int status, String contentType, byte[] body) {}

    public TwirpHandler(RoomService rooms, TokenVerifier verifier) {
        this.rooms = rooms;
        this.verifier = verifier;
    }

    /**
     * Checks what can be checked before the body is read.
     *
     * @param route what follows {@code /twirp/}: service and method
     * @param token the bearer token; empty when there is none
     */
    public Call begin(String httpMethod, String route, String contentType, String token) {
        try {
            Grants grants = verifier.verify(token);
            if (!httpMethod.equals("POST")) {
                return refused(Code.BAD_ROUTE, "only POST is allowed");
            }
            int slash = route.indexOf('/');
            String service = slash < 0 ? route : route.substring(0, slash);
            if (!service.equals(ROOM_SERVICE)) {
                return refused(Code.UNIMPLEMENTED, "this service is not part of the server");
            }
            RoomMethod method = RoomMethod.named(route.substring(slash + 1));
            if (method == null) {
                return refused(Code.BAD_ROUTE, "no such method");
            }
            String type = mediaType(contentType);
            if (!type.equals(JSON) && !type.equals(PROTOBUF)) {
                return refused(Code.BAD_ROUTE, "the Content-Type must be " + JSON + " or " + PROTOBUF);
            }
            return new Call(null, method, type.equals(JSON), grants);
        } catch (InvalidTokenException e) {
            return refused(Code.UNAUTHENTICATED, "permissions denied");
        }
    }

    private static Call refused(Code code, String message) {
        return new Call(error(code, message), null, false, null);
    }

    private static String mediaType(String contentType) {
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }

    /** Carries the call out. */
    public Reply carryOut(Call call, byte[] body) {
        Message request = read(call, body);
        if (request == null) {
            return error(Code.MALFORMED, "the request could not be decoded");
        }
        if (!call.method.allowed(call.grants.video(), request)) {
            return error(Code.UNAUTHENTICATED, "permissions denied");
        }
        try {
            return reply(call, call.method.apply(rooms, request));
        } catch (ServiceException e) {
            return error(e.code(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("a call of the room service failed", e);
            return error(Code.INTERNAL, "internal error");
        }
    }

    private static Message read(Call call, byte[] body) {
        Message.Builder builder = call.method.request().newBuilderForType();
        try {
            if (!call.json) {
                return builder.mergeFrom(body).build();
            }
            if (!StrictJson.isObject(body)) {
                return null;
            }
            PARSER.merge(new String(body, StandardCharsets.UTF_8), builder);
            return builder.build();
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static Reply reply(Call call, Message response) {
        if (!call.json) {
            return new Reply(200, PROTOBUF, response.toByteArray());
        }
        try {
            return new Reply(200, JSON, PRINTER.print(response).getBytes(StandardCharsets.UTF_8));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a response made here has no unknown Any types", e);
        }
    }

    private static Reply error(Code code, String message) {
        ObjectNode error = JsonNodeFactory.instance.objectNode();
        error.put("code", code.wireName());
        error.put("msg", message);
        return new Reply(code.status(), JSON, StrictJson.write(error));
    }
}
