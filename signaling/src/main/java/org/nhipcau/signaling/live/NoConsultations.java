// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import org.nhipcau.signaling.consultation.PublicId;
import org.nhipcau.signaling.room.RoomGovernance;
import org.nhipcau.signaling.room.RoomGovernor;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;

/**
 * Governs the rooms of a server without a store: plain rooms where they are allowed, and nobody into a room that is
 * named as a consultation. Thread: any.
 *
 * @param plainRooms whether other rooms than those of consultations are allowed
 */
public record NoConsultations(boolean plainRooms) implements RoomGovernance {
    static final String PLAIN_ROOMS_OFF = "plain-rooms-off";
    static final String PLAIN_ROOMS_OFF_TEXT = "Chỉ có phòng hội chẩn đã đăng ký. / "
            + "Only rooms of registered consultations are open.";

    @Override
    public void check(JoinAttempt attempt) throws JoinRefusedException {
        String refusal = refusalOf(attempt.grants().video().room());
        if (refusal != null) {
            throw new JoinRefusedException(404, refusal);
        }
    }

    @Override
    public Runnable arrive(JoinAttempt attempt) throws JoinRefusedException {
        check(attempt);
        return () -> { };
    }

    @Override
    public String refusalOf(String roomName) {
        if (governs(roomName)) {
            return "not-found: Không có buổi hội chẩn này. / There is no such consultation.";
        }
        return plainRooms ? null : PLAIN_ROOMS_OFF + ": " + PLAIN_ROOMS_OFF_TEXT;
    }

    @Override
    public boolean governs(String roomName) {
        return PublicId.isConsultation(roomName);
    }

    @Override
    public RoomGovernor governorOf(String roomName) {
        return null;
    }
}
