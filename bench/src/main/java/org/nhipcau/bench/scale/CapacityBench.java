// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nhipcau.bench.Bench;
import org.nhipcau.bench.BenchOption;
import org.nhipcau.bench.BenchOptions;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.Machine;
import org.nhipcau.bench.Report;

/** The national plan from figures that {@code bench scale} measured before, with other assumptions where wanted. */
public final class CapacityBench implements Bench {
    @Override
    public String name() {
        return "capacity";
    }

    @Override
    public String shows() {
        return "cores, memory, network and servers for a nation's consultations, from a report of bench scale";
    }

    @Override
    public String takes() {
        return "1 s";
    }

    @Override
    public List<BenchOption> options() {
        CapacityPlan plan = CapacityPlan.NATIONAL;
        return List.of(
                BenchOption.input("--from", "JSON report of bench scale; else the newest in bench/results"),
                BenchOption.text("--out", "FILE", "bench/results/capacity.md", "the page, from the project's directory"),
                BenchOption.whole("--consultations", 1, 10_000_000, plan.consultations(), "at the same time"),
                BenchOption.whole("--cores", 1, 1_024, plan.serverCores(), "of a server"),
                BenchOption.whole("--memory-gb", 1, 100_000, (long) (plan.serverMemoryBytes() / 1e9), "of a server"),
                BenchOption.whole("--link-gbps", 1, 10_000, (long) (plan.serverLinkBps() / 1e9),
                        "of a server, each way"),
                BenchOption.decimal("--use", 0.01, 1, plan.useShare(), "share that the peak may use of each"),
                BenchOption.decimal("--spare", 0, 10, plan.spareShare(), "servers beyond those needed"),
                BenchOption.whole("--provinces", 1, 10_000, plan.provinces(), "places of a regional set-up"),
                BenchOption.decimal("--outside", 0, 1, plan.outsideShare(),
                        "share of consultations with a site outside the province"));
    }

    @Override
    public List<String> smoke() {
        // Has nothing to read before bench scale has run, which writes the page too.
        return null;
    }

    @Override
    public int run(BenchOptions options, Report report) throws Exception {
        Path from = options.optionalText("--from").map(Path::of).orElse(newest());
        if (from == null || !Files.isReadable(from)) {
            throw new UsageException(from == null
                    ? "there is no report of bench scale in bench/results; run it, or name its report by --from"
                    : "cannot read " + from);
        }
        JsonNode scale = read(from);
        CapacityPlan plan = new CapacityPlan(options.whole("--consultations"), options.whole("--cores"),
                options.whole("--memory-gb") * 1e9, options.whole("--link-gbps") * 1e9, options.decimal("--use"),
                options.decimal("--spare"), options.whole("--provinces"), options.decimal("--outside"));
        List<ConsultationCost> costs = ConsultationCost.read(scale);
        Path page = Machine.home().resolve(options.text("--out"));
        write(page, new CapacityReport(plan, costs, source(scale, from)));
        tell(report, plan, costs);
        report.note("the page: " + options.text("--out"));
        return 0;
    }

    private static JsonNode read(Path from) throws IOException, UsageException {
        JsonNode scale;
        try {
            scale = new ObjectMapper().readTree(from.toFile());
        } catch (JsonProcessingException noJson) {
            throw new UsageException("--from: " + from + " is not JSON; it takes a report of bench scale");
        }
        if (!scale.path("bench").asText().equals("scale")) {
            throw new UsageException("--from: " + from + " is not a report of bench scale");
        }
        return scale;
    }

    static void write(Path page, CapacityReport content) throws IOException {
        Files.createDirectories(page.toAbsolutePath().getParent());
        Files.writeString(page, content.markdown());
    }

    static void tell(Report report, CapacityPlan plan, List<ConsultationCost> costs) {
        for (ConsultationCost cost : costs) {
            report.row("plan").put("mix", cost.mix()).put("coresAtWork", plan.cores(cost), "")
                    .put("memoryGb", plan.memoryBytes(cost) / 1e9, "GB")
                    .put("outGbps", plan.consultations() * cost.wireBpsOut() / 1e9, "Gbit/s")
                    .put("perServer", plan.perServer(cost), "").put("limitedBy", plan.tightest(cost).name())
                    .put("centralServers", plan.centralServers(cost), "")
                    .put("regionalServers", plan.regionalServers(cost), "");
        }
    }

    private static String source(JsonNode scale, Path from) {
        return source(scale.path("date").asText(), scale.path("commit").asText(), scale.path("dirty").asBoolean(),
                scale.path("machine").path("cpu").asText(), scale.path("machine").path("cores").asText(),
                scale.path("machine").path("jvm").asText(), "`bench/results/" + from.getFileName() + "`");
    }

    static String source(String date, String commit, boolean dirty, String cpu, String cores, String jvm,
            String file) {
        return String.format("Figures: `./nhipcau bench scale`, %s, commit `%.12s`%s, %s, %s cores, %s; raw figures in %s,"
                + " which is not kept.", date, commit, dirty ? " with changes" : "", cpu, cores, jvm, file);
    }

    private static Path newest() throws IOException {
        if (!Files.isDirectory(Machine.results())) {
            return null;
        }
        try (var files = Files.list(Machine.results())) {
            // The date in the name sorts.
            return files.filter(file -> file.getFileName().toString().matches("scale-.*\\.json"))
                    .max(java.util.Comparator.comparing(file -> file.getFileName().toString())).orElse(null);
        }
    }
}
