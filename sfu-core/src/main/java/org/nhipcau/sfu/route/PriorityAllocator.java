// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Divides a viewer's path among its pictures by the consultation's priorities: sound is taken off the top, then each of
 * these goes as far as it can before the next begins.
 * <ol>
 *   <li>The stage (the site on the main screen, then shared screens) is to be seen at all: still, then slow pictures.
 *   <li>All others as still pictures.
 *   <li>The stage in its smallest layer, with all frames.
 *   <li>All others in their smallest layer.
 *   <li>The stage layer by layer, in turns, up to what the viewer wants.
 *   <li>All others likewise.
 * </ol>
 * Within a line the order is: what the viewer itself calls important, the main screen, shared screens, larger pictures.
 * Rates are those measured of each layer as it comes in. What a picture has already it keeps while it fits; more it gets
 * only with some room to spare, and when its {@link LayerChoice} allows. What is granted but not yet taken stays with
 * it. One viewer's path concerns nobody else.
 *
 * <p>Thread: one. Owns: its scratch; allocates only when a viewer has more pictures than any before.
 */
final class PriorityAllocator implements BandwidthAllocator {
    /** Of a step up, by which the path must carry more than it takes. */
    private static final double ROOM_FOR_LAYER = 0.12;
    private static final double ROOM_FOR_FRAMES = 0.06;
    /** Of a step already taken, that may be missing: rates and estimates waver. */
    private static final double LENIENCE = 0.05;
    /** The same of the last that moves: the pacer leaves out pictures then, which is better than none moving. */
    private static final double LENIENCE_FOR_LOWEST = 0.2;
    /** The same of still pictures: they come more rarely then. */
    private static final double LENIENCE_FOR_STILL = 0.75;
    /** A still picture is to come so often, however much the copies of sound could take. */
    private static final long STILL_WITHIN_NS = 5_000_000_000L;
    /** But no more than this share of the path goes to it: sound comes first. */
    private static final double MOST_FOR_STILL = 0.12;
    /** Still pictures come no more often than each two seconds. */
    private static final long SHORTEST_STILL_NS = StillPicture.SHORTEST_NS;
    /** A picture from which nothing came for so long takes nothing. */
    private static final long SILENT_NS = 10_000_000_000L;

    /** All that a picture can take. */
    static final long UNLIMITED_BPS = Long.MAX_VALUE;

    private Claim[] claims = new Claim[0];
    private long missingBps;

    /** What one picture may claim, while the path is divided. */
    static final class Claim {
        final Ladder ladder = new Ladder();
        Consumer consumer;
        LayerChoice choice;
        boolean stage;
        long rank;
        int held;
        int granted;
    }

    @Override
    public void allocate(ViewerBudget viewer, Consumer[] consumers, long estimateBps, boolean limited, long nowNs) {
        viewer.divided(limited ? estimateBps : 0);
        if (!limited) {
            viewer.wanted(0, 0);
            for (Consumer consumer : consumers) {
                if (consumer.video()) {
                    consumer.share().choice().unlimited();
                    consumer.share().allocate(UNLIMITED_BPS, UNLIMITED_BPS, nowNs);
                }
            }
            return;
        }
        int count = collect(viewer, consumers, nowNs);
        long soundBps = viewer.sound(consumers, nowNs);
        double firstTime = viewer.firstTimeShare(consumers);
        double picturesBps = forPictures(estimateBps, soundBps, leastStillBps(claims, count) / firstTime);
        long left = divide(claims, count, (long) (picturesBps * firstTime));
        viewer.wanted(missingBps == 0 ? 0 : estimateBps + (long) (missingBps / firstTime),
                soundBps + (long) (wantedBps(count) / firstTime));
        for (int i = 0; i < count; i++) {
            Claim claim = claims[i];
            long roomBps = left + claim.ladder.bps(claim.granted);
            claim.choice.grant(claim.ladder, claim.granted, roomBps, nowNs);
            long stillBps = roomBps;
            if (claim.granted == Ladder.STILL) {
                long usual = claim.ladder.bps(Ladder.STILL);
                long least = (long) (usual * (1 - LENIENCE_FOR_STILL));
                stillBps = Math.clamp(usual + left, least, claim.ladder.stillBps(SHORTEST_STILL_NS));
                left -= stillBps - usual;
            }
            claim.consumer.share().allocate(roomBps, stillBps, nowNs);
            claim.consumer = null;
            claim.choice = null;
        }
    }

    /** What sound leaves, but for a still picture now and then. @param stillBps what that takes with its repairs */
    static double forPictures(long estimateBps, long soundBps, double stillBps) {
        return Math.max(estimateBps - soundBps, Math.min(stillBps, estimateBps * MOST_FOR_STILL));
    }

    /** What it takes to see the most important at least now and then: the stage, or another while its camera rests. */
    static long leastStillBps(Claim[] claims, int count) {
        return count == 0 ? 0 : claims[0].ladder.stillBps(STILL_WITHIN_NS);
    }

    private long wantedBps(int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += (long) (claims[i].ladder.bps(claims[i].ladder.top()) * (1 + ROOM_FOR_LAYER));
        }
        return sum;
    }

    private int collect(ViewerBudget viewer, Consumer[] consumers, long nowNs) {
        makeRoom(consumers.length);
        Consumer main = null;
        int count = 0;
        for (Consumer consumer : consumers) {
            ViewerShare share = consumer.share();
            if (!consumer.video() || !consumer.wanted() || share.limits().shedOff() || silent(consumer, nowNs)) {
                continue;
            }
            main = count == 0 ? viewer.main(consumers, consumer.producer().room.shedder, nowNs) : main;
            Claim claim = claims[count];
            PictureLayer[] layers = consumer.producer().layers();
            boolean screen = Shedder.screen(consumer.producer());
            LayerSelector.climb(layers, share.settings(), share.limits(), screen, claim.ladder, nowNs);
            claim.consumer = consumer;
            claim.choice = share.choice();
            claim.choice.wish(LayerSelector.wanted(layers, share.settings()), nowNs);
            claim.stage = screen || consumer == main;
            claim.rank = ((long) share.settings().priority() << 24) + ((consumer == main ? 2L : screen ? 1L : 0) << 20)
                    + share.wantedHeight();
            sink(count++);
        }
        return count;
    }

    private static boolean silent(Consumer consumer, long nowNs) {
        for (Encoding encoding : consumer.producer().encodings()) {
            if (encoding.stream() == null || !encoding.stream().started()
                    || nowNs - encoding.stream().lastPacketNs() < SILENT_NS) {
                return false;
            }
        }
        return true;
    }

    // Most important first; insertion sort, for they are few and nearly sorted.
    private void sink(int last) {
        Claim claim = claims[last];
        int at = last;
        while (at > 0 && claims[at - 1].rank < claim.rank) {
            claims[at] = claims[at - 1];
            at--;
        }
        claims[at] = claim;
    }

    private void makeRoom(int count) {
        int before = claims.length;
        if (before < count) {
            claims = java.util.Arrays.copyOf(claims, Math.max(4, count));
            for (int i = before; i < claims.length; i++) {
                claims[i] = new Claim();
            }
        }
    }

    /**
     * Divides a budget among claims, most important first; sets what each is granted.
     *
     * @return what is left, less than nothing where more is held than fits
     */
    long divide(Claim[] all, int count, long budgetBps) {
        missingBps = 0;
        for (int i = 0; i < count; i++) {
            all[i].held = all[i].choice.held(all[i].ladder);
            all[i].granted = Ladder.OFF;
        }
        long left = raise(all, count, true, Goal.SLOW, budgetBps);
        left = raise(all, count, false, Goal.STILL, left);
        left = raise(all, count, true, Goal.SMALL, left);
        left = raise(all, count, false, Goal.SLOW, left);
        left = raise(all, count, false, Goal.SMALL, left);
        left = raiseInTurns(all, count, true, left);
        return raiseInTurns(all, count, false, left);
    }

    private enum Goal {
        STILL, SLOW, SMALL;

        int rung(Ladder ladder) {
            return switch (this) {
                case STILL -> Ladder.STILL;
                case SLOW -> 0;
                case SMALL -> ladder.topOfLowest();
            };
        }
    }

    private long raise(Claim[] all, int count, boolean stage, Goal goal, long budgetBps) {
        long left = budgetBps;
        for (int i = 0; i < count; i++) {
            Claim claim = all[i];
            int goalRung = Math.min(goal.rung(claim.ladder), claim.ladder.top());
            while (claim.stage == stage && claim.granted < goalRung && fits(claim, left)) {
                left -= take(claim);
            }
        }
        return left;
    }

    private long raiseInTurns(Claim[] all, int count, boolean stage, long budgetBps) {
        long left = budgetBps;
        boolean raised = true;
        while (raised) {
            raised = false;
            for (int i = 0; i < count; i++) {
                Claim claim = all[i];
                // Frames of the same layer count as one turn with the layer.
                boolean sameLayer = true;
                while (claim.stage == stage && sameLayer && claim.granted < claim.ladder.top() && fits(claim, left)) {
                    left -= take(claim);
                    raised = true;
                    sameLayer = claim.granted >= 0 && claim.granted < claim.ladder.top()
                            && claim.ladder.layer(claim.granted) == claim.ladder.layer(claim.granted + 1);
                }
            }
        }
        return left;
    }

    private boolean fits(Claim claim, long left) {
        Ladder ladder = claim.ladder;
        int next = claim.granted + 1;
        long more = ladder.bps(next) - ladder.bps(claim.granted);
        double spare;
        if (next <= claim.held) {
            double lenience = next == Ladder.STILL ? LENIENCE_FOR_STILL : next == 0 ? LENIENCE_FOR_LOWEST : LENIENCE;
            spare = -lenience * ladder.bps(next);
        } else {
            boolean frames = next > 0 && ladder.layer(next) == ladder.layer(claim.granted);
            spare = (frames ? ROOM_FOR_FRAMES : ROOM_FOR_LAYER) * ladder.bps(next);
        }
        long missing = (long) Math.ceil(more + spare - left);
        if (missing > 0 && missingBps == 0) {
            missingBps = missing;
        }
        return missing <= 0;
    }

    private static long take(Claim claim) {
        long before = claim.ladder.bps(claim.granted);
        return claim.ladder.bps(++claim.granted) - before;
    }
}
