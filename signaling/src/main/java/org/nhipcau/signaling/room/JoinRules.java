// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.nio.charset.StandardCharsets;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRtc.JoinRequest;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.api.ServiceException;
import org.nhipcau.signaling.api.ServiceException.Code;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.session.Profile;
import org.nhipcau.signaling.token.Grants;

/** What a token and a join request must satisfy before a socket is opened. Pure; thread: any. */
final class JoinRules {
    private final SignalingConfig config;

    JoinRules(SignalingConfig config) {
        this.config = config;
    }

    /** Everything that does not depend on which rooms there are. */
    void checkToken(JoinAttempt attempt) throws JoinRefusedException {
        Grants grants = attempt.grants();
        if (!grants.video().roomJoin()) {
            throw new JoinRefusedException(401, "permissions denied");
        }
        int maxName = config.limits().maxNameChars();
        if (grants.video().room().isEmpty() || grants.video().room().length() > maxName) {
            throw new JoinRefusedException(400, "room name is missing or too long");
        }
        if (grants.identity().isEmpty() || grants.identity().length() > maxName) {
            throw new JoinRefusedException(400, "identity is missing or too long");
        }
        Profile profile = new Profile(grants.name(), grants.metadata(), grants.attributes());
        JoinRequest request = attempt.request();
        if (!request.getMetadata().isEmpty() || request.getParticipantAttributesCount() > 0) {
            if (!grants.video().mayUpdateOwnMetadata()) {
                throw new JoinRefusedException(403, "token does not allow to set own metadata or attributes");
            }
            profile = profile.changedBy("", request.getMetadata(), request.getParticipantAttributesMap());
        }
        if (!profile.fits(config.limits())) {
            throw new JoinRefusedException(400, "name, metadata or attributes exceed their limit");
        }
        try {
            if (tooLong(RoomSettings.of(config.rooms(), grants.roomConfigJson()).metadata())) {
                throw new JoinRefusedException(400, "room metadata exceeds its limit");
            }
        } catch (IllegalArgumentException bad) {
            throw new JoinRefusedException(400, bad.getMessage());
        }
    }

    /** @param governed it has rules of its own, and nobody else makes it */
    void checkNewRoom(int rooms, boolean governed) throws JoinRefusedException {
        if (!governed && !config.rooms().autoCreate()) {
            throw new JoinRefusedException(404, "requested room does not exist");
        }
        if (rooms >= config.limits().maxRooms()) {
            throw new JoinRefusedException(503, "room limit exceeded");
        }
    }

    void checkRoomRequest(CreateRoomRequest request) {
        if (request.getName().isEmpty() || request.getName().length() > config.limits().maxNameChars()) {
            throw new ServiceException(Code.INVALID_ARGUMENT, "room name is missing or too long");
        }
        if (tooLong(request.getMetadata())) {
            throw new ServiceException(Code.INVALID_ARGUMENT, "metadata exceeds its limit");
        }
        try {
            RoomSettings.of(config.rooms(), request);
        } catch (IllegalArgumentException bad) {
            throw new ServiceException(Code.INVALID_ARGUMENT, bad.getMessage());
        }
    }

    private boolean tooLong(String metadata) {
        return metadata.getBytes(StandardCharsets.UTF_8).length > config.limits().maxMetadataBytes();
    }
}
