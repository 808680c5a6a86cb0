// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Makes tokens: for the command line, refreshed ones for clients in a call, and those that sign webhooks.
 *
 * <p>Spec: RFC 7515, RFC 7519. Thread: any.
 */
public final class TokenIssuer {
    /** A refreshed token lives at least this long, in seconds. */
    public static final long MIN_REFRESH_TTL_S = 600;

    /** Life of a webhook's signature, in seconds. */
    public static final long WEBHOOK_TTL_S = 300;

    private static final String HEADER = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));

    private final Map<String, String> secrets;
    private final LongSupplier nowS;

    /**
     * @param secrets API key to secret
     * @param nowS seconds since the epoch
     */
    public TokenIssuer(Map<String, String> secrets, LongSupplier nowS) {
        this.secrets = Map.copyOf(secrets);
        this.nowS = nowS;
    }

    /** Issues by the system's clock. */
    public TokenIssuer(Map<String, String> secrets) {
        this(secrets, () -> System.currentTimeMillis() / 1_000);
    }

    /**
     * Makes a token with all claims of the grants; their times are replaced.
     *
     * @throws IllegalArgumentException when the grants' API key is not configured
     */
    public String mint(Grants grants, long ttlS) {
        long now = nowS.getAsLong();
        return sign(grants.apiKey(), claims(grants, now, now + ttlS));
    }

    /**
     * Makes a token with the same claims for a client in a call. It lives {@code ttlS} or ten minutes, whichever is
     * longer, and never ends before the token it replaces.
     */
    public String refresh(Grants grants, long ttlS) {
        long now = nowS.getAsLong();
        long expiresAtS = Math.max(now + Math.max(ttlS, MIN_REFRESH_TTL_S), grants.expiresAtS());
        return sign(grants.apiKey(), claims(grants, now, expiresAtS));
    }

    /**
     * Makes the signature of a webhook.
     *
     * @param sha256 standard base64 of the body's SHA-256
     */
    public String webhook(String apiKey, String sha256) {
        long now = nowS.getAsLong();
        ObjectNode claims = times(apiKey, now, now + WEBHOOK_TTL_S);
        claims.put("sha256", sha256);
        return sign(apiKey, claims);
    }

    private String sign(String apiKey, ObjectNode claims) {
        String secret = secrets.get(apiKey);
        if (secret == null) {
            throw new IllegalArgumentException("the API key is not configured");
        }
        String signingInput = HEADER + '.' + encode(StrictJson.write(claims));
        return signingInput + '.' + new String(Hs256.sign(Hs256.key(secret), signingInput),
                StandardCharsets.ISO_8859_1);
    }

    private static ObjectNode times(String apiKey, long now, long expiresAtS) {
        ObjectNode claims = JsonNodeFactory.instance.objectNode();
        claims.put("iss", apiKey);
        claims.put("iat", now);
        claims.put("nbf", now);
        claims.put("exp", expiresAtS);
        return claims;
    }

    private static ObjectNode claims(Grants grants, long now, long expiresAtS) {
        ObjectNode claims = times(grants.apiKey(), now, expiresAtS);
        text(claims, "sub", grants.identity());
        text(claims, "name", grants.name());
        text(claims, "metadata", grants.metadata());
        text(claims, "kind", grants.kind());
        text(claims, "sha256", grants.sha256());
        text(claims, "role", grants.role());
        if (!grants.attributes().isEmpty()) {
            ObjectNode attributes = claims.putObject("attributes");
            grants.attributes().forEach(attributes::put);
        }
        if (!grants.roomConfigJson().isEmpty()) {
            claims.set("roomConfig", parsed(grants.roomConfigJson()));
        }
        ObjectNode video = video(grants.video());
        JsonNode other = grants.otherClaimsJson().isEmpty() ? null : parsed(grants.otherClaimsJson());
        if (other != null) {
            for (Map.Entry<String, JsonNode> member : other.properties()) {
                if (member.getKey().equals("video")) {
                    video.setAll((ObjectNode) member.getValue());
                } else {
                    claims.set(member.getKey(), member.getValue());
                }
            }
        }
        if (!video.isEmpty()) {
            claims.set("video", video);
        }
        return claims;
    }

    private static ObjectNode video(Grants.Video v) {
        ObjectNode video = JsonNodeFactory.instance.objectNode();
        flag(video, "roomCreate", v.roomCreate());
        flag(video, "roomList", v.roomList());
        flag(video, "roomRecord", v.roomRecord());
        flag(video, "roomAdmin", v.roomAdmin());
        flag(video, "roomJoin", v.roomJoin());
        text(video, "room", v.room());
        triState(video, "canPublish", v.canPublish());
        triState(video, "canSubscribe", v.canSubscribe());
        triState(video, "canPublishData", v.canPublishData());
        if (!v.canPublishSources().isEmpty()) {
            ArrayNode sources = video.putArray("canPublishSources");
            v.canPublishSources().forEach(sources::add);
        }
        triState(video, "canUpdateOwnMetadata", v.canUpdateOwnMetadata());
        flag(video, "ingressAdmin", v.ingressAdmin());
        flag(video, "hidden", v.hidden());
        flag(video, "recorder", v.recorder());
        flag(video, "agent", v.agent());
        text(video, "destinationRoom", v.destinationRoom());
        return video;
    }

    private static void text(ObjectNode to, String name, String value) {
        if (!value.isEmpty()) {
            to.put(name, value);
        }
    }

    private static void flag(ObjectNode to, String name, boolean value) {
        if (value) {
            to.put(name, true);
        }
    }

    private static void triState(ObjectNode to, String name, Boolean value) {
        if (value != null) {
            to.put(name, value);
        }
    }

    private static JsonNode parsed(String json) {
        JsonNode node = StrictJson.read(json.getBytes(StandardCharsets.UTF_8));
        if (node == null || !node.isObject()) {
            throw new IllegalArgumentException("a carried claim is no JSON object");
        }
        return node;
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
