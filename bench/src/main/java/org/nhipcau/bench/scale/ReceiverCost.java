// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nhipcau.bench.BenchMain;
import org.nhipcau.bench.ChildJvm;

/** What a forwarded packet costs with so many receivers, by the forward bench in processes of its own. */
final class ReceiverCost {
    private static final double NS_PER_S = 1e9;

    private final int rounds;
    private final int seconds;
    private final int warmUpSeconds;
    private final int train;

    /**
     * One size.
     *
     * @param nsPerPacket CPU of the whole server per forwarded packet: the median of the rounds
     */
    record Point(int receivers, double nsPerPacket, double nsLow, double nsHigh, String engine) {}

    ReceiverCost(int rounds, int seconds, int warmUpSeconds, int train) {
        this.rounds = rounds;
        this.seconds = seconds;
        this.warmUpSeconds = warmUpSeconds;
        this.train = train;
    }

    /** @throws IOException when the forward bench fails */
    Point run(int receivers) throws IOException, InterruptedException {
        Path json = Files.createTempFile("nhipcau-scale", ".json");
        try {
            int exit = ChildJvm.of(BenchMain.class.getName(), List.of("forward", "--receivers",
                    Integer.toString(receivers), "--rounds", Integer.toString(rounds), "--seconds",
                    Integer.toString(seconds), "--warm-up", Integer.toString(warmUpSeconds), "--train",
                    Integer.toString(train), "--sink", "none", "--no-latency", "--json", json.toString())).runToEnd();
            if (exit != 0) {
                throw new IOException("bench forward --receivers " + receivers + " ended with " + exit);
            }
            return read(receivers, new ObjectMapper().readTree(json.toFile()));
        } finally {
            Files.deleteIfExists(json);
        }
    }

    static Point read(int receivers, JsonNode report) throws IOException {
        for (String name : List.of("forwardedPerCpuSecond", "forwardedPerCpuSecondMin", "forwardedPerCpuSecondMax")) {
            if (!(report.path(name).asDouble() > 0)) {
                throw new IOException("bench forward has no figure " + name);
            }
        }
        return new Point(receivers, NS_PER_S / report.path("forwardedPerCpuSecond").asDouble(),
                NS_PER_S / report.path("forwardedPerCpuSecondMax").asDouble(),
                NS_PER_S / report.path("forwardedPerCpuSecondMin").asDouble(), report.path("engine").asText());
    }
}
