// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Divides what a viewer's path carries among the video consumers of that viewer.
 *
 * <p>Thread: one, the worker's that owns the room.
 */
interface BandwidthAllocator {
    /**
     * Sets the step of each video consumer, through {@link ViewerShare#allocate}.
     *
     * @param viewer what is remembered of the viewer from one time to the next
     * @param consumers all of the viewer, audio included
     * @param estimateBps what the path seems to carry
     * @param limited there has been evidence of a limit; without it nothing is capped
     */
    void allocate(ViewerBudget viewer, Consumer[] consumers, long estimateBps, boolean limited, long nowNs);
}
