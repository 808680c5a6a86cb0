// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.HashMap;
import java.util.Map;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.ServerInfo;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.ReconnectResponse;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SyncState;
import livekit.LivekitRtc.TrackPublishedResponse;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.PathHistory;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.session.ClientTraits;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.Profile;
import org.nhipcau.signaling.session.SignalMessages;
import org.nhipcau.signaling.session.TrackAnnouncement;
import org.nhipcau.signaling.token.Grants;

/**
 * How a client gets into the room, or back into it on a new socket.
 *
 * <p>A client is admitted when the media node has opened its transport: not before does anybody learn of it, nor is
 * anything it asks for served. The first message to a socket is join, reconnect or leave.
 *
 * <p>Thread: the room's.
 */
final class Admission {
    /** A feature level clients test, not our version: below it they hide or refuse what we have. */
    static final String FEATURE_LEVEL = "1.13.0";
    private static final int PROTOCOL = 17;
    private static final int NORMAL_CLOSURE = 1000;
    private static final int GOING_AWAY = 1001;
    /** Clients give up when nothing has come 5 s after the upgrade. */
    private static final long FIRST_MESSAGE_MS = 4_500;
    /** A socket's loss is noticed late: departures from this long before the last word are told on resume too. */
    private static final long LATE_NOTICE_MS = 30_000;

    private final Room room;

    Admission(Room room) {
        this.room = room;
    }

    void join(JoinAttempt attempt, RoomSession session) {
        if (session.closed()) {
            return;
        }
        Grants grants = attempt.grants();
        Standing standing = room.oversight().standing(grants.identity());
        if (room.oversight().governed() && standing == null) {
            refuse(session, DisconnectReason.JOIN_FAILURE, LeaveRequest.Action.DISCONNECT);
            return;
        }
        Participant before = room.byIdentity(grants.identity());
        if (before == null && room.face().occupancy() >= room.face().participantLimit()) {
            refuse(session, DisconnectReason.JOIN_FAILURE, LeaveRequest.Action.DISCONNECT);
            return;
        }
        boolean returning = before != null || room.face().mayReturn(grants.identity());
        if (before != null) {
            room.leave(before, DisconnectReason.DUPLICATE_IDENTITY, LeaveRequest.Action.DISCONNECT);
        }
        JoinRequest request = attempt.request();
        Profile profile = standing == null ? new Profile(grants.name(), grants.metadata(), grants.attributes())
                : Profile.NONE;
        if (standing == null && grants.video().mayUpdateOwnMetadata()) {
            profile = profile.changedBy("", request.getMetadata(), overwriting(request));
        }
        RoomClock clock = room.services().clock();
        String sid = room.services().ids().participant();
        Participant participant = new Participant(sid, grants, ClientTraits.of(attempt), profile, session,
                clock.epochMs(), clock.nowMs());
        if (standing != null) {
            participant.standing(standing);
            participant.standingChanged();
        }
        connect(participant);
        session.participant(participant);
        participant.arrival(session.takeArrival());
        room.add(participant);
        participant.joinTimer = room.timers().after(FIRST_MESSAGE_MS, () -> room.mediaFailed(participant));
        MediaPeer primary = primary(participant);
        // The publishing one of two transports carries nothing to the client: there is nothing to begin with.
        PathHistory history = primary == participant.receivingPeer()
                ? room.services().paths().recall(participant.identity()) : PathHistory.NONE;
        primary.open(returning, history, refused -> {
            if (refused == null) {
                admit(participant, request);
            } else if (refused == MediaReply.Reason.CAPACITY) {
                // To come again at once would only add to what is too much already.
                room.leave(participant, DisconnectReason.JOIN_FAILURE, LeaveRequest.Action.DISCONNECT);
            } else {
                room.mediaFailed(participant);
            }
        });
    }

    /** An empty value in the request does not delete what the token says. */
    private static Map<String, String> overwriting(JoinRequest request) {
        Map<String, String> changes = new HashMap<>(request.getParticipantAttributesMap());
        changes.values().removeIf(String::isEmpty);
        return changes;
    }

    /** Peer ids are the participant's id with a letter: s single, p publisher, v viewer. */
    private void connect(Participant participant) {
        boolean single = participant.traits().singlePeerConnection();
        participant.answering(new AnsweringPeer(room, participant, peer(participant, single ? ".s" : ".p"),
                room.services().negotiations().get()));
        if (!single) {
            participant.offering(new OfferingPeer(room, participant, peer(participant, ".v"),
                    room.services().negotiations().get()));
        }
    }

    /** The transport by which a client comes in. Who may not receive has nothing to come in for but to send. */
    private static MediaPeer primary(Participant participant) {
        return participant.permission().canSubscribe() ? participant.receivingPeer() : participant.answering().peer();
    }

    private MediaPeer peer(Participant participant, String suffix) {
        return new MediaPeer(room.id(), participant.sid() + suffix, participant.sid(), participant::importance,
                room.oversight().termsOf(participant), room.media());
    }

    private void admit(Participant participant, JoinRequest request) {
        participant.joinTimer = RoomTimers.cancel(participant.joinTimer);
        participant.joinTimer = room.timers().after(room.services().config().rooms().joinTimeoutS() * 1000L,
                () -> room.leave(participant, DisconnectReason.JOIN_FAILURE, LeaveRequest.Action.RECONNECT));
        participant.state(ParticipantInfo.State.JOINED);
        room.refreshSnapshot();
        JoinResponse join = joinResponse(participant);
        participant.send(SignalResponse.newBuilder().setJoin(join).build());
        room.services().metrics().joined(room.services().clock().nowMs() - participant.openedAtMs());
        sendToken(participant);
        room.announcer().participantChanged(participant, false);
        room.announcer().countsChanged();
        room.subscribing().subscribeToAll(participant);
        if (join.getSubscriberPrimary()) {
            participant.offering().begin();
        }
        for (AddTrackRequest track : request.getAddTrackRequestsList()) {
            room.publishing().addTrack(participant, track);
        }
        if (request.hasPublisherOffer()) {
            participant.answering().onOffer(request.getPublisherOffer());
        }
    }

    private JoinResponse joinResponse(Participant participant) {
        SignalingConfig.Rooms rooms = room.services().config().rooms();
        return JoinResponse.newBuilder().setRoom(room.announcer().roomFor(participant)).setParticipant(participant.info())
                .addAllOtherParticipants(room.announcer().others(participant))
                .setServerVersion(FEATURE_LEVEL).setServerInfo(serverInfo())
                .setSubscriberPrimary(participant.offering() != null && participant.offering().peer().local() != null)
                .setPingInterval(rooms.pingIntervalS()).setPingTimeout(rooms.pingTimeoutS())
                .addAllEnabledPublishCodecs(TrackAnnouncement.ENABLED)
                .build();
    }

    private ServerInfo serverInfo() {
        return ServerInfo.newBuilder().setEdition(ServerInfo.Edition.Standard).setVersion(FEATURE_LEVEL)
                .setProtocol(PROTOCOL).setNodeId(room.services().media().node().nodeId())
                .setDebugInfo(room.services().config().dev() ? "Nhip Cau" : "").build();
    }

    /** Gives the client a token with which it can come back after the first one has expired. */
    void sendToken(Participant participant) {
        participant.tokenAtMs = room.services().clock().nowMs();
        participant.send(SignalMessages.refreshToken(
                room.services().tokens().refresh(participant.currentGrants())));
    }

    void resume(JoinAttempt attempt, RoomSession session) {
        JoinRequest request = attempt.request();
        Participant participant = room.byIdentity(attempt.grants().identity());
        boolean known = participant != null && participant.admitted() && !participant.transportLost
                && (request.getParticipantSid().isEmpty() || request.getParticipantSid().equals(participant.sid()))
                && participant.traits().singlePeerConnection() == attempt.singlePeerConnection();
        room.services().metrics().resumed(known);
        if (!known) {
            refuse(session, DisconnectReason.STATE_MISMATCH, LeaveRequest.Action.RECONNECT);
            return;
        }
        long sinceMs = participant.lastHeardMs - LATE_NOTICE_MS;
        takeOver(participant, session);
        if (participant.dropOnResume) {
            participant.dropOnResume = false;
            session.sink().close(GOING_AWAY, "");
            return;
        }
        participant.send(SignalResponse.newBuilder().setReconnect(
                ReconnectResponse.newBuilder().setServerInfo(serverInfo())
                        .setLastMessageSeq(room.data().lastSequence(participant))).build());
        room.data().resumed(participant);
        room.publishing().remindOfMuting(participant);
        participant.send(room.announcer().wholeState(participant, sinceMs));
        participant.send(SignalMessages.roomUpdate(room.announcer().roomFor(participant)));
        sendToken(participant);
        room.quality().resumed(participant);
        room.subscribing().remind(participant);
        room.publishing().remindOfTracks(participant);
        room.mediaEvents().remindOfWantedQuality(participant);
        room.mediaEvents().remindOfSpeakers(participant);
        if (request.hasSyncState()) {
            sync(participant, request.getSyncState());
        }
        if (participant.dropAfterResume) {
            participant.dropAfterResume = false;
            session.sink().close(GOING_AWAY, "");
        }
        if (!participant.gone()) {
            participant.answering().resumed();
            if (participant.offering() != null) {
                participant.offering().resumed();
            }
        }
    }

    /** Puts a new socket in the place of the old one, which may still think it is alive. */
    private void takeOver(Participant participant, RoomSession session) {
        RoomSession old = participant.session();
        if (old != null && participant.offering() != null) {
            participant.offering().socketLost();
        }
        participant.session(session);
        session.participant(participant);
        participant.lastHeardMs = room.services().clock().nowMs();
        room.seats().returned(participant);
        if (old != null) {
            old.sink().close(NORMAL_CLOSURE, "");
        }
    }

    /** What a resuming client believes; a track it publishes but we do not know cannot be mended here. */
    void sync(Participant participant, SyncState state) {
        for (TrackPublishedResponse track : state.getPublishTracksList()) {
            if (!participant.tracks().containsKey(track.getTrack().getSid())) {
                room.leave(participant, DisconnectReason.STATE_MISMATCH, LeaveRequest.Action.RECONNECT);
                return;
            }
        }
        room.data().missed(participant, state.getDatachannelReceiveStatesList());
        room.subscribing().settings().disable(participant, state.getTrackSidsDisabledList());
        if (state.hasSubscription()) {
            room.subscribing().request(participant, state.getSubscription());
        }
    }

    /** Turns a socket away that is already open; HTTP can no longer say why. */
    static void refuse(RoomSession session, DisconnectReason reason, LeaveRequest.Action action) {
        session.sink().send(SignalMessages.leave(reason, action));
        session.sink().close(NORMAL_CLOSURE, "");
    }
}
