// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.nio.charset.StandardCharsets;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRoom.RoomConfiguration;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.token.StrictJson;

/**
 * How one room is set up, when made: from the configuration, the token that made it or the call that did.
 *
 * @param maxParticipants 0: as many as the configuration allows
 */
record RoomSettings(int emptyTimeoutS, int departureTimeoutS, int maxParticipants, String metadata) {
    private static final int MAX_TIMEOUT_S = 7 * 24 * 3600;

    static RoomSettings of(SignalingConfig.Rooms rooms) {
        return new RoomSettings(rooms.emptyTimeoutS(), rooms.departureTimeoutS(), 0, "");
    }

    static RoomSettings of(SignalingConfig.Rooms rooms, CreateRoomRequest request) {
        return of(rooms).with(request.getEmptyTimeout(), request.getDepartureTimeout(), request.getMaxParticipants(),
                request.getMetadata());
    }

    /**
     * @param json the token's roomConfig claim; empty: none
     * @throws IllegalArgumentException when it cannot be read
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
                claim.getMetadata());
    }

    private RoomSettings with(int empty, int departure, int max, String newMetadata) {
        return new RoomSettings(empty == 0 ? emptyTimeoutS : clamp(empty),
                departure == 0 ? departureTimeoutS : clamp(departure),
                (int) Math.min(Integer.toUnsignedLong(max), Integer.MAX_VALUE), newMetadata);
    }

    RoomSettings withMetadata(String newMetadata) {
        return new RoomSettings(emptyTimeoutS, departureTimeoutS, maxParticipants, newMetadata);
    }

    private static int clamp(int unsigned) {
        return (int) Math.min(Integer.toUnsignedLong(unsigned), MAX_TIMEOUT_S);
    }
}
