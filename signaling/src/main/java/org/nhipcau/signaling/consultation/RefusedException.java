// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

/** The answer to a command that may not be carried out. Nothing has changed. Its message holds no personal data. */
public final class RefusedException extends RuntimeException {
    private final RefusalCode code;

    /** With the code's own sentence. */
    public RefusedException(RefusalCode code) {
        this(code, code.en());
    }

    /** With a sentence that says more than the code does. */
    public RefusedException(RefusalCode code, String message) {
        // An answer, not a fault: nobody reads its stack.
        super(message, null, false, false);
        this.code = code;
    }

    /** Why not. */
    public RefusalCode code() {
        return code;
    }
}
