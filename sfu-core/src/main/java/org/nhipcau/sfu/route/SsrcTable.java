// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * A bounded map from SSRC to what it stands for, without boxing: open addressing with linear probing.
 *
 * <p>Full means full: a sender that makes up SSRCs without end gets no memory for them.
 * Thread: one.
 */
final class SsrcTable<T> {
    private final int limit;
    private final int mask;
    private final int[] keys;
    private final Object[] values;
    private int size;

    /** @param limit entries at most */
    SsrcTable(int limit) {
        this.limit = limit;
        int capacity = Integer.highestOneBit(Math.max(8, limit * 2) - 1) << 1;
        this.mask = capacity - 1;
        this.keys = new int[capacity];
        this.values = new Object[capacity];
    }

    @SuppressWarnings("unchecked")
    T get(int ssrc) {
        for (int at = home(ssrc); values[at] != null; at = at + 1 & mask) {
            if (keys[at] == ssrc) {
                return (T) values[at];
            }
        }
        return null;
    }

    /** Adds or replaces. @return false when the table is full */
    boolean put(int ssrc, T value) {
        int at = home(ssrc);
        while (values[at] != null && keys[at] != ssrc) {
            at = at + 1 & mask;
        }
        if (values[at] == null) {
            if (size == limit) {
                return false;
            }
            size++;
        }
        keys[at] = ssrc;
        values[at] = value;
        return true;
    }

    void remove(int ssrc) {
        int hole = home(ssrc);
        while (values[hole] != null && keys[hole] != ssrc) {
            hole = hole + 1 & mask;
        }
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
