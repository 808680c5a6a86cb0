// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import org.nhipcau.signaling.rest.json.BodyReader;
import org.nhipcau.signaling.rest.json.BodyReader.UnfitException;
import org.nhipcau.signaling.rest.webhook.WebhookBody;
import org.nhipcau.signaling.token.InvalidTokenException;
import org.nhipcau.signaling.token.TokenVerifier;

/** Reads what a webhook was sent, if the signature is the server's. Thread: any. */
public final class SignedEvents {
    private final TokenVerifier verifier;

    /** @param secrets of the keys that may sign: name to secret, as in the server's configuration */
    public SignedEvents(Map<String, String> secrets) {
        this.verifier = new TokenVerifier(secrets);
    }

    /**
     * The event in a request.
     *
     * @param authorization the header
     * @return null when the signature is not right, or not of this body
     */
    public WebhookBody read(String authorization, byte[] body) {
        try {
            byte[] signed = verifier.verify(authorization).sha256().getBytes(StandardCharsets.US_ASCII);
            byte[] given = Base64.getEncoder().encode(MessageDigest.getInstance("SHA-256").digest(body));
            return MessageDigest.isEqual(signed, given) ? BodyReader.readTolerantly(body, WebhookBody.class) : null;
        } catch (InvalidTokenException | UnfitException e) {
            return null;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
