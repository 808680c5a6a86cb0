// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

/** A join that is refused before the upgrade. The message is sent to the client: it tells strangers nothing. */
public final class JoinRefusedException extends Exception {
    private final int status;

    /** @param status HTTP status that clients interpret: 400, 401, 403, 404 or 503 */
    public JoinRefusedException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** The HTTP status to answer. */
    public int status() {
        return status;
    }
}
