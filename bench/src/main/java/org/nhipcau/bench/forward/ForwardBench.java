// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.nhipcau.bench.Bench;
import org.nhipcau.bench.BenchOption;
import org.nhipcau.bench.BenchOptions;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.Figures;
import org.nhipcau.bench.Machine;
import org.nhipcau.bench.Report;
import org.nhipcau.bench.forward.ForwardRun.Outcome;
import org.nhipcau.bench.forward.ForwardRun.Setting;
import org.nhipcau.sfu.net.DatagramPorts;
import org.nhipcau.sfu.srtp.SrtpEngines;

/**
 * What forwarding costs in the whole server: one stream in, N out, over real sockets, beside a C program that does the
 * least that can be done, both in turns in the same minutes.
 *
 * <p>Capacity first (rounds of ours and of C, interleaved), then the delay that the server adds at a share of it.
 */
public final class ForwardBench implements Bench {
    private static final String AUTO = "auto";
    private static final double LATENCY_SHARE = 0.7;

    @Override
    public String name() {
        return "forward";
    }

    @Override
    public String shows() {
        return "what the whole server costs per forwarded packet, its share of the C limit, and the delay it adds";
    }

    @Override
    public String takes() {
        return "1 min; --matrix 12 min";
    }

    @Override
    public List<BenchOption> options() {
        return List.of(
                BenchOption.whole("--receivers", 1, 1_000, 50, "viewers of the stream"),
                BenchOption.whole("--packet-size", 80, 1_400, 1_200,
                        "bytes of an RTP packet; below " + TestStream.SMALLEST_VIDEO_BYTES + " the stream is audio"),
                BenchOption.whole("--seconds", 1, 600, 3, "of each round, and of the latency run"),
                BenchOption.whole("--rounds", 1, 100, 4, "of ours, and as many of the C program's, in turns"),
                BenchOption.whole("--warm-up", 0, 600, 20, "seconds at most, before the first round"),
                BenchOption.whole("--train", 1, 64, 32, "packets that the sender hands over at once"),
                BenchOption.program("--limit",
                        "the C program; else the environment's " + LimitProgram.VARIABLE + "; else no share"),
                BenchOption.choice("--engine", List.of(AUTO, "ipsec-mb", "libcrypto", "jce", "jitsi"), AUTO,
                        "the node's cipher engine"),
                BenchOption.choice("--port", List.of(AUTO, "linux", "epoll", "nio"), AUTO,
                        "how the node works its socket"),
                BenchOption.choice("--sink", List.of("drain", "none"), "drain",
                        "drain: all viewers read; none: only the last, the kernel drops the rest"),
                BenchOption.text("--jvm", "FLAGS", null, "further flags of the node's JVM, spaces between them"),
                BenchOption.flag("--no-latency", "leave the latency run out"),
                BenchOption.flag("--profile", "also show where the node's time goes (JFR, and perf where it is)"),
                BenchOption.flag("--matrix", "10 and 50 receivers, trains of 1, 8 and 32, 1200 and 160 bytes"));
    }

    @Override
    public String remarks() {
        return """
                Node and peers have a core each, the C program's forwarder and peers the same two. CPU time is that of the
                whole server process. limitRatio is the median over the rounds of ours / C's of the same round; use a C
                program built with the same cipher library (-lcrypto for libcrypto, -DIMB for ipsec-mb).""";
    }

    @Override
    public List<String> smoke() {
        return List.of("--receivers", "3", "--seconds", "1", "--rounds", "1", "--warm-up", "3", "--train", "8");
    }

    @Override
    public int run(BenchOptions options, Report report) throws Exception {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new UsageException("needs Linux: its peers use recvmmsg and UDP_SEGMENT");
        }
        checkNode(options);
        Optional<LimitProgram> limit = LimitProgram.find(options.optionalText("--limit"));
        if (limit.isEmpty()) {
            report.note("no C program was named (--limit PATH or " + LimitProgram.VARIABLE + "): no share of the limit");
        }
        if (!ForwardRun.pinned()) {
            report.note("not pinned to cores: there is only one, or taskset is missing");
        }
        if (options.flag("--matrix")) {
            matrix(options, limit, report);
        } else {
            Setting setting = setting(options, options.whole("--receivers"), options.whole("--packet-size"),
                    options.whole("--train"));
            new ForwardCase(setting, options, limit, report).run(report.figures());
        }
        report.environment("pinned", ForwardRun.pinned());
        return 0;
    }

    // The node takes the next best where what was asked for is not there, which is right for a server alone.
    private static void checkNode(BenchOptions options) throws UsageException {
        String engine = options.text("--engine");
        if (!engine.equals(AUTO) && !SrtpEngines.choose(engine).name().startsWith(engine)) {
            throw new UsageException("--engine is " + engine + ", which does not work on this machine; take auto, or "
                    + "install its library");
        }
        String port = options.text("--port");
        if (!port.equals(AUTO) && !DatagramPorts.choose(port).name().equalsIgnoreCase(port)) {
            throw new UsageException("--port is " + port + ", which does not work on this machine; take auto");
        }
    }

    private void matrix(BenchOptions options, Optional<LimitProgram> limit, Report report) throws Exception {
        for (int bytes : new int[] {1_200, 160}) {
            for (int receivers : new int[] {10, 50}) {
                for (int train : new int[] {1, 8, 32}) {
                    report.progress(receivers + " receivers, " + bytes + " bytes, trains of " + train);
                    Figures row = report.row("cases").put("receivers", receivers, "").put("packetBytes", bytes, "B");
                    new ForwardCase(setting(options, receivers, bytes, train), options, limit, report).run(row);
                }
            }
        }
    }

    private static Setting setting(BenchOptions options, int receivers, int bytes, int train) {
        List<String> jvm = new ArrayList<>();
        options.optionalText("--jvm").ifPresent(flags -> jvm.addAll(Arrays.asList(flags.strip().split("\\s+"))));
        return new Setting(receivers, bytes, train, options.text("--sink").equals("drain"), options.text("--engine"),
                options.text("--port"), jvm);
    }

    static double latencyShare() {
        return LATENCY_SHARE;
    }

    static String flags(Setting setting) {
        List<String> flags = new ArrayList<>(Machine.jvmFlags());
        flags.addAll(setting.jvm());
        return String.join(" ", flags);
    }

    /** Packets that the node sent in a run, those sent again left out. */
    static double forwarded(Outcome outcome) {
        return outcome.node().get("rtp.packets.out") - outcome.node().get("rtx.packets.out");
    }
}
