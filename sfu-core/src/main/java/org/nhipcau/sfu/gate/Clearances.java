// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.gate;

import java.util.HashMap;
import java.util.Map;

/**
 * For whose tracks one viewer is cleared: the last word on each publisher, and what each of the viewer's tracks was added
 * with.
 *
 * <p>A word counts for tracks that were there when it was given, whatever they were added with. Of those added later
 * only what both clear is cleared: so a track that is added by somebody who has not heard of the word yet stays
 * restricted.
 *
 * <p>Thread: one.
 */
public final class Clearances {
    /** Publishers that a word is kept on. More than any room has. */
    public static final int MAX_PUBLISHERS = 4_096;

    private record Word(boolean cleared, int number) {}

    private final Map<String, Word> words = new HashMap<>();
    private int number;

    /** The number of words given so far: a track added now remembers it. */
    public int number() {
        return number;
    }

    /** Gives a word. @return false when there are too many: nothing changed */
    public boolean set(String publisherId, boolean cleared) {
        if (words.size() >= MAX_PUBLISHERS && !words.containsKey(publisherId)) {
            return false;
        }
        words.put(publisherId, new Word(cleared, ++number));
        return true;
    }

    /**
     * Whether the viewer is cleared for a track.
     *
     * @param addedAs what the track was added with
     * @param addedAt {@link #number} when it was added
     */
    public boolean cleared(String publisherId, boolean addedAs, int addedAt) {
        Word word = words.get(publisherId);
        return word == null ? addedAs : word.number > addedAt ? word.cleared : word.cleared && addedAs;
    }
}
