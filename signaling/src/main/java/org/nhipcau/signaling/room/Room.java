// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import livekit.LivekitModels;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.signaling.session.SignalMessages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One room: who is in it, from the first join to the end, and the parts that serve it. The parts hold no state of each
 * other; what they share is here.
 *
 * <p>Thread: one at a time, through {@link RoomMailbox}; {@link #face} may be read by any.
 *
 * <p>Owns: its participants with their peers on the media node, its timers, the room on the media node.
 */
final class Room {
    private static final Logger LOG = LoggerFactory.getLogger(Room.class);
    private static final int NORMAL_CLOSURE = 1000;

    private final RoomServices services;
    private final String name;
    private final String id;
    private final Consumer<Room> onEnd;
    private final RoomMailbox mailbox;
    private final RoomTimers timers;
    private final MediaLink media;
    private final CompletableFuture<Boolean> opened = new CompletableFuture<>();
    private final Map<String, Participant> participants = new LinkedHashMap<>();
    private final Map<String, Participant> byIdentity = new HashMap<>();

    private final Announcer announcer = new Announcer(this);
    private final Publishing publishing = new Publishing(this);
    private final Subscribing subscribing = new Subscribing(this);
    private final Admission admission = new Admission(this);
    private final QualityBoard quality = new QualityBoard(this);
    private final MediaEvents mediaEvents = new MediaEvents(this);
    private final Requests requests = new Requests(this);
    private final RoomUpkeep upkeep = new RoomUpkeep(this);
    private final Seats seats = new Seats(this);
    private final Oversight oversight;
    private final RoomFace face;
    private final RoomData data;

    private RoomSettings settings;
    private RoomTimers.Timer lifeTimer;
    private boolean usedBefore;
    private boolean begun;
    private boolean ended;

    /**
     * @param governor null: a plain room
     * @param onEnd called once, by the room's last act
     */
    Room(RoomServices services, String name, RoomSettings settings, RoomGovernor governor, Consumer<Room> onEnd) {
        this.services = services;
        this.name = name;
        this.settings = settings;
        this.onEnd = onEnd;
        this.id = services.ids().room();
        this.face = new RoomFace(services, name, id);
        this.mailbox = new RoomMailbox(services.executor(), services.metrics());
        this.timers = new RoomTimers(services.clock(), mailbox);
        this.media = new MediaLink(services.media(), mailbox, services.metrics());
        this.oversight = new Oversight(this, governor);
        this.data = new RoomData(this);
        refreshSnapshot();
    }

    /** What a room does first; the first of those who come in brings it about. */
    void open() {
        if (begun) {
            return;
        }
        begun = true;
        services.metrics().roomOpened();
        oversight.open();
        settings = settings.withMetadata(oversight.governed() ? oversight.metadata() : settings.metadata());
        endAfter(settings.emptyTimeoutS());
        media.submit(new MediaCommand.OpenRoom(id), reply -> {
            boolean done = !(reply instanceof MediaReply.Refused);
            if (done && !ended) {
                quality.recorder().open();
            }
            opened.complete(done);
            if (done) {
                announcer.webhook("room_started");
            } else if (!ended) {
                end(DisconnectReason.JOIN_FAILURE);
            }
        });
    }

    /** Completes when the media node has taken the room, or refused it. */
    CompletableFuture<Boolean> opened() {
        return opened;
    }

    RoomServices services() {
        return services;
    }

    String name() {
        return name;
    }

    String id() {
        return id;
    }

    RoomMailbox mailbox() {
        return mailbox;
    }

    RoomTimers timers() {
        return timers;
    }

    MediaLink media() {
        return media;
    }

    Announcer announcer() {
        return announcer;
    }

    Publishing publishing() {
        return publishing;
    }

    Subscribing subscribing() {
        return subscribing;
    }

    Admission admission() {
        return admission;
    }

    Oversight oversight() {
        return oversight;
    }

    Seats seats() {
        return seats;
    }

    RoomData data() {
        return data;
    }

    QualityBoard quality() {
        return quality;
    }

    MediaEvents mediaEvents() {
        return mediaEvents;
    }

    boolean ended() {
        return ended;
    }

    RoomSettings settings() {
        return settings;
    }

    void metadata(String next) {
        settings = settings.withMetadata(next);
        announcer.roomChanged();
    }

    /** The rules give the room's metadata: each is told what is for them. */
    void ruledMetadata(String next) {
        settings = settings.withMetadata(next);
        announcer.rulesChanged();
    }

    Collection<Participant> participants() {
        return participants.values();
    }

    Participant participant(String sid) {
        return participants.get(sid);
    }

    Participant byIdentity(String identity) {
        return byIdentity.get(identity);
    }

    /** A track of anybody here, announced or published; null when there is none. */
    PublishedTrack track(String sid) {
        for (Participant participant : participants.values()) {
            PublishedTrack track = participant.tracks().get(sid);
            if (track != null) {
                return track;
            }
        }
        return null;
    }

    void add(Participant participant) {
        lifeTimer = RoomTimers.cancel(lifeTimer);
        participants.put(participant.sid(), participant);
        byIdentity.put(participant.identity(), participant);
        upkeep.start();
        refreshSnapshot();
    }

    void onMessage(RoomSession session, SignalRequest message) {
        if (session.room() != this) {
            // This one had ended when the client came: its participant belongs to the next room's thread.
            session.onMessage(message);
            return;
        }
        Participant participant = session.participant();
        if (participant == null || participant.gone() || participant.session() != session) {
            return;
        }
        participant.lastHeardMs = services.clock().nowMs();
        try {
            requests.handle(participant, message);
        } catch (RuntimeException bug) {
            services.metrics().fault();
            LOG.error("request {} failed: {}", message.getMessageCase(), Faults.describe(bug));
            leave(participant, DisconnectReason.STATE_MISMATCH, LeaveRequest.Action.RECONNECT);
        }
    }

    void onClosed(RoomSession session) {
        Room now = session.room();
        if (now != this) {
            now.mailbox.put(() -> now.onClosed(session));
            return;
        }
        Participant participant = session.participant();
        if (participant != null && participant.session() == session) {
            seats.socketLost(participant);
        }
    }

    /** A description nobody can use, or an offer without answer: only a new start helps. */
    void negotiationFailed(Participant participant) {
        if (!participant.gone()) {
            services.metrics().negotiationFailed();
            leave(participant, DisconnectReason.STATE_MISMATCH, LeaveRequest.Action.RECONNECT);
        }
    }

    /** The media node refuses, or lost, a transport: only a new start helps, in the same seat where there is one. */
    void mediaFailed(Participant participant) {
        if (participant.gone()) {
            return;
        }
        if (participant.active()) {
            seats.transportLost(participant);
        } else {
            leave(participant, DisconnectReason.JOIN_FAILURE, LeaveRequest.Action.RECONNECT);
        }
    }

    /** Tells a participant to go, and removes it. */
    void leave(Participant participant, DisconnectReason reason, LeaveRequest.Action action) {
        sendAndClose(participant, SignalMessages.leave(reason, action));
        remove(participant, reason);
    }

    private static void sendAndClose(Participant participant, SignalResponse last) {
        RoomSession session = participant.session();
        if (session != null) {
            session.sink().send(last);
            session.sink().close(NORMAL_CLOSURE, "");
        }
    }

    /** Removes a participant and all it had. Idempotent. */
    void remove(Participant participant, DisconnectReason reason) {
        if (participant.gone()) {
            return;
        }
        boolean wasAdmitted = participant.admitted();
        boolean wasVisible = participant.visible();
        if (participant.session() != null) {
            participant.session().sink().close(NORMAL_CLOSURE, "");
        }
        participant.leave(reason);
        participant.session(null);
        participant.joinTimer = RoomTimers.cancel(participant.joinTimer);
        seats.forget(participant);
        participant.disconnectedTimer = RoomTimers.cancel(participant.disconnectedTimer);
        publishing.endAll(participant);
        subscribing.endAll(participant);
        participants.remove(participant.sid());
        byIdentity.remove(participant.identity(), participant);
        quality.forget(participant);
        mediaEvents.forget(participant);
        data.forget(participant);
        participant.answering().close();
        if (participant.offering() != null) {
            participant.offering().close();
        }
        announcer.left(participant, wasVisible);
        participant.arrival().run();
        refreshSnapshot();
        if (wasAdmitted) {
            usedBefore = true;
            services.metrics().left(reason);
            face.lost(participant, reason);
            announcer.countsChanged();
            announcer.webhook(participant.activeOnce() ? "participant_left" : "participant_connection_aborted",
                    participant);
        }
        if (participants.isEmpty() && !ended) {
            upkeep.stop();
            // One who never got in does not make a prepared room one that all have left.
            endAfter(usedBefore ? settings.departureTimeoutS() : settings.emptyTimeoutS());
        }
    }

    private void endAfter(int seconds) {
        lifeTimer = RoomTimers.cancel(lifeTimer);
        lifeTimer = timers.after(seconds * 1000L, () -> end(DisconnectReason.ROOM_CLOSED));
    }

    /** Ends the room; participants still there are told why. */
    void end(DisconnectReason reason) {
        if (ended) {
            return;
        }
        ended = true;
        LeaveRequest.Action action = reason == DisconnectReason.SERVER_SHUTDOWN ? LeaveRequest.Action.RECONNECT
                : LeaveRequest.Action.DISCONNECT;
        for (Participant participant : List.copyOf(participants.values())) {
            leave(participant, reason, action);
        }
        quality.recorder().close();
        timers.cancelAll();
        oversight.close();
        if (begun) {
            media.tell(new MediaCommand.CloseRoom(id));
        }
        refreshSnapshot();
        boolean wasOpen = opened.getNow(false);
        opened.complete(false);
        if (wasOpen) {
            announcer.webhook("room_finished");
        }
        if (begun) {
            services.metrics().roomClosed();
        }
        begun = true;
        onEnd.accept(this);
    }

    /** What any thread may read of it. */
    RoomFace face() {
        return face;
    }

    /** The room as others see it; any thread. */
    LivekitModels.Room snapshot() {
        return face.snapshot();
    }

    void refreshSnapshot() {
        face.refresh(settings, participants.values());
    }

    /** Those who are there, as a list that stays while some of them are removed. */
    List<Participant> admitted() {
        return participants.values().stream().filter(Participant::admitted).toList();
    }
}
