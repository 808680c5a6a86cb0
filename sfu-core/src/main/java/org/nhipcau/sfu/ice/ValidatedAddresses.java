// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.ice;

import java.net.InetSocketAddress;

/**
 * Remembers from which few remote addresses authenticated checks came, and when last: the paths that have consent.
 *
 * <p>Bounded: when full, the address checked longest ago makes room, never the selected one.
 *
 * <p>Spec: RFC 8445 §7.3.1.3, RFC 7675. Thread: the agent's owner's.
 */
final class ValidatedAddresses {
    /** From taste: a client with Wi-Fi, mobile and wired paths in two families has fewer. */
    static final int CAPACITY = 8;

    private final InetSocketAddress[] addresses = new InetSocketAddress[CAPACITY];
    private final long[] lastCheckNs = new long[CAPACITY];
    private int count;

    int count() {
        return count;
    }

    boolean contains(InetSocketAddress address) {
        return indexOf(address) >= 0;
    }

    /** When an address was last checked; asked only of addresses that are contained. */
    long lastCheckNs(InetSocketAddress address) {
        return lastCheckNs[indexOf(address)];
    }

    /**
     * Notes an authenticated check.
     *
     * @param selected never evicted; may be null
     */
    void noteCheck(InetSocketAddress from, InetSocketAddress selected, long nowNs) {
        int index = indexOf(from);
        if (index < 0) {
            index = count < CAPACITY ? count++ : oldest(selected);
            addresses[index] = from;
        }
        lastCheckNs[index] = nowNs;
    }

    /** Forgets addresses other than the selected one that were not checked for a time. */
    void expire(InetSocketAddress selected, long timeoutNs, long nowNs) {
        for (int i = count - 1; i >= 0; i--) {
            if (nowNs - lastCheckNs[i] >= timeoutNs && !addresses[i].equals(selected)) {
                count--;
                addresses[i] = addresses[count];
                lastCheckNs[i] = lastCheckNs[count];
                addresses[count] = null;
            }
        }
    }

    private int indexOf(InetSocketAddress address) {
        for (int i = 0; i < count; i++) {
            if (addresses[i].equals(address)) {
                return i;
            }
        }
        return -1;
    }

    private int oldest(InetSocketAddress selected) {
        int oldest = -1;
        for (int i = 0; i < count; i++) {
            if (!addresses[i].equals(selected) && (oldest < 0 || lastCheckNs[i] - lastCheckNs[oldest] < 0)) {
                oldest = i;
            }
        }
        return oldest;
    }
}
