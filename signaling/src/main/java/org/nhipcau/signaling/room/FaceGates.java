// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.signaling.policy.Source;

/**
 * Keeps the gates of a room's tracks on the media node as the face policy has them: a track is born under its gate, each
 * change of policy is another epoch, and what a publisher proves is handed on for the epoch that holds. A gate that the
 * node does not take ends the track.
 *
 * <p>Thread: the room's.
 */
final class FaceGates {
    private final Room room;
    private final Oversight oversight;
    private final RoomGovernor governor;
    private final Map<String, GatedTrack> tracks = new HashMap<>();

    FaceGates(Room room, Oversight oversight, RoomGovernor governor) {
        this.room = room;
        this.oversight = oversight;
        this.governor = governor;
    }

    /** Null for a track that was under no policy so far. */
    GatedTrack of(String trackSid) {
        return tracks.get(trackSid);
    }

    /** The gate of a track that is given to the node; one that is not announced is shut. */
    GateParameters gate(Participant publisher, String trackSid) {
        PublishedTrack track = publisher.tracks().get(trackSid);
        Ruling.Gate wanted = track == null ? Ruling.SHUT.gate("", Source.UNKNOWN) : oversight.gate(publisher, track);
        GatedTrack gated = tracks.get(trackSid);
        if (gated == null && wanted == null) {
            return GateParameters.NONE;
        }
        if (gated == null) {
            gated = new GatedTrack(wanted);
            if (track != null) {
                tracks.put(trackSid, gated);
            }
        } else if (!Objects.equals(gated.gate(), wanted)) {
            gated.renew(wanted);
        }
        return gated.parameters();
    }

    /** Brings the node in line when the policy of a track is another than before. */
    void regate(Participant publisher, PublishedTrack track) {
        GatedTrack gated = tracks.get(track.sid());
        Ruling.Gate before = gated == null ? null : gated.gate();
        if (!Objects.equals(before, oversight.gate(publisher, track))) {
            send(publisher, track, gate(publisher, track.sid()));
        }
    }

    private void send(Participant publisher, PublishedTrack track, GateParameters gate) {
        publisher.answering().peer().gate(track.sid(), gate, reply -> {
            if (Oversight.failed(reply)) {
                room.publishing().end(publisher, track, true);
                room.announcer().participantChanged(publisher, false);
            }
        });
    }

    /** Hands on what a heartbeat proves. */
    void take(Participant publisher, PublishedTrack track, Heartbeat beat) {
        GatedTrack gated = tracks.get(track.sid());
        if (gated.gate() == null) {
            return;
        }
        if (beat.restarted()) {
            gated.renew(gated.gate());
            send(publisher, track, gated.parameters());
        }
        if (beat.proof() != null) {
            room.media().tell(new MediaCommand.ProveTrack(room.id(), track.sid(), gated.epoch(), beat.proof()));
        }
    }

    /** Lets those tracks open again that somebody entitled released. */
    void release() {
        for (String trackSid : governor.takeReleased()) {
            GatedTrack gated = tracks.get(trackSid);
            if (gated != null) {
                room.media().tell(new MediaCommand.ReleaseTrack(room.id(), trackSid, gated.epoch()));
            }
        }
    }

    void ended(String trackSid) {
        tracks.remove(trackSid);
        governor.trackEnded(trackSid);
    }
}
