// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keys of other platforms. The secret itself is never kept, only a hash. Thread: any; blocks. */
public interface ApiKeyStore {
    /**
     * One key.
     *
     * @param id public part
     * @param secretHash hexadecimal SHA-256 of the secret (which is random and long)
     * @param scopes what it may do
     * @param facility code that it is bound to; empty: all
     * @param expiresAt null: never
     * @param revokedAt null while it is good
     */
    record ApiKey(String id, String label, String secretHash, Set<String> scopes, String facility, Instant createdAt,
            Instant expiresAt, Instant revokedAt) {
        public ApiKey {
            scopes = Set.copyOf(scopes);
        }

        /** Whether it opens anything at that time. */
        public boolean usable(Instant now) {
            return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
        }

        @Override
        public String toString() {
            return "ApiKey[" + id + "]";
        }
    }

    /** Adds a key whose id is new. */
    void add(ApiKey key, String actor, Instant at);

    Optional<ApiKey> find(String id);

    /** All, by id. */
    List<ApiKey> list();

    /** Ends a key at once; false when there is none of that id. Idempotent. */
    boolean revoke(String id, String actor, Instant at);
}
