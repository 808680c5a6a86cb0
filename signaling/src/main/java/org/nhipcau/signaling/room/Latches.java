// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers whose pictures were cut by the face policy and may not open again by themselves: after any violation where
 * the policy latches, and after the third in any case. It outlives tracks, epochs and the room, because a publisher makes
 * those anew at will; and it is kept for all pictures of a person, because their labels are the publisher's to choose.
 *
 * <p>Thread: any.
 */
public final class Latches {
    /** From this violation on a person must release the picture, whatever the policy says. */
    static final int FINAL_VIOLATION = 3;

    private static final class Mark {
        int violations;
        boolean latched;
    }

    private final Map<String, Mark> marks = new HashMap<>();
    /** Tracks of the room that wait for a release, with their publishers. */
    private final Map<String, String> waiting = new LinkedHashMap<>();

    /** A picture was cut. @param latches whether the policy asks for a release */
    synchronized void violated(String publisher, boolean latches) {
        Mark mark = marks.computeIfAbsent(publisher, key -> new Mark());
        mark.violations++;
        mark.latched |= latches;
    }

    /** How often the media node has cut one picture in the epoch that holds: from the final time on it is shut there. */
    synchronized void counted(String publisher, int violations) {
        if (violations >= FINAL_VIOLATION) {
            Mark mark = marks.computeIfAbsent(publisher, key -> new Mark());
            mark.violations = Math.max(mark.violations, violations);
        }
    }

    /** Somebody whose picture was cut before came under a policy that asks for a release. */
    synchronized void latch(String publisher) {
        marks.computeIfAbsent(publisher, key -> new Mark()).latched = true;
    }

    /** A policy holds that asks for no release, which only the entitled can bring about: what was latched is not. */
    synchronized void unlatch(String publisher) {
        Mark mark = marks.get(publisher);
        if (mark != null) {
            mark.latched = false;
        }
    }

    /** Whether nothing that the publisher does opens the pictures. */
    synchronized boolean shut(String publisher) {
        Mark mark = marks.get(publisher);
        return mark != null && (mark.latched || mark.violations >= FINAL_VIOLATION);
    }

    /** Whether a release is needed whatever the policy says. */
    synchronized boolean spent(String publisher) {
        Mark mark = marks.get(publisher);
        return mark != null && mark.violations >= FINAL_VIOLATION;
    }

    /** Somebody entitled releases the pictures; violations are counted anew. */
    synchronized void release(String publisher) {
        marks.remove(publisher);
    }

    /** A track of the room waits for a release, or does not. */
    public synchronized void waits(String publisher, String trackSid, boolean waits) {
        if (waits) {
            waiting.put(trackSid, publisher);
        } else {
            waiting.remove(trackSid);
        }
    }

    /** The first track of somebody that waits for a release, which releases all of theirs; null: none does. */
    public synchronized String waiting(String publisher) {
        for (Map.Entry<String, String> each : waiting.entrySet()) {
            if (each.getValue().equals(publisher)) {
                return each.getKey();
            }
        }
        return null;
    }

    synchronized void trackEnded(String trackSid) {
        waiting.remove(trackSid);
    }

    /** Its tracks are gone; who is shut is remembered. */
    public synchronized void roomClosed() {
        waiting.clear();
    }

    /** Whether there is nothing to remember. */
    public synchronized boolean isEmpty() {
        return marks.isEmpty();
    }
}
