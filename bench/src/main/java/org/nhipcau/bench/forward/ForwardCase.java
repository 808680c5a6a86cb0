// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.nhipcau.bench.BenchOptions;
import org.nhipcau.bench.Figures;
import org.nhipcau.bench.Report;
import org.nhipcau.bench.Target;
import org.nhipcau.bench.forward.ForwardRun.Outcome;
import org.nhipcau.bench.forward.ForwardRun.Setting;

/** One setting measured: rounds in turns with the C program, then the latency run, then the accounts of packets. */
final class ForwardCase {
    private static final double NS_PER_S = 1e9;
    private static final double NS_PER_US = 1e3;

    private final Setting setting;
    private final Optional<LimitProgram> limit;
    private final Report report;
    private final int seconds;
    private final int warmUpSeconds;
    private final int rounds;
    private final boolean latency;
    private final boolean profile;
    private final Median ours = new Median();
    private final Median thread = new Median();
    private final Median theirs = new Median();
    private final Median ratios = new Median();
    private final Median perSecond = new Median();
    private Sample node = new Sample(Map.of());
    private Sample peers = new Sample(Map.of());
    private long dropsAtNode;
    private long dropsAtViewers;
    private String limitEngine = "";
    private double limitBatch = Double.NaN;

    ForwardCase(Setting setting, BenchOptions options, Optional<LimitProgram> limit, Report report) {
        this.setting = setting;
        this.limit = limit;
        this.report = report;
        seconds = options.whole("--seconds");
        warmUpSeconds = options.whole("--warm-up");
        rounds = options.whole("--rounds");
        latency = !options.flag("--no-latency");
        profile = options.flag("--profile");
    }

    void run(Figures figures) throws IOException, InterruptedException, TimeoutException {
        try (ForwardRun run = new ForwardRun(setting)) {
            double beside = run.warmUp(warmUpSeconds);
            report.progress(String.format("warm: %.1f %% of the process's time is outside the packet thread",
                    100 * beside));
            for (int round = 1; round <= rounds; round++) {
                round(run, round);
            }
            capacity(figures, run.engine());
            figures.put("udpPort", run.portKind());
            if (latency) {
                latency(run, figures);
            }
            GcLog.Pauses pauses = run.gcLog().pauses();
            figures.put("gcPauseMaxMs", pauses.longestMs(), "ms", Target.atMost(1));
            figures.put("gcPauses", pauses.count(), "");
            figures.put("safepointMaxMs", pauses.longestStopMs(), "ms");
            accounts();
            if (profile) {
                System.out.println();
                run.profile(Math.max(5, seconds)).forEach(System.out::println);
            }
        }
        report.environment("serverJvmFlags", ForwardBench.flags(setting));
    }

    private void round(ForwardRun run, int round) throws IOException, InterruptedException, TimeoutException {
        Outcome outcome = account(run.saturate(seconds));
        double forwarded = ForwardBench.forwarded(outcome);
        double rate = forwarded / (outcome.node().get("processNs") / NS_PER_S);
        ours.add(rate);
        thread.add(forwarded / (outcome.node().get("threadNs") / NS_PER_S));
        perSecond.add(forwarded / outcome.peers().get("seconds"));
        String line = String.format("round %d: ours %,.0f packets per CPU-second", round, rate);
        if (limit.isPresent()) {
            LimitProgram.Run c = limit.get().run(setting.receivers(), setting.packetBytes(), setting.train(),
                    setting.drain(), seconds);
            theirs.add(c.perCpuSecond());
            ratios.add(rate / c.perCpuSecond());
            limitEngine = c.engine();
            limitBatch = c.meanBatch();
            line += String.format(", C %,.0f, share %.3f", c.perCpuSecond(), rate / c.perCpuSecond());
        }
        report.progress(line);
    }

    private Outcome account(Outcome outcome) {
        node = node.plus(outcome.node());
        peers = peers.plus(outcome.peers());
        dropsAtNode += outcome.dropsAtNode();
        dropsAtViewers += outcome.dropsAtViewers();
        return outcome;
    }

    private void capacity(Figures figures, String engine) {
        figures.put("forwardedPerCpuSecond", ours.middle(), "1/s");
        figures.put("forwardedPerCpuSecondMin", ours.least(), "1/s");
        figures.put("forwardedPerCpuSecondMax", ours.most(), "1/s");
        figures.put("packetThreadPerCpuSecond", thread.middle(), "1/s");
        Target target = setting.packetBytes() < TestStream.SMALLEST_VIDEO_BYTES ? Target.atLeast(0.70)
                : Target.atLeast(0.80).then(0.95);
        if (limit.isPresent()) {
            figures.put("limitRatio", ratios.middle(), "", target);
            figures.put("limitRatioMin", ratios.least(), "");
            figures.put("limitRatioMax", ratios.most(), "");
            figures.put("limitPerCpuSecond", theirs.middle(), "1/s");
            figures.put("limitEngine", limitEngine);
            figures.put("limitMeanBatch", limitBatch, "");
            if (engine.startsWith("ipsec-mb") != limitEngine.startsWith("ipsec-mb")) {
                report.note("the C program uses " + limitEngine + ", the node " + engine + ": the share means little");
            }
        } else {
            figures.absent("limitRatio", "no C program", target);
        }
        double forwarded = node.get("rtp.packets.out");
        figures.put("allocatedBytesPerPacket", node.get("threadBytes") / forwarded, "B", Target.atMost(0.5));
        figures.put("allocatedBytesPerPacketProcess", node.get("processBytes") / forwarded, "B");
        figures.put("engine", engine);
        figures.put("trainLength", setting.train(), "");
        figures.put("packetsPerDutyCycle", node.get("rtp.packets.in") / node.get("duty.cycles"), "");
    }

    private void latency(ForwardRun run, Figures figures) throws IOException, InterruptedException, TimeoutException {
        double loopbackNs = run.loopbackNs();
        double rate = perSecond.middle() / setting.receivers() * ForwardBench.latencyShare();
        Sample times = account(run.pace(rate, seconds)).peers();
        figures.put("latencyP50Us", added(times, "p50", loopbackNs), "us");
        figures.put("latencyP99Us", added(times, "p99", loopbackNs), "us", Target.atMost(1_000));
        figures.put("latencyP999Us", added(times, "p999", loopbackNs), "us", Target.atMost(3_000));
        figures.put("latencyMaxUs", added(times, "max", loopbackNs), "us");
        figures.put("latencyLoopbackUs", loopbackNs / NS_PER_US, "us");
        figures.put("latencyLoadPerSecond", rate * setting.receivers(), "1/s");
    }

    private static double added(Sample times, String name, double loopbackNs) {
        return Math.max(0, times.get(name) - loopbackNs) / NS_PER_US;
    }

    private void accounts() {
        double in = node.get("rtp.packets.in");
        double out = node.get("rtp.packets.out") - node.get("rtx.packets.out");
        double sent = peers.get("sent") - peers.get("refused");
        String label = setting.receivers() + "x" + setting.packetBytes() + " B, trains of " + setting.train() + ": ";
        // What the kernel drops before the node is a train to it where one arrives whole, or no media at all.
        double lost = sent - in;
        report.check(label + "sent = in", lost >= 0 && lost <= dropsAtNode * (double) setting.train(), String.format(
                "%,.0f sent, %,d datagrams or trains dropped by the kernel before the node, %,.0f in", sent,
                dropsAtNode, in));
        // After such a loss the viewers wait for the next key frame, as they should.
        double awaiting = dropsAtNode > 0 ? node.values().getOrDefault("drop.waiting_for_keyframe", 0.0) : 0;
        report.check(label + "in x receivers = forwarded", in * setting.receivers() - awaiting == out, String.format(
                "%,.0f expected, %,.0f forwarded; drops of the node: %s", in * setting.receivers(), out, drops()));
        double received = peers.get("received");
        if (setting.drain()) {
            report.check(label + "forwarded = received", out - dropsAtViewers == received, String.format(
                    "%,.0f forwarded, %,d dropped by the kernel before the viewers, %,.0f received (%,.0f gaps)", out,
                    dropsAtViewers, received, peers.get("missing")));
        }
        report.check(label + "every byte right", peers.get("bad") == 0 && peers.get("foreign") == 0
                && peers.get("checked") > 0, String.format("%,.0f decrypted and compared, %,.0f wrong, %,.0f foreign",
                peers.get("checked"), peers.get("bad"), peers.get("foreign")));
    }

    private String drops() {
        String drops = node.values().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("drop.") && entry.getValue() > 0)
                .map(entry -> entry.getKey().substring("drop.".length()) + " " + Math.round(entry.getValue()))
                .collect(Collectors.joining(", "));
        return drops.isEmpty() ? "none" : drops;
    }
}
