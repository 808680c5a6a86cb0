// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.link;

/**
 * A time in which nothing passes, both ways.
 *
 * @param hold true: what was sent is delivered late, as by a base station; false: it is lost
 */
public record Outage(long atMs, long lengthMs, boolean hold) {
    public long endMs() {
        return atMs + lengthMs;
    }
}
