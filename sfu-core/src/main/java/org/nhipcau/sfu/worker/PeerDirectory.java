// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.nhipcau.sfu.peer.Peer;

/**
 * Finds the peer of a datagram: by validated source address, or by the local ICE user name of a connectivity check.
 *
 * <p>Only authenticated checks add addresses, and each peer keeps a bounded number of them: packets of strangers change
 * nothing here (security test V24). Thread: the worker's.
 */
final class PeerDirectory {
    static final int MAX_ADDRESSES_PER_PEER = 8;

    private final Map<InetSocketAddress, Peer> byAddress = new HashMap<>();
    private final Map<Long, Peer> byUfrag = new HashMap<>();
    private final Map<Peer, ArrayDeque<InetSocketAddress>> addresses = new IdentityHashMap<>();
    private final Map<Peer, ArrayDeque<Long>> ufrags = new IdentityHashMap<>();

    /** The peer that validated this address, or null. */
    Peer byAddress(InetSocketAddress address) {
        return byAddress.get(address);
    }

    /** The peer whose local user name fragment has this key, or null. */
    Peer byUfrag(long ufragKey) {
        return byUfrag.get(ufragKey);
    }

    boolean knowsUfrag(long ufragKey) {
        return byUfrag.containsKey(ufragKey);
    }

    /** Adds a local user name fragment of a peer; the last two stay, for an ICE restart under way. */
    void addUfrag(long ufragKey, Peer peer) {
        byUfrag.put(ufragKey, peer);
        ArrayDeque<Long> own = ufrags.computeIfAbsent(peer, key -> new ArrayDeque<>());
        own.addLast(ufragKey);
        if (own.size() > 2) {
            byUfrag.remove(own.removeFirst());
        }
    }

    /**
     * The address passed an authenticated check of this peer: it takes the address over from any other. The one whose
     * last check is the oldest makes room, so never a path in use, which is checked every few seconds.
     */
    void addAddress(InetSocketAddress address, Peer peer) {
        Peer previous = byAddress.put(address, peer);
        if (previous != null) {
            addresses.get(previous).remove(address);
        }
        ArrayDeque<InetSocketAddress> own = addresses.computeIfAbsent(peer, key -> new ArrayDeque<>());
        own.addLast(address);
        if (own.size() > MAX_ADDRESSES_PER_PEER) {
            byAddress.remove(own.removeFirst());
        }
    }

    /** Forgets a peer and all that leads to it. */
    void remove(Peer peer) {
        ArrayDeque<InetSocketAddress> own = addresses.remove(peer);
        if (own != null) {
            own.forEach(byAddress::remove);
        }
        ArrayDeque<Long> names = ufrags.remove(peer);
        if (names != null) {
            names.forEach(byUfrag::remove);
        }
    }

    /** Addresses known; for tests and metrics. */
    int addressCount() {
        return byAddress.size();
    }
}
