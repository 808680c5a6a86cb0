// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.quality;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A timeline in memory, lost with the process. It forgets sessions some time after their end, samples of the same age of
 * sessions that last, and the oldest samples of all when there are too many.
 *
 * <p>Thread: any; one lock, held for an append or for the copy of one session.
 */
public final class MemoryTimeline implements QualityTimeline {
    /** What a session without samples takes, roughly. */
    private static final int SESSION_BYTES = 512;

    private final long keepMs;
    private final long maxBytes;
    private final LongSupplier epochMs;
    /** By session id, in the order of their beginning. */
    private final Map<String, Recording> sessions = new LinkedHashMap<>();
    private long bytes;

    /** One life of a room with its samples. */
    private static final class Recording {
        private final String roomName;
        private final SampleBlocks samples = new SampleBlocks();
        private Session session;

        Recording(String roomName, Session session) {
            this.roomName = roomName;
            this.session = session;
        }
    }

    /**
     * @param keepMs for how long after its end a session is known; 0: nothing is kept
     * @param maxBytes of all samples together
     * @param epochMs the wall clock
     */
    public MemoryTimeline(long keepMs, long maxBytes, LongSupplier epochMs) {
        this.keepMs = keepMs;
        this.maxBytes = maxBytes;
        this.epochMs = epochMs;
    }

    @Override
    public synchronized void begin(String roomName, String session, long atEpochMs) {
        forget();
        if (keepMs > 0 && sessions.putIfAbsent(session, new Recording(roomName, new Session(session, atEpochMs, 0)))
                == null) {
            bytes += SESSION_BYTES;
            shrink();
        }
    }

    @Override
    public synchronized void add(String session, List<QualitySample> samples) {
        forget();
        Recording recording = sessions.get(session);
        if (recording == null) {
            return;
        }
        for (QualitySample sample : samples) {
            bytes += recording.samples.add(sample);
        }
        shrink();
    }

    @Override
    public synchronized void end(String session, long atEpochMs) {
        Recording recording = sessions.get(session);
        if (recording != null) {
            recording.session = new Session(session, recording.session.beganAtEpochMs(), atEpochMs);
        }
        forget();
    }

    @Override
    public synchronized List<Session> sessions(String roomName) {
        forget();
        return sessions.values().stream().filter(each -> each.roomName.equals(roomName)).map(each -> each.session)
                .toList();
    }

    @Override
    public synchronized List<QualitySample> samples(String session, long fromEpochMs, long toEpochMs) {
        forget();
        Recording recording = sessions.get(session);
        List<QualitySample> found = new ArrayList<>();
        if (recording != null) {
            recording.samples.forEach(sample -> {
                if (sample.atEpochMs() >= fromEpochMs && sample.atEpochMs() <= toEpochMs) {
                    found.add(sample);
                }
            });
        }
        return found;
    }

    private void forget() {
        long tooOldMs = epochMs.getAsLong() - keepMs;
        for (Iterator<Recording> each = sessions.values().iterator(); each.hasNext(); ) {
            Recording recording = each.next();
            long endedAtMs = recording.session.endedAtEpochMs();
            if (endedAtMs > 0 && endedAtMs <= tooOldMs) {
                bytes -= recording.samples.bytes() + SESSION_BYTES;
                each.remove();
            } else {
                bytes -= recording.samples.forgetBefore(tooOldMs);
            }
        }
    }

    // The oldest samples first, whose session ever; a session that ended and has none left goes too.
    private void shrink() {
        while (bytes > maxBytes && !sessions.isEmpty()) {
            Recording oldest = null;
            for (Recording each : sessions.values()) {
                if (oldest == null || each.samples.oldestMs() < oldest.samples.oldestMs()) {
                    oldest = each;
                }
            }
            if (oldest.samples.bytes() == 0) {
                sessions.remove(oldest.session.id());
                bytes -= SESSION_BYTES;
            } else {
                bytes -= oldest.samples.forgetOldest();
            }
        }
    }

    /** Bytes held. */
    public synchronized long bytes() {
        return bytes;
    }
}
