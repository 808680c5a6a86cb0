// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers whose pictures were cut by the face policy and may not open again by themselves: after any violation where
 * the policy latches, and after the third in any case. It outlives tracks, epochs and the room, because a publisher makes
 * those anew at will, and the process where {@link Keeper} sees to it; and it is kept for all pictures of a person,
 * because their labels are the publisher's to choose.
 *
 * <p>Thread: any.
 */
public final class Latches {
    /** From this violation on a person must release the picture, whatever the policy says. */
    static final int FINAL_VIOLATION = 3;

    /**
     * What is remembered of one person.
     *
     * @param violations since the last release
     * @param latched whether the policy asks for a release
     */
    public record Mark(int violations, boolean latched) {
        private static final Mark NONE = new Mark(0, false);
    }

    /** Is told of each change, to remember it longer than the process lives. */
    @FunctionalInterface
    public interface Keeper {
        /** Does not block. @param mark null: there is nothing to remember any more */
        void changed(String publisher, Mark mark);
    }

    private final Map<String, Mark> marks;
    private final Keeper keeper;
    /** Tracks of the room that wait for a release, with their publishers. */
    private final Map<String, String> waiting = new LinkedHashMap<>();

    /** Remembered no longer than this lives. */
    public Latches() {
        this(Map.of(), (publisher, mark) -> { });
    }

    /** @param before what was remembered */
    public Latches(Map<String, Mark> before, Keeper keeper) {
        this.marks = new HashMap<>(before);
        this.keeper = keeper;
    }

    private void mark(String publisher, Mark next) {
        if (!next.equals(marks.put(publisher, next))) {
            keeper.changed(publisher, next);
        }
    }

    private Mark of(String publisher) {
        return marks.getOrDefault(publisher, Mark.NONE);
    }

    /** A picture was cut. @param latches whether the policy asks for a release */
    synchronized void violated(String publisher, boolean latches) {
        Mark mark = of(publisher);
        mark(publisher, new Mark(mark.violations() + 1, mark.latched() || latches));
    }

    /** How often the media node has cut one picture in the epoch that holds: from the final time on it is shut there. */
    synchronized void counted(String publisher, int violations) {
        Mark mark = of(publisher);
        if (violations >= FINAL_VIOLATION && violations > mark.violations()) {
            mark(publisher, new Mark(violations, mark.latched()));
        }
    }

    /** Somebody whose picture was cut before came under a policy that asks for a release. */
    synchronized void latch(String publisher) {
        mark(publisher, new Mark(of(publisher).violations(), true));
    }

    /** A policy holds that asks for no release, which only the entitled can bring about: what was latched is not. */
    synchronized void unlatch(String publisher) {
        Mark mark = marks.get(publisher);
        if (mark != null) {
            mark(publisher, new Mark(mark.violations(), false));
        }
    }

    /** Whether nothing that the publisher does opens the pictures. */
    synchronized boolean shut(String publisher) {
        return of(publisher).latched() || spent(publisher);
    }

    /** Whether a release is needed whatever the policy says. */
    synchronized boolean spent(String publisher) {
        return of(publisher).violations() >= FINAL_VIOLATION;
    }

    /** Somebody entitled releases the pictures; violations are counted anew. */
    synchronized void release(String publisher) {
        if (marks.remove(publisher) != null) {
            keeper.changed(publisher, null);
        }
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
}
