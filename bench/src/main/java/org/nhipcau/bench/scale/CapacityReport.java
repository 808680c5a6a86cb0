// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Writes a plan as a page: assumptions, what was measured and how, the formulae, the outcome. */
final class CapacityReport {
    private final CapacityPlan plan;
    private final List<ConsultationCost> costs;
    private final String source;
    private final StringBuilder page = new StringBuilder(8_192);

    /** @param source what made the figures: command, date, machine, state of the source, in Markdown lines */
    CapacityReport(CapacityPlan plan, List<ConsultationCost> costs, String source) {
        this.plan = plan;
        this.costs = costs;
        this.source = source;
    }

    String markdown() {
        line("# What %,d consultations at the same time need", plan.consultations());
        line("");
        line("Requirement E3: every commune health station in a consultation of three sites at the same time. This page");
        line("is written by `./nhipcau bench scale` (or, from its JSON file, by `./nhipcau bench capacity`); do not edit.");
        line("");
        line("%s", source.strip());
        line("");
        measured();
        assumptions();
        outcome();
        placement();
        return page.toString();
    }

    private void measured() {
        line("## Measured: one consultation of three sites");
        line("");
        line("Each site sends what the column says and receives both others. Slopes over several numbers of");
        line("consultations against the whole server (signaling and media in one process), CPU and memory read from");
        line("outside; ± is the standard error of the slope.");
        line("");
        head();
        row("CPU, cores", cost -> number(cost.cores()) + (Double.isNaN(cost.coresError()) ? ""
                : " ± " + number(cost.coresError())));
        row("memory, kB", cost -> number(cost.memoryBytes() / 1e3));
        row("packets in, 1/s", cost -> number(cost.packetsIn()));
        row("packets out, 1/s", cost -> number(cost.packetsOut()));
        row("in on the wire, Mbit/s", cost -> number(cost.wireBpsIn() / 1e6));
        row("out on the wire, Mbit/s", cost -> number(cost.wireBpsOut() / 1e6));
        row("CPU per packet out, ns", cost -> number(1e9 * cost.cores() / cost.packetsOut()));
        line("");
        line("On the wire: UDP payload and %d B a datagram (IPv4 and UDP 28, Ethernet 18, preamble and gap 20).",
                ConsultationCost.WIRE_BYTES_PER_DATAGRAM);
        line("");
    }

    private void assumptions() {
        line("## Assumed");
        line("");
        line("- A server has %d cores as fast as the one measured on, %s GB of RAM and a link of %s Gbit/s each way.",
                plan.serverCores(), number(plan.serverMemoryBytes() / 1e9), number(plan.serverLinkBps() / 1e9));
        line("- At the peak it uses %s %% of each: the rest is headroom for bursts, joins and losses of a neighbour.",
                number(100 * plan.useShare()));
        line("- Beyond the servers needed stand %s %% more, one at least in each place, for failures and upgrades.",
                number(100 * plan.spareShare()));
        line("- Central: two data centres with half of the consultations each. Regional: %d provinces with equal shares.",
                plan.provinces());
        line("- In %s %% of the consultations one site of three lies outside the province that serves it.",
                number(100 * plan.outsideShare()));
        line("- Cost grows in proportion to consultations: rooms share nothing but the worker's thread; `bench scale`");
        line("  measures how far that holds on one machine (scale-rooms.svg), not across machines.");
        line("- Not counted: database, console, TURN relays, the file traffic of records and images.");
        line("");
    }

    private void outcome() {
        line("## Needed for %,d consultations", plan.consultations());
        line("");
        head();
        row("cores at work", cost -> number(plan.cores(cost)));
        row("cores with headroom", cost -> number(plan.cores(cost) / plan.useShare()));
        row("memory, GB", cost -> number(plan.memoryBytes(cost) / 1e9));
        row("packets in, million/s", cost -> number(plan.consultations() * cost.packetsIn() / 1e6));
        row("packets out, million/s", cost -> number(plan.consultations() * cost.packetsOut() / 1e6));
        row("in, Gbit/s", cost -> number(plan.consultations() * cost.wireBpsIn() / 1e9));
        row("out, Gbit/s", cost -> number(plan.consultations() * cost.wireBpsOut() / 1e9));
        row("consultations per server", cost -> number(plan.perServer(cost)));
        row("limited by", cost -> plan.tightest(cost).name().toLowerCase(Locale.ROOT));
        line("");
        line("Formulae: total = consultations × figure of one. Consultations per server = the least of");
        line("cores × %1$s / CPU, link × %1$s / max(in, out), RAM × %1$s / memory, rounded down.",
                number(plan.useShare()));
        line("");
    }

    private void placement() {
        line("## Central or regional");
        line("");
        head();
        row("central: servers", cost -> number(plan.centralServers(cost)));
        row("central: between provinces and centres, Gbit/s", cost -> number(plan.centralBackboneBps(cost) / 1e9));
        row("regional: servers in a province", cost -> number(plan.serversPerProvince(cost)));
        row("regional: servers", cost -> number(plan.regionalServers(cost)));
        row("regional: between provinces, Gbit/s", cost -> number(plan.regionalBackboneBps(cost) / 1e9));
        line("");
        line("Formulae: servers of a place = ⌈its consultations / consultations per server⌉ and the spare ones;");
        line("%,d consultations a province. Between provinces: central all of in + out; regional that, × %s / 3 (one",
                plan.consultationsPerProvince(), number(plan.outsideShare()));
        line("site of three). Regional needs more servers, for every province keeps its own spare one, and takes most of");
        line("the media off the long lines; a province that fails is served by a neighbour.");
    }

    private void head() {
        page.append("| |");
        costs.forEach(cost -> page.append(' ').append(cost.mix()).append(" |"));
        page.append("\n|---|").append("---:|".repeat(costs.size())).append('\n');
    }

    private void row(String name, Function<ConsultationCost, String> value) {
        page.append("| ").append(name).append(" |");
        costs.forEach(cost -> page.append(' ').append(value.apply(cost)).append(" |"));
        page.append('\n');
    }

    private void line(String format, Object... values) {
        page.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    // Three digits that count.
    static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return String.format(Locale.ROOT, "%,d", (long) value);
        }
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f"
                : size >= 0.1 ? "%.3f" : size >= 0.01 ? "%.4f" : "%.5f", value);
    }
}
