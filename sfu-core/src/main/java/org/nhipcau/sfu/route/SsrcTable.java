// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * A bounded map from SSRC to what it stands for, without boxing: open addressing with linear probing.
 *
 * <p>It grows with what is in it, at most half full. Full means full: a sender that makes up SSRCs without end gets no
 * memory for them. Thread: one.
 */
final class SsrcTable<T> {
    private static final int FIRST_CAPACITY = 8;

    private final int limit;
    private int mask = FIRST_CAPACITY - 1;
    private int[] keys = new int[FIRST_CAPACITY];
    private Object[] values = new Object[FIRST_CAPACITY];
    private int size;

    /** @param limit entries at most */
    SsrcTable(int limit) {
        this.limit = limit;
    }

    @SuppressWarnings("unchecked")
    T get(int ssrc) {
        return (T) values[placeOf(ssrc)];
    }

    /** Adds or replaces. @return false when the table is full */
    boolean put(int ssrc, T value) {
        int at = placeOf(ssrc);
        if (values[at] == null) {
            if (size == limit) {
                return false;
            }
            if (++size * 2 > values.length) {
                grow();
                at = placeOf(ssrc);
            }
        }
        keys[at] = ssrc;
        values[at] = value;
        return true;
    }

    private void grow() {
        int[] oldKeys = keys;
        Object[] oldValues = values;
        keys = new int[oldKeys.length * 2];
        values = new Object[keys.length];
        mask = keys.length - 1;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != null) {
                int at = placeOf(oldKeys[i]);
                keys[at] = oldKeys[i];
                values[at] = oldValues[i];
            }
        }
    }

    // Where a key is, or would be.
    private int placeOf(int ssrc) {
        int at = home(ssrc);
        while (values[at] != null && keys[at] != ssrc) {
            at = at + 1 & mask;
        }
        return at;
    }

    void remove(int ssrc) {
        int hole = placeOf(ssrc);
        if (values[hole] == null) {
            return;
        }
        size--;
        // Close the hole: move back each follower that probing from its home would have met the hole on.
        for (int at = hole + 1 & mask; values[at] != null; at = at + 1 & mask) {
            if ((at - home(keys[at]) & mask) >= (at - hole & mask)) {
                keys[hole] = keys[at];
                values[hole] = values[at];
                hole = at;
            }
        }
        values[hole] = null;
    }

    int size() {
        return size;
    }

    boolean full() {
        return size == limit;
    }

    private int home(int ssrc) {
        return (ssrc * 0x9e3779b9) >>> 16 & mask;
    }
}
