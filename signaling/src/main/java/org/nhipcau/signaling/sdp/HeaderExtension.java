// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.Optional;

/**
 * An a=extmap line.
 *
 * <p>Spec: RFC 8285 §5.
 *
 * @param direction empty: both ways
 * @param attributes text after the URI, empty: none
 */
record HeaderExtension(int id, Optional<Direction> direction, String uri, String attributes) {
    /** Largest id there can be; the ones above 255 ask for a number of the other side's choice. */
    static final int MAX_ID = 4351;

    HeaderExtension(int id, String uri) {
        this(id, Optional.empty(), uri, "");
    }
}
