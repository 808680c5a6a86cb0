// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.policy;

/** How one person may receive what another sends, from nothing to all of it. */
public enum View {
    /** Not at all; the track is not even announced. */
    NONE,
    /** Only while the sender proves that the face in it is covered (or blurred, where the policy says so). */
    COVERED,
    /** As it is sent. */
    CLEAR
}
