// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.token;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.crypto.spec.SecretKeySpec;
import org.nhipcau.signaling.token.InvalidTokenException.Reason;

/**
 * Checks access tokens: HS256 alone, the issuer selects the secret, an expiry is required.
 *
 * <p>Nothing in a token's header but {@code alg} is believed: no {@code kid}, {@code jku} or {@code x5u} selects a
 * key, and an unknown critical extension refuses the token. The signature is compared in constant time in its one
 * canonical spelling.
 *
 * <p>Spec: RFC 7515, RFC 7519; RFC 8725 §3.1 (one pinned algorithm). Thread: any.
 */
public final class TokenVerifier {
    /** How far the clocks of issuer and server may differ, in seconds. */
    public static final long LEEWAY_S = 60;

    /** Longest token looked at, in characters: metadata and attributes at their limits fit. */
    public static final int MAX_TOKEN_CHARS = 1 << 20;

    private static final int MAX_HEADER_CHARS = 4_096;

    private final Map<String, SecretKeySpec> keys;
    private final SecretKeySpec nobodysKey;
    private final LongSupplier nowS;

    /**
     * @param secrets API key to secret
     * @param nowS seconds since the epoch
     */
    public TokenVerifier(Map<String, String> secrets, LongSupplier nowS) {
        Map<String, SecretKeySpec> made = new HashMap<>();
        secrets.forEach((apiKey, secret) -> made.put(apiKey, Hs256.key(secret)));
        this.keys = Map.copyOf(made);
        this.nobodysKey = Hs256.key("no issuer has this secret");
        this.nowS = nowS;
    }

    /** Checks by the system's clock. */
    public TokenVerifier(Map<String, String> secrets) {
        this(secrets, () -> System.currentTimeMillis() / 1_000);
    }

    /**
     * Checks a compact token.
     *
     * @throws InvalidTokenException for every token that is not right in all parts
     */
    public Grants verify(String token) throws InvalidTokenException {
        int firstDot = token.indexOf('.');
        int secondDot = token.indexOf('.', firstDot + 1);
        if (token.length() > MAX_TOKEN_CHARS || firstDot <= 0 || firstDot > MAX_HEADER_CHARS
                || secondDot < 0 || token.indexOf('.', secondDot + 1) >= 0) {
            throw new InvalidTokenException(Reason.MALFORMED);
        }
        checkHeader(object(token.substring(0, firstDot)));
        JsonNode claims = object(token.substring(firstDot + 1, secondDot));
        String issuer = ClaimReader.text(claims, "iss");
        SecretKeySpec key = keys.get(issuer);
        // An unknown issuer costs the same work as a wrong signature.
        byte[] expected = Hs256.sign(key == null ? nobodysKey : key, token.substring(0, secondDot));
        byte[] given = token.substring(secondDot + 1).getBytes(StandardCharsets.ISO_8859_1);
        boolean matches = MessageDigest.isEqual(expected, given);
        if (key == null) {
            throw new InvalidTokenException(Reason.UNKNOWN_KEY);
        }
        if (!matches) {
            throw new InvalidTokenException(Reason.SIGNATURE);
        }
        checkTime(claims);
        return ClaimReader.grants(claims);
    }

    private static void checkHeader(JsonNode header) throws InvalidTokenException {
        JsonNode algorithm = header.get("alg");
        if (algorithm == null || !algorithm.isTextual() || !algorithm.textValue().equals("HS256")
                || header.has("crit")) {
            throw new InvalidTokenException(Reason.ALGORITHM);
        }
        JsonNode type = header.get("typ");
        if (type != null && !(type.isTextual() && type.textValue().equalsIgnoreCase("JWT"))) {
            throw new InvalidTokenException(Reason.ALGORITHM);
        }
    }

    private void checkTime(JsonNode claims) throws InvalidTokenException {
        long now = nowS.getAsLong();
        long expiresAtS = ClaimReader.timeS(claims, "exp");
        long notBeforeS = ClaimReader.timeS(claims, "nbf");
        if (expiresAtS == 0 || expiresAtS + LEEWAY_S <= now) {
            throw new InvalidTokenException(Reason.EXPIRED);
        }
        if (notBeforeS - LEEWAY_S > now) {
            throw new InvalidTokenException(Reason.NOT_YET_VALID);
        }
    }

    private static JsonNode object(String base64Url) throws InvalidTokenException {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(base64Url.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw new InvalidTokenException(Reason.MALFORMED);
        }
        JsonNode node = StrictJson.read(bytes);
        if (node == null || !node.isObject()) {
            throw new InvalidTokenException(Reason.MALFORMED);
        }
        return node;
    }
}
