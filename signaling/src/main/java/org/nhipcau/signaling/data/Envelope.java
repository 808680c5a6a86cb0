// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.data;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashSet;
import java.util.Set;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.UserPacket;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.DataParameters;

/**
 * What the server reads of a message and what it writes on it: from whom, to whom, which one. What is inside is the
 * clients' own business and goes through as it came, members of newer protocols included.
 *
 * <p>Spec: {@code DataPacket} of livekit_models.proto. Thread: immutable.
 */
record Envelope(DataPacket packet) {
    /** More receivers than this are named by no client that means well. */
    static final int MAX_DESTINATIONS = 1_024;

    /** The message; null when it is none. */
    static Envelope read(byte[] payload) {
        DataPacket packet;
        try {
            packet = DataPacket.parseFrom(payload);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
        return destinationCount(packet) > MAX_DESTINATIONS ? null : new Envelope(packet);
    }

    @SuppressWarnings("deprecation")
    private static int destinationCount(DataPacket packet) {
        UserPacket user = packet.getUser();
        return packet.getDestinationIdentitiesCount() + user.getDestinationIdentitiesCount()
                + user.getDestinationSidsCount();
    }

    /** Number among the reliable messages of its sender, from 1 on, unsigned; 0: not numbered. */
    int sequence() {
        return packet.getSequence();
    }

    /** What tells a message that is sent twice; empty: nothing. */
    ByteString nonce() {
        return packet.getUser().getNonce();
    }

    /** Whether the server knows this kind of message and this sender may send it. */
    boolean isFor(Member sender) {
        return switch (packet.getValueCase()) {
            case USER, SIP_DTMF, CHAT_MESSAGE, RPC_REQUEST, RPC_ACK, RPC_RESPONSE, STREAM_HEADER, STREAM_CHUNK,
                    STREAM_TRAILER, ENCRYPTED_PACKET -> true;
            case TRANSCRIPTION -> sender.agent();
            // Figures go to those who subscribe to them, a right that no token of this server grants. Who speaks is
            // the server's to tell. What has no known content may be anything.
            case METRICS, SPEAKER, VALUE_NOT_SET -> false;
        };
    }

    /** Identities and session ids of those it is for; empty: everybody. */
    @SuppressWarnings("deprecation")
    Set<String> destinations() {
        Set<String> named = new HashSet<>(packet.getDestinationIdentitiesList());
        if (named.isEmpty() && packet.hasUser()) {
            named.addAll(packet.getUser().getDestinationIdentitiesList());
            named.addAll(packet.getUser().getDestinationSidsList());
        }
        return named;
    }

    /** In whose name an agent writes: empty, unless the message is of a kind for which that is done. */
    String spokenFor() {
        return switch (packet.getValueCase()) {
            case TRANSCRIPTION, STREAM_HEADER, STREAM_CHUNK, STREAM_TRAILER -> packet.getParticipantIdentity();
            default -> "";
        };
    }

    /**
     * The message as receivers get it: from this sender, over this channel. To whom else it goes is not theirs to know.
     *
     * @param sid empty for a sender that others are not to know, as is the identity
     * @return null when it became too long
     */
    @SuppressWarnings("deprecation")
    byte[] stamped(String sid, String identity, DataChannel channel) {
        DataPacket.Builder stamped = packet.toBuilder().setParticipantSid(sid).setParticipantIdentity(identity)
                .clearDestinationIdentities();
        if (channel == DataChannel.RELIABLE) {
            stamped.setKind(DataPacket.Kind.RELIABLE);
        } else {
            stamped.setKind(DataPacket.Kind.LOSSY).clearSequence();
        }
        if (packet.hasUser()) {
            stamped.setUser(packet.getUser().toBuilder().setParticipantSid(sid).setParticipantIdentity(identity)
                    .clearDestinationSids().clearDestinationIdentities());
        }
        byte[] bytes = stamped.build().toByteArray();
        return bytes.length > DataParameters.MAX_MESSAGE_BYTES ? null : bytes;
    }
}
