// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.util.function.Consumer;

/**
 * Finds the state of an SSRC without boxing: open addressing with linear probing, at most half full.
 *
 * <p>The slots follow a multiplicative hash with an odd constant, so a peer that chooses its SSRCs can at worst make
 * its own look-ups walk its own bounded number of entries. Thread: the owner's only.
 */
final class SsrcMap<V> {
    private int[] keys = new int[16];
    private Object[] values = new Object[16];
    private int size;

    V get(int ssrc) {
        return value(find(ssrc));
    }

    /** Puts a value under an SSRC that has none yet. */
    void put(int ssrc, V value) {
        if ((size + 1) * 2 > keys.length) {
            grow();
        }
        int slot = find(ssrc);
        if (values[slot] == null) {
            size++;
        }
        keys[slot] = ssrc;
        values[slot] = value;
    }

    V remove(int ssrc) {
        int slot = find(ssrc);
        V removed = value(slot);
        if (removed == null) {
            return null;
        }
        size--;
        values[slot] = null;
        closeGap(slot);
        return removed;
    }

    int size() {
        return size;
    }

    /** Places to look at with {@link #at}. */
    int slots() {
        return values.length;
    }

    /** What is at a place; null where it is empty. */
    V at(int slot) {
        return value(slot);
    }

    void forEach(Consumer<V> action) {
        for (int slot = 0; slot < values.length; slot++) {
            if (values[slot] != null) {
                action.accept(value(slot));
            }
        }
    }

    /** Moves later entries of the run forward where the gap would hide them. */
    private void closeGap(int gap) {
        int mask = keys.length - 1;
        int slot = gap + 1 & mask;
        while (values[slot] != null) {
            int home = home(keys[slot]);
            if ((slot - home & mask) >= (slot - gap & mask)) {
                keys[gap] = keys[slot];
                values[gap] = values[slot];
                values[slot] = null;
                gap = slot;
            }
            slot = slot + 1 & mask;
        }
    }

    private int find(int ssrc) {
        int mask = keys.length - 1;
        int slot = home(ssrc);
        while (values[slot] != null && keys[slot] != ssrc) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private int home(int ssrc) {
        int hash = ssrc * 0x9e3779b9;
        return hash >>> 32 - Integer.numberOfTrailingZeros(keys.length);
    }

    private void grow() {
        int[] oldKeys = keys;
        Object[] oldValues = values;
        keys = new int[oldKeys.length * 2];
        values = new Object[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != null) {
                int slot = find(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }

    @SuppressWarnings("unchecked")
    private V value(int slot) {
        return (V) values[slot];
    }
}
