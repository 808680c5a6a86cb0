// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.nhipcau.signaling.token.InvalidTokenException.Reason;

/** Turns the claims of a token whose signature is right into {@link Grants}; a claim of the wrong type refuses it. */
final class ClaimReader {
    /** Claims not read here but kept: for a refreshed token, or for those who know them. */
    static final Set<String> CARRIED = Set.of("kindDetails", "roomPreset", "sip", "agent", "inference",
            "observability", "nhipcauApi");

    /** Members of {@code video} kept likewise. */
    static final Set<String> CARRIED_VIDEO = Set.of("canSubscribeMetrics", "canManageAgentSession");

    private static final long MAX_TIME_S = 1L << 40;

    private ClaimReader() {}

    static Grants grants(JsonNode claims) throws InvalidTokenException {
        String subject = text(claims, "sub");
        JsonNode roomConfig = objectOrNull(claims, "roomConfig");
        JsonNode video = objectOrNull(claims, "video");
        return new Grants(text(claims, "iss"), subject.isEmpty() ? text(claims, "jti") : subject,
                text(claims, "name"), text(claims, "metadata"), attributes(claims),
                text(claims, "kind").toLowerCase(Locale.ROOT),
                timeS(claims, "iat"), timeS(claims, "exp"),
                roomConfig == null ? "" : new String(StrictJson.write(roomConfig), StandardCharsets.UTF_8),
                text(claims, "sha256"), text(claims, "role"), video == null ? Grants.Video.NONE : video(video),
                carried(claims, video));
    }

    private static Grants.Video video(JsonNode v) throws InvalidTokenException {
        return new Grants.Video(flag(v, "roomCreate"), flag(v, "roomList"), flag(v, "roomRecord"),
                flag(v, "roomAdmin"), flag(v, "roomJoin"), text(v, "room"), triState(v, "canPublish"),
                triState(v, "canSubscribe"), triState(v, "canPublishData"), sources(v),
                triState(v, "canUpdateOwnMetadata"), flag(v, "ingressAdmin"), flag(v, "hidden"), flag(v, "recorder"),
                flag(v, "agent"), text(v, "destinationRoom"));
    }

    private static List<String> sources(JsonNode video) throws InvalidTokenException {
        JsonNode node = video.get("canPublishSources");
        if (node == null || node.isNull()) {
            return List.of();
        }
        List<String> sources = new ArrayList<>();
        if (!node.isArray()) {
            throw new InvalidTokenException(Reason.CLAIMS);
        }
        for (JsonNode source : node) {
            if (!source.isTextual()) {
                throw new InvalidTokenException(Reason.CLAIMS);
            }
            sources.add(source.textValue().toLowerCase(Locale.ROOT));
        }
        return sources;
    }

    private static Map<String, String> attributes(JsonNode claims) throws InvalidTokenException {
        JsonNode node = objectOrNull(claims, "attributes");
        if (node == null) {
            return Map.of();
        }
        Map<String, String> attributes = new HashMap<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!member.getValue().isTextual()) {
                throw new InvalidTokenException(Reason.CLAIMS);
            }
            attributes.put(member.getKey(), member.getValue().textValue());
        }
        return attributes;
    }

    private static String carried(JsonNode claims, JsonNode video) {
        ObjectNode kept = JsonNodeFactory.instance.objectNode();
        copy(claims, CARRIED, kept);
        if (video != null) {
            ObjectNode keptVideo = JsonNodeFactory.instance.objectNode();
            copy(video, CARRIED_VIDEO, keptVideo);
            if (!keptVideo.isEmpty()) {
                kept.set("video", keptVideo);
            }
        }
        return kept.isEmpty() ? "" : new String(StrictJson.write(kept), StandardCharsets.UTF_8);
    }

    private static void copy(JsonNode from, Set<String> names, ObjectNode to) {
        for (String name : names) {
            if (from.hasNonNull(name)) {
                to.set(name, from.get(name));
            }
        }
    }

    static String text(JsonNode object, String name) throws InvalidTokenException {
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return "";
        }
        if (!node.isTextual()) {
            throw new InvalidTokenException(Reason.CLAIMS);
        }
        return node.textValue();
    }

    /** A NumericDate (RFC 7519 §2), fractions cut; 0 when absent. */
    static long timeS(JsonNode object, String name) throws InvalidTokenException {
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return 0;
        }
        double value = node.isNumber() ? node.doubleValue() : Double.NaN;
        // Also false for NaN; infinities and dates past the year 36,000 are nonsense.
        if (!(value >= 0 && value < MAX_TIME_S)) {
            throw new InvalidTokenException(Reason.CLAIMS);
        }
        return (long) value;
    }

    private static boolean flag(JsonNode object, String name) throws InvalidTokenException {
        Boolean value = triState(object, name);
        return value != null && value;
    }

    private static Boolean triState(JsonNode object, String name) throws InvalidTokenException {
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isBoolean()) {
            throw new InvalidTokenException(Reason.CLAIMS);
        }
        return node.booleanValue();
    }

    private static JsonNode objectOrNull(JsonNode object, String name) throws InvalidTokenException {
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isObject()) {
            throw new InvalidTokenException(Reason.CLAIMS);
        }
        return node;
    }
}
