// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.alternatives;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** A store of packets for retransmission as one would write it first: a map from number to a copy in an array. */
public final class HeapCache {
    private record Kept(byte[] bytes, long storedNs) {}

    private final long maxAgeNs;
    private final Map<Long, Kept> entries;

    public HeapCache(int packets, long maxAgeNs) {
        this.maxAgeNs = maxAgeNs;
        entries = new LinkedHashMap<>(packets * 2) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Kept> eldest) {
                return size() > packets;
            }
        };
    }

    public boolean store(long sequence, PacketBuffer packet, long nowNs) {
        entries.put(sequence, new Kept(packet.toByteArray(), nowNs));
        return true;
    }

    public boolean load(long sequence, PacketBuffer target, long nowNs) {
        Kept entry = entries.get(sequence);
        if (entry == null || nowNs - entry.storedNs > maxAgeNs) {
            return false;
        }
        target.setBytes(entry.bytes, 0, entry.bytes.length);
        return true;
    }
}
