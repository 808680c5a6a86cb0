// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

/** So much waits for the store that nobody is let in whose coming would have to wait too. */
final class BacklogFullException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BacklogFullException() {
        super("too much waits for the store", null, false, false);
    }
}
