// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.gate;

import java.util.ArrayList;
import java.util.List;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.Proof;

/**
 * What the privacy gate is meant to do, told a second time and as plainly as possible: the history of one track is kept,
 * and each question is answered by reading all of it from the beginning. Milliseconds; shares no code with the gate.
 */
public final class GateModel {
    private sealed interface Happening {
        long ms();
    }

    private record Policy(long ms, GateParameters parameters) implements Happening {}

    private record Said(long ms, long epoch, Proof proof) implements Happening {}

    private record Restarted(long ms) implements Happening {}

    private record Released(long ms, long epoch) implements Happening {}

    private final List<Happening> history = new ArrayList<>();

    public GateModel(GateParameters parameters, long ms) {
        history.add(new Policy(ms, parameters));
    }

    public void policy(GateParameters parameters, long ms) {
        if (parameters.epoch() > at(ms).policy.epoch()) {
            history.add(new Policy(ms, parameters));
        }
    }

    public void said(long epoch, Proof proof, long ms) {
        history.add(new Said(ms, epoch, proof));
    }

    public void restarted(long ms) {
        history.add(new Restarted(ms));
    }

    public void released(long epoch, long ms) {
        history.add(new Released(ms, epoch));
    }

    /** How things stand at a moment, all that happened until then counted. */
    public Standing at(long ms) {
        Standing now = new Standing();
        for (Happening next : history) {
            now.until(next.ms());
            now.take(next);
        }
        now.until(ms);
        return now;
    }

    /** How things stand. */
    public static final class Standing {
        public GateParameters policy;
        /** Since when it may be seen without a break; -1: it may not. */
        public long openSinceMs = -1;
        public int violations;
        /** A violation that nothing has made up for. */
        public boolean pending;
        /** Number of times it was opened, in all epochs. */
        public int openings;
        private final List<Long> good = new ArrayList<>();
        private boolean forgiven;
        private long doubtSinceMs = -1;

        public boolean open() {
            return openSinceMs >= 0;
        }

        public boolean suspect() {
            return doubtSinceMs >= 0;
        }

        /** When it shuts by itself. */
        public long leaseUntilMs() {
            return open() ? good.getLast() + 1_500 : 0;
        }

        /** It may be opened again by good proof alone, however much of it that takes. */
        public boolean hopeful() {
            return policy.access() == GateAccess.PROVEN && (!pending || violations < 3
                    && (forgiven || policy.onViolation() == OnViolation.HOLD));
        }

        private void until(long ms) {
            if (open() && ms - good.getLast() >= 1_500) {
                openSinceMs = -1;
                good.clear();
            }
            if (suspect() && ms - doubtSinceMs >= 1_500) {
                bad();
            }
        }

        private void take(Happening happening) {
            switch (happening) {
                case Policy p -> {
                    policy = p.parameters();
                    violations = 0;
                    pending = false;
                    forgiven = false;
                    nothingProven();
                }
                case Restarted r -> nothingProven();
                case Released r -> forgiven |= r.epoch() == policy.epoch() && pending && violations < 3
                        && policy.onViolation() == OnViolation.LATCH;
                case Said s -> {
                    if (policy.access() == GateAccess.PROVEN && s.epoch() == policy.epoch()) {
                        said(s);
                    }
                }
            }
        }

        private void said(Said s) {
            switch (s.proof()) {
                case CLEAN, WHOLE -> good(s.ms());
                case STALE -> {
                    boolean doubted = suspect();
                    boolean wasOpen = open();
                    long since = doubtSinceMs;
                    nothingProven();
                    doubtSinceMs = doubted ? since : wasOpen ? s.ms() : -1;
                }
                case DEAD, OFF -> bad();
            }
        }

        private void bad() {
            violations += pending ? 0 : 1;
            pending = true;
            forgiven = false;
            nothingProven();
        }

        private void nothingProven() {
            openSinceMs = -1;
            doubtSinceMs = -1;
            good.clear();
        }

        private void good(long ms) {
            if (!good.isEmpty() && ms - good.getLast() >= 1_500) {
                good.clear();
            }
            good.add(ms);
            if (open()) {
                return;
            }
            boolean enough = pending ? hopeful() && ms - good.getFirst() >= 5_000 : apart() >= 2;
            if (enough) {
                pending = false;
                forgiven = false;
                doubtSinceMs = -1;
                openSinceMs = ms;
                openings++;
            }
        }

        // Good proofs that lie a quarter of a second apart.
        private int apart() {
            int count = 0;
            long counted = Long.MIN_VALUE / 2;
            for (long ms : good) {
                if (ms - counted >= 250) {
                    counted = ms;
                    count++;
                }
            }
            return count;
        }
    }
}
