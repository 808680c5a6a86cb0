// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.link;

/** What a packet on a link is, as an onlooker can tell from its payload type. */
public enum Flow {
    AUDIO, VIDEO, RTX, PADDING, RTCP, OTHER;

    static final Flow[] ALL = values();
}
