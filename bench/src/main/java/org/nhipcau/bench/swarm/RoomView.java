// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackInfo;
import org.nhipcau.bench.swarm.media.Canary;

/** What a client knows of the others in its room: their tracks, and what each must carry. Thread: the client's loop. */
final class RoomView {
    private final String room;
    private final String ownIdentity;
    private final Map<String, ParticipantInfo> participants = new LinkedHashMap<>();
    private final Map<String, Canary> canaries = new HashMap<>();
    private final Set<String> unsubscribed = new HashSet<>();
    private final Set<String> paused = new HashSet<>();

    RoomView(String room, String ownIdentity) {
        this.room = room;
        this.ownIdentity = ownIdentity;
    }

    /** Takes a participant's whole state. An older state than the known one changes nothing. */
    void update(ParticipantInfo info) {
        if (info.getIdentity().equals(ownIdentity)) {
            return;
        }
        ParticipantInfo known = participants.get(info.getSid());
        if (known != null && Integer.compareUnsigned(info.getVersion(), known.getVersion()) < 0) {
            return;
        }
        if (info.getState() == ParticipantInfo.State.DISCONNECTED) {
            participants.remove(info.getSid());
            return;
        }
        participants.put(info.getSid(), info);
        for (TrackInfo track : info.getTracksList()) {
            canaries.computeIfAbsent(track.getSid(), sid -> new Canary(room, info.getIdentity(), track.getName()));
        }
    }

    /** What a track must carry; null for one that was never announced. */
    Canary canary(String trackSid) {
        return canaries.get(trackSid);
    }

    void unsubscribed(String trackSid, boolean isUnsubscribed) {
        if (isUnsubscribed) {
            unsubscribed.add(trackSid);
        } else {
            unsubscribed.remove(trackSid);
        }
    }

    void paused(String trackSid, boolean isPaused) {
        if (isPaused) {
            paused.add(trackSid);
        } else {
            paused.remove(trackSid);
        }
    }

    /** Tracks of the others, without those unsubscribed from. */
    Set<String> wantedTracks() {
        Set<String> wanted = new HashSet<>();
        participants.values().forEach(info -> info.getTracksList().forEach(track -> wanted.add(track.getSid())));
        wanted.removeAll(unsubscribed);
        return wanted;
    }

    /** Those of the wanted tracks that shall flow: neither paused by us nor muted. */
    Set<String> flowingTracks() {
        Set<String> flowing = wantedTracks();
        flowing.removeAll(paused);
        participants.values().forEach(info -> info.getTracksList().forEach(track -> {
            if (track.getMuted()) {
                flowing.remove(track.getSid());
            }
        }));
        return flowing;
    }

    /** Tracks that somebody announced and that do not flow on purpose, or that do. */
    void forEachTrack(BiConsumer<String, Boolean> sidAndFlowing) {
        Set<String> flowing = flowingTracks();
        canaries.keySet().forEach(sid -> sidAndFlowing.accept(sid, flowing.contains(sid)));
    }
}
