// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/** What is known of a track under a face policy. Restricted viewers get packets of it in {@link #PROVEN} alone. */
public enum GateState {
    /** Nothing is proven, or not any more. */
    UNPROVEN,
    /** Fresh proof came, and its lease has not run out. */
    PROVEN,
    /** Proof is weak; it becomes good again soon, or counts as a violation. */
    SUSPECT,
    /** The cover was missing. */
    VIOLATED
}
