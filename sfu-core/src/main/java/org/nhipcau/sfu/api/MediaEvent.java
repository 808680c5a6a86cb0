// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** What a media node tells signaling without being asked. */
public sealed interface MediaEvent {

    /** The room it is about; empty when it is about the node as a whole. */
    String roomId();

    /** A transport changed its state. {@code failure} is NONE except in FAILED and CLOSED. */
    record PeerStateChanged(String roomId, String peerId, PeerState state, PeerFailure failure) implements MediaEvent {}

    /** States of a transport as a whole (ICE and DTLS together), after W3C RTCPeerConnectionState. */
    enum PeerState {
        /** Waiting for the first authenticated connectivity check. */
        NEW,
        /** ICE has a valid pair, DTLS is under way. */
        CONNECTING,
        /** DTLS finished, fingerprint checked, media flows. */
        CONNECTED,
        /** Connected before, but no authenticated check for the configured time: may come back by itself. */
        DISCONNECTED,
        /** Gone for good: consent expired, DTLS failed. The peer takes no more packets; close it. */
        FAILED,
        /** The remote side closed DTLS, or the peer was closed by a command or fault. */
        CLOSED
    }

    /** Why a transport failed or closed. */
    enum PeerFailure {
        NONE,
        /** No authenticated connectivity check within the configured time. */
        ICE_TIMEOUT,
        /** Consent (RFC 7675) expired. */
        CONSENT_EXPIRED,
        /** The DTLS handshake did not finish in time. */
        DTLS_TIMEOUT,
        /** The DTLS handshake failed: alert, no common version, suite or SRTP profile. */
        DTLS_FAILED,
        /** The certificate does not match the fingerprint of the session description. */
        FINGERPRINT_MISMATCH,
        /** close_notify or fatal alert of the remote side. */
        REMOTE_CLOSED,
        /** A fault of the node hit this peer alone. */
        INTERNAL
    }

    /**
     * A producer's packets began, stopped or began again.
     */
    record ProducerStateChanged(String roomId, String trackId, ProducerState state) implements MediaEvent {}

    /** Whether a producer delivers something that viewers can see or hear. */
    enum ProducerState {
        /** Packets arrive; for video: a key frame was seen. */
        ACTIVE,
        /** Not muted, yet no packet for the configured time. */
        SILENT,
        /** Video packets arrive but no decodable frame: key frame requests stay unanswered. */
        FROZEN
    }

    /**
     * Speakers whose level or state changed since the last such event of this room.
     */
    record SpeakersChanged(String roomId, List<Speaker> speakers) implements MediaEvent {
        public SpeakersChanged {
            speakers = List.copyOf(speakers);
        }
    }

    /**
     * One participant's speech.
     *
     * @param level 0 (silent) to 1 (loudest), in steps of 1/8
     */
    record Speaker(String participantId, double level, boolean active) {}

    /**
     * The highest layer of a producer that any consumer wants right now changed (dynacast). Raised at once, lowered
     * after the configured delay.
     *
     * @param maxQuality 0 low, 1 medium, 2 high; {@link #NOBODY}, {@link #RESTING}
     */
    record WantedQualityChanged(String roomId, String trackId, int maxQuality) implements MediaEvent {
        /** Nobody wants it. */
        public static final int NOBODY = -1;
        /** Its publisher's uplink carries no picture for now: whoever wants it sees none. Told at once. */
        public static final int RESTING = -2;
    }

    /**
     * Those who listen to a microphone hear more of it if it sends fewer bits or longer packets, or do not any more. At
     * first it sends as it likes.
     *
     * @param maxBitrateBps of the codec alone; 0: as it likes
     * @param packetMs that each packet should hold; 0: as it likes
     */
    record WantedSpeechChanged(String roomId, String trackId, int maxBitrateBps, int packetMs) implements MediaEvent {}

    /**
     * The first packet of a consumer went out; of a video consumer it begins a key frame.
     *
     * @param elapsedMs since the consumer was added or the peer connected, whichever came later
     */
    record ConsumerStarted(String roomId, String peerId, String consumerId, MediaKind kind, long elapsedMs)
            implements MediaEvent {}

    /**
     * A consumer was paused or resumed by the node (never by command): a video consumer because of the viewer's
     * bandwidth, any because of the node's overload.
     */
    record ConsumerPaused(String roomId, String peerId, String consumerId, boolean paused) implements MediaEvent {}

    /**
     * The viewer's link carries more or less of a picture than before. What the viewer or the node's load leave out
     * does not count. At first a picture moves.
     */
    record PictureStepChanged(String roomId, String peerId, String consumerId, PictureStep step)
            implements MediaEvent {}

    /**
     * What is known of a track under a face policy changed, or a policy began. Told by the worker of its publisher.
     *
     * @param policyId and {@code epoch} of the policy that holds
     * @param violations since the epoch began; after the third the track stays shut until another begins
     */
    record GateChanged(String roomId, String trackId, String policyId, long epoch, GateState state, GateReason reason,
            int violations) implements MediaEvent {}

    /**
     * How the call goes for one transport, told regularly (default: each second). Ratios are 0..1; -1 where unknown, or
     * where there was nothing to be judged.
     *
     * @param uplink what the node receives from the peer
     * @param downlink what the node sends to the peer
     * @param roundTripTimeMs -1 unknown
     */
    record QualityReport(String roomId, String peerId, DirectionQuality uplink, DirectionQuality downlink,
            double roundTripTimeMs) implements MediaEvent {}

    /**
     * What the node knows of the path to a peer, every few seconds once feedback told of it: worth keeping for the
     * participant's next transport.
     */
    record PathMeasured(String roomId, String peerId, PathHistory history) implements MediaEvent {}

    /**
     * One direction of a transport. Loss, jitter, rates and freezes are those of the interval; ratings, scores and cause
     * look back over some seconds. A downlink's loss is that of its own link: what its publishers' links lost before is
     * not in it.
     *
     * @param audioLossRatio before repair; -1 when nothing was expected
     * @param videoLossRatio before repair; -1 when nothing was expected
     * @param audioUnrepairedRatio audio lost after repair as far as the node can tell; -1 when nothing was expected
     * @param burstRatio mean length of bursts of audio loss against that of independent loss (G.107: BurstR), 1 where
     *     nothing is known
     * @param jitterMs largest interarrival jitter of the audio streams (RFC 3550 6.4.1); -1 unknown
     * @param audioBitrateBps media rate of sound, with headers from RTP upward
     * @param videoBitrateBps media rate of pictures, repairs included, with headers from RTP upward
     * @param packets packets in the interval
     * @param freezeRatio share of the interval in which the picture that fared worst stood still; -1: no picture expected
     * @param freezes freezes that ended in the interval
     * @param audioRating E-model index, 0..100, of the sound on this direction; -1 without sound
     * @param audioScore the same as a mean opinion score, 1..4.5; -1 without sound
     * @param linkScore how the link alone does, as a mean opinion score, 1..4.5
     * @param cause why the direction suffers
     * @param impairment how much it suffers from the cause, in points of the E-model's rating; 0 without a cause
     */
    record DirectionQuality(double audioLossRatio, double videoLossRatio, double audioUnrepairedRatio,
            double burstRatio, double jitterMs, long audioBitrateBps, long videoBitrateBps, long packets,
            double freezeRatio, int freezes, double audioRating, double audioScore, double linkScore,
            QualityCause cause, double impairment) {}

    /**
     * The node takes newcomers again, or takes none for now: a busy node refuses them before those who are there would
     * notice. Those go on, renegotiate and come back as before. At first a node takes newcomers. Belongs to no room:
     * everybody who listens is told.
     */
    record AdmissionChanged(boolean open) implements MediaEvent {
        @Override
        public String roomId() {
            return "";
        }
    }

    /** From now on the channel carries messages, in both directions. Told once for each channel of a peer. */
    record DataOpened(String roomId, String peerId, DataChannel channel) implements MediaEvent {}

    /**
     * One whole message of a peer. The node judges nothing but its size and rate.
     *
     * @param payload at most {@link DataParameters#MAX_MESSAGE_BYTES}; nobody changes it any more
     */
    record DataReceived(String roomId, String peerId, DataChannel channel, byte[] payload) implements MediaEvent {
        /** @throws IllegalArgumentException for a payload that is too long */
        public DataReceived {
            if (payload.length > DataParameters.MAX_MESSAGE_BYTES) {
                throw new IllegalArgumentException("payload has " + payload.length + " bytes; allowed: "
                        + DataParameters.MAX_MESSAGE_BYTES);
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof DataReceived that && roomId.equals(that.roomId) && peerId.equals(that.peerId)
                    && channel == that.channel && Arrays.equals(payload, that.payload);
        }

        @Override
        public int hashCode() {
            return Objects.hash(roomId, peerId, channel, Arrays.hashCode(payload));
        }

        @Override
        public String toString() {
            return "DataReceived[" + channel + ", " + payload.length + " bytes]";
        }
    }

    /**
     * A reliable message to this peer did not fit into its buffer, was longer than the peer takes, or was under way when
     * the association broke: what the peer has is no longer all that it was sent.
     */
    record DataLost(String roomId, String peerId, DataChannel channel) implements MediaEvent {}

    /** A room ended by the node's own doing (worker fault, shutdown, lost node): signaling must let clients rejoin. */
    record RoomLost(String roomId, String reason) implements MediaEvent {}
}
