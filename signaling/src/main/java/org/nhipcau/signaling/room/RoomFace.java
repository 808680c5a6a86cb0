// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import livekit.LivekitModels;
import livekit.LivekitModels.DisconnectReason;
import org.nhipcau.signaling.session.TrackAnnouncement;

/**
 * What may be known of a room outside its thread: its description, who is in, how many may be, and who is expected
 * back.
 *
 * <p>Thread: the room's writes, any reads.
 */
final class RoomFace {
    /** Who fell out of the call is expected back for this long. */
    private static final long RETURN_MS = 60_000;

    private final RoomServices services;
    private final String name;
    private final String id;
    private final long createdAtEpochMs;
    private final Map<String, Long> lost = new ConcurrentHashMap<>();
    private volatile LivekitModels.Room snapshot;
    private volatile int occupancy;
    private volatile Set<String> identities = Set.of();

    RoomFace(RoomServices services, String name, String id) {
        this.services = services;
        this.name = name;
        this.id = id;
        this.createdAtEpochMs = services.clock().epochMs();
    }

    /** Takes in how the room is now. */
    void refresh(RoomSettings settings, Collection<Participant> participants) {
        int visible = 0;
        int publishers = 0;
        Set<String> known = new HashSet<>();
        for (Participant participant : participants) {
            known.add(participant.identity());
            if (participant.visible()) {
                visible++;
                publishers += participant.publishedTracks().isEmpty() ? 0 : 1;
            }
        }
        snapshot = LivekitModels.Room.newBuilder().setSid(id).setName(name).setEmptyTimeout(settings.emptyTimeoutS())
                .setDepartureTimeout(settings.departureTimeoutS()).setMaxParticipants(settings.maxParticipants())
                .setCreationTime(createdAtEpochMs / 1000).setCreationTimeMs(createdAtEpochMs)
                .setMetadata(settings.metadata()).setNumParticipants(visible).setNumPublishers(publishers)
                .addAllEnabledCodecs(TrackAnnouncement.ENABLED).build();
        occupancy = participants.size();
        identities = Set.copyOf(known);
    }

    /** Who fell out of the call, rather than left it or was removed, comes back into a full house too. */
    void lost(Participant participant, DisconnectReason reason) {
        long nowMs = services.clock().nowMs();
        lost.values().removeIf(untilMs -> nowMs >= untilMs);
        if ((reason == DisconnectReason.MEDIA_FAILURE || reason == DisconnectReason.STATE_MISMATCH
                || reason == DisconnectReason.SIGNAL_CLOSE) && lost.size() < participantLimit()) {
            lost.put(participant.identity(), nowMs + RETURN_MS);
        }
    }

    /** Whether an identity was in the call until it fell out of it a moment ago. */
    boolean mayReturn(String identity) {
        Long untilMs = lost.get(identity);
        return untilMs != null && services.clock().nowMs() < untilMs;
    }

    /** The room as others see it. */
    LivekitModels.Room snapshot() {
        return snapshot;
    }

    /** How many are in or on their way in. */
    int occupancy() {
        return occupancy;
    }

    /** Whether an identity is in or on its way in, so that its joining again adds nobody. */
    boolean knows(String identity) {
        return identities.contains(identity);
    }

    /** How many may be in at once. */
    int participantLimit() {
        int most = services.config().limits().maxParticipantsPerRoom();
        return snapshot.getMaxParticipants() == 0 ? most : Math.min(snapshot.getMaxParticipants(), most);
    }
}
