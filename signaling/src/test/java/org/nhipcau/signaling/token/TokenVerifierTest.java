// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.token.InvalidTokenException.Reason;

/** The tokens of client SDKs are taken, and those of vulnerability class V38 refused. */
class TokenVerifierTest {
    private static final long NOW_S = 1_800_000_000L;
    private static final String SECRET = "devsecret-devsecret-devsecret-devs";
    private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

    private final TokenVerifier verifier =
            new TokenVerifier(Map.of("devkey", SECRET, "short", "secret"), () -> NOW_S);

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String mac(String algorithm, byte[] key, String input) throws Exception {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(key, algorithm));
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(mac.doFinal(input.getBytes(StandardCharsets.UTF_8)));
    }

    private static String token(String header, String claims, String secret) throws Exception {
        String input = base64(header) + '.' + base64(claims);
        return input + '.' + mac("HmacSHA256", secret.getBytes(StandardCharsets.UTF_8), input);
    }

    private static String claims(String more) {
        return "{\"iss\":\"devkey\",\"sub\":\"alice\",\"exp\":" + (NOW_S + 60) + more + "}";
    }

    private void refused(Reason reason, String token) {
        InvalidTokenException e = assertThrows(InvalidTokenException.class, () -> verifier.verify(token));
        assertEquals(reason, e.reason());
        assertEquals("invalid authorization token", e.getMessage());
    }

    private void refusedClaims(Reason reason, String claims) throws Exception {
        refused(reason, token(HEADER, claims, SECRET));
    }

    @Test
    void shouldReadEveryClaim() throws Exception {
        Grants grants = verifier.verify(token(HEADER, claims("""
                ,"nbf":1,"iat":7,"name":"Alice","metadata":"m","attributes":{"a":"1","b":""},"kind":"Agent",
                "kindDetails":["X"],"sha256":"abc","roomPreset":"p","role":"doctor","roomConfig":{"emptyTimeout":5},
                "sip":{"admin":true},"unknown":{"x":[1,2]},
                "video":{"roomCreate":true,"roomList":true,"roomRecord":true,"roomAdmin":true,"roomJoin":true,
                "room":"r","canPublish":false,"canSubscribe":true,"canPublishData":true,
                "canPublishSources":["CAMERA","microphone"],"canUpdateOwnMetadata":true,"ingressAdmin":true,
                "hidden":true,"recorder":true,"agent":true,"canSubscribeMetrics":true,"destinationRoom":"d"}"""),
                SECRET));
        assertEquals("devkey", grants.apiKey());
        assertEquals("alice", grants.identity());
        assertEquals(Map.of("a", "1", "b", ""), grants.attributes());
        assertEquals("agent", grants.kind());
        assertEquals(7, grants.issuedAtS());
        assertEquals(NOW_S + 60, grants.expiresAtS());
        assertEquals("{\"emptyTimeout\":5}", grants.roomConfigJson());
        assertEquals("doctor", grants.role());
        assertEquals("abc", grants.sha256());
        assertEquals(new Grants.Video(true, true, true, true, true, "r", false, true, true,
                List.of("camera", "microphone"), true, true, true, true, true, "d"), grants.video());
        assertTrue(grants.otherClaimsJson().contains("\"canSubscribeMetrics\":true"));
        assertFalse(grants.otherClaimsJson().contains("unknown"));
    }

    @Test
    void shouldFillDefaultsAndFallBackToTheTokenId() throws Exception {
        Grants grants = verifier.verify(token("{\"alg\":\"HS256\"}",
                "{\"iss\":\"short\",\"jti\":\"bob\",\"exp\":" + (NOW_S + 60)
                + ",\"video\":{\"roomJoin\":true}}", "secret"));
        assertEquals("bob", grants.identity());
        assertNull(grants.video().canPublish());
        assertTrue(grants.video().mayPublish() && grants.video().maySubscribe() && grants.video().mayPublishData());
        assertFalse(grants.video().mayUpdateOwnMetadata());
        assertEquals("", grants.video().room());
    }

    @Test
    void shouldHoldTheTimesWithAMinuteOfLeeway() throws Exception {
        verifier.verify(token(HEADER, "{\"iss\":\"devkey\",\"exp\":" + (NOW_S - 59) + "}", SECRET));
        refusedClaims(Reason.EXPIRED, "{\"iss\":\"devkey\",\"exp\":" + (NOW_S - 60) + "}");
        refusedClaims(Reason.EXPIRED, "{\"iss\":\"devkey\"}");
        refusedClaims(Reason.EXPIRED, "{\"iss\":\"devkey\",\"exp\":null}");
        refusedClaims(Reason.EXPIRED, "{\"iss\":\"devkey\",\"exp\":0}");
        verifier.verify(token(HEADER, claims(",\"nbf\":" + (NOW_S + 60)), SECRET));
        refusedClaims(Reason.NOT_YET_VALID, claims(",\"nbf\":" + (NOW_S + 61)));
        for (String exp : List.of("\"" + (NOW_S + 60) + "\"", "1e999", "-5", "1e300", "[1]", "true", "1e18")) {
            String text = "{\"iss\":\"devkey\",\"exp\":" + exp + "}";
            InvalidTokenException e = assertThrows(InvalidTokenException.class,
                    () -> verifier.verify(token(HEADER, text, SECRET)), exp);
            assertTrue(e.reason() == Reason.CLAIMS || e.reason() == Reason.MALFORMED, exp);
        }
        verifier.verify(token(HEADER, "{\"iss\":\"devkey\",\"exp\":" + (NOW_S + 60) + ".5}", SECRET));
    }

    @Test
    void shouldTakeNoOtherAlgorithm() throws Exception {
        byte[] secret = SECRET.getBytes(StandardCharsets.UTF_8);
        for (String alg : List.of("none", "None", "NONE", "nOnE", "HS384", "HS512", "RS256", "ES256", "PS256", "hs256",
                "HS256 ", "", "PBES2-HS256+A128KW")) {
            String input = base64("{\"alg\":\"" + alg + "\",\"typ\":\"JWT\"}") + '.' + base64(claims(""));
            refused(Reason.ALGORITHM, input + '.' + mac("HmacSHA256", secret, input));
            refused(Reason.ALGORITHM, input + '.' + mac("HmacSHA384", secret, input));
            refused(Reason.ALGORITHM, input + '.');
        }
        for (String header : List.of("{}", "{\"alg\":null}", "{\"alg\":[\"HS256\"]}", "{\"alg\":{\"HS256\":1}}",
                "{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}", "{\"alg\":\"HS256\",\"typ\":\"JWE\"}")) {
            refused(Reason.ALGORITHM, token(header, claims(""), SECRET));
        }
        String input = base64(HEADER) + '.' + base64(claims(""));
        refused(Reason.SIGNATURE, input + '.');
        refused(Reason.SIGNATURE, input + '.' + mac("HmacSHA512", secret, input));
    }

    @Test
    void shouldLetNoHeaderChooseAKey() throws Exception {
        for (String extra : List.of("\"kid\":\"../../../../dev/null\"", "\"kid\":\"' UNION SELECT 'x' --\"",
                "\"jku\":\"https://attacker.example/jwks\"", "\"x5u\":\"https://attacker.example/x\"",
                "\"jwk\":{\"kty\":\"oct\",\"k\":\"YXR0YWNrZXI\"}")) {
            String header = "{\"alg\":\"HS256\"," + extra + "}";
            assertEquals("alice", verifier.verify(token(header, claims(""), SECRET)).identity());
            refused(Reason.SIGNATURE, token(header, claims(""), "attacker"));
            refused(Reason.SIGNATURE, token(header, claims(""), " "));
        }
    }

    @Test
    void shouldSelectTheSecretByTheIssuer() throws Exception {
        refused(Reason.SIGNATURE, token(HEADER, claims(""), "secret"));
        refused(Reason.UNKNOWN_KEY, token(HEADER, "{\"iss\":\"other\",\"exp\":" + (NOW_S + 60) + "}", SECRET));
        refused(Reason.UNKNOWN_KEY, token(HEADER, "{\"exp\":" + (NOW_S + 60) + "}", SECRET));
        refused(Reason.CLAIMS, token(HEADER, "{\"iss\":5,\"exp\":" + (NOW_S + 60) + "}", SECRET));
    }

    @Test
    void shouldRefuseRepeatedKeysAndKeepToTheExactSpelling() throws Exception {
        refused(Reason.MALFORMED, token(HEADER, claims(",\"sub\":\"bob\""), SECRET));
        refused(Reason.MALFORMED, token(HEADER, claims(",\"video\":{\"roomJoin\":false,\"roomJoin\":true}"), SECRET));
        refused(Reason.MALFORMED, token("{\"alg\":\"HS256\",\"alg\":\"none\"}", claims(""), SECRET));
        Grants grants = verifier.verify(token(HEADER,
                claims(",\"Sub\":\"bob\",\"VIDEO\":{\"roomAdmin\":true}"), SECRET));
        assertEquals("alice", grants.identity());
        assertEquals(Grants.Video.NONE, grants.video());
    }

    @Test
    void shouldRefuseClaimsOfTheWrongType() throws Exception {
        for (String more : List.of(",\"name\":5", ",\"metadata\":{}", ",\"attributes\":[]", ",\"attributes\":{\"a\":1}",
                ",\"video\":true", ",\"video\":{\"roomJoin\":\"true\"}", ",\"video\":{\"room\":7}",
                ",\"video\":{\"canPublish\":1}", ",\"video\":{\"canPublishSources\":\"camera\"}",
                ",\"video\":{\"canPublishSources\":[1]}", ",\"roomConfig\":\"x\"", ",\"role\":[]")) {
            refusedClaims(Reason.CLAIMS, claims(more));
        }
    }

    @Test
    void shouldBoundDepthAndSize() throws Exception {
        int depth = 100_000;
        refusedClaims(Reason.MALFORMED, claims(",\"x\":" + "[".repeat(depth) + "]".repeat(depth)));
        refusedClaims(Reason.MALFORMED, claims(",\"x\":" + "9".repeat(1_000)));
        refused(Reason.MALFORMED, token(HEADER, claims(",\"x\":\"" + "a".repeat(TokenVerifier.MAX_TOKEN_CHARS) + "\""),
                SECRET));
        refused(Reason.MALFORMED, token("{\"alg\":\"HS256\",\"x\":\"" + "a".repeat(8_192) + "\"}", claims(""), SECRET));
    }

    @Test
    void shouldRefuseWhatIsNoTokenAndEverySpellingOfASignatureButOne() throws Exception {
        String good = token(HEADER, claims(""), SECRET);
        assertEquals("alice", verifier.verify(good).identity());
        for (String bad : List.of("", ".", "..", "...", "a", "a.b", "a.b.c", good + ".", good + ".x", good + "=",
                good + "A", " " + good, good + "\n", good.substring(0, good.length() - 1), good.replace('.', ','),
                "\u0000" + good, good.toUpperCase(java.util.Locale.ROOT))) {
            assertThrows(InvalidTokenException.class, () -> verifier.verify(bad), bad);
        }
        for (String payload : List.of("[]", "5", "null", "\"x\"", "{", "{}{}", "", "{\"a\":}")) {
            refused(Reason.MALFORMED, token(HEADER, payload, SECRET));
        }
    }

    @Test
    void shouldSurviveMutations() throws Exception {
        String good = token(HEADER, claims(",\"video\":{\"roomJoin\":true,\"room\":\"r\"}"), SECRET);
        long seed = 20_261_121L;
        Random random = new Random(seed);
        int accepted = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder mutated = new StringBuilder(good);
            for (int flips = random.nextInt(3) + 1; flips > 0; flips--) {
                mutated.setCharAt(random.nextInt(mutated.length()), (char) random.nextInt(128));
            }
            String token = mutated.toString();
            try {
                verifier.verify(token);
                accepted++;
                assertEquals(good, token, "seed " + seed + " round " + i);
            } catch (InvalidTokenException e) {
                assertFalse(good.equals(token), "seed " + seed + " round " + i);
            }
        }
        assertTrue(accepted < 500, "seed " + seed);
    }
}
