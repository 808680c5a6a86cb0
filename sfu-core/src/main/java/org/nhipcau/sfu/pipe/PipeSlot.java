// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.pipe;

import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * One message in a pipe: a packet's bytes with what the other side must know of it, or a few numbers.
 *
 * <p>Reused for ever: the writer sets every field that its {@link Kind} has.
 *
 * <p>Thread: the writer's from {@link PipePort#claim} to {@link PipePort#publish}, the reader's from
 * {@link PipePort#poll} to {@link PipePort#release}.
 */
public final class PipeSlot {
    /** What a message says. The first four go to the viewers' worker, the others back to the publisher's. */
    public enum Kind {
        /**
         * A packet in the clear: {@link #packet}, {@link #encoding}, {@link #generation}, {@link #afterDrop},
         * {@link #unproven}.
         */
        PACKET,
        /** A sender report: {@link #encoding}, {@link #generation}, {@link #ntp}, {@link #timestamp}, clock offset. */
        REPORT,
        /** The state of the track's privacy gate: {@link #epoch}, {@link #gate} and what follows it. */
        GATE,
        /** Whether the track's picture rests: {@link #resting}. */
        RESTING,
        /** Which {@link #quality} is wanted there; below 0: nothing, no packets need to cross. */
        WANTED,
        /** A key frame of {@link #encoding} is wanted. */
        KEYFRAME
    }

    /** The packet's bytes, in the clear; with the time at which it came in. */
    public final PacketBuffer packet;
    public Kind kind;
    /** Whom it is about: an object that both sides know. Plain memory: published with the slot. */
    public Object target;
    /** Index of the encoding in its producer. */
    public int encoding;
    /** Another number than before: another stream, with numbers of its own. */
    public int generation;
    /** Packets of this encoding before this one did not fit into the pipe. */
    public boolean afterDrop;
    /** The packet belongs before the moment at which its track was proven to be covered, although it comes later. */
    public boolean unproven;
    public int quality;
    /** Its publisher's uplink carries the voice alone: no picture is sent for now. */
    public boolean resting;
    public long ntp;
    public int timestamp;
    /** Our clock less the publisher's. */
    public long clockOffsetNs;
    /** When the report came in. */
    public long reportNs;
    /** Of the face policy that the gate's state is about. */
    public long epoch;
    public GateState gate;
    /** Why it came into that state. */
    public GateReason gateReason;
    /** When its lease runs out. */
    public long leaseUntilNs;
    /** How often the gate was opened, and how often its policy was violated. */
    public int openings;
    public int violations;

    PipeSlot(PacketBuffer packet) {
        this.packet = packet;
    }
}
