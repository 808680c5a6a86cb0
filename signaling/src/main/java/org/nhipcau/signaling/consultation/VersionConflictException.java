// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

/** Somebody else changed the consultation since the version that was expected; nothing was recorded. */
public final class VersionConflictException extends RuntimeException {
    private final long expectedVersion;

    /** Names the version that is not the current one any more. */
    public VersionConflictException(long expectedVersion) {
        super("the consultation has changed since version " + expectedVersion);
        this.expectedVersion = expectedVersion;
    }

    /** The version that was expected. */
    public long expectedVersion() {
        return expectedVersion;
    }
}
