// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import org.nhipcau.sfu.api.Proof;

/**
 * What a good heartbeat of a covered picture says.
 *
 * @param proof what is handed to the media node; null: the cover is there, and nothing is proven yet
 * @param restarted the publisher's covering began anew: what was proven before counts no more
 * @param covers the track is offered as a covered one, so that those who may not see the clear face may know of it
 */
public record Heartbeat(Proof proof, boolean restarted, boolean covers) {}
