// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.nhipcau.bench.Bench;
import org.nhipcau.bench.BenchOption;
import org.nhipcau.bench.BenchOptions;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.Machine;
import org.nhipcau.bench.Report;
import org.nhipcau.bench.Target;
import org.nhipcau.bench.plot.Axis;
import org.nhipcau.bench.plot.LinePlot;
import org.nhipcau.bench.plot.Series;
import org.nhipcau.bench.swarm.media.VideoShape;

/** How cost per packet and memory per subscriber grow, and what the nation's consultations need by these figures. */
public final class ScaleBench implements Bench {
    private static final double MAX_COST_RATIO = 1.15;
    private static final double MAX_SUBSCRIBER_BYTES = 200_000;
    private static final int FEW_RECEIVERS = 50;
    private static final int MANY_RECEIVERS = 500;
    private static final List<String> PARTS = List.of("receivers", "rooms", "memory", "consultations");
    private static final long SEED = 20_261_122;

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public String shows() {
        return "how cost per packet and memory per subscriber grow with receivers, rooms and tracks; the national plan";
    }

    @Override
    public String takes() {
        return "25 min; --quick 6 min";
    }

    @Override
    public List<BenchOption> options() {
        return List.of(
                BenchOption.flag("--quick", "fewer and smaller sizes; plots and plan go to bench/results/quick"),
                BenchOption.choice("--part", List.of("all", "receivers", "rooms", "memory", "consultations"), "all",
                        "measure this alone"),
                BenchOption.wholes("--receivers", 1, 1_000, "1,10,50,200,500", "viewers of one stream"),
                BenchOption.wholes("--rooms", 1, 1_000, "1,10,50,200,500", "rooms of one speaker and one listener"),
                BenchOption.wholes("--subscribers", 0, 500, "0,15,30,45", "at which memory is read, beyond the first 25"),
                BenchOption.wholes("--consultations", 1, 100, "2,5,8", "consultations at which CPU is read"),
                BenchOption.choice("--video", List.of("360p", "720p"), "360p", "the tracks whose memory is measured"),
                BenchOption.whole("--train", 1, 64, 8, "packets that the one stream's sender hands over at once"),
                BenchOption.whole("--rounds", 1, 100, 5, "of each size, whose median counts"),
                BenchOption.whole("--seconds", 1, 600, 4, "of each round"),
                BenchOption.whole("--warm-up", 0, 600, 15, "seconds before the first round of a size"));
    }

    @Override
    public String remarks() {
        return "Plots: scale-receivers.svg, scale-rooms.svg, scale-memory.svg in bench/results; the plan: capacity.md"
                + " there.";
    }

    @Override
    public List<String> smoke() {
        return List.of("--quick", "--part", "memory", "--subscribers", "0,4", "--warm-up", "1");
    }

    /** What a run measures, from the options; a quick one where they do not say otherwise. */
    private record Sizes(int[] receivers, int[] rooms, int[] subscribers, int[] consultations, int rounds, int seconds,
            int warmUp, Path folder, boolean quick) {
        static Sizes of(BenchOptions options) {
            boolean quick = options.flag("--quick");
            return new Sizes(wholes(options, "--receivers", quick, 1, 10, 50), wholes(options, "--rooms", quick, 1, 8),
                    wholes(options, "--subscribers", quick, 0, 6, 12),
                    wholes(options, "--consultations", quick, 1, 3), whole(options, "--rounds", quick, 3),
                    whole(options, "--seconds", quick, 2), whole(options, "--warm-up", quick, 5),
                    quick ? Machine.results().resolve("quick") : Machine.results(), quick);
        }

        private static int[] wholes(BenchOptions options, String name, boolean quick, int... few) {
            int[] sizes = quick && !options.isGiven(name) ? few : options.wholes(name);
            return Arrays.stream(sizes).sorted().distinct().toArray();
        }

        private static int whole(BenchOptions options, String name, boolean quick, int small) {
            return quick && !options.isGiven(name) ? small : options.whole(name);
        }
    }

    @Override
    public int run(BenchOptions options, Report report) throws Exception {
        Sizes sizes = Sizes.of(options);
        if (sizes.subscribers().length < 2 || sizes.consultations().length < 2) {
            throw new UsageException(
                    "--subscribers and --consultations need two sizes each: a slope goes through them");
        }
        String part = options.text("--part");
        for (String each : PARTS) {
            if (!part.equals("all") && !part.equals(each)) {
                continue;
            }
            try {
                measure(each, options, sizes, report);
            } catch (ExecutionException | TimeoutException | IllegalStateException failed) {
                // What the other parts cost minutes to find is not lost with this one.
                report.check("part " + each, false, failed.toString());
            }
        }
        return 0;
    }

    private static void measure(String part, BenchOptions options, Sizes sizes, Report report) throws Exception {
        switch (part) {
            case "receivers" -> receivers(options, sizes, report);
            case "rooms" -> rooms(sizes, report);
            case "memory" -> memory(options, sizes, report);
            default -> consultations(sizes, report);
        }
    }

    private static void receivers(BenchOptions options, Sizes sizes, Report report) throws Exception {
        ReceiverCost cost = new ReceiverCost(sizes.rounds(), sizes.seconds(), sizes.warmUp(), options.whole("--train"));
        Series line = new Series("whole server");
        double few = Double.NaN;
        double many = Double.NaN;
        String engine = "";
        for (int receivers : sizes.receivers()) {
            report.progress(receivers + " receivers");
            ReceiverCost.Point point = cost.run(receivers);
            report.row("receivers").put("receivers", receivers, "").put("nsPerPacket", point.nsPerPacket(), "ns")
                    .put("nsPerPacketMin", point.nsLow(), "ns").put("nsPerPacketMax", point.nsHigh(), "ns");
            line.add(receivers, point.nsPerPacket(), point.nsLow(), point.nsHigh());
            few = receivers == FEW_RECEIVERS ? point.nsPerPacket() : few;
            many = receivers == MANY_RECEIVERS ? point.nsPerPacket() : many;
            engine = point.engine();
        }
        if (Double.isNaN(few) || Double.isNaN(many)) {
            report.figures().absent("costRatio500To50", "needs 50 and 500 receivers", Target.atMost(MAX_COST_RATIO));
        } else {
            report.figures().put("costRatio500To50", many / few, "", Target.atMost(MAX_COST_RATIO));
        }
        report.environment("engine", engine);
        new LinePlot("CPU per forwarded packet over receivers", "one stream of 1200 B packets, trains of "
                + options.whole("--train") + ", " + engine + "; whiskers: all rounds", Axis.log("receivers"),
                Axis.linear("CPU of the whole server per packet, ns")).add(line)
                        .write(sizes.folder().resolve("scale-receivers.svg"));
    }

    private static void rooms(Sizes sizes, Report report) throws Exception {
        report.progress("rooms: " + Arrays.toString(sizes.rooms()));
        List<RoomCost.Point> points = new RoomCost("speaker and listener", 1, 1, null).run(sizes.rooms(),
                sizes.warmUp(), sizes.rounds(), sizes.seconds(), SEED);
        Series line = new Series("whole server");
        for (RoomCost.Point point : points) {
            write(report, "rooms", "rooms", point);
            line.add(point.rooms(), point.nsPerPacket(), point.nsLow(), point.nsHigh());
        }
        new LinePlot("CPU per forwarded packet over rooms", "each room: one sends sound, 50 packets a second, two"
                + " receive; the server at rest is part of it", Axis.log("rooms"),
                Axis.log("CPU of the whole server per packet, ns")).add(line)
                        .write(sizes.folder().resolve("scale-rooms.svg"));
    }

    private static void write(Report report, String table, String kind, RoomCost.Point point) {
        report.row(table).put("kind", kind).put("rooms", point.rooms(), "").put("cores", point.cores(), "")
                .put("packetsIn", point.packetsIn(), "1/s").put("packetsOut", point.packetsOut(), "1/s")
                .put("nsPerPacket", point.nsPerPacket(), "ns").put("nsPerPacketMin", point.nsLow(), "ns")
                .put("nsPerPacketMax", point.nsHigh(), "ns").put("memoryBytes", point.memoryBytes(), "B");
        report.check("foreign bytes, " + kind + ", " + point.rooms() + " rooms", point.foreignBytes() == 0,
                point.foreignBytes() + " bytes");
    }

    private static void memory(BenchOptions options, Sizes sizes, Report report) throws Exception {
        LinePlot plot = new LinePlot("Memory over subscribers", options.text("--video")
                + " video; live heap and everything else, beyond the first reading", Axis.close("subscribers"),
                Axis.linear("memory, kB"));
        int[][] tracks = sizes.quick() ? new int[][] {{4, 5}} : new int[][] {{0, 1}, {1, 1}, {4, 5}, {8, 10}};
        for (int[] each : tracks) {
            SubscriberMemory.Result result = new SubscriberMemory(each[0], each[1],
                    VideoShape.of(options.text("--video"), false), sizes.subscribers(), sizes.warmUp())
                            .run(report, SEED);
            report.row("subscriberMemory").put("videoTracks", each[0], "").put("audioTracks", each[1], "")
                    .put("bytesPerSubscriber", result.total(), "B").put("error", result.error(), "B")
                    .put("heap", result.heap(), "B").put("outsideHeap", result.outsideHeap(), "B");
            if (each[0] == 4) {
                report.figures().put("bytesPerSubscriber4Video5Audio", result.total(), "B",
                        Target.atMost(MAX_SUBSCRIBER_BYTES));
            }
            plot.add(result.course());
        }
        plot.write(sizes.folder().resolve("scale-memory.svg"));
    }

    private static void consultations(Sizes sizes, Report report) throws Exception {
        List<ConsultationCost> costs = new ArrayList<>();
        List<RoomCost> mixes = List.of(new RoomCost("sound only", 3, 0, null),
                new RoomCost("sound and 360p", 3, 0, VideoShape.of("360p", true)),
                new RoomCost("sound and 720p", 3, 0, VideoShape.of("720p", true)));
        for (RoomCost mix : mixes) {
            report.progress("consultations: " + mix.name());
            List<RoomCost.Point> points = mix.run(sizes.consultations(), sizes.warmUp(), sizes.rounds(),
                    sizes.seconds(), SEED);
            points.forEach(point -> write(report, "consultationRooms", mix.name(), point));
            ConsultationCost cost = ConsultationCost.of(mix.name(), points);
            cost.write(report.row("consultations"));
            costs.add(cost);
        }
        plan(sizes, costs, report);
    }

    private static void plan(Sizes sizes, List<ConsultationCost> costs, Report report) throws Exception {
        if (costs.stream().anyMatch(cost -> !(cost.cores() > 0 && cost.memoryBytes() > 0))) {
            report.check("national plan", false, "a slope is not above 0: measure more consultations or longer rounds");
            return;
        }
        Map<String, Object> machine = Machine.describe();
        CapacityBench.write(sizes.folder().resolve("capacity.md"), new CapacityReport(CapacityPlan.NATIONAL, costs,
                CapacityBench.source(java.time.Instant.now().toString(), Machine.commit(),
                        Boolean.TRUE.equals(Machine.dirty()), String.valueOf(machine.get("cpu")),
                        String.valueOf(machine.get("cores")), String.valueOf(machine.get("jvm")),
                        "`bench/results/scale-<date>.json`")));
        CapacityBench.tell(report, CapacityPlan.NATIONAL, costs);
    }
}
