// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRtc.LeaveRequest;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.MediaEvent.GateChanged;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.policy.View;
import org.nhipcau.signaling.quality.QualitySample;
import org.nhipcau.signaling.session.PictureNotes;

/**
 * Keeps a governed room to its {@link Ruling}: places, rights, who knows of whom, and the face policy on the node.
 * In a plain room it says yes to everything.
 *
 * <p>A new ruling is carried out whole in one message of the room, tightening first: who has no place goes, gates and
 * subscriptions shut, tracks end; only then is anybody told and does anything begin. What cannot be read or carried out
 * is shut.
 *
 * <p>Thread: the room's.
 */
final class Oversight {
    /** Begins the mark of a track that a viewer may not know of; the reason that it is told follows, if any. */
    static final String HIDDEN = "hidden:";
    private static final String HIDDEN_CLEAR = HIDDEN + "clear";
    private static final String HIDDEN_ROLE = HIDDEN + "role";
    private static final String CLEAR = "clear";
    private static final String PLAIN = "";
    /** Begins the keys under which clients say how the cover of a track does. */
    static final String PROOF = PictureNotes.RESERVED + "proof.";
    private static final String FACE = PictureNotes.RESERVED + "face.";

    private final Room room;
    private final RoomGovernor governor;
    private final FaceGates gates;
    private final AtomicBoolean waking = new AtomicBoolean();
    private GuardedRuling ruling;
    /** Another ruling is being carried out: whom it lets see what is told when all is shut that it shuts. */
    private boolean tightening;

    /** @param governor null: a plain room */
    Oversight(Room room, RoomGovernor governor) {
        this.room = room;
        this.governor = governor;
        this.gates = new FaceGates(room, this, governor);
        this.ruling = GuardedRuling.shut(room.services().metrics());
    }

    boolean governed() {
        return governor != null;
    }

    /** Begins to follow the rules. */
    void open() {
        if (governed()) {
            // In this order: a change between the two is told.
            governor.onChange(this::wake);
            ruling = GuardedRuling.of(governor, room.services().metrics());
        }
    }

    private void wake() {
        if (waking.compareAndSet(false, true)) {
            room.mailbox().put(() -> {
                waking.set(false);
                refresh();
            });
        }
    }

    /** What the rules say of the room itself. */
    String metadata() {
        return ruling.metadata();
    }

    /** What the rules say of the room to one who is in it. */
    String metadata(Participant viewer) {
        return ruling.metadata(viewer.identity(), provenCover(viewer));
    }

    /** A camera of somebody that is proven to be covered; empty: none is. */
    private String provenCover(Participant publisher) {
        for (PublishedTrack track : publisher.publishedTracks()) {
            GatedTrack gated = gates.of(track.sid());
            if (gated != null && gated.covers() && gated.state() == GateState.PROVEN
                    && track.info().getSource() == TrackSource.CAMERA) {
                return track.sid();
            }
        }
        return "";
    }

    /** Whether somebody is further than the lobby; in a plain room everybody is. */
    boolean inside(Participant viewer) {
        return !governed() || viewer.standing() != null && viewer.standing().inside();
    }

    /** What somebody is here; null in a plain room, and for one who has no place. */
    Standing standing(String identity) {
        return governed() ? ruling.standing(identity) : null;
    }

    /** Whether somebody may know that another is there. */
    boolean knows(Participant viewer, Participant subject) {
        return subject.visible() && (!governed() || ruling.knows(viewer.identity(), subject.identity()));
    }

    private View view(Participant viewer, Participant publisher, TrackSource source) {
        return viewer == null || publisher == null ? View.NONE
                : ruling.view(viewer.identity(), publisher.identity(), sourceOf(source));
    }

    /** Whether somebody may know of a track, and be sent it: what goes through then is up to the gate. */
    boolean shows(Participant viewer, Participant publisher, PublishedTrack track) {
        return !hidden(mark(viewer, publisher, track));
    }

    /** What a viewer is to be told of a track beside its description: {@link #HIDDEN}, nothing, or its face policy. */
    String mark(Participant viewer, Participant publisher, PublishedTrack track) {
        if (!governed()) {
            return PLAIN;
        }
        GatedTrack gated = gates.of(track.sid());
        boolean covered = gated != null && gated.covers();
        return switch (view(viewer, publisher, track.info().getSource())) {
            case NONE -> HIDDEN_ROLE;
            case COVERED -> covered && gated.gate() != null ? gates.note(publisher, gated)
                    : variant(publisher, track, true) || keptQuiet(viewer, track) ? HIDDEN : HIDDEN_CLEAR;
            case CLEAR -> gated == null || gated.gate() == null ? PLAIN
                    : covered && variant(publisher, track, false) ? HIDDEN : CLEAR;
        };
    }

    /** A clear one that was beside a cover: when the cover ends first, nobody learns from that that there is another. */
    private static boolean keptQuiet(Participant viewer, PublishedTrack track) {
        return HIDDEN.equals(viewer.marks().get(track.sid()));
    }

    /** Whether the publisher offers the same camera covered, or clear, too: each viewer is told of one of them alone. */
    private boolean variant(Participant publisher, PublishedTrack of, boolean covered) {
        for (PublishedTrack other : publisher.publishedTracks()) {
            GatedTrack gated = gates.of(other.sid());
            if (other != of && gated != null && gated.covers() == covered
                    && other.info().getSource() == of.info().getSource()) {
                return true;
            }
        }
        return false;
    }

    /** Whether this is the camera of who is on everybody's main screen. */
    boolean onMainScreen(Participant publisher, PublishedTrack track) {
        return governed() && track.info().getSource() == TrackSource.CAMERA
                && publisher.identity().equals(ruling.mainScreen());
    }

    static boolean hidden(String mark) {
        return mark.startsWith(HIDDEN);
    }

    /** Puts what is to be told of a track among the attributes of its publisher, as one viewer is told of it. */
    static void note(String trackSid, String mark, ParticipantInfo.Builder info) {
        if (!mark.isEmpty() && !mark.equals(HIDDEN)) {
            info.putAttributes(FACE + trackSid, hidden(mark) ? "shut:" + mark.substring(HIDDEN.length()) : mark);
        }
    }

    /** What the tracks of a participant are born with. */
    GateTerms termsOf(Participant participant) {
        return !governed() ? GateTerms.NONE : new GateTerms() {
            @Override
            public GateParameters gate(String trackSid) {
                return gates.gate(participant, trackSid);
            }

            @Override
            public String publisher(String trackSid) {
                PublishedTrack track = room.track(trackSid);
                return track == null ? "" : track.publisherSid();
            }

            @Override
            public boolean cleared(String publisherSid) {
                return Oversight.this.cleared(participant, room.participant(publisherSid));
            }
        };
    }

    private boolean cleared(Participant viewer, Participant publisher) {
        View camera = view(viewer, publisher, TrackSource.CAMERA);
        View screen = view(viewer, publisher, TrackSource.SCREEN_SHARE);
        return camera != View.COVERED && screen != View.COVERED && (camera == View.CLEAR || screen == View.CLEAR);
    }

    /** The face policy of a track; null: none. What cannot be read is shut. */
    Ruling.Gate gate(Participant publisher, PublishedTrack track) {
        return ruling.gate(publisher.identity(), sourceOf(track.info().getSource()));
    }

    void trackEnded(PublishedTrack track) {
        if (!governed()) {
            return;
        }
        gates.ended(track.sid());
        Participant publisher = room.participant(track.publisherSid());
        if (publisher != null && publisher.admitted() && !tightening) {
            // The other variant of a camera takes its place, also for who knew of this one alone.
            tracksChanged(publisher);
        }
    }

    /** Takes a heartbeat in; false when it is none that counts. */
    boolean heartbeat(Participant publisher, String trackSid, String json) {
        PublishedTrack track = publisher.tracks().get(trackSid);
        GatedTrack gated = gates.of(trackSid);
        Heartbeat beat = track == null || gated == null ? null
                : governor.heartbeat(publisher.identity(), trackSid, json, room.services().clock().nowMs());
        if (beat == null) {
            return false;
        }
        gates.take(publisher, track, beat);
        if (beat.covers() != gated.covers()) {
            gated.covers(beat.covers());
            tracksChanged(publisher);
        }
        return true;
    }

    /** There may be another ruling: carries it out. */
    void refresh() {
        if (room.ended()) {
            return;
        }
        ruling = GuardedRuling.of(governor, room.services().metrics());
        if (ruling.over()) {
            room.end(DisconnectReason.ROOM_DELETED);
            return;
        }
        tightening = true;
        try {
            places();
            media();
        } catch (RuntimeException bug) {
            GuardedRuling.fault(room.services().metrics(), "a ruling could not be carried out", bug);
            shut();
        } finally {
            tightening = false;
        }
        gates.release();
        tell();
        begin();
    }

    private void places() {
        for (Participant participant : List.copyOf(room.participants())) {
            Standing standing = ruling.isShut() ? participant.standing() : standing(participant.identity());
            if (standing == null) {
                room.leave(participant, DisconnectReason.PARTICIPANT_REMOVED, LeaveRequest.Action.DISCONNECT);
            } else {
                participant.standing(standing);
            }
        }
    }

    private void media() {
        for (Participant publisher : room.admitted()) {
            for (PublishedTrack track : List.copyOf(publisher.tracks().values())) {
                gates.regate(publisher, track);
            }
        }
        for (Participant viewer : room.admitted()) {
            viewer.receivingPeer().stopConsumersExcept(room.subscribing().wanted(viewer));
            viewer.receivingPeer().reclear((publisher, cleared, reply) -> {
                if (!cleared && failed(reply)) {
                    viewer.receivingPeer().stopConsumersOf(publisher);
                }
            });
        }
        for (Participant participant : room.admitted()) {
            room.publishing().permissionChanged(participant);
        }
    }

    /** A thing that is gone needs no shutting. */
    static boolean failed(MediaReply reply) {
        return reply instanceof MediaReply.Refused refused && refused.reason() != MediaReply.Reason.NOT_FOUND;
    }

    /** The rules could not be carried out: whatever flows is stopped. */
    private void shut() {
        ruling = GuardedRuling.shut(room.services().metrics());
        for (Participant viewer : room.admitted()) {
            viewer.receivingPeer().stopConsumersExcept(Set.of());
        }
    }

    private void tell() {
        if (!ruling.isShut()) {
            room.ruledMetadata(ruling.metadata());
        }
        for (Participant subject : room.admitted()) {
            if (subject.standingChanged()) {
                room.announcer().participantChanged(subject, true);
            }
        }
        for (Participant viewer : room.admitted()) {
            tellChanges(viewer);
        }
    }

    /** Tells a viewer of those it now may know of, or may not any more, and of tracks that are marked otherwise. */
    private void tellChanges(Participant viewer) {
        for (Participant subject : room.admitted()) {
            if (viewer == subject) {
                continue;
            }
            if (knows(viewer, subject) != viewer.known().contains(subject.sid()) || marksChanged(viewer, subject)) {
                room.announcer().tell(viewer, subject);
            }
        }
    }

    private boolean marksChanged(Participant viewer, Participant publisher) {
        for (PublishedTrack track : publisher.publishedTracks()) {
            if (!mark(viewer, publisher, track).equals(viewer.marks().getOrDefault(track.sid(), HIDDEN))) {
                return true;
            }
        }
        return false;
    }

    private void begin() {
        for (Participant participant : room.admitted()) {
            room.subscribing().permissionChanged(participant);
        }
        room.subscribing().settings().mainScreenChanged();
    }

    /** What is shown, said or proven of tracks changed: of variants of one camera each decides who sees the other. */
    private void tracksChanged(Participant publisher) {
        for (Participant viewer : room.admitted()) {
            if (viewer == publisher || !knows(viewer, publisher) || !marksChanged(viewer, publisher)) {
                continue;
            }
            viewer.receivingPeer().stopConsumersExcept(room.subscribing().wanted(viewer));
            room.announcer().tell(viewer, publisher);
            room.subscribing().tracksShown(viewer, publisher);
        }
        room.announcer().rulesChanged(publisher);
    }

    /** The media node judged a track anew. */
    void gateChanged(GateChanged event) {
        PublishedTrack track = room.track(event.trackId());
        GatedTrack gated = gates.of(event.trackId());
        GateState before = gated == null ? GateState.UNPROVEN : gated.state();
        Participant publisher = track == null ? null : room.participant(track.publisherSid());
        if (publisher == null || gated == null || !gates.changed(publisher, track, event)) {
            return;
        }
        governor.gateChanged(publisher.identity(), before, event);
        tracksChanged(publisher);
    }

    void quality(QualitySample sample) {
        Participant participant = room.participant(sample.participant());
        if (governed() && participant != null) {
            governor.quality(participant.identity(), sample);
        }
    }

    void close() {
        if (governed()) {
            governor.closed();
        }
    }

    static Source sourceOf(TrackSource source) {
        return switch (source) {
            case CAMERA -> Source.CAMERA;
            case MICROPHONE -> Source.MICROPHONE;
            case SCREEN_SHARE -> Source.SCREEN_SHARE;
            case SCREEN_SHARE_AUDIO -> Source.SCREEN_SHARE_AUDIO;
            default -> Source.UNKNOWN;
        };
    }
}
