// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;

/** Says which rooms stand under rules of their own, above what tokens say, and lets into those. Thread: any. */
public interface RoomGovernance {
    /** Every room is plain: the token alone decides. */
    RoomGovernance NONE = new RoomGovernance() {
        @Override
        public void check(JoinAttempt attempt) { }

        @Override
        public Runnable arrive(JoinAttempt attempt) {
            return () -> { };
        }

        @Override
        public String refusalOf(String roomName) {
            return null;
        }

        @Override
        public boolean governs(String roomName) {
            return false;
        }

        @Override
        public RoomGovernor governorOf(String roomName) {
            return null;
        }
    };

    /**
     * Refuses who has no place. Asked before the socket opens and when a client validates its token; may block.
     *
     * @throws JoinRefusedException with the HTTP status and a text that begins with a code
     */
    void check(JoinAttempt attempt) throws JoinRefusedException;

    /**
     * Lets somebody in who passed {@link #check}, for the record too. May block.
     *
     * @return to be run once, when the connection is gone, whether it came to a seat or not; does not block
     * @throws JoinRefusedException as in {@link #check}
     */
    Runnable arrive(JoinAttempt attempt) throws JoinRefusedException;

    /** Why a room of this name may not be made by a call, or null; may block. */
    String refusalOf(String roomName);

    /** Whether a room of this name is governed, whatever there is of it. Never blocks. */
    boolean governs(String roomName);

    /** The rules of a governed room; null when they are not at hand, and then nobody gets in. Never blocks. */
    RoomGovernor governorOf(String roomName);
}
