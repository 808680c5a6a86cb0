// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.key;

/** Turns what a request carries into who calls: an API key, or an operator's token. Thread: any; may block. */
public final class Credentials {
    /** An operator's token is short; a client's, with metadata, may be long and is none. */
    private static final int MAX_CHARS = 4_096;

    private final ApiKeys keys;
    private final OperatorTokens operators;

    public Credentials(ApiKeys keys, OperatorTokens operators) {
        this.keys = keys;
        this.operators = operators;
    }

    /** Whether a credential has the form of one, so that a stranger's body need not be read. Never blocks. */
    public boolean plausible(String credential) {
        return credential.length() <= MAX_CHARS
                && (ApiKeys.looksLikeOne(credential) || operators.check(credential) != null);
    }

    /** Who calls; null: nobody that is known. */
    public Principal check(String credential) {
        return ApiKeys.looksLikeOne(credential) ? keys.check(credential) : operators.check(credential);
    }
}
