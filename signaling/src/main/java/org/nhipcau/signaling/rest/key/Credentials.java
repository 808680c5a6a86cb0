// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.key;

/** Turns what a request carries into who calls: an API key, or an operator's token. Thread: any; may block. */
public final class Credentials {
    /** An operator's token is short; a client's, with metadata, may be long and is none. */
    private static final int MAX_CHARS = 4_096;

    private final ApiKeys keys;
    private final OperatorTokens operators;
    private final FailedCredentials failures;

    /** @param failures of all callers together */
    public Credentials(ApiKeys keys, OperatorTokens operators, FailedCredentials failures) {
        this.keys = keys;
        this.operators = operators;
        this.failures = failures;
    }

    /** Whether a credential has the form of one, so that a stranger's body need not be read. Never blocks. */
    public boolean plausible(String credential) {
        return credential.length() <= MAX_CHARS
                && (ApiKeys.looksLikeOne(credential) || operators.check(credential) != null);
    }

    /** Who called a short while ago with this key, for when {@link #check} cannot tell; null: nobody that is known. */
    public Principal recall(String credential) {
        return keys.recall(credential);
    }

    /** Who calls; null: nobody that is known, which is to be counted by {@link #failedWaitS}. */
    public Principal check(String credential) {
        if (!ApiKeys.looksLikeOne(credential)) {
            return operators.check(credential);
        }
        // In a flood the store is not asked for each guess.
        return failures.flooded() && !keys.mayBeOne(credential) ? null : keys.check(credential);
    }

    /** Counts a credential that failed; seconds that its bearer is to wait before the next, 0 while these are few. */
    public long failedWaitS() {
        return failures.waitS();
    }
}
