// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import org.nhipcau.sfu.route.AllocationStation;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * One decision on how a viewer's path is divided among all it is sent: taken ten times a second for each viewer. The goal
 * is less than a millisecond for 50 tracks.
 */
public class AllocationBenchmark extends Station {
    @Param({"4", "50"})
    public int tracks;

    private AllocationStation station;

    @Setup
    public void prepare() {
        station = new AllocationStation(tracks);
    }

    @Benchmark
    public long divide() {
        return station.allocate();
    }
}
