// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent.GateChanged;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.signaling.policy.Source;

/**
 * Keeps the gates of a room's tracks on the media node as the face policy has them: a track is born under its gate, each
 * change of policy is another epoch, and what a publisher proves is handed on for the epoch that holds. A gate that the
 * node does not take ends the track.
 *
 * <p>The node forgets violations with each epoch and track; here they are kept. While one stands that the node has not
 * told of in the present epoch, whatever the publisher proves is handed on as a violation, until the node tells of it.
 *
 * <p>Thread: the room's.
 */
final class FaceGates {
    /** Told of a track that opens only when somebody entitled releases it. */
    private static final String LATCHED = "shut:latched";

    private final Room room;
    private final Oversight oversight;
    private final RoomGovernor governor;
    private final Latches latches;
    private final Map<String, GatedTrack> tracks = new HashMap<>();

    FaceGates(Room room, Oversight oversight, RoomGovernor governor) {
        this.room = room;
        this.oversight = oversight;
        this.governor = governor;
        this.latches = governor == null ? new Latches() : governor.latches();
    }

    /** Null for a track that was under no policy so far. */
    GatedTrack of(String trackSid) {
        return tracks.get(trackSid);
    }

    /** The gate of a track that is given to the node; one that is not announced is shut. */
    GateParameters gate(Participant publisher, String trackSid) {
        PublishedTrack track = publisher.tracks().get(trackSid);
        Ruling.Gate wanted = track == null ? Ruling.SHUT.gate("", Source.UNKNOWN) : wanted(publisher, track);
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

    /** As the rules have it, and harder where too much has happened. */
    private Ruling.Gate wanted(Participant publisher, PublishedTrack track) {
        Ruling.Gate gate = oversight.gate(publisher, track);
        return gate != null && gate.access() == GateAccess.PROVEN && latches.spent(publisher.identity())
                ? new Ruling.Gate(gate.access(), gate.policyId(), OnViolation.LATCH) : gate;
    }

    /** Too much of one picture shuts all pictures of a person. */
    private void regateAll(Participant publisher) {
        for (PublishedTrack track : List.copyOf(publisher.tracks().values())) {
            if (tracks.containsKey(track.sid())) {
                regate(publisher, track);
            }
        }
    }

    /** Brings the node in line when the policy of a track is another than before. */
    void regate(Participant publisher, PublishedTrack track) {
        GatedTrack gated = tracks.get(track.sid());
        Ruling.Gate before = gated == null ? null : gated.gate();
        if (!Objects.equals(before, wanted(publisher, track))) {
            send(publisher, track, gate(publisher, track.sid()));
        }
        GatedTrack now = tracks.get(track.sid());
        if (now != null && provable(now) && now.gate().onViolation() != OnViolation.LATCH) {
            latches.unlatch(publisher.identity());
        }
        showWaiting(publisher, track);
    }

    /** Who may see the clear face, and so is told no reason, may have to release it too. */
    private void showWaiting(Participant publisher, PublishedTrack track) {
        GatedTrack gated = tracks.get(track.sid());
        latches.waits(publisher.identity(), track.sid(), gated != null && waits(publisher, gated));
    }

    private boolean waits(Participant publisher, GatedTrack gated) {
        return gated.state() != GateState.PROVEN && provable(gated) && latches.shut(publisher.identity());
    }

    private void send(Participant publisher, PublishedTrack track, GateParameters gate) {
        publisher.answering().peer().gate(track.sid(), gate, reply -> {
            if (Oversight.failed(reply)) {
                room.publishing().end(publisher, track, true);
                room.announcer().participantChanged(publisher, false);
            }
        });
    }

    private static boolean provable(GatedTrack gated) {
        return gated.gate() != null && gated.gate().access() == GateAccess.PROVEN;
    }

    /** Hands on what a heartbeat proves. */
    void take(Participant publisher, PublishedTrack track, Heartbeat beat) {
        GatedTrack gated = tracks.get(track.sid());
        if (gated.gate() == null) {
            return;
        }
        boolean cut = gated.state() == GateState.VIOLATED;
        boolean owed = !cut && (gated.cutBefore() || latches.shut(publisher.identity()));
        if (beat.restarted() && !cut && !owed) {
            gated.renew(gated.gate());
            send(publisher, track, gated.parameters());
        }
        boolean saysSo = beat.proof() == Proof.OFF || beat.proof() == Proof.DEAD;
        if (saysSo && !cut && !owed && provable(gated)) {
            // It must not be quicker with another cover or track than the node is with its word.
            violated(publisher, gated);
            regateAll(publisher);
        }
        if (beat.proof() != null) {
            room.media().tell(new MediaCommand.ProveTrack(room.id(), track.sid(), gated.epoch(),
                    owed ? Proof.OFF : beat.proof()));
        }
        showWaiting(publisher, track);
    }

    /** Takes in the node's word; false when it is about an earlier epoch. */
    boolean changed(Participant publisher, PublishedTrack track, GateChanged event) {
        GatedTrack gated = tracks.get(track.sid());
        boolean owed = gated.cutBefore() || latches.shut(publisher.identity());
        boolean ofNow = gated.changed(event);
        if (event.state() == GateState.VIOLATED) {
            if (!owed) {
                violated(publisher, gated);
            } else if (gated.parameters().onViolation() == OnViolation.LATCH) {
                latches.latch(publisher.identity());
            }
            if (ofNow) {
                // No release makes the node forget before its epoch ends, so it may be ahead of what is counted here.
                latches.counted(publisher.identity(), event.violations());
            }
            regateAll(publisher);
        }
        showWaiting(publisher, track);
        return ofNow;
    }

    private void violated(Participant publisher, GatedTrack gated) {
        latches.violated(publisher.identity(), gated.parameters().onViolation() == OnViolation.LATCH);
        if (gated.state() != GateState.VIOLATED) {
            // The node's word is still to come, or was about an epoch that has passed.
            gated.cut();
        }
    }

    /** What one who may not see the clear face is told of a track. */
    String note(Participant publisher, GatedTrack gated) {
        return waits(publisher, gated) ? LATCHED : gated.note();
    }

    /** Lets those open again whom somebody entitled released. */
    void release() {
        for (String trackSid : governor.takeReleased()) {
            PublishedTrack named = room.track(trackSid);
            Participant publisher = named == null ? null : room.participant(named.publisherSid());
            if (publisher == null || !tracks.containsKey(trackSid)) {
                continue;
            }
            boolean spent = latches.spent(publisher.identity());
            latches.release(publisher.identity());
            for (PublishedTrack track : List.copyOf(publisher.tracks().values())) {
                if (tracks.containsKey(track.sid())) {
                    release(publisher, track, spent);
                }
            }
        }
    }

    private void release(Participant publisher, PublishedTrack track, boolean spent) {
        GatedTrack gated = tracks.get(track.sid());
        if (spent && gated.gate() != null) {
            // Nothing makes up for a third violation on the node: it begins anew.
            gated.renew(wanted(publisher, track));
            send(publisher, track, gated.parameters());
        } else if (provable(gated)) {
            room.media().tell(new MediaCommand.ReleaseTrack(room.id(), track.sid(), gated.epoch()));
        }
        gated.forgive();
        showWaiting(publisher, track);
    }

    void ended(String trackSid) {
        tracks.remove(trackSid);
        latches.trackEnded(trackSid);
        governor.trackEnded(trackSid);
    }
}
