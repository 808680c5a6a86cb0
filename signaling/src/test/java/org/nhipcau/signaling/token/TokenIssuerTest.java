// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenIssuerTest {
    private static final long NOW_S = 1_800_000_000L;
    private static final Map<String, String> SECRETS = Map.of("devkey", "secret", "other", "x".repeat(40));
    private static final Grants.Video VIDEO = new Grants.Video(true, true, true, true, true, "r", false, true, null,
            List.of("camera"), true, true, true, true, true, "d");
    private static final Grants GRANTS = new Grants("devkey", "alice", "Alice", "m", Map.of("a", "1"), "agent", 5,
            NOW_S + 100, "{\"emptyTimeout\":5}", "", "doctor", VIDEO,
            "{\"kindDetails\":[\"X\"],\"video\":{\"canSubscribeMetrics\":true}}");

    private final TokenIssuer issuer = new TokenIssuer(SECRETS, () -> NOW_S);
    private final TokenVerifier verifier = new TokenVerifier(SECRETS, () -> NOW_S);

    @Test
    void shouldMakeAgainATokenWithEveryClaim() throws Exception {
        String first = issuer.mint(GRANTS, 100);
        Grants read = verifier.verify(first);
        assertEquals(new Grants("devkey", "alice", "Alice", "m", Map.of("a", "1"), "agent", NOW_S, NOW_S + 100,
                "{\"emptyTimeout\":5}", "", "doctor", VIDEO, GRANTS.otherClaimsJson()), read);
        assertEquals(withoutTimes(first), withoutTimes(issuer.refresh(read, 600)));
    }

    private static JsonNode withoutTimes(String token) {
        byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.")[1].getBytes(StandardCharsets.ISO_8859_1));
        return ((ObjectNode) StrictJson.read(claims)).without(List.of("exp", "nbf", "iat"));
    }

    @Test
    void shouldNeverShortenALifeNorGoBelowTenMinutes() throws Exception {
        assertEquals(NOW_S + 600, verifier.verify(issuer.refresh(GRANTS, 1)).expiresAtS());
        assertEquals(NOW_S + 3_600, verifier.verify(issuer.refresh(GRANTS, 3_600)).expiresAtS());
        Grants long_ = verifier.verify(issuer.mint(GRANTS, 86_400));
        assertEquals(NOW_S + 86_400, verifier.verify(issuer.refresh(long_, 600)).expiresAtS());
    }

    @Test
    void shouldKeepWhatChangedInACall() throws Exception {
        Grants changed = GRANTS.withProfile("Bob", "n", Map.of()).withVideo(Grants.Video.NONE).withIdentity("x");
        Grants read = verifier.verify(issuer.refresh(changed, 600));
        assertEquals("Bob", read.name());
        assertEquals("x", read.identity());
        assertEquals(Grants.Video.NONE, read.video());
        assertEquals(GRANTS.otherClaimsJson(), read.otherClaimsJson());
    }

    @Test
    void shouldSignWebhooks() throws Exception {
        Grants read = verifier.verify(issuer.webhook("other", "aGFzaA=="));
        assertEquals("aGFzaA==", read.sha256());
        assertEquals("other", read.apiKey());
        assertEquals(NOW_S + 300, read.expiresAtS());
    }

    @Test
    void shouldSignWithConfiguredKeysOnly() {
        assertThrows(IllegalArgumentException.class, () -> issuer.webhook("nobody", ""));
    }
}
