// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.Locale;

/**
 * Who sends on a section, from the side that wrote the description.
 *
 * <p>Spec: RFC 8866 §6.7, RFC 3264 §6.1.
 */
enum Direction {
    SENDRECV,
    SENDONLY,
    RECVONLY,
    INACTIVE;

    static Direction of(boolean sends, boolean receives) {
        if (sends) {
            return receives ? SENDRECV : SENDONLY;
        }
        return receives ? RECVONLY : INACTIVE;
    }

    boolean sends() {
        return this == SENDRECV || this == SENDONLY;
    }

    boolean receives() {
        return this == SENDRECV || this == RECVONLY;
    }

    /** The same flow as the other side names it. */
    Direction reversed() {
        return of(receives(), sends());
    }

    String token() {
        return name().toLowerCase(Locale.ROOT);
    }
}
