// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import livekit.LivekitModels;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitWebhook.WebhookEvent;
import org.nhipcau.signaling.session.PictureNotes;
import org.nhipcau.signaling.session.SignalMessages;
import org.nhipcau.signaling.session.SpeechNotes;
import org.nhipcau.signaling.session.TrackAnnouncement;

/**
 * Tells participants and webhooks what changed in a room. Every description of a participant is complete and has a
 * higher version than the one before; hidden participants are never described to others.
 *
 * <p>Thread: the room's.
 */
final class Announcer {
    private static final int MAX_DEPARTURES = 256;
    private static final long COUNTS_DELAY_MS = 500;

    private final Room room;
    private final Deque<Departure> departures = new ArrayDeque<>();
    private RoomTimers.Timer countsTimer;

    private record Departure(long atMs, ParticipantInfo info) {}

    Announcer(Room room) {
        this.room = room;
    }

    /** Tells others, and the participant itself where asked, of a change that is already made. */
    void participantChanged(Participant participant, boolean includeSelf) {
        if (!participant.admitted()) {
            return;
        }
        participant.touch();
        ParticipantInfo info = participant.info();
        SignalResponse update = SignalMessages.update(List.of(info));
        for (Participant viewer : participant.visible() ? room.participants() : List.<Participant>of()) {
            if (viewer != participant && viewer.admitted()) {
                if (room.oversight().governed()) {
                    tell(viewer, participant);
                    continue;
                }
                ParticipantInfo seen = seenBy(viewer, participant, info);
                viewer.send(seen == info ? update : SignalMessages.update(List.of(seen)));
            }
        }
        if (includeSelf) {
            participant.send(SignalMessages.update(List.of(ownInfo(participant))));
        }
        room.refreshSnapshot();
    }

    /** Tells one viewer, whose link carries more or less of a participant's pictures than before. */
    void pictureChanged(Participant viewer, Participant participant) {
        if (viewer.admitted() && room.oversight().knows(viewer, participant)) {
            participant.touch();
            viewer.send(SignalMessages.update(List.of(seenBy(viewer, participant, participant.info()))));
        }
    }

    /** Tells a participant that its speech should be thinner or in longer packets, or need not be any more. */
    void speechChanged(Participant participant) {
        if (participant.admitted()) {
            participant.touch();
            participant.send(SignalMessages.update(List.of(ownInfo(participant))));
        }
    }

    /** A participant as it is told of itself. */
    private static ParticipantInfo ownInfo(Participant participant) {
        ParticipantInfo.Builder own = participant.info().toBuilder();
        for (PublishedTrack track : participant.publishedTracks()) {
            if (track.wantedSpeechBps() != 0) {
                own.putAttributes(SpeechNotes.rateKey(track.sid()), Integer.toString(track.wantedSpeechBps()));
            }
            if (track.wantedPacketMs() != 0) {
                own.putAttributes(SpeechNotes.packetKey(track.sid()), Integer.toString(track.wantedPacketMs()));
            }
        }
        return own.build();
    }

    /** Brings what one viewer of a governed room knows of a participant in line with what it may know now. */
    void tell(Participant viewer, Participant participant) {
        if (room.oversight().knows(viewer, participant)) {
            participant.touch();
            viewer.send(SignalMessages.update(List.of(seenBy(viewer, participant, participant.info()))));
        } else if (viewer.known().contains(participant.sid())) {
            participant.touch();
            viewer.forget(participant);
            viewer.send(SignalMessages.update(List.of(gone(participant))));
        }
    }

    /** For one who may not know of it any more: it leaves, without what it is now. */
    private static ParticipantInfo gone(Participant participant) {
        return ParticipantInfo.newBuilder().setSid(participant.sid()).setIdentity(participant.identity())
                .setVersion(participant.info().getVersion()).setState(ParticipantInfo.State.DISCONNECTED).build();
    }

    /**
     * A participant as one viewer may see it: without tracks that are not for it, with what its link leaves of the
     * pictures and what the face policy does to them; the same object where that changes nothing.
     */
    private ParticipantInfo seenBy(Participant viewer, Participant participant, ParticipantInfo full) {
        ParticipantInfo info = room.oversight().governed() ? ruled(viewer, participant, full) : full;
        ParticipantInfo.Builder noted = null;
        for (TrackInfo track : info.getTracksList()) {
            Subscription subscription = viewer.subscriptions().get(track.getSid());
            String note = subscription == null ? null : PictureNotes.note(subscription.pictureStep());
            if (note != null) {
                noted = noted == null ? info.toBuilder() : noted;
                noted.putAttributes(PictureNotes.key(track.getSid()), note);
            }
        }
        return noted == null ? info : noted.build();
    }

    private ParticipantInfo ruled(Participant viewer, Participant participant, ParticipantInfo full) {
        viewer.known().add(participant.sid());
        ParticipantInfo.Builder ruled = full.toBuilder().clearTracks();
        for (TrackInfo track : full.getTracksList()) {
            String mark = room.oversight().mark(viewer, participant, participant.tracks().get(track.getSid()));
            viewer.marks().put(track.getSid(), mark);
            Oversight.note(track.getSid(), mark, ruled);
            if (!Oversight.hidden(mark)) {
                ruled.addTracks(TrackAnnouncement.withoutClientIds(track));
            }
        }
        return ruled.setIsPublisher(ruled.getTracksCount() > 0).build();
    }

    /** @param wasVisible whether others knew of the participant */
    void left(Participant participant, boolean wasVisible) {
        if (wasVisible) {
            departed(participant, participant.info());
        }
    }

    private void departed(Participant participant, ParticipantInfo info) {
        departures.removeIf(earlier -> earlier.info().getSid().equals(info.getSid()));
        departures.addLast(new Departure(room.services().clock().nowMs(), info));
        if (departures.size() > MAX_DEPARTURES) {
            departures.removeFirst();
        }
        SignalResponse update = SignalMessages.update(List.of(info));
        for (Participant viewer : room.participants()) {
            if (viewer != participant && viewer.admitted()
                    && (!room.oversight().governed() || viewer.known().contains(participant.sid()))) {
                viewer.forget(participant);
                viewer.send(update);
            }
        }
    }

    /** To others, a participant that becomes hidden leaves without leaving. */
    void hidden(Participant participant) {
        participant.touch();
        departed(participant,
                participant.info().toBuilder().setState(ParticipantInfo.State.DISCONNECTED).build());
    }

    /**
     * All a resuming participant must know: who left since, then everybody there, itself included. In this order: an
     * identity that left and came back is matched by identity.
     */
    SignalResponse wholeState(Participant resuming, long sinceMs) {
        List<ParticipantInfo> all = new ArrayList<>();
        for (Departure departure : departures) {
            Participant now = room.participant(departure.info().getSid());
            // One who was hidden for a while has not left.
            if (departure.atMs() >= sinceMs && now != resuming && (now == null || !now.visible())
                    && !room.oversight().governed()) {
                all.add(departure.info());
            }
        }
        if (room.oversight().governed()) {
            addForgotten(resuming, all);
        }
        all.add(ownInfo(resuming));
        all.addAll(others(resuming));
        return SignalMessages.update(all);
    }

    /** In a governed room: those it was told of and who left since, or are nothing to it any more. */
    private void addForgotten(Participant resuming, List<ParticipantInfo> all) {
        for (Departure departure : departures) {
            if (resuming.known().contains(departure.info().getSid())) {
                all.add(departure.info());
            }
        }
        for (String sid : resuming.known()) {
            Participant now = room.participant(sid);
            if (now != null && !room.oversight().knows(resuming, now)) {
                all.add(gone(now));
            }
        }
        resuming.known().clear();
        resuming.marks().clear();
    }

    /** Those a participant may know of. */
    List<ParticipantInfo> others(Participant viewer) {
        List<ParticipantInfo> infos = new ArrayList<>();
        for (Participant participant : room.participants()) {
            if (participant != viewer && room.oversight().knows(viewer, participant)) {
                infos.add(seenBy(viewer, participant, participant.info()));
            }
        }
        return infos;
    }

    /** The room's metadata changed. */
    void roomChanged() {
        room.refreshSnapshot();
        tellOfRoom();
    }

    /** The room as one in it may know it; what was told is remembered. */
    LivekitModels.Room roomFor(Participant viewer) {
        if (!room.oversight().governed()) {
            return room.snapshot();
        }
        viewer.toldMetadata(room.oversight().metadata(viewer));
        LivekitModels.Room.Builder told = room.snapshot().toBuilder().setMetadata(viewer.toldMetadata());
        return room.oversight().inside(viewer) ? told.build() : told.setNumParticipants(1).setNumPublishers(0).build();
    }

    /** The rules are others: tells those of the room to whom they say something else of it. */
    void rulesChanged() {
        room.refreshSnapshot();
        for (Participant viewer : room.admitted()) {
            rulesChanged(viewer);
        }
    }

    /** Tells one of the room, if the rules say something else of it to them than before. */
    void rulesChanged(Participant viewer) {
        if (!room.oversight().metadata(viewer).equals(viewer.toldMetadata())) {
            viewer.send(SignalMessages.roomUpdate(roomFor(viewer)));
        }
    }

    private void tellOfRoom() {
        if (!room.oversight().governed()) {
            toAll(SignalMessages.roomUpdate(room.snapshot()));
            return;
        }
        // Who waits learns nothing of how many there are.
        for (Participant viewer : room.admitted()) {
            if (room.oversight().inside(viewer)) {
                viewer.send(SignalMessages.roomUpdate(roomFor(viewer)));
            }
        }
    }

    /** Participants came or went: the counts are told a little later, once for all who come together. */
    void countsChanged() {
        room.refreshSnapshot();
        if (countsTimer == null) {
            countsTimer = room.timers().after(COUNTS_DELAY_MS, () -> {
                countsTimer = null;
                tellOfRoom();
            });
        }
    }

    void toAll(SignalResponse message) {
        for (Participant participant : room.participants()) {
            if (participant.admitted()) {
                participant.send(message);
            }
        }
    }

    void webhook(String event) {
        room.services().webhooks().publish(WebhookEvent.newBuilder().setEvent(event).setRoom(room.snapshot()).build());
    }

    void webhook(String event, Participant participant) {
        room.services().webhooks().publish(WebhookEvent.newBuilder().setEvent(event).setRoom(room.snapshot())
                .setParticipant(participant.info()).build());
    }

    void webhook(String event, Participant participant, TrackInfo track) {
        ParticipantInfo who = ParticipantInfo.newBuilder().setSid(participant.sid())
                .setIdentity(participant.identity()).setName(participant.profile().name()).build();
        room.services().webhooks().publish(WebhookEvent.newBuilder().setEvent(event).setRoom(room.snapshot())
                .setParticipant(who).setTrack(room.oversight().governed()
                        ? TrackAnnouncement.withoutClientIds(track) : track).build());
    }
}
