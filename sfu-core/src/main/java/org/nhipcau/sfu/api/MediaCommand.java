// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What signaling can ask of a media node. Every command names its room; the node carries out the commands of one
 * room in order, on the worker that owns the room.
 *
 * <p>Words: a <em>room</em> is a set of peers that may exchange media; a <em>peer</em> is one WebRTC transport (ICE,
 * DTLS, SRTP) of a participant, who has one (single peer connection) or two (publisher and subscriber) of them; a
 * <em>producer</em> is one track that a peer sends to the node; a <em>consumer</em> is one track that the node sends
 * to a peer.
 */
public sealed interface MediaCommand {

    /**
     * Media may end by it and none begins by it: a busy node takes it to the last place in its queues.
     */
    default boolean endsMedia() {
        return false;
    }

    /** The room this command is about: 1 to 128 characters, chosen by signaling, unique on the node. */
    String roomId();

    /** Opens a room. Reply: {@link MediaReply.Done}; refused with CAPACITY when the node takes no more. Idempotent. */
    record OpenRoom(String roomId) implements MediaCommand {}

    /** Closes a room with all its peers, producers and consumers. Reply: Done, also when there is no such room. */
    record CloseRoom(String roomId) implements MediaCommand {
        @Override
        public boolean endsMedia() {
            return true;
        }
    }

    /**
     * Makes a transport for a participant. Reply: {@link MediaReply.PeerOpened} with what the remote side must know;
     * refused with CAPACITY when the node is too busy for newcomers.
     *
     * @param peerId unique in the room; 1 to 128 characters
     * @param participantId groups the peers of one participant: who never receives their own producers, whose speech
     *     is reported together
     * @param returning the participant is in the room already or comes back to it, so that a busy node takes it all
     *     the same; a second transport of a participant with one in the room is taken in any case
     * @param history what an earlier transport of the same person learnt of the path to it
     */
    record OpenPeer(String roomId, String peerId, String participantId, boolean returning, PathHistory history)
            implements MediaCommand {
        /** The first transport of one who was not there before. */
        public OpenPeer(String roomId, String peerId, String participantId) {
            this(roomId, peerId, participantId, false, PathHistory.NONE);
        }
    }

    /**
     * Tells a peer about its remote side. Called once per negotiation, so again on renegotiation; a changed ICE user
     * name fragment is an ICE restart, on which DTLS and all media state live on. A changed fingerprint or role of a
     * peer whose DTLS has begun is refused with CONFLICT.
     */
    record ConfigurePeer(String roomId, String peerId, RemoteTransport remote, HeaderExtensions extensions)
            implements MediaCommand {}

    /**
     * Makes new local ICE credentials for an ICE restart; the old ones stay valid for 5 s at most after the first
     * check with the new ones. Reply: {@link MediaReply.PeerOpened}.
     */
    record RestartIce(String roomId, String peerId) implements MediaCommand {}

    /** Closes a peer with its producers and consumers. Reply: Done, also when there is no such peer. */
    record ClosePeer(String roomId, String peerId) implements MediaCommand {
        @Override
        public boolean endsMedia() {
            return true;
        }
    }

    /** Adds a producer to a peer, or replaces the parameters of the one with the same track id on the same peer. */
    record AddProducer(String roomId, String peerId, ProducerParameters producer) implements MediaCommand {}

    /** Removes a producer; its consumers stay, without input, until removed. Reply: Done, also when unknown. */
    record RemoveProducer(String roomId, String trackId) implements MediaCommand {
        @Override
        public boolean endsMedia() {
            return true;
        }
    }

    /** A muted producer is not forwarded, is never called silent and is not asked for key frames. */
    record MuteProducer(String roomId, String trackId, boolean muted) implements MediaCommand {
        @Override
        public boolean endsMedia() {
            return muted;
        }
    }

    /**
     * Adds a consumer to a peer. The producer need not exist yet: forwarding starts when it does. The first video
     * packet forwarded starts a key frame. On an overloaded node it begins under the limits that hold for all.
     */
    record AddConsumer(String roomId, String peerId, ConsumerParameters consumer) implements MediaCommand {}

    /** Removes a consumer. Reply: Done, also when unknown. */
    record RemoveConsumer(String roomId, String peerId, String consumerId) implements MediaCommand {
        @Override
        public boolean endsMedia() {
            return true;
        }
    }

    /** Changes what a consumer wants. Takes effect at once, for video at the next fitting key frame. */
    record UpdateConsumer(String roomId, String peerId, String consumerId, ConsumerSettings settings)
            implements MediaCommand {}

    /**
     * Puts a producer under a face policy, changes it or lifts it. Its restricted viewers get no further packet until
     * the new epoch is proven; what was kept of the track to be sent again is wiped. An epoch not above the present one
     * is refused with CONFLICT, unless nothing at all would change.
     */
    record SetGate(String roomId, String trackId, GateParameters gate) implements MediaCommand {
        @Override
        public boolean endsMedia() {
            return gate.access() != GateAccess.ALL;
        }
    }

    /**
     * Clears a viewer for what a participant sends, or restricts it: all that the peer is sent of it now, and what it
     * will be sent. Of a consumer added later only what is cleared by both this and its parameters is cleared. Who is
     * restricted loses what waits to be sent as well. Where the participant offers a covered variant, the other variant
     * goes on from its next key frame.
     *
     * @param publisherId the sending participant's id
     */
    record SetClearance(String roomId, String peerId, String publisherId, boolean cleared) implements MediaCommand {
        @Override
        public boolean endsMedia() {
            return !cleared;
        }
    }

    /**
     * Hands on what the publisher says of its covering. The first good proof, followed by a second at least 250 ms
     * later, proves the track; each good one extends its lease to 1.5 s from now. Refused with CONFLICT when the producer
     * is under no policy that asks for proof, or under one of another epoch.
     */
    record ProveTrack(String roomId, String trackId, long epoch, Proof proof) implements MediaCommand {
        @Override
        public boolean endsMedia() {
            return proof != Proof.CLEAN && proof != Proof.WHOLE;
        }
    }

    /**
     * Lets a latched track open again once it was clean for five seconds, which may be over by now. Refused with
     * CONFLICT when the epoch is another, when nothing is latched, or after the third violation.
     */
    record ReleaseTrack(String roomId, String trackId, long epoch) implements MediaCommand {}

    /**
     * Lets a peer carry data. Without it no byte of data from the peer is looked at. Idempotent; other values are refused
     * with CONFLICT once the association has begun.
     */
    record ConfigureData(String roomId, String peerId, DataParameters data) implements MediaCommand {}

    /**
     * Sends one message to peers. Reply: Done at once, whatever becomes of it: who is not (or no longer) there is passed
     * over, for each of the others the message goes its own way. To a peer whose channel is not open yet a reliable
     * message waits, a lossy one is dropped, and so it is where what waits for the peer fills its buffer; a reliable
     * message that does not fit is told of by {@link MediaEvent.DataLost}.
     *
     * @param payload at most {@link DataParameters#MAX_MESSAGE_BYTES}; handed over: nobody changes it any more
     */
    record SendData(String roomId, List<String> peerIds, DataChannel channel, byte[] payload)
            implements MediaCommand {
        /** @throws IllegalArgumentException for a payload that is too long */
        public SendData {
            peerIds = List.copyOf(peerIds);
            if (payload.length > DataParameters.MAX_MESSAGE_BYTES) {
                throw new IllegalArgumentException("payload has " + payload.length + " bytes; allowed: "
                        + DataParameters.MAX_MESSAGE_BYTES);
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof SendData that && roomId.equals(that.roomId) && peerIds.equals(that.peerIds)
                    && channel == that.channel && Arrays.equals(payload, that.payload);
        }

        @Override
        public int hashCode() {
            return Objects.hash(roomId, peerIds, channel, Arrays.hashCode(payload));
        }

        @Override
        public String toString() {
            // What people write to each other stands in no log.
            return "SendData[" + peerIds.size() + " peers, " + channel + ", " + payload.length + " bytes]";
        }
    }
}
