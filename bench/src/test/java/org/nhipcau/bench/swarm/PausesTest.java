// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PausesTest {
    @Test
    void shouldFindTheLongestPause(@TempDir Path directory) throws IOException {
        Path log = directory.resolve("log");
        Files.write(log, List.of(
                "[0.120s][info][safepoint] Safepoint \"ZMarkStartYoung\", Time since last: 1000 ns, Reaching "
                        + "safepoint: 500 ns, At safepoint: 20000 ns, Leaving safepoint: 500 ns, Total: 21000 ns, "
                        + "Threads: 1 runnable, 9 total",
                "[0.220s][info][safepoint] Safepoint \"ICBufferFull\", Time since last: 1000 ns, Reaching safepoint: "
                        + "500 ns, Cleanup: 10 ns, At safepoint: 1250000 ns, Total: 1250500 ns",
                "[0.230s][info][safepoint] something else, Total: 99999999999 ns"));
        Pauses pauses = Pauses.read(log);
        assertEquals(2, pauses.count());
        assertEquals(1.2505, pauses.longestMs(), 1e-9);
        assertEquals(1.2715, pauses.totalMs(), 1e-9);
    }
}
