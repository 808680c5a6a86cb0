// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Decides when a publisher is asked for a key frame of one encoding: at most once per interval however many ask, and
 * again until the key frame comes.
 *
 * <p>What a key frame costs on the publisher's uplink sets the rhythm. An answer that is still on its way over a slow
 * uplink is not asked for a second time, since it would come twice, one behind the other: a request is repeated when
 * half as much again has passed as the last answers took, and each further time after twice as long, for what does not
 * come is rather stuck on its way than lost. And after a key frame the next may be asked for only when the uplink has had
 * time for other things ({@link #spaceBy}): key frames get a share of it, whoever wants them, moving pictures or still
 * ones.
 *
 * <p>Spec: RFC 4585 §6.3.1 (PLI), RFC 5104 §4.3.1 (FIR). Thread: one.
 */
final class KeyframeRequester {
    /** A request or its answer may be lost: it is repeated after this at the latest. By taste. */
    static final long MAX_RETRY_NS = 2_000_000_000L;
    private static final double PATIENCE = 1.5;
    private static final double FORGET = 0.25;
    private static final int MOST_DOUBLINGS = 4;
    private static final long NEVER = Long.MIN_VALUE / 2;

    private final long intervalNs;
    private boolean wanted;
    private boolean sent;
    private long wantedSinceNs;
    private long lastSentNs;
    private long askedNs = NEVER;
    /** Requests since the last answer. */
    private int unanswered;
    private long answerNs;
    private long keyFrameNs = NEVER;
    private long spacingNs;
    private int firSequence;

    KeyframeRequester(long intervalNs) {
        this.intervalNs = intervalNs;
    }

    /** Somebody needs a key frame. @return true: send a request now; false: one is under way or due at the timer */
    boolean request(long nowNs) {
        want(nowNs);
        return due(nowNs);
    }

    /** Somebody needs a key frame as soon as packets come again: until then no request is of use. */
    void want(long nowNs) {
        if (!wanted) {
            wanted = true;
            wantedSinceNs = nowNs;
        }
    }

    /** Whether a request, first or repeated, is to be sent now. */
    boolean due(long nowNs) {
        return wanted && nowNs >= dueNs();
    }

    private long dueNs() {
        long freeNs = keyFrameNs + spacingNs;
        return sent ? Math.max(freeNs, lastSentNs + retryNs()) : Math.max(freeNs, wantedSinceNs);
    }

    private long retryNs() {
        long mostNs = Math.max(intervalNs, MAX_RETRY_NS);
        long firstNs = Math.clamp((long) (answerNs * PATIENCE), intervalNs, mostNs);
        return Math.min(mostNs, firstNs << Math.clamp(unanswered - 1, 0, MOST_DOUBLINGS));
    }

    /** When {@link #due} can become true; {@link Long#MAX_VALUE} while nobody waits. */
    long nextDeadlineNs() {
        return wanted ? dueNs() : Long.MAX_VALUE;
    }

    /** The request was sent. */
    void onSent(long nowNs) {
        sent = true;
        lastSentNs = nowNs;
        unanswered++;
        if (askedNs == NEVER) {
            askedNs = nowNs;
        }
    }

    /** A key frame began. */
    void onKeyFrame(long nowNs) {
        if (wanted && askedNs != NEVER) {
            // Holes in the network are in it too: they say nothing of the next answer.
            long tookNs = Math.min(nowNs - askedNs, MAX_RETRY_NS);
            answerNs = tookNs > answerNs ? tookNs : answerNs + (long) ((tookNs - answerNs) * FORGET);
        }
        wanted = false;
        unanswered = 0;
        askedNs = NEVER;
        keyFrameNs = nowNs;
    }

    /** Sets the least time between a key frame and the next request. */
    void spaceBy(long ns) {
        spacingNs = ns;
    }

    /** Nobody waits any more: all who did are gone, or the producer is muted. */
    void cancel() {
        wanted = false;
        unanswered = 0;
        askedNs = NEVER;
    }

    boolean wanted() {
        return wanted;
    }

    /** The publisher's packets come again after a pause: it could answer nothing before. */
    void onLive(long nowNs) {
        wantedSinceNs = nowNs;
        unanswered = 0;
        askedNs = NEVER;
    }

    /** How long requests that were sent have gone unanswered; 0 while there is none. */
    long unansweredNs(long nowNs) {
        return wanted && askedNs != NEVER ? nowNs - askedNs : 0;
    }

    /** The next FIR command number: 8 bits, one per new request (RFC 5104 §4.3.1.1). */
    int takeFirSequence() {
        return firSequence++ & 0xff;
    }
}
