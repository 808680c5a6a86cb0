// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.StrictJson;
import org.nhipcau.signaling.token.TokenIssuer;

/**
 * Gives the page of a development server its tokens. Only in development mode, whose keys are public and which runs on
 * loopback alone; elsewhere the path does not exist.
 *
 * <p>Thread: any.
 */
final class DevelopmentTokens {
    static final int MAX_BODY_BYTES = 4_096;
    private static final long TTL_S = 6 * 3_600;

    private final TokenIssuer issuer;
    private final String apiKey;
    private final int maxNameChars;
    private final SecureRandom random = new SecureRandom();

    DevelopmentTokens(SignalingConfig config) {
        issuer = new TokenIssuer(config.keys());
        apiKey = config.keys().keySet().stream().sorted().findFirst().orElseThrow();
        maxNameChars = config.limits().maxNameChars();
    }

    /** {@code {"room", "name"}} in, {@code {"token"}} out. */
    HttpAnswer answer(byte[] body) {
        JsonNode request = StrictJson.read(body);
        String room = text(request, "room");
        String name = text(request, "name");
        if (room.isEmpty() || name.isEmpty() || Math.max(room.length(), name.length()) > maxNameChars) {
            return HttpAnswer.text(400, "room and name are required");
        }
        byte[] suffix = new byte[4];
        random.nextBytes(suffix);
        Grants.Video video = new Grants.Video(false, false, false, false, true, room, null, null, null, List.of(),
                true, false, false, false, false, "");
        String token = issuer.mint(new Grants(apiKey, "guest-" + HexFormat.of().formatHex(suffix), name, "", Map.of(),
                "", 0, 0, Grants.CONSULTATION_ROOM, "", "", video), TTL_S);
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("token", token);
        return new HttpAnswer(200, "application/json", StrictJson.write(answer), Map.of("Cache-Control", "no-store"));
    }

    private static String text(JsonNode request, String name) {
        JsonNode value = request == null ? null : request.get(name);
        return value == null || !value.isTextual() ? "" : value.textValue().strip();
    }
}
