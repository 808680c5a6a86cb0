// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.token;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Any text, and any rightly signed claims, is either refused in the one way or granted. */
class TokenVerifierFuzzTest {
    private final TokenVerifier verifier = new TokenVerifier(Map.of("devkey", "secret"), () -> 1_800_000_000L);

    @FuzzTest(maxDuration = "30s")
    void wholeToken(byte[] data) {
        verify(new String(data, StandardCharsets.ISO_8859_1));
    }

    @FuzzTest(maxDuration = "30s")
    void signedClaims(FuzzedDataProvider data) {
        byte[] header = data.consumeBoolean() ? "{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8)
                : data.consumeBytes(128);
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        String input = encoder.encodeToString(header) + '.' + encoder.encodeToString(data.consumeRemainingAsBytes());
        verify(input + '.' + new String(Hs256.sign(Hs256.key("secret"), input), StandardCharsets.ISO_8859_1));
    }

    private void verify(String token) {
        try {
            Grants grants = verifier.verify(token);
            if (!grants.apiKey().equals("devkey") || grants.expiresAtS() < 1_700_000_000L) {
                throw new AssertionError("granted without a key or after its time");
            }
            // What was granted can be made again.
            verifier.verify(new TokenIssuer(Map.of("devkey", "secret"), () -> 1_800_000_000L).refresh(grants, 600));
        } catch (InvalidTokenException e) {
            if (!e.getMessage().equals("invalid authorization token")) {
                throw new AssertionError("tells a stranger more");
            }
        }
    }
}
