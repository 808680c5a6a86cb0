// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.UserPacket;
import livekit.LivekitRoom.SendDataRequest;
import livekit.LivekitRtc.DataChannelReceiveState;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.signaling.api.ServiceException;
import org.nhipcau.signaling.api.ServiceException.Code;
import org.nhipcau.signaling.data.Exchange;
import org.nhipcau.signaling.data.Member;

/**
 * Brings a room and its messages together: says who is there and what they may, hands on what the media node tells, and
 * sends by it.
 *
 * <p>Thread: the room's.
 */
final class RoomData {
    private static final int NONCE_BYTES = 16;
    /** More than a resuming client has senders to tell of. */
    private static final int MAX_RECEIVE_STATES = 1_024;

    private final Room room;
    private final Exchange exchange;

    RoomData(Room room) {
        this.room = room;
        this.exchange = new Exchange(this::members, new Exchange.Outlet() {
            @Override
            public void send(List<String> peerIds, DataChannel channel, byte[] payload) {
                room.media().tell(new MediaCommand.SendData(room.id(), peerIds, channel, payload));
            }

            @Override
            public void after(long delayMs, Runnable task) {
                room.timers().after(delayMs, task);
            }
        }, () -> room.services().clock().nowMs(), room.services().metrics());
    }

    /** A participant as the rules of its room make it at this moment. */
    private record Seated(Room room, Participant participant) implements Member {
        @Override
        public String sid() {
            return participant.sid();
        }

        @Override
        public String identity() {
            return participant.identity();
        }

        @Override
        public boolean present() {
            return participant.admitted() && !participant.transportLost;
        }

        @Override
        public boolean maySend() {
            return participant.permission().canPublishData() && room.oversight().inside(participant);
        }

        @Override
        public boolean hidden() {
            return participant.permission().hidden();
        }

        @Override
        public boolean agent() {
            return !room.oversight().governed()
                    && (participant.kind() == ParticipantInfo.Kind.AGENT || participant.permission().agent());
        }

        @Override
        public boolean mayHear(Member sender) {
            if (participant.traits().encoder()) {
                return false;
            }
            if (!room.oversight().governed()) {
                return true;
            }
            Participant from = sender == null ? null : room.participant(sender.sid());
            return from != null && room.oversight().inside(participant) && room.oversight().knows(participant, from);
        }
    }

    private Collection<Seated> members() {
        return room.participants().stream().map(this::seated).toList();
    }

    private Seated seated(Participant participant) {
        return new Seated(room, participant);
    }

    /** @param participant null: has left meanwhile */
    void opened(Participant participant, MediaEvent.DataOpened event) {
        if (participant != null) {
            exchange.opened(seated(participant), event.peerId(), event.channel());
        }
    }

    /** @param participant null: has left meanwhile */
    void received(Participant participant, MediaEvent.DataReceived event) {
        if (participant != null) {
            exchange.received(seated(participant), event.channel(), event.payload());
        }
    }

    /** @param participant null: has left meanwhile */
    void lost(Participant participant) {
        if (participant != null) {
            exchange.undelivered(seated(participant));
        }
    }

    int lastSequence(Participant participant) {
        return exchange.lastSequence(seated(participant));
    }

    void resumed(Participant participant) {
        exchange.resumed(seated(participant));
    }

    void missed(Participant participant, List<DataChannelReceiveState> states) {
        Map<String, Integer> lastBySenderSid = new HashMap<>();
        for (DataChannelReceiveState state : states.subList(0, Math.min(states.size(), MAX_RECEIVE_STATES))) {
            lastBySenderSid.put(state.getPublisherSid(), state.getLastSeq());
        }
        exchange.missed(seated(participant), lastBySenderSid);
    }

    void forget(Participant participant) {
        exchange.left(participant.sid());
    }

    /** Sends what the room service wants sent. */
    @SuppressWarnings("deprecation")
    void serve(SendDataRequest request) {
        if (!request.getNonce().isEmpty() && request.getNonce().size() != NONCE_BYTES) {
            throw new ServiceException(Code.INVALID_ARGUMENT, "nonce must have 16 bytes, or none");
        }
        DataChannel channel = switch (request.getKind()) {
            case RELIABLE -> DataChannel.RELIABLE;
            case LOSSY -> DataChannel.LOSSY;
            case UNRECOGNIZED -> throw new ServiceException(Code.INVALID_ARGUMENT, "kind is not known");
        };
        UserPacket.Builder user = UserPacket.newBuilder().setPayload(request.getData()).setNonce(request.getNonce())
                .addAllDestinationSids(request.getDestinationSidsList())
                .addAllDestinationIdentities(request.getDestinationIdentitiesList());
        if (request.hasTopic()) {
            user.setTopic(request.getTopic());
        }
        if (!exchange.serve(DataPacket.newBuilder().setUser(user).build(), channel)) {
            throw new ServiceException(Code.INVALID_ARGUMENT, "data is longer than a data channel carries");
        }
    }
}
