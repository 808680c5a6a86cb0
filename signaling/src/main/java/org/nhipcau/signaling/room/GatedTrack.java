// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.Locale;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.MediaEvent.GateChanged;

/**
 * One track of a governed room as the face policy has it: which policy in which epoch, whether its publisher covers it,
 * and what the media node last said of it. Thread: the room's.
 */
final class GatedTrack {
    private Ruling.Gate gate;
    private GateParameters parameters;
    private long epoch;
    private boolean covers;
    /** It was cut in an earlier epoch, and the node has not heard of that in this one. */
    private boolean cutBefore;
    private GateState state = GateState.UNPROVEN;
    private GateReason reason = GateReason.POLICY;

    GatedTrack(Ruling.Gate gate) {
        renew(gate);
    }

    /** Whether the track is to be cut on the node in this epoch too. */
    boolean cutBefore() {
        return cutBefore;
    }

    /** It was cut, as far as is known here. */
    void cut() {
        cutBefore = true;
    }

    /** Somebody entitled lets it open again. */
    void forgive() {
        cutBefore = false;
    }

    /** Another policy, or the same begun anew: nothing is proven, and what was cut is still to be made up for. */
    void renew(Ruling.Gate next) {
        cutBefore |= state == GateState.VIOLATED;
        gate = next;
        epoch++;
        state = GateState.UNPROVEN;
        reason = GateReason.POLICY;
        parameters = next == null ? new GateParameters(GateAccess.ALL, "", epoch, GateParameters.OnViolation.HOLD, "")
                : new GateParameters(next.access(), next.policyId(), epoch, next.onViolation(), "");
    }

    /** Null: no policy covers the track. */
    Ruling.Gate gate() {
        return gate;
    }

    GateParameters parameters() {
        return parameters;
    }

    long epoch() {
        return epoch;
    }

    /** Whether the publisher last said that it covers the picture. */
    boolean covers() {
        return covers;
    }

    void covers(boolean now) {
        covers = now;
    }

    GateState state() {
        return state;
    }

    /** Takes in the node's word; false when it is about an earlier epoch. */
    boolean changed(GateChanged event) {
        if (event.epoch() != epoch) {
            return false;
        }
        state = event.state();
        reason = event.reason();
        cutBefore &= state != GateState.VIOLATED;
        return true;
    }

    /** What one who may not see the clear face is told of the track. */
    String note() {
        return state == GateState.PROVEN ? "covered" : "shut:" + reason.name().toLowerCase(Locale.ROOT);
    }
}
