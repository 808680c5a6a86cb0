// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

/** The journal cannot write or read now (disk full, database dead); nothing was recorded, and it may be tried again. */
public final class JournalUnavailableException extends RuntimeException {
    /** Says what failed, without personal data. */
    public JournalUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
