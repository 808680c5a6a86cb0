// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * The last reliable messages of a room: a moment for those who resume, longer for those whose channel is yet to open.
 *
 * <p>Who may have a message is written down when it is sent: whoever comes, or is let in, later never gets it.
 *
 * <p>Thread: the room's. Owns: the messages, in memory alone, bounded in bytes and time.
 */
final class MessageLog {
    /** For those who resume: as long and as much as clients' own libraries expect. */
    static final long KEEP_MS = 2_000;
    static final int KEEP_BYTES = 100_000;
    /** For those who are on the way in: a poor link takes this long to carry the first byte. */
    static final long HOLD_MS = 30_000;
    static final int HOLD_BYTES = 256 << 10;
    /** What a message costs beside its own bytes. */
    private static final int OVERHEAD_BYTES = 200;
    private static final int RECIPIENT_BYTES = 50;

    private final Deque<Entry> entries = new ArrayDeque<>();

    /**
     * One message.
     *
     * @param senderSid empty: the room service
     * @param sequence 0: receivers could not tell that they have it already
     * @param recipients session ids of all that were to have it
     * @param waiting those among them who could not be sent it yet
     */
    record Entry(long atMs, String senderSid, int sequence, byte[] payload, Set<String> recipients,
            Set<String> waiting) {
        private int costBytes() {
            return payload.length + OVERHEAD_BYTES + recipients.size() * RECIPIENT_BYTES;
        }
    }

    /** Answers how many deliveries were given up to make room. */
    int add(Entry entry) {
        entries.add(entry);
        return trim(entry.atMs());
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Drops what is too old or too much, the oldest first; answers how many deliveries were given up by it. */
    int trim(long nowMs) {
        int keptBytes = 0;
        int heldBytes = 0;
        int givenUp = 0;
        for (Iterator<Entry> newestFirst = entries.descendingIterator(); newestFirst.hasNext();) {
            Entry entry = newestFirst.next();
            long ageMs = nowMs - entry.atMs();
            boolean held = !entry.waiting().isEmpty();
            if (held) {
                heldBytes += entry.costBytes();
            } else {
                keptBytes += entry.costBytes();
            }
            if (held ? ageMs >= HOLD_MS || heldBytes > HOLD_BYTES : ageMs >= KEEP_MS || keptBytes > KEEP_BYTES) {
                givenUp += entry.waiting().size();
                newestFirst.remove();
            }
        }
        return givenUp;
    }

    /** What waits for somebody, in the order it was sent; waits no longer. */
    List<Entry> takeWaiting(String sid) {
        List<Entry> taken = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.waiting().remove(sid)) {
                taken.add(entry);
            }
        }
        return taken;
    }

    /** All that was sent to somebody, in that order. */
    List<Entry> sentTo(String sid) {
        return entries.stream().filter(entry -> entry.recipients().contains(sid) && !entry.waiting().contains(sid))
                .toList();
    }

    /** Somebody left: nothing waits for it any more, and what it sent goes to nobody else. */
    void forget(String sid) {
        entries.removeIf(entry -> entry.senderSid().equals(sid));
        entries.forEach(entry -> entry.waiting().remove(sid));
    }
}
