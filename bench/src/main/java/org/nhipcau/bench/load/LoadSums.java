// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.load;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.nhipcau.bench.swarm.ClientFigures;
import org.nhipcau.bench.swarm.media.LatencyHistogram;
import org.nhipcau.bench.swarm.media.StreamFigures;

/** What all clients saw together. Pure. */
final class LoadSums {
    private final List<ClientFigures> clients;

    LoadSums(List<ClientFigures> clients) {
        this.clients = clients;
    }

    long missing() {
        return streams(StreamFigures::missingPackets);
    }

    /** Packets and frames that the server left out without a gap in its numbers, and frames that it cut. */
    long leftOut() {
        return streams(StreamFigures::skippedPackets) + streams(StreamFigures::brokenFrames);
    }

    long foreignBytes() {
        return streams(StreamFigures::foreignBytes);
    }

    /** Packets that no key of ours opens or that no offer named. */
    long strangePackets() {
        return clients.stream().mapToLong(c -> c.undecipherablePackets() + c.unknownPackets()).sum();
    }

    long streams(java.util.function.ToLongFunction<StreamFigures> figure) {
        return clients.stream().mapToLong(client -> client.sum(figure)).sum();
    }

    long sum(java.util.function.ToLongFunction<ClientFigures> figure) {
        return clients.stream().mapToLong(figure).sum();
    }

    long failures() {
        return clients.stream().filter(client -> client.failure() != null).count();
    }

    LatencyHistogram latency() {
        LatencyHistogram all = new LatencyHistogram();
        clients.forEach(client -> all.add(client.latency()));
        return all;
    }

    /** Longest time that any stream was silent. */
    double longestSilenceMs() {
        return clients.stream().mapToLong(client -> client.max(StreamFigures::longestSilenceNs)).max().orElse(0) / 1e6;
    }

    /** Percentile over the clients that have the figure; NaN where none has. */
    double percentile(ToDoubleFunction<ClientFigures> figure, double share) {
        double[] values = clients.stream().mapToDouble(figure).filter(value -> !Double.isNaN(value)).sorted().toArray();
        if (values.length == 0) {
            return Double.NaN;
        }
        return values[Math.min(values.length - 1, (int) Math.ceil(share * values.length) - 1 < 0 ? 0
                : (int) Math.ceil(share * values.length) - 1)];
    }

    /** Clients in the order of what they suffered: loss first, then latency. */
    List<ClientFigures> worst(int count) {
        ClientFigures[] sorted = clients.toArray(ClientFigures[]::new);
        Arrays.sort(sorted, java.util.Comparator.comparingLong(LoadSums::harm).reversed()
                .thenComparing(java.util.Comparator.comparingDouble(
                        (ClientFigures client) -> client.latency().maxUs()).reversed()));
        return Arrays.asList(sorted).subList(0, Math.min(count, sorted.length));
    }

    private static long harm(ClientFigures client) {
        return (client.failure() == null ? 0 : 1_000_000_000L) + client.sum(StreamFigures::missingPackets)
                + client.sum(StreamFigures::foreignBytes) + client.sum(StreamFigures::skippedPackets)
                + client.sum(StreamFigures::brokenFrames);
    }
}
