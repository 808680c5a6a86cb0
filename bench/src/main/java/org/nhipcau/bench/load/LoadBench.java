// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.load;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nhipcau.bench.Bench;
import org.nhipcau.bench.BenchOption;
import org.nhipcau.bench.BenchOptions;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.Figures;
import org.nhipcau.bench.Report;
import org.nhipcau.bench.Target;
import org.nhipcau.bench.swarm.ClientFigures;
import org.nhipcau.bench.swarm.Pauses;
import org.nhipcau.bench.swarm.ServerAddress;
import org.nhipcau.bench.swarm.ServerProcess;
import org.nhipcau.bench.swarm.Swarm;
import org.nhipcau.bench.swarm.media.LatencyHistogram;
import org.nhipcau.bench.swarm.media.StreamFigures;
import org.nhipcau.bench.swarm.media.VideoShape;

/** Rooms full of real clients on our server or another one of the protocol; every packet is verified. */
public final class LoadBench implements Bench {
    private static final int SHOWN_CLIENTS = 20;
    private static final double MEGABYTE = 1 << 20;

    @Override
    public String name() {
        return "load";
    }

    @Override
    public String shows() {
        return "what rooms full of real clients cost, with every packet verified: loss, foreign bytes, latency, joins";
    }

    @Override
    public String takes() {
        return "40 s";
    }

    @Override
    public List<BenchOption> options() {
        return List.of(
                BenchOption.whole("--rooms", 1, 10_000, 4, "rooms"),
                BenchOption.whole("--publishers", 1, 200, 3, "clients per room that send and receive"),
                BenchOption.whole("--subscribers", 0, 5_000, 2, "clients per room that only receive"),
                BenchOption.choice("--video", List.of("720p", "360p", "none"), "720p",
                        "what publishers send beside audio"),
                BenchOption.flag("--simulcast", "send each video in two (360p) or three (720p) encodings"),
                BenchOption.whole("--seconds", 1, 86_400, 30, "how long to measure, once everything flows"),
                BenchOption.text("--url", "ws://HOST:PORT", null, "load this server instead of one of our own"),
                BenchOption.text("--key", "KEY", null, "API key of that server"),
                BenchOption.secret("--secret", "SECRET", "its secret"),
                BenchOption.whole("--pid", 0, Integer.MAX_VALUE, 0,
                        "process of that server on this machine, for its CPU and memory; 0: not known"),
                BenchOption.whole("--threads", 1, 64, 1, "threads that drive the clients"),
                BenchOption.whole("--seed", 0, Integer.MAX_VALUE, 1, "of frame sizes, times and numbers"),
                BenchOption.output("--clients", "write the figures of each client to this CSV file"));
    }

    @Override
    public String remarks() {
        return "Lost inside the server: a number that never came, an incomplete frame, or a step in the sender's own "
                + "count.\nThe exit code is 1 when anything was foreign, a client failed, or anything was lost that no "
                + "rule explains:\nwhere the server left packets out for overload or a narrow path, loss is shown and not "
                + "judged.";
    }

    @Override
    public List<String> smoke() {
        return List.of("--rooms", "2", "--publishers", "2", "--subscribers", "1", "--simulcast", "--seconds", "5");
    }

    @Override
    public int run(BenchOptions options, Report report) throws Exception {
        boolean foreign = options.optionalText("--url").isPresent();
        boolean keyed = options.optionalText("--key").isPresent() && options.optionalText("--secret").isPresent();
        if (foreign != keyed || !foreign && options.whole("--pid") != 0) {
            throw new UsageException("--url needs --key and --secret, and these and --pid make sense only with it");
        }
        if (options.whole("--pid") != 0 && ProcessHandle.of(options.whole("--pid")).isEmpty()) {
            throw new UsageException("--pid is " + options.whole("--pid") + "; no process has this number");
        }
        String video = options.text("--video");
        LoadPlan plan = new LoadPlan(options.whole("--rooms"), options.whole("--publishers"),
                options.whole("--subscribers"),
                video.equals("none") ? null : VideoShape.of(video, options.flag("--simulcast")));
        ServerProcess started;
        try {
            started = foreign ? ServerProcess.running(options.whole("--pid"), address(options)) : ServerProcess.start();
        } catch (IllegalArgumentException wrong) {
            throw new UsageException("--url: " + wrong.getMessage());
        }
        try (ServerProcess server = started) {
            LoadRun.Outcome outcome;
            try (Swarm swarm = new Swarm(server.address(), options.whole("--threads"), options.whole("--seed"))) {
                outcome = new LoadRun(plan, swarm, server, report).run(options.whole("--seconds"));
            }
            Pauses pauses = server.pauses();
            tell(report, plan, outcome, pauses, foreign);
            if (options.optionalText("--clients").isPresent()) {
                writeClients(Path.of(options.optionalText("--clients").get()), outcome.clients());
            }
            String log = server.log();
            if (!log.isEmpty()) {
                report.note("the server logged: " + log.lines().limit(5).toList());
            }
        }
        return 0;
    }

    private static ServerAddress address(BenchOptions options) {
        return new ServerAddress(URI.create(options.optionalText("--url").orElseThrow()),
                options.optionalText("--key").orElseThrow(), options.optionalText("--secret").orElseThrow());
    }

    private static void tell(Report report, LoadPlan plan, LoadRun.Outcome outcome, Pauses pauses, boolean foreign) {
        LoadSums sums = new LoadSums(outcome.clients());
        report.environment("engineOfSwarm", org.nhipcau.sfu.srtp.SrtpEngines.best().name());
        sums.worst(SHOWN_CLIENTS).forEach(client -> row(report.row("clients"), client));
        if (outcome.clients().size() > SHOWN_CLIENTS) {
            report.note("of " + outcome.clients().size() + " clients the " + SHOWN_CLIENTS
                    + " that suffered most are shown; --clients FILE writes all");
        }
        Figures figures = report.figures();
        figures.put("clients", outcome.clients().size(), "").put("clientsFailed", sums.failures(), "",
                Target.atMost(0));
        media(figures, outcome, sums);
        server(figures, outcome, pauses, foreign);
        verdict(report, plan, outcome, sums);
    }

    private static void media(Figures figures, LoadRun.Outcome outcome, LoadSums sums) {
        figures.put("lostInsideServer", sums.missing() + sums.leftOut(), "packets", Target.atMost(0))
                .put("foreignBytes", sums.foreignBytes(), "bytes", Target.atMost(0))
                .put("strangePackets", sums.strangePackets(), "packets", Target.atMost(0))
                .put("verifiedPackets", sums.streams(StreamFigures::packets), "packets")
                .put("repairedPackets", sums.streams(StreamFigures::repairedPackets), "packets")
                .put("duplicatePackets", sums.streams(StreamFigures::duplicatePackets), "packets")
                .put("resentPackets", sums.sum(ClientFigures::resentPackets), "packets")
                .put("wholeFrames", sums.streams(StreamFigures::wholeFrames), "frames")
                .put("framesCutForAKeyFrame", sums.streams(StreamFigures::cutFrames), "frames")
                .put("layerSwitches", sums.streams(StreamFigures::switches), "")
                .put("longestSilenceMs", sums.longestSilenceMs(), "ms");
        LatencyHistogram latency = sums.latency();
        figures.put("latencyP50Us", latency.percentileUs(0.5), "us")
                .put("latencyP99Us", latency.percentileUs(0.99), "us")
                .put("latencyP999Us", latency.percentileUs(0.999), "us")
                .put("latencyMaxUs", latency.count() == 0 ? Double.NaN : latency.maxUs(), "us")
                .put("joinAnsweredP50Ms", sums.percentile(ClientFigures::signalingMs, 0.5), "ms")
                .put("joinFirstMediaP50Ms", sums.percentile(ClientFigures::firstMediaMs, 0.5), "ms")
                .put("joinFirstMediaP99Ms", sums.percentile(ClientFigures::firstMediaMs, 0.99), "ms")
                .put("joinFirstFrameP50Ms", sums.percentile(ClientFigures::firstFrameMs, 0.5), "ms")
                .put("joinFirstFrameP99Ms", sums.percentile(ClientFigures::firstFrameMs, 0.99), "ms")
                .put("seconds", outcome.seconds(), "s")
                .put("packetsInPerSecond", outcome.packetsIn() / outcome.seconds(), "packets/s")
                .put("packetsOutPerSecond", outcome.packetsOut() / outcome.seconds(), "packets/s")
                .put("megabitsOutPerSecond", outcome.bytesOut() * 8 / outcome.seconds() / 1e6, "Mbit/s");
    }

    private static void server(Figures figures, LoadRun.Outcome outcome, Pauses pauses, boolean foreign) {
        figures.put("serverCores", outcome.serverCpuSeconds() / outcome.seconds(), "cores")
                .put("forwardedPerCpuSecond", outcome.packetsOut() / outcome.serverCpuSeconds(), "packets")
                .put("swarmCores", outcome.swarmCpuSeconds() / outcome.seconds(), "cores")
                .put("swarmPacketsPerCpuSecond",
                        (outcome.packetsOut() + outcome.packetsIn()) / outcome.swarmCpuSeconds(), "packets")
                .put("serverMemoryMb", outcome.serverBytes() / MEGABYTE, "MiB")
                .put("serverMemoryPeakMb", outcome.peakServerBytes() / MEGABYTE, "MiB")
                .put("serverThreads", outcome.serverThreads(), "")
                .put("serverDescriptors", outcome.serverDescriptors(), "")
                .put("serverSocketDrops", outcome.serverDrops(), "packets")
                .put("swarmSocketDrops", outcome.swarmDrops(), "packets");
        if (foreign) {
            figures.absent("pauseMaxMs", "only of a server that this command starts", null);
        } else {
            figures.put("pauseMaxMs", pauses.longestMs(), "ms", Target.atMost(1))
                    .put("pauseTotalMs", pauses.totalMs(), "ms").put("pauses", pauses.count(), "");
        }
    }

    private static void verdict(Report report, LoadPlan plan, LoadRun.Outcome outcome, LoadSums sums) {
        String own = outcome.swarmDrops() > 0 ? String.format(Locale.ROOT, "; the swarm's own sockets dropped %.0f: "
                + "load less, or give the swarm more threads, to tell whose loss this is", outcome.swarmDrops()) : "";
        String lost = sums.missing() + " packets never came, " + sums.streams(StreamFigures::skippedPackets)
                + " were left out without a gap, " + sums.streams(StreamFigures::brokenFrames)
                + " frames stayed incomplete" + own;
        if (sums.missing() + sums.leftOut() > 0 && !outcome.leftOutByRule().isEmpty()) {
            report.note("lost inside the server: not judged: " + lost + "; the machine was so busy that the server left "
                    + "packets out by rule, by reason: " + outcome.leftOutByRule());
        } else {
            report.check("lost inside the server", sums.missing() + sums.leftOut() == 0, lost);
        }
        report.check("foreign", sums.foreignBytes() + sums.strangePackets() == 0, sums.foreignBytes()
                + " foreign bytes, " + sums.strangePackets() + " packets that nobody announced or no key opens");
        report.check("all tracks flow", outcome.allFlowed(), outcome.allFlowed() ? "each of "
                + plan.clients().stream().mapToInt(plan::tracksOf).sum() + " subscriptions brought packets"
                : "see the clients");
        String why = outcome.clients().stream().map(ClientFigures::failure).filter(f -> f != null).distinct().limit(3)
                .toList().toString();
        report.check("clients", sums.failures() == 0, sums.failures() == 0 ? "none failed"
                : sums.failures() + " failed: " + why);
    }

    private static void row(Figures row, ClientFigures client) {
        LatencyHistogram latency = client.latency();
        row.put("client", client.identity()).put("firstMedia", client.firstMediaMs(), "ms")
                .put("firstFrame", client.firstFrameMs(), "ms").put("sent", client.sentPackets(), "")
                .put("received", client.sum(StreamFigures::packets), "")
                .put("missing", client.sum(StreamFigures::missingPackets), "")
                .put("leftOut", client.sum(StreamFigures::skippedPackets) + client.sum(StreamFigures::brokenFrames), "")
                .put("repaired", client.sum(StreamFigures::repairedPackets), "")
                .put("foreign", client.sum(StreamFigures::foreignBytes), "bytes")
                .put("silence", client.max(StreamFigures::longestSilenceNs) / 1e6, "ms")
                .put("p50", latency.percentileUs(0.5), "us").put("p99", latency.percentileUs(0.99), "us")
                .put("max", latency.count() == 0 ? Double.NaN : latency.maxUs(), "us")
                .put("failure", client.failure() == null ? "" : client.failure());
    }

    private static void writeClients(Path file, List<ClientFigures> clients) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("room,client,signalingMs,connectedMs,firstMediaMs,firstFrameMs,sent,resent,received,missing,leftOut,"
                + "repaired,duplicates,foreignBytes,longestSilenceMs,latencyP50Us,latencyP99Us,latencyMaxUs,failure");
        for (ClientFigures client : clients) {
            LatencyHistogram latency = client.latency();
            lines.add(String.format(Locale.ROOT,
                    "%s,%s,%.1f,%.1f,%.1f,%.1f,%d,%d,%d,%d,%d,%d,%d,%d,%.1f,%.0f,%.0f,%d,%s",
                    client.room(), client.identity(), client.signalingMs(), client.connectedMs(), client.firstMediaMs(),
                    client.firstFrameMs(), client.sentPackets(), client.resentPackets(),
                    client.sum(StreamFigures::packets), client.sum(StreamFigures::missingPackets),
                    client.sum(StreamFigures::skippedPackets) + client.sum(StreamFigures::brokenFrames),
                    client.sum(StreamFigures::repairedPackets), client.sum(StreamFigures::duplicatePackets),
                    client.sum(StreamFigures::foreignBytes), client.max(StreamFigures::longestSilenceNs) / 1e6,
                    latency.percentileUs(0.5), latency.percentileUs(0.99), latency.maxUs(),
                    client.failure() == null ? "" : client.failure().replace(',', ';')));
        }
        Files.write(file, lines);
    }
}
