// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.gate;

import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.Proof;

/**
 * What is known of one track under its face policy, and until when restricted viewers may be sent it.
 *
 * <p>Per packet only {@link #open} is asked: one compare. It needs no timer to be right; {@link #advance} makes known
 * afterwards that a lease ran out. Between two leases there is always such a change of state: every input advances
 * first, so whoever watches the changes never misses that the gate was shut.
 *
 * <p>A track of another worker has a gate here that {@linkplain #follow follows} the one there and has no inputs of its
 * own.
 *
 * <p>Thread: one. Owns: its state.
 */
public final class PrivacyGate {
    /** For how long good proof holds; three times the publishers' interval. */
    public static final long LEASE_NS = 1_500_000_000L;
    /** Good proofs in a row that prove the track. */
    static final int FRESH_PROOFS = 2;
    /** What comes closer behind another is of the same moment: a burst after a stalled connection proves nothing more. */
    static final long SPACING_NS = 250_000_000L;
    /** Weak proof must be followed by good proof within this time. */
    static final long SUSPECT_NS = 1_500_000_000L;
    /** Good proof without interruption for this long makes up for a violation. */
    static final long CLEAN_NS = 5_000_000_000L;
    /** From this violation of an epoch on nothing makes up for it. */
    static final int FINAL_VIOLATION = 3;
    private static final long SHUT = Long.MIN_VALUE;
    private static final long NEVER = Long.MIN_VALUE;

    /** Learns each change of state. */
    public interface Listener {
        /** The gate's state is another now, or a policy began. @param before the state that ended */
        void onChange(GateState before, GateReason reason, long nowNs);
    }

    private final Listener listener;
    private GateParameters parameters;
    private GateState state = GateState.UNPROVEN;
    private long leaseUntilNs = SHUT;
    private int openings;
    private int violations;
    private boolean released;
    /** Good proofs without interruption: how many that are apart, since when, the last of them. */
    private int fresh;
    private long freshSinceNs;
    private long freshCountedNs;
    private long lastGoodNs = NEVER;
    private long suspectSinceNs;
    private long otherEpochNs = NEVER;

    /** A gate with nothing proven. The listener is not told of this beginning. */
    public PrivacyGate(GateParameters parameters, Listener listener) {
        this.parameters = parameters;
        this.listener = listener;
    }

    /** Restricted viewers may be sent the track at this moment. Says nothing where the policy does not ask for proof. */
    public boolean open(long nowNs) {
        return nowNs < leaseUntilNs;
    }

    /** Somebody may be kept from seeing the track. */
    public boolean restricts() {
        return parameters.access() != GateAccess.ALL;
    }

    /**
     * Begins a policy with a higher epoch: nothing is proven, no violation counts any more.
     *
     * @return false when the epoch is not above the present one: nothing changed
     */
    public boolean begin(GateParameters next, long nowNs) {
        if (next.epoch() <= parameters.epoch()) {
            return false;
        }
        advance(nowNs);
        parameters = next;
        violations = 0;
        released = false;
        otherEpochNs = NEVER;
        forgetProof();
        change(GateState.UNPROVEN, GateReason.POLICY, nowNs);
        return true;
    }

    /** Takes what the publisher says. @return false when it is for another epoch, or the policy asks for no proof */
    public boolean prove(long epoch, Proof proof, long nowNs) {
        advance(nowNs);
        if (parameters.access() != GateAccess.PROVEN) {
            return false;
        }
        if (epoch != parameters.epoch()) {
            otherEpochNs = nowNs;
            return false;
        }
        switch (proof) {
            case CLEAN, WHOLE -> onGood(nowNs);
            case STALE -> onStale(nowNs);
            case DEAD -> violate(GateReason.DEAD, nowNs);
            case OFF -> violate(GateReason.OFF, nowNs);
        }
        return true;
    }

    private void onGood(long nowNs) {
        if (fresh == 0 || nowNs - lastGoodNs >= LEASE_NS) {
            fresh = 1;
            freshSinceNs = nowNs;
            freshCountedNs = nowNs;
        } else if (nowNs - freshCountedNs >= SPACING_NS) {
            fresh++;
            freshCountedNs = nowNs;
        }
        lastGoodNs = nowNs;
        boolean enough = state == GateState.VIOLATED ? madeUp(nowNs) : fresh >= FRESH_PROOFS;
        if (state == GateState.PROVEN) {
            leaseUntilNs = nowNs + LEASE_NS;
        } else if (enough) {
            openings++;
            change(GateState.PROVEN, GateReason.PROOF, nowNs);
        }
    }

    private boolean madeUp(long nowNs) {
        return nowNs - freshSinceNs >= CLEAN_NS && violations < FINAL_VIOLATION
                && (released || parameters.onViolation() == OnViolation.HOLD);
    }

    private void onStale(long nowNs) {
        forgetProof();
        if (state == GateState.PROVEN) {
            suspectSinceNs = nowNs;
            change(GateState.SUSPECT, GateReason.STALE, nowNs);
        }
    }

    private void violate(GateReason reason, long nowNs) {
        forgetProof();
        released = false;
        if (state != GateState.VIOLATED) {
            violations++;
            change(GateState.VIOLATED, reason, nowNs);
        }
    }

    /** The stream is another, or begins anew: all is to be proven again. A violation stays one. */
    public void restart(long nowNs) {
        advance(nowNs);
        forgetProof();
        if (state == GateState.PROVEN || state == GateState.SUSPECT) {
            change(GateState.UNPROVEN, GateReason.STREAM_CHANGED, nowNs);
        }
    }

    /** A latched violation is to end with good proof. @return false when there is none that could */
    public boolean release(long epoch, long nowNs) {
        advance(nowNs);
        boolean can = epoch == parameters.epoch() && state == GateState.VIOLATED
                && parameters.onViolation() == OnViolation.LATCH && violations < FINAL_VIOLATION;
        released |= can;
        return can;
    }

    /** Time passes: what it ends is told. */
    public void advance(long nowNs) {
        if (state == GateState.PROVEN && nowNs >= leaseUntilNs) {
            boolean other = otherEpochNs != NEVER && otherEpochNs > lastGoodNs;
            forgetProof();
            change(GateState.UNPROVEN, other ? GateReason.OTHER_EPOCH : GateReason.SILENT, nowNs);
        } else if (state == GateState.SUSPECT && nowNs - suspectSinceNs >= SUSPECT_NS) {
            violate(GateReason.UNRESOLVED, nowNs);
        }
    }

    /** When {@link #advance} will have something to tell; {@link Long#MAX_VALUE}: not by time alone. */
    public long nextDeadlineNs() {
        return state == GateState.PROVEN ? leaseUntilNs
                : state == GateState.SUSPECT ? suspectSinceNs + SUSPECT_NS : Long.MAX_VALUE;
    }

    /**
     * Takes over what the track's own gate told.
     *
     * @param newOpenings of that gate: more than known when it was shut in between
     */
    public void follow(long epoch, GateState told, long untilNs, int newOpenings, int newViolations, GateReason reason,
            long nowNs) {
        advance(nowNs);
        if (epoch != parameters.epoch()) {
            return;
        }
        violations = newViolations;
        if (told == GateState.PROVEN && nowNs < untilNs) {
            if (state == GateState.PROVEN && openings != newOpenings) {
                change(GateState.UNPROVEN, reason, nowNs);
            }
            openings = newOpenings;
            lastGoodNs = untilNs - LEASE_NS;
            if (state == GateState.PROVEN) {
                leaseUntilNs = untilNs;
            } else {
                change(GateState.PROVEN, reason, nowNs);
            }
        } else if (state != told && told != GateState.PROVEN) {
            suspectSinceNs = nowNs;
            change(told, reason, nowNs);
        }
    }

    // The one place where the lease begins or ends with the state.
    private void change(GateState next, GateReason reason, long nowNs) {
        GateState before = state;
        state = next;
        leaseUntilNs = next == GateState.PROVEN ? lastGoodNs + LEASE_NS : SHUT;
        listener.onChange(before, reason, nowNs);
    }

    private void forgetProof() {
        fresh = 0;
        lastGoodNs = NEVER;
    }

    public GateState state() {
        return state;
    }

    /** The policy that holds. */
    public GateParameters parameters() {
        return parameters;
    }

    /** Violations since the epoch began. */
    public int violations() {
        return violations;
    }

    /** How often it was opened. */
    public int openings() {
        return openings;
    }

    /** When the lease runs out; meaningless while not {@link GateState#PROVEN}. */
    public long leaseUntilNs() {
        return leaseUntilNs;
    }

    /**
     * The same question as {@link #open}, answered from what proof came rather than from the lease: for the check that
     * watches over the first.
     */
    public boolean provenBy(long nowNs) {
        return state == GateState.PROVEN && lastGoodNs != NEVER && nowNs - lastGoodNs < LEASE_NS;
    }
}
