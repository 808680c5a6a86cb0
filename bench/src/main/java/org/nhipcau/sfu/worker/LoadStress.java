// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A worker's load as placement reads it while the worker takes a room and a peer in. */
@JCStressTest
@Outcome(id = {"0, 0, 0", "1, 0, 0", "1, 1, 0", "1, 1, 5"}, expect = ACCEPTABLE, desc = "in the order it came about")
@Outcome(expect = FORBIDDEN, desc = "a later step seen without an earlier one")
@State
public class LoadStress {
    private final WorkerLoad load = new WorkerLoad();

    @Actor
    public void worker() {
        load.addRooms(1);
        load.addPeers(1);
        load.setSlots(5, 256);
    }

    @Actor
    public void placement(III_Result r) {
        r.r3 = load.slotsInUse();
        r.r2 = load.peers();
        r.r1 = load.rooms();
    }
}
