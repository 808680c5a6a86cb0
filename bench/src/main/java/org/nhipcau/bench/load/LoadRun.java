// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.nhipcau.bench.Report;
import org.nhipcau.bench.scale.ServerProbe;
import org.nhipcau.bench.swarm.ClientFigures;
import org.nhipcau.bench.swarm.ClientOptions;
import org.nhipcau.bench.swarm.ProcessFigures;
import org.nhipcau.bench.swarm.ServerProcess;
import org.nhipcau.bench.swarm.Swarm;
import org.nhipcau.bench.swarm.SwarmClient;
import org.nhipcau.bench.swarm.UdpDrops;

/**
 * One load from the first join to the last packet: fills the rooms, lets them run, stops the senders, waits until
 * everything has arrived or cannot arrive any more.
 *
 * <p>Thread: one.
 */
final class LoadRun {
    /** Joins under way at once: all at a time would measure the queue of handshakes. */
    private static final int JOINS_AT_ONCE = 8;
    private static final long JOIN_TIMEOUT_S = 60;
    private static final long FLOW_TIMEOUT_S = 60;
    private static final long SETTLE_TIMEOUT_S = 5;
    private static final long LOOK_MS = 100;

    private final LoadPlan plan;
    private final Swarm swarm;
    private final ServerProcess server;
    private final Report report;
    private final ProcessFigures own = new ProcessFigures(ProcessHandle.current().pid());

    /**
     * What the run came to.
     *
     * @param seconds length of the measured part
     * @param serverCpuSeconds of the measured part, as the others
     * @param packetsOut packets that the clients received in it
     * @param packetsIn packets that the clients sent in it
     * @param leftOutByRule packets, by reason, since the server's start; empty where that cannot be known
     */
    record Outcome(List<ClientFigures> clients, boolean allFlowed, double seconds, double serverCpuSeconds,
            double swarmCpuSeconds, long packetsOut, long packetsIn, long bytesOut, double serverBytes,
            double peakServerBytes, double serverThreads, double serverDescriptors, double serverDrops,
            double swarmDrops, Map<String, Double> leftOutByRule) {}

    LoadRun(LoadPlan plan, Swarm swarm, ServerProcess server, Report report) {
        this.plan = plan;
        this.swarm = swarm;
        this.server = server;
        this.report = report;
    }

    Outcome run(int seconds)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        join();
        boolean flowed = awaitFlow();
        if (!flowed) {
            report.progress("not every track flows within " + FLOW_TIMEOUT_S
                    + " s, or a client has failed; measuring all the same");
        }
        report.progress("measuring for " + seconds + " s");
        List<ClientFigures> before = figures();
        double cpuBefore = server.figures().cpuSeconds();
        double ownBefore = own.cpuSeconds("swarm-");
        long startNs = System.nanoTime();
        double peak = watch(startNs + TimeUnit.SECONDS.toNanos(seconds));
        double measured = (System.nanoTime() - startNs) / 1e9;
        double cpu = server.figures().cpuSeconds() - cpuBefore;
        double ownCpu = own.cpuSeconds("swarm-") - ownBefore;
        List<ClientFigures> after = figures();
        double memory = server.figures().residentBytes();
        double threads = server.figures().threads();
        double descriptors = server.figures().descriptors();
        swarm.clients().forEach(SwarmClient::stopSending);
        List<ClientFigures> last = settle();
        return new Outcome(last, flowed, measured, cpu, ownCpu, received(after) - received(before),
                sent(after) - sent(before), bytes(after) - bytes(before), memory, Math.max(peak, memory), threads,
                descriptors, UdpDrops.of(server.pid()), UdpDrops.of(ProcessHandle.current().pid()),
                server.admin() == null ? Map.of() : new ServerProbe(server).leftOutByRule());
    }

    private void join() throws InterruptedException {
        List<ClientOptions> all = plan.clients();
        report.progress(all.size() + " clients join " + plan.rooms() + " rooms");
        Semaphore places = new Semaphore(JOINS_AT_ONCE);
        for (ClientOptions options : all) {
            places.acquire();
            swarm.client(options).join().orTimeout(JOIN_TIMEOUT_S, TimeUnit.SECONDS)
                    .whenComplete((client, refused) -> places.release());
        }
        places.acquire(JOINS_AT_ONCE);
    }

    private boolean awaitFlow() throws InterruptedException, ExecutionException, TimeoutException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(FLOW_TIMEOUT_S);
        while (System.nanoTime() < endNs) {
            List<ClientFigures> figures = figures();
            if (figures.stream().anyMatch(client -> client.failure() != null)) {
                return false;
            }
            if (flows(figures)) {
                return true;
            }
            Thread.sleep(LOOK_MS);
        }
        return false;
    }

    private boolean flows(List<ClientFigures> figures) {
        List<SwarmClient> clients = swarm.clients();
        for (int i = 0; i < clients.size(); i++) {
            if (figures.get(i).flowingTracks() < plan.tracksOf(clients.get(i).options())) {
                return false;
            }
        }
        return true;
    }

    private double watch(long endNs) throws InterruptedException {
        double peak = 0;
        while (System.nanoTime() < endNs) {
            Thread.sleep(Math.clamp((endNs - System.nanoTime()) / 1_000_000, 1, 1_000));
            peak = Math.max(peak, server.figures().residentBytes());
        }
        return peak;
    }

    private List<ClientFigures> settle() throws InterruptedException, ExecutionException, TimeoutException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_TIMEOUT_S);
        // Pacers and queues have something left, then what is missing is asked for again.
        Thread.sleep(500);
        List<ClientFigures> figures = figures();
        while (new LoadSums(figures).missing() > 0 && System.nanoTime() < endNs) {
            Thread.sleep(LOOK_MS);
            figures = figures();
        }
        return figures;
    }

    private List<ClientFigures> figures() throws InterruptedException, ExecutionException, TimeoutException {
        List<CompletableFuture<ClientFigures>> asked = swarm.clients().stream().map(SwarmClient::figures).toList();
        List<ClientFigures> figures = new ArrayList<>();
        for (CompletableFuture<ClientFigures> each : asked) {
            figures.add(each.get(JOIN_TIMEOUT_S, TimeUnit.SECONDS));
        }
        return figures;
    }

    private static long received(List<ClientFigures> figures) {
        return figures.stream().mapToLong(ClientFigures::receivedPackets).sum();
    }

    private static long bytes(List<ClientFigures> figures) {
        return figures.stream().mapToLong(ClientFigures::receivedBytes).sum();
    }

    private static long sent(List<ClientFigures> figures) {
        return figures.stream().mapToLong(ClientFigures::sentPackets).sum();
    }
}
