// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Divides what a viewer's path carries among the video consumers of that viewer.
 *
 * <p>Thread: one, the worker's that owns the room.
 */
interface BandwidthAllocator {
    /**
     * Sets a cap on the layer of each video consumer, or pauses it, through {@link Consumer#allocate}.
     *
     * @param consumers all of one viewer, audio included
     * @param count how many of the array's elements count
     * @param estimateBps what the path seems to carry
     * @param limited there has been evidence of a limit; without it nothing is capped
     */
    void allocate(Consumer[] consumers, int count, long estimateBps, boolean limited, long nowNs);
}
