// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.Set;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.MediaEvent.GateChanged;
import org.nhipcau.signaling.quality.QualitySample;

/**
 * The rules of one room, and who keeps its record. The room asks and tells on its own thread: nothing here blocks.
 *
 * <p>An exception of {@link #ruling} shuts the room's media until a ruling comes without one.
 */
public interface RoomGovernor {
    /** The rules that hold now; never null. */
    Ruling ruling();

    /** Begins to call back, from any thread, whenever there may be another ruling. One room at a time. */
    void onChange(Runnable wake);

    /**
     * Judges what a publisher says of the picture it covers.
     *
     * @param json as the client sent it
     * @param nowMs monotonic
     * @return null when it is no heartbeat, out of order or one too many: it then counts for nothing
     */
    Heartbeat heartbeat(String publisher, String trackSid, String json, long nowMs);

    /** There will be no more heartbeats of a track. */
    void trackEnded(String trackSid);

    /** Whose pictures stay shut until somebody entitled releases them; the same for every room of the name. */
    Latches latches();

    /** Tracks that somebody entitled lets open again, asked for since this was asked last. */
    Set<String> takeReleased();

    /** Figures of one direction of somebody's link over the last seconds. */
    void quality(String identity, QualitySample sample);

    /** The media node judged a track anew. */
    void gateChanged(String publisher, GateState before, GateChanged change);

    /** The room has ended; another of its name may begin. */
    void closed();
}
