// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;

/** What is counted of consultations that are on. Thread: any. */
public interface LiveMetrics {
    /** Counts nothing. */
    LiveMetrics NONE = new LiveMetrics() { };

    /** A bug was caught; its consultation is shut until it can be read again. */
    default void fault() { }

    /** Somebody was refused, by the code that they were told. */
    default void refused(String code) { }

    /** A heartbeat came; not taken: malformed, out of order or too many. */
    default void heartbeat(boolean taken) { }

    /** The media node judged a covered picture anew. */
    default void gate(GateState state, GateReason reason) { }

    /** Something holds that could not be recorded yet. */
    default void unrecorded() { }

    /** Something protected somebody while nothing could be recorded, and does not any more: the record stands against it. */
    default void unapplied() { }

    /** An order that holds failed again and again through a bug and was put aside. */
    default void putAside() { }

    /** How many orders wait for the store, what they take, and how many were put aside. */
    default void held(int orders, long bytes, int aside) { }

    /** Something was not recorded because it was overtaken, or because too much waits. */
    default void dropped() { }

    /** Whether the store can be written. */
    default void storeAvailable(boolean available) { }
}
