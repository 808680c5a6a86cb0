// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.quality.QualitySample;
import org.nhipcau.signaling.store.AttendanceStore;
import org.nhipcau.signaling.store.AttendanceStore.Quality;

/**
 * Puts on record how everybody's link was, by pseudonym; behind the call's back. While the store is away figures wait,
 * the newest of them.
 *
 * <p>Thread: any adds and does not block; {@link #write} one at a time, may block. Owns: what waits.
 */
final class QualityKeeper {
    /** Figures wait for so many spans. */
    static final int MAX_WAITING = 20_000;
    private static final int AT_ONCE = 500;
    /** Sides of links whose last span is remembered, to say where the next begins. */
    private static final int MAX_REMEMBERED = 100_000;

    private final AttendanceStore store;
    private final LiveMetrics metrics;
    private final Deque<Quality> waiting = new ArrayDeque<>();
    private final Map<Side, Instant> since = new HashMap<>();

    private record Side(String session, boolean uplink) {}

    QualityKeeper(AttendanceStore store, LiveMetrics metrics) {
        this.store = store;
        this.metrics = metrics;
    }

    /** Figures of one direction of a link, over the seconds since the ones before. */
    void add(String consultation, String pseudonym, QualitySample sample) {
        Instant to = Instant.ofEpochMilli(sample.atEpochMs());
        synchronized (waiting) {
            if (since.size() >= MAX_REMEMBERED) {
                since.clear();
            }
            Instant from = since.put(new Side(sample.participant(), sample.uplink()), to);
            if (waiting.size() == MAX_WAITING) {
                waiting.removeFirst();
                metrics.dropped();
            }
            waiting.addLast(new Quality(consultation, pseudonym, sample.uplink(), from == null ? to : from, to,
                    perMille(sample.audioLossRatio()), perMille(sample.videoLossRatio()), whole(sample.roundTripMs()),
                    whole(sample.jitterMs()), kbps(sample.audioBitrateBps()), kbps(sample.videoBitrateBps()),
                    perMille(sample.freezeRatio()),
                    sample.audioScore() < 0 ? -1 : (int) Math.round(sample.audioScore() * 100),
                    sample.cause().name().toLowerCase(Locale.ROOT)));
        }
    }

    private static int perMille(double ratio) {
        return ratio < 0 ? -1 : (int) Math.round(Math.min(ratio, 1) * 1_000);
    }

    private static int whole(double value) {
        return value < 0 ? -1 : (int) Math.round(Math.min(value, Integer.MAX_VALUE));
    }

    private static int kbps(long bps) {
        return (int) Math.min(Integer.MAX_VALUE, (bps + 500) / 1_000);
    }

    /** Writes what waits, until there is no more or the store does not take it. */
    void write() {
        while (true) {
            List<Quality> some = new ArrayList<>();
            synchronized (waiting) {
                while (some.size() < AT_ONCE && !waiting.isEmpty()) {
                    some.add(waiting.removeFirst());
                }
            }
            if (some.isEmpty()) {
                return;
            }
            try {
                store.addQuality(some);
            } catch (JournalUnavailableException later) {
                synchronized (waiting) {
                    some.reversed().forEach(waiting::addFirst);
                }
                return;
            }
        }
    }
}
