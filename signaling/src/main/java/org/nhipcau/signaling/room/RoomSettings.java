// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRoom.RoomConfiguration;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.token.StrictJson;

/**
 * How one room is set up, when made: from the configuration, the token that made it or the call that did.
 *
 * <p>Tags say what the protocol has no field for: {@value #TYPE_TAG} ({@value #CONSULTATION}, the only type) and
 * {@value #HOLD_TAG}. Other tags are not ours and say nothing here.
 *
 * @param maxParticipants 0: as many as the configuration allows
 * @param seatHoldS the seat of one who lost socket or media is kept this long
 */
record RoomSettings(int emptyTimeoutS, int departureTimeoutS, int maxParticipants, int seatHoldS, String metadata) {
    static final String TYPE_TAG = "room-type";
    static final String CONSULTATION = "consultation";
    static final String HOLD_TAG = "seat-hold-s";
    private static final int MAX_TIMEOUT_S = 7 * 24 * 3600;
    private static final int MAX_HOLD_S = 3_600;

    static RoomSettings of(SignalingConfig.Rooms rooms) {
        return new RoomSettings(rooms.emptyTimeoutS(), rooms.departureTimeoutS(), 0, rooms.resumeHoldS(), "");
    }

    /** @throws IllegalArgumentException when a tag of ours has a value that is not allowed */
    static RoomSettings of(SignalingConfig.Rooms rooms, CreateRoomRequest request) {
        return of(rooms).with(request.getEmptyTimeout(), request.getDepartureTimeout(), request.getMaxParticipants(),
                holdOf(rooms, request.getTagsMap()), request.getMetadata());
    }

    /**
     * @param json the token's roomConfig claim; empty: none
     * @throws IllegalArgumentException when it cannot be read, or a tag of ours has a value that is not allowed
     */
    static RoomSettings of(SignalingConfig.Rooms rooms, String json) {
        if (json.isEmpty()) {
            return of(rooms);
        }
        RoomConfiguration.Builder claim = RoomConfiguration.newBuilder();
        try {
            if (!StrictJson.isObject(json.getBytes(StandardCharsets.UTF_8))) {
                throw new InvalidProtocolBufferException("beyond the bounds");
            }
            JsonFormat.parser().ignoringUnknownFields().merge(json, claim);
        } catch (InvalidProtocolBufferException bad) {
            throw new IllegalArgumentException("room configuration of the token cannot be read");
        }
        return of(rooms).with(claim.getEmptyTimeout(), claim.getDepartureTimeout(), claim.getMaxParticipants(),
                holdOf(rooms, claim.getTagsMap()), claim.getMetadata());
    }

    private static int holdOf(SignalingConfig.Rooms rooms, Map<String, String> tags) {
        String type = tags.getOrDefault(TYPE_TAG, "");
        if (!type.isEmpty() && !type.equals(CONSULTATION)) {
            throw new IllegalArgumentException("tag " + TYPE_TAG + " is unknown; allowed: " + CONSULTATION);
        }
        String hold = tags.getOrDefault(HOLD_TAG, "");
        if (hold.isEmpty()) {
            return type.isEmpty() ? rooms.resumeHoldS() : rooms.consultationHoldS();
        }
        int seconds = hold.matches("[0-9]{1,4}") ? Integer.parseInt(hold) : 0;
        if (seconds < 1 || seconds > MAX_HOLD_S) {
            throw new IllegalArgumentException("tag " + HOLD_TAG + " is out of range; allowed: 1 to " + MAX_HOLD_S);
        }
        return seconds;
    }

    private RoomSettings with(int empty, int departure, int max, int hold, String newMetadata) {
        return new RoomSettings(empty == 0 ? emptyTimeoutS : clamp(empty),
                departure == 0 ? departureTimeoutS : clamp(departure),
                (int) Math.min(Integer.toUnsignedLong(max), Integer.MAX_VALUE), hold, newMetadata);
    }

    /** For a room with rules of its own: what a token or a call asks for does not count. */
    static RoomSettings governed(SignalingConfig.Rooms rooms) {
        return new RoomSettings(rooms.emptyTimeoutS(), rooms.departureTimeoutS(), 0, rooms.consultationHoldS(), "");
    }

    RoomSettings withMetadata(String newMetadata) {
        return new RoomSettings(emptyTimeoutS, departureTimeoutS, maxParticipants, seatHoldS, newMetadata);
    }

    private static int clamp(int unsigned) {
        return (int) Math.min(Integer.toUnsignedLong(unsigned), MAX_TIMEOUT_S);
    }
}
