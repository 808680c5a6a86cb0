// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.MediaEvent.GateChanged;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.gate.PrivacyGate;
import org.nhipcau.sfu.pipe.PipeSlot;

/**
 * One producer's privacy gate with all that hangs on it: when it shuts, restricted viewers begin anew and what waits for
 * them is thrown away; when it opens, they wait for a key frame that came later than that; a violation or a new policy
 * wipes what is kept of the track. Other workers are told before the next packet crosses.
 *
 * <p>Thread: the worker's that owns this part of the room.
 */
final class TrackGate implements PrivacyGate.Listener {
    /** Encoded pictures of one camera differ in shape by rounding alone; a turned phone or another source by more. */
    private static final double SHAPE_LEEWAY = 0.05;
    private static final int MAX_ID_CHARS = 128;
    /** Proof comes often: its answer is always this one. */
    private static final MediaReply DONE = new MediaReply.Done();

    private final Producer producer;
    private final PrivacyGate gate;
    private double shape;
    /** The state that the track is counted under; null: under none. */
    private GateState counted;
    private GateReason lastReason = GateReason.POLICY;

    TrackGate(Producer producer, GateParameters parameters) {
        this.producer = producer;
        this.gate = new PrivacyGate(parameters, this);
    }

    /** @return what is wrong with a track's policy, or null */
    static String faultOf(GateParameters parameters, String trackId) {
        if (parameters.epoch() < 0) {
            return "gate epoch " + parameters.epoch() + " is below 0";
        }
        if (parameters.policyId().length() > MAX_ID_CHARS || parameters.coveredTrackId().length() > MAX_ID_CHARS) {
            return "a policy id or covered track id has more than " + MAX_ID_CHARS + " characters";
        }
        return parameters.coveredTrackId().equals(trackId) ? "a track is its own covered variant" : null;
    }

    /** The producer is known to the room. */
    void onAdded() {
        if (gate.restricts()) {
            recount(true);
            tell(GateReason.POLICY);
        }
    }

    /** The producer is gone. */
    void close() {
        recount(false);
    }

    /** Takes the policy of a renegotiation: only a newer one counts. */
    void renegotiate(GateParameters parameters, long nowNs) {
        gate.begin(parameters, nowNs);
    }

    /** Takes a policy by command. */
    MediaReply begin(GateParameters parameters, long nowNs) {
        return gate.begin(parameters, nowNs) || parameters.equals(gate.parameters()) ? DONE
                : MediaEndpoint.refuse(MediaReply.Reason.CONFLICT,
                        "the gate's epoch is " + gate.parameters().epoch() + "; allowed: above that");
    }

    /** Takes what the publisher says of its covering. */
    MediaReply prove(long epoch, Proof proof, long nowNs) {
        if (!gate.prove(epoch, proof, nowNs)) {
            return MediaEndpoint.refuse(MediaReply.Reason.CONFLICT, gate.parameters().access() != GateAccess.PROVEN
                    ? "the track is under no policy that asks for proof"
                    : "the gate's epoch is " + gate.parameters().epoch());
        }
        producer.exports().onGate();
        return DONE;
    }

    /** Lets a latched track open again. */
    MediaReply release(long epoch, long nowNs) {
        return gate.release(epoch, nowNs) ? DONE
                : MediaEndpoint.refuse(MediaReply.Reason.CONFLICT, "nothing to be released in this epoch");
    }

    /** The stream begins anew or is another. That of another worker is watched over there. */
    void onStreamChanged(long nowNs) {
        if (producer.mirrored() == null) {
            shape = 0;
            gate.restart(nowNs);
        }
    }

    /** A key frame tells the size of the picture. */
    void onSize(int width, int height, long nowNs) {
        double seen = (double) width / height;
        if (shape != 0 && Math.abs(seen - shape) > shape * SHAPE_LEEWAY) {
            onStreamChanged(nowNs);
        }
        shape = seen;
    }

    /** Takes over what the track's own worker told. */
    void follow(PipeSlot slot, long nowNs) {
        gate.follow(slot.epoch, slot.gate, slot.leaseUntilNs, slot.openings, slot.violations, slot.gateReason, nowNs);
    }

    /** Writes down for another worker how it stands. */
    void describe(PipeSlot slot) {
        slot.epoch = gate.parameters().epoch();
        slot.gate = gate.state();
        slot.gateReason = lastReason;
        slot.leaseUntilNs = gate.leaseUntilNs();
        slot.openings = gate.openings();
        slot.violations = gate.violations();
    }

    /** Time passes. @return when it must be called again at the latest */
    long onTimer(long nowNs) {
        gate.advance(nowNs);
        return gate.nextDeadlineNs();
    }

    @Override
    public void onChange(GateState before, GateReason reason, long nowNs) {
        lastReason = reason;
        if (before == GateState.PROVEN && producer.mirrored() == null) {
            producer.room.counters.cut(reason);
        }
        if (reason == GateReason.POLICY || gate.state() == GateState.VIOLATED) {
            for (Encoding encoding : producer.encodings()) {
                encoding.purge();
            }
        }
        if (gate.state() == GateState.PROVEN) {
            for (Encoding encoding : producer.encodings()) {
                encoding.forbidEarlier();
            }
        }
        for (Consumer consumer : producer.consumers()) {
            try {
                consumer.onGateChanged(nowNs);
            } catch (RuntimeException fault) {
                consumer.onFault(fault, nowNs);
            }
        }
        recount(gate.restricts());
        tell(reason);
        producer.exports().onGate();
    }

    // Keeps the number of tracks by state.
    private void recount(boolean there) {
        GateState now = there && producer.mirrored() == null ? gate.state() : null;
        if (counted != null) {
            producer.room.counters.gatedTracks(counted, -1);
        }
        if (now != null) {
            producer.room.counters.gatedTracks(now, 1);
        }
        counted = now;
    }

    private void tell(GateReason reason) {
        if (producer.mirrored() == null) {
            GateParameters policy = gate.parameters();
            producer.room.emit(new GateChanged(producer.room.id(), producer.trackId(), policy.policyId(),
                    policy.epoch(), gate.state(), reason, gate.violations()));
        }
    }

    /** The track that shows this one covered; empty: none. */
    String coveredTrackId() {
        return gate.parameters().coveredTrackId();
    }

    PrivacyGate state() {
        return gate;
    }
}
