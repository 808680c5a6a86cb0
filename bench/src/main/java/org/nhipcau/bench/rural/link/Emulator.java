// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.link;

import java.io.IOException;
import java.util.Optional;

/**
 * A running link between a network namespace, which it makes, and this machine. Closing it takes the namespace away.
 */
public interface Emulator extends AutoCloseable {

    /** The namespace of the poor station. */
    String namespace();

    /** Its process, which is to be told by SIGUSR1 when the clock begins; 0: {@link #begin} tells it. */
    long pid();

    /** The clock begins now. */
    void begin() throws IOException;

    /** Ends the link, so that what it has seen is complete. */
    void end() throws IOException, InterruptedException;

    /** What became of each packet, once it has ended; empty where it cannot tell. */
    Optional<PacketLog> packets() throws IOException;

    /** How far behind its own clock it was at worst, in ms; NaN where it cannot tell. */
    double lateMs() throws IOException;

    /** What a reader must know of its judging; empty: nothing. */
    String weakness();

    @Override
    void close() throws IOException;
}
