// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/** What a publisher says, twice a second, of the picture that it covers before it sends it. */
public enum Proof {
    /** Every face that was found is covered, and the search for them is fresh. */
    CLEAN,
    /** The whole picture is covered. As good as {@link #CLEAN}. */
    WHOLE,
    /** The search is late: nothing is known to be wrong, but nothing is proven. */
    STALE,
    /** The covering has stopped working. */
    DEAD,
    /** The picture is sent uncovered. */
    OFF
}
