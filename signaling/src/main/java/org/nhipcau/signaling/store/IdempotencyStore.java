// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.time.Instant;

/**
 * What was answered to which request, so that a request sent twice acts once.
 *
 * <p>Spec: draft-ietf-httpapi-idempotency-key-header. Thread: any; blocks.
 */
public interface IdempotencyStore {
    /** What became of a claim. */
    sealed interface Claim {
        /** Nobody has used the key: act, then {@link #complete} or {@link #release}. */
        record Fresh() implements Claim {}

        /** Another request with the key is under way, or its process died; since then. */
        record Running(Instant since) implements Claim {}

        /** It was answered so. */
        record Done(int status, String contentType, byte[] body, String location) implements Claim {}

        /** The key was used for another request. */
        record Mismatch() implements Claim {}
    }

    /**
     * Claims a key for a request, for one caller of many.
     *
     * @param requestHash of method, path and body
     * @param staleBefore a claim that runs since before this is taken over
     */
    Claim claim(String caller, String key, String requestHash, Instant now, Instant staleBefore);

    /** Keeps the answer. */
    void complete(String caller, String key, Claim.Done answer, Instant now);

    /** Gives the claim back: nothing was done. */
    void release(String caller, String key);

    /** Forgets what was claimed before then; how many. */
    int forget(Instant before);
}
