// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import livekit.LivekitRtc.SubscriptionPermission;
import livekit.LivekitRtc.TrackPermission;

/** Whom a publisher lets subscribe to which of its tracks; everybody to all until it says otherwise. Immutable. */
final class AudienceRule {
    static final AudienceRule EVERYBODY = new AudienceRule(true, Map.of(), Map.of());
    /** Entries a client may send; more are refused as a whole. */
    static final int MAX_ENTRIES = 1_024;

    private final boolean everybody;
    private final Map<String, Set<String>> bySid;
    private final Map<String, Set<String>> byIdentity;

    private AudienceRule(boolean everybody, Map<String, Set<String>> bySid, Map<String, Set<String>> byIdentity) {
        this.everybody = everybody;
        this.bySid = bySid;
        this.byIdentity = byIdentity;
    }

    /** The rule in a client's message, or null when it is too large. */
    static AudienceRule of(SubscriptionPermission wire) {
        if (wire.getAllParticipants()) {
            return EVERYBODY;
        }
        int entries = wire.getTrackPermissionsCount();
        Map<String, Set<String>> bySid = new HashMap<>();
        Map<String, Set<String>> byIdentity = new HashMap<>();
        for (TrackPermission permission : wire.getTrackPermissionsList()) {
            entries += permission.getTrackSidsCount();
            if (entries > MAX_ENTRIES) {
                return null;
            }
            Map<String, Set<String>> target = permission.getParticipantSid().isEmpty() ? byIdentity : bySid;
            String key = permission.getParticipantSid().isEmpty() ? permission.getParticipantIdentity()
                    : permission.getParticipantSid();
            Set<String> tracks = target.computeIfAbsent(key, ignored -> new HashSet<>());
            if (permission.getAllTracks()) {
                tracks.add("*");
            }
            tracks.addAll(permission.getTrackSidsList());
        }
        return new AudienceRule(false, bySid, byIdentity);
    }

    boolean allows(String participantSid, String identity, String trackSid) {
        return everybody || covers(bySid.get(participantSid), trackSid) || covers(byIdentity.get(identity), trackSid);
    }

    private static boolean covers(Set<String> tracks, String trackSid) {
        return tracks != null && (tracks.contains("*") || tracks.contains(trackSid));
    }
}
