// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/** To which viewers a track is forwarded: each is <em>cleared</em> for it or restricted, by default restricted. */
public enum GateAccess {
    /** To all: no policy covers the track. */
    ALL,
    /** To the cleared always, to the restricted only while fresh proof holds that the picture is covered. */
    PROVEN,
    /** To the cleared alone, whatever is proven. */
    CLEARED
}
