// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Decides when a publisher is asked for a key frame of one encoding: at most once per interval however many ask, and
 * again each interval until the key frame comes.
 *
 * <p>Spec: RFC 4585 §6.3.1 (PLI), RFC 5104 §4.3.1 (FIR). Thread: one.
 */
final class KeyframeRequester {
    private final long intervalNs;
    private boolean wanted;
    private boolean sent;
    private long wantedSinceNs;
    private long lastSentNs;
    private int firSequence;

    KeyframeRequester(long intervalNs) {
        this.intervalNs = intervalNs;
    }

    /** Somebody needs a key frame. @return true: send a request now; false: one is under way or due at the timer */
    boolean request(long nowNs) {
        if (!wanted) {
            wanted = true;
            wantedSinceNs = nowNs;
        }
        return due(nowNs);
    }

    /** Whether a request, first or repeated, is to be sent now. */
    boolean due(long nowNs) {
        return wanted && (!sent || nowNs - lastSentNs >= intervalNs);
    }

    /** When {@link #due} can become true; {@link Long#MAX_VALUE} while nobody waits. */
    long nextDeadlineNs() {
        if (!wanted) {
            return Long.MAX_VALUE;
        }
        return sent ? lastSentNs + intervalNs : wantedSinceNs;
    }

    /** The request was sent. */
    void onSent(long nowNs) {
        sent = true;
        lastSentNs = nowNs;
    }

    /** A key frame began. */
    void onKeyFrame() {
        wanted = false;
    }

    /** Nobody waits any more: all who did are gone, or the producer is muted. */
    void cancel() {
        wanted = false;
    }

    boolean wanted() {
        return wanted;
    }

    /** The publisher's packets come again after a pause: it could answer nothing before. */
    void onLive(long nowNs) {
        wantedSinceNs = nowNs;
    }

    /** How long requests have gone unanswered; 0 while nobody waits. */
    long unansweredNs(long nowNs) {
        return wanted && sent ? nowNs - wantedSinceNs : 0;
    }

    /** The next FIR command number: 8 bits, one per new request (RFC 5104 §4.3.1.1). */
    int takeFirSequence() {
        return firSequence++ & 0xff;
    }
}
