// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/** How much a room depends on a participant; decides what an overloaded node gives up last, never rights. */
public enum Importance {
    /** One of those who take part. */
    ORDINARY,
    /** Steers the room: a node that is overloaded never gives up this participant's sound. */
    CONTROLLER
}
