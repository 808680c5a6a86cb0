// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * Finds the address object of a sender from the bytes that the socket names it by, so that nothing is made per packet.
 *
 * <p>The table has a fixed size; a sender it does not hold costs one new object, no more. Each address has its place in
 * one small group, found by a hash that others cannot foresee. A newcomer takes the place of one seen only once, if
 * there is one: so a flood of made-up senders pushes out its own kind, not those who talk to us all the time. Trust
 * wears off with the newcomers of a group, slowly, so that those who have gone make room in the end.
 *
 * <p>Thread: the port's.
 */
final class AddressTable {
    private static final int GROUP = 8;
    private static final int WORDS = 3;
    private static final int MOST_TRUST = 3;
    /** Outlasts a million made-up senders a second for one who sends five times a second, in a table of 8192. */
    private static final int MISSES_PER_STEP = 256;

    private final int groups;
    private final long seed;
    /** First half, second half, port and scope of each address. */
    private final long[] keys;
    private final InetSocketAddress[] addresses;
    private final byte[] trust;
    private final short[] misses;
    private int last;

    /**
     * @param capacity addresses held at most; a power of two, 8 at least
     * @param seed a number that senders do not know
     */
    AddressTable(int capacity, long seed) {
        if (capacity < GROUP || Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity is " + capacity + "; allowed: powers of two from " + GROUP);
        }
        this.groups = capacity / GROUP;
        this.seed = seed;
        this.keys = new long[capacity * WORDS];
        this.addresses = new InetSocketAddress[capacity];
        this.trust = new byte[capacity];
        this.misses = new short[groups];
    }

    /**
     * The address; the same object as long as the table holds it. Mapped IPv6 comes out as the IPv4 it stands for.
     *
     * @param high first eight bytes of the IPv6 address
     * @param low last eight bytes
     * @param scopeId zone of a link-local address, else 0
     */
    InetSocketAddress of(long high, long low, int port, int scopeId) {
        long rest = (long) scopeId << 16 | port;
        if (matches(last, high, low, rest)) {
            return found(last);
        }
        int first = group(high, low, rest) * GROUP;
        for (int i = first; i < first + GROUP; i++) {
            if (matches(i, high, low, rest)) {
                last = i;
                return found(i);
            }
        }
        last = replaceable(first);
        keys[last * WORDS] = high;
        keys[last * WORDS + 1] = low;
        keys[last * WORDS + 2] = rest;
        trust[last] = 0;
        addresses[last] = make(high, low, port, scopeId);
        return addresses[last];
    }

    private boolean matches(int entry, long high, long low, long rest) {
        int at = entry * WORDS;
        return keys[at + 1] == low && keys[at + 2] == rest && keys[at] == high && addresses[entry] != null;
    }

    private InetSocketAddress found(int entry) {
        if (trust[entry] < MOST_TRUST) {
            trust[entry]++;
        }
        return addresses[entry];
    }

    // An empty place, else the least trusted one, in turn; where all have earned some trust, this costs them some.
    private int replaceable(int first) {
        int group = first / GROUP;
        int turn = ++misses[group];
        int least = first + (turn & GROUP - 1);
        for (int i = 0; i < GROUP; i++) {
            int entry = first + (turn + i & GROUP - 1);
            if (addresses[entry] == null) {
                return entry;
            }
            if (trust[entry] < trust[least]) {
                least = entry;
            }
        }
        if (trust[least] > 0 || turn >= MISSES_PER_STEP) {
            misses[group] = 0;
            for (int i = first; i < first + GROUP; i++) {
                trust[i] = (byte) Math.max(0, trust[i] - 1);
            }
        }
        return least;
    }

    private int group(long high, long low, long rest) {
        long hash = (high ^ seed) * 0x9e37_79b9_7f4a_7c15L;
        hash = (hash ^ hash >>> 32 ^ low) * 0xbf58_476d_1ce4_e5b9L;
        hash = (hash ^ hash >>> 29 ^ rest) * 0x94d0_49bb_1331_11ebL;
        return (int) (hash >>> 40) & groups - 1;
    }

    private static InetSocketAddress make(long high, long low, int port, int scopeId) {
        byte[] bytes = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        try {
            InetAddress address = scopeId == 0 ? InetAddress.getByAddress(bytes)
                    : Inet6Address.getByAddress(null, bytes, scopeId);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
