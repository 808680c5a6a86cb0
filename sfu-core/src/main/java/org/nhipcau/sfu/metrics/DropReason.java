// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.metrics;

/** Why a packet was not processed or not forwarded. Each reason is a label of one counter. */
public enum DropReason {
    /** First byte belongs to no protocol of RFC 7983. */
    UNKNOWN_PROTOCOL,
    /** No peer has this source address and the packet is not a STUN request for one. */
    UNKNOWN_SOURCE,
    /** STUN: not well-formed, no or wrong FINGERPRINT. */
    STUN_MALFORMED,
    /** STUN: unknown user name or wrong MESSAGE-INTEGRITY. */
    STUN_UNAUTHENTICATED,
    /** DTLS from an address without a validated pair. */
    DTLS_NOT_VALIDATED,
    /** DTLS record or handshake header refused by the filter. */
    DTLS_FILTERED,
    /** DTLS queue of the peer is full. */
    DTLS_OVERFLOW,
    /** Media before the keys are there or after the transport ended. */
    NOT_CONNECTED,
    /** Media from an address other than the validated pair's. */
    WRONG_PATH,
    /** RTP header not well-formed or shorter than the tag. */
    RTP_MALFORMED,
    /** RTCP not well-formed. */
    RTCP_MALFORMED,
    /** SRTP or SRTCP authentication failed. */
    SRTP_AUTHENTICATION,
    /** SRTP or SRTCP replay, or older than the replay window. */
    SRTP_REPLAY,
    /** The SSRC belongs to no producer of this peer and cannot be bound to one. */
    UNKNOWN_SSRC,
    /** More SSRCs than the limit. */
    SSRC_LIMIT,
    /** Payload type that was not negotiated. */
    UNKNOWN_PAYLOAD_TYPE,
    /** Sound with redundancy whose blocks are not well-formed, or wrap what was not negotiated. */
    RED_MALFORMED,
    /** Received before: network duplicate or needless retransmission. */
    DUPLICATE,
    /** Too old for any use. */
    TOO_OLD,
    /** The payload carries nothing (padding only). */
    EMPTY_PAYLOAD,
    /** The viewer's path is too narrow: the packet, or its picture, waited in vain for its turn. */
    PACER_OVERFLOW,
    /** The publisher began the stream anew with another SSRC before the packet's turn came. */
    STREAM_REPLACED,
    /** The producer is muted. */
    PRODUCER_MUTED,
    /** The viewer or the node paused this consumer. */
    CONSUMER_PAUSED,
    /** The viewer's path carries nothing for now: what is sent would be old when it does. */
    PATH_DARK,
    /** A face policy keeps the track from this viewer for now: it is not proven to be covered, or not any more. */
    GATE_SHUT,
    /** What a face policy forbids came as far as the way out: a fault of the node. */
    FORBIDDEN,
    /** Another simulcast layer is being forwarded. */
    OTHER_LAYER,
    /** A temporal layer above the viewer's. */
    TEMPORAL_LAYER,
    /** The viewer's link carries only a still picture now and then. */
    STILL_PICTURE,
    /** Waiting for a key frame to begin or to switch. */
    WAITING_FOR_KEYFRAME,
    /** The receiver does not take this format. */
    FORMAT_NOT_ACCEPTED,
    /** Overload: a simulcast or temporal layer that the viewer would have got. */
    OVERLOAD_LAYER,
    /** Overload: a picture that is off. */
    OVERLOAD_VIDEO,
    /** Overload: the sound of one who neither speaks nor steers the room. */
    OVERLOAD_AUDIO,
    /** Overload: a retransmission of a picture's packet. */
    OVERLOAD_RTX,
    /** The packet would exceed the path's size after rewriting. */
    TOO_LARGE,
    /** The pipe to another worker is full. */
    PIPE_FULL,
    /** Came through a pipe for a producer or encoding that is gone by now. */
    PIPE_STALE,
    /** The receiving peer cannot take media (not connected, consent expired). */
    RECEIVER_NOT_READY,
    /** The socket took no datagram: its send buffer is full, or there is no way to the receiver. */
    SEND_FAILED,
    /** A retransmission asked for too often or beyond the budget. */
    RTX_BUDGET,
    /** A retransmission asked for of a packet no longer cached. */
    RTX_NOT_CACHED,
    /** A retransmission asked for that would come after its picture's time. */
    RTX_TOO_LATE,
    /** Data of a peer that was not allowed any, or on a channel that nobody reads. */
    DATA_UNWANTED,
    /** A packet of data that is not well-formed, or for another association. */
    DATA_MALFORMED,
    /** More data came than is processed at once, or was to be sent than DTLS takes on. */
    DATA_OVERFLOW,
    /** A lossy message beyond what a peer may send in a second. */
    DATA_RATE,
    /** A message to a peer that has no channel for it, takes none of this size, or has too much waiting. */
    DATA_NOT_SENT
}
