// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/**
 * Why a direction of a call suffers: one word that tells whose matter it is.
 *
 * <p>For a viewer's downlink it may well be the publisher's uplink: then what the viewer gets is bad, and the viewer's own
 * link is not to blame.
 */
public enum QualityCause {
    /** Nothing suffers. */
    NONE,
    /** The link from a publisher to the node, say of a commune's station. */
    PUBLISHER_UPLINK,
    /** The link from the node to a viewer, say of a hospital. */
    VIEWER_DOWNLINK,
    /** A camera that is not muted gives no pictures, though the link of its publisher is well. */
    CAMERA_STOPPED,
    /** The node itself: it has too much to do and gives something up, or loses packets. */
    SERVER
}
