// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.link;

import java.util.Locale;

/** A way over the link, seen from the poor station. */
public enum Direction {
    /** From the station to the server. */
    UP,
    /** From the server to the station. */
    DOWN;

    /** As profiles and logs name it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
