// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/** The table that finds a stream by its SSRC. */
public final class SsrcStation {
    private final SsrcTable<Object> table;

    public SsrcStation(int limit) {
        table = new SsrcTable<>(limit);
    }

    public boolean put(int ssrc, Object value) {
        return table.put(ssrc, value);
    }

    public Object get(int ssrc) {
        return table.get(ssrc);
    }
}
