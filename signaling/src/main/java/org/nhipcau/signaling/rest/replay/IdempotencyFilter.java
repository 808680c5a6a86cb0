// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.replay;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.store.IdempotencyStore;
import org.nhipcau.signaling.store.IdempotencyStore.Claim;
import org.nhipcau.signaling.token.StrictJson;

/**
 * Carries a request out once, however often it comes.
 *
 * <p>A request that was refused has done nothing and frees its key, so that it may be sent again when the reason has
 * gone. One that failed keeps it, and so does one that a crash cut short: nobody knows what it did.
 *
 * <p>Thread: any; may block.
 */
public final class IdempotencyFilter {
    /** What a key may be: enough for a UUID or a hash. */
    public static final String KEY_PATTERN = "[A-Za-z0-9._:-]{8,128}";

    /** Says that an answer is the first one's. */
    public static final String REPLAYED = "Idempotency-Replayed";

    private static final String LOCATION = "Location";
    private static final Pattern KEY = Pattern.compile(KEY_PATTERN);

    private final IdempotencyStore store;

    public IdempotencyFilter(IdempotencyStore store) {
        this.store = store;
    }

    /**
     * Carries out a request, or answers as the first of its key was answered.
     *
     * @param key empty: each request is one of its own
     * @param requestHash of method, path and body
     * @param secret the answer holds a secret, which is not kept: a repetition is refused
     */
    public Reply apply(String caller, String key, String requestHash, boolean secret, Instant now,
            Supplier<Reply> action) {
        if (key.isEmpty()) {
            return action.get();
        }
        if (!KEY.matcher(key).matches()) {
            throw new ProblemException(ProblemType.INVALID_REQUEST, "Idempotency-Key must match " + KEY_PATTERN);
        }
        // No claim is taken over, however old: what its request did cannot be known.
        return switch (store.claim(caller, key, requestHash, now, Instant.EPOCH)) {
            case Claim.Fresh fresh -> first(caller, key, secret, now, action);
            case Claim.Done done -> again(done);
            case Claim.Mismatch mismatch -> throw new ProblemException(ProblemType.KEY_REUSED, null);
            case Claim.Running running -> throw new ProblemException(ProblemType.REQUEST_UNDER_WAY,
                    "if it lasts, look what the first request did, and use a new key if it did nothing");
        };
    }

    private Reply first(String caller, String key, boolean secret, Instant now, Supplier<Reply> action) {
        Reply reply;
        try {
            reply = action.get();
        } catch (ProblemException refused) {
            // When the store failed under way, nobody knows whether the request was carried out: its key stays taken, so
            // that a repetition cannot do it twice.
            if (refused.problem().status() != ProblemType.UNAVAILABLE.status()) {
                store.release(caller, key);
            }
            throw refused;
        }
        store.complete(caller, key, secret ? new Claim.Done(reply.status(), "", new byte[0], "")
                : new Claim.Done(reply.status(), reply.mediaType(), reply.body(),
                        reply.headers().getOrDefault(LOCATION, "")), now);
        return reply;
    }

    private static Reply again(Claim.Done done) {
        if (done.contentType().isEmpty() && done.status() != 204) {
            throw new ProblemException(ProblemType.CONFLICT, "it was made; its secret is shown once");
        }
        Map<String, String> headers = done.location().isEmpty() ? Map.of() : Map.of(LOCATION, done.location());
        return new Reply(done.status(), done.contentType(), done.body(), headers, version(done.body()))
                .with(REPLAYED, "true");
    }

    /** What has an ETag tells its version in its body too. */
    private static long version(byte[] body) {
        JsonNode node = body.length == 0 ? null : StrictJson.read(body);
        return node != null && node.path("version").isIntegralNumber() ? node.path("version").longValue() : -1;
    }
}
