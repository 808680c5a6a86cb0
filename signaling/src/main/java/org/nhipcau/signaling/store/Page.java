// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.util.List;

/**
 * Some of a list, and where the rest begins.
 *
 * @param next given back as {@code after} for the following page; empty at the end
 */
public record Page<T>(List<T> items, String next) {
    /** Items that one page may hold. */
    public static final int MAX_ITEMS = 500;

    public Page {
        items = List.copyOf(items);
    }

    /** What is asked for, within the bounds. */
    public static int bounded(int limit) {
        return Math.clamp(limit, 1, MAX_ITEMS);
    }
}
