// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;

/**
 * One worker's counters: each is a plain long that the worker adds to and others read opaquely.
 *
 * <p>Thread: {@code add} and {@code increment} the worker's only; {@code get} any.
 */
public final class WorkerCounters {
    /** What is counted besides drops. */
    public enum Counter {
        DATAGRAMS_IN, BYTES_IN, DATAGRAMS_OUT, BYTES_OUT,
        /** What the kernel handled as one: a datagram, or a train of them. Trains refused: paths without from then. */
        MESSAGES_IN, MESSAGES_OUT, TRAINS_STOPPED,
        RTP_PACKETS_IN, RTP_BYTES_IN, RTP_PACKETS_OUT, RTP_BYTES_OUT,
        RTCP_PACKETS_IN, RTCP_PACKETS_OUT,
        /** NACKed sequence numbers, asked by us of publishers and by viewers of us. */
        NACKS_SENT, NACKS_RECEIVED,
        /** Retransmissions received from publishers and sent to viewers. */
        RTX_PACKETS_IN, RTX_PACKETS_OUT, RTX_BYTES_OUT,
        /** Packets of padding that find out whether a viewer's path carries more. */
        PROBE_PACKETS_OUT, PROBE_BYTES_OUT,
        KEYFRAME_REQUESTS_SENT, KEYFRAME_REQUESTS_RECEIVED, KEYFRAME_REQUESTS_SUPPRESSED,
        KEYFRAMES_IN, LAYER_SWITCHES,
        /** Still pictures sent to viewers whose link carries no moving one, and key frames asked for them. */
        STILL_PICTURES_OUT, STILL_PICTURES_ASKED_FOR,
        /** Pictures that viewers' links made give way, or let come back, by as much as a viewer is told of. */
        PICTURE_STEPS_DOWN, PICTURE_STEPS_UP,
        /** Sound sent with copies of earlier packets, in longer packets, and as copies that a viewer asked for. */
        RED_PACKETS_OUT, REPACKETISED_OUT, AUDIO_NACKS_ANSWERED,
        /** Lost packets of sound found as copies in later ones of their publisher. */
        AUDIO_RECOVERED_IN,
        /** Packets handed to another worker, one for all its viewers. */
        PIPED_PACKETS,
        /** Packets found missing of publishers before repair, and those never repaired. */
        PACKETS_LOST_IN, PACKETS_UNREPAIRED_IN,
        TWCC_FEEDBACK_SENT, CCFB_FEEDBACK_SENT,
        /** Publishers told how much of their uplink is of use. */
        REMB_SENT,
        STUN_REQUESTS_IN, STUN_RESPONSES_OUT,
        DTLS_HANDSHAKES_STARTED, DTLS_HANDSHAKES_FINISHED,
        COMMANDS, COMMANDS_REFUSED, DUTY_CYCLES,
        /** Faults of the node: a peer, or its data alone, closed by one, a room whose watch had one. */
        PEER_FAULTS, ROOM_FAULTS,
        /** Datagrams that the kernel dropped because the worker did not fetch them in time, where it tells. */
        RECEIVE_QUEUE_DROPS,
        /** Steps of the overload level, up and down; commands refused because of load. */
        OVERLOAD_LEVELS_RAISED, OVERLOAD_LEVELS_LOWERED, OVERLOAD_REFUSALS,
        /** Messages of data, whole, and their bytes; associations that were aborted for what the peer did. */
        DATA_MESSAGES_IN, DATA_BYTES_IN, DATA_MESSAGES_OUT, DATA_BYTES_OUT, DATA_ABORTED,
        /** Packets that a face policy forbids and that came as far as the way out, where they were held: always 0. */
        FORBIDDEN_PACKETS
    }

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int DROPS = DropReason.values().length;

    private final long[] drops = new long[DROPS];
    private final long[] counters = new long[Counter.values().length];
    private final long[] cuts = new long[GateReason.values().length];
    private final long[] gatedTracks = new long[GateState.values().length];

    /** Counts one dropped packet. */
    public void drop(DropReason reason) {
        add(drops, reason.ordinal(), 1);
    }

    /** Counts several dropped packets. */
    public void drop(DropReason reason, long count) {
        add(drops, reason.ordinal(), count);
    }

    /** Counts a track that restricted viewers were sent until now and are not any more. */
    public void cut(GateReason reason) {
        add(cuts, reason.ordinal(), 1);
    }

    /** A track under a face policy came into a state, or left it. */
    public void gatedTracks(GateState state, int change) {
        add(gatedTracks, state.ordinal(), change);
    }

    public void increment(Counter counter) {
        add(counters, counter.ordinal(), 1);
    }

    public void add(Counter counter, long count) {
        add(counters, counter.ordinal(), count);
    }

    public long get(Counter counter) {
        return (long) LONGS.getOpaque(counters, counter.ordinal());
    }

    /** How often restricted viewers lost a track for this reason. */
    public long cuts(GateReason reason) {
        return (long) LONGS.getOpaque(cuts, reason.ordinal());
    }

    /** Tracks under a face policy that are in this state. */
    public long gatedTracks(GateState state) {
        return (long) LONGS.getOpaque(gatedTracks, state.ordinal());
    }

    public long get(DropReason reason) {
        return (long) LONGS.getOpaque(drops, reason.ordinal());
    }

    // One writer: a plain read and an opaque write are enough and cost no fence.
    private static void add(long[] values, int index, long count) {
        LONGS.setOpaque(values, index, values[index] + count);
    }
}
