// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.quality;

import java.util.List;

/**
 * Keeps the quality of calls for operators, beyond the end of the rooms.
 *
 * <p>A session is one life of a room: its id is new each time a room of the same name opens. Thread: any. May forget the
 * oldest at any time, to keep its bounds.
 */
public interface QualityTimeline {
    /**
     * One life of a room.
     *
     * @param id the session id of the room
     * @param endedAtEpochMs 0 while it lasts
     */
    record Session(String id, long beganAtEpochMs, long endedAtEpochMs) {}

    /** A room begins. */
    void begin(String roomName, String session, long atEpochMs);

    /** A span of a session ended. Samples of one session come in the order of time; those of an unknown one are ignored. */
    void add(String session, List<QualitySample> samples);

    /** A room ended. */
    void end(String session, long atEpochMs);

    /** The sessions of rooms of this name that are still known, oldest first. */
    List<Session> sessions(String roomName);

    /**
     * The samples of a session, oldest first.
     *
     * @param fromEpochMs first moment, inclusive
     * @param toEpochMs last moment, inclusive
     */
    List<QualitySample> samples(String session, long fromEpochMs, long toEpochMs);
}
