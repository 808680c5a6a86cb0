// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.key;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.InvalidTokenException;
import org.nhipcau.signaling.token.StrictJson;
import org.nhipcau.signaling.token.TokenIssuer;
import org.nhipcau.signaling.token.TokenVerifier;

/**
 * Tokens of those who hold a secret of the configuration: how the first API key comes into being. They name their scopes
 * in the claim {@code nhipcauApi}, live for minutes, and join no room.
 *
 * <p>Thread: any.
 */
public final class OperatorTokens {
    /** Longest life taken, in seconds. */
    public static final long MAX_TTL_S = 900;

    private static final String CLAIM = "nhipcauApi";

    private final TokenVerifier verifier;

    public OperatorTokens(TokenVerifier verifier) {
        this.verifier = verifier;
    }

    /** Signs a token with the secret of a configured key. */
    public static String mint(TokenIssuer issuer, String signingKey, Set<Scope> scopes, long ttlS) {
        ObjectNode claims = JsonNodeFactory.instance.objectNode();
        var list = claims.putObject(CLAIM).putArray("scopes");
        scopes.stream().sorted().forEach(scope -> list.add(scope.wireName()));
        return issuer.mint(new Grants(signingKey, "", "", "", Map.of(), "", 0, 0, "", "", "", Grants.Video.NONE,
                new String(StrictJson.write(claims), StandardCharsets.UTF_8)), ttlS);
    }

    /** Who signed a token; null when it is no operator's. */
    Principal check(String credential) {
        Grants grants;
        try {
            grants = verifier.verify(credential);
        } catch (InvalidTokenException e) {
            return null;
        }
        long lifeS = grants.expiresAtS() - grants.issuedAtS();
        boolean joins = !grants.identity().isEmpty() || !grants.video().equals(Grants.Video.NONE);
        JsonNode claims = grants.otherClaimsJson().isEmpty() ? null
                : StrictJson.read(grants.otherClaimsJson().getBytes(StandardCharsets.UTF_8));
        JsonNode api = claims == null ? null : claims.get(CLAIM);
        if (joins || lifeS <= 0 || lifeS > MAX_TTL_S || api == null) {
            return null;
        }
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (JsonNode name : api.path("scopes")) {
            Scope scope = name.isTextual() ? Scope.named(name.textValue()) : null;
            if (scope == null) {
                return null;
            }
            scopes.add(scope);
        }
        return scopes.isEmpty() ? null : new Principal(id(grants.apiKey()), scopes, "");
    }

    /** The audit knows ids of few characters; a configured key may be named anyhow. */
    private static String id(String signingKey) {
        return signingKey.matches("[A-Za-z0-9._-]{1,40}") ? "operator:" + signingKey : "operator";
    }
}
