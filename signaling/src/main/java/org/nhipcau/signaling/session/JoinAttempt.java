// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import livekit.LivekitRtc.JoinRequest;
import org.nhipcau.signaling.token.Grants;

/**
 * A client that wants in: its token is verified, its request parsed; rights and limits are not checked yet.
 *
 * @param request v0 query parameters are put into the same form; {@code auto_subscribe} is already resolved to its
 *     default of the path
 * @param singlePeerConnection v1: one peer connection, the client offers
 */
public record JoinAttempt(Grants grants, JoinRequest request, boolean singlePeerConnection) {
    /** The device model of a client that is a device or an encoder of a room: it came by WHIP. */
    public static final String ENCODER = "encoder";
}
