// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.simulate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.nhipcau.bench.Machine;
import org.nhipcau.sfu.sim.scenario.Metric;
import org.nhipcau.sfu.sim.scenario.Scenario;

/** Writes a search down, so that whoever asks why a constant has its value finds what else was tried. */
final class SearchReport {
    private static final int SHOWN = 40;

    private SearchReport() {}

    static Path write(Path folder, String search, List<Scenario> scenarios, long firstSeed, int seeds,
            List<ConstantSearch.Trial> trials) throws IOException {
        StringBuilder text = new StringBuilder("# Constants tried in simulation: " + search.replaceAll("=[^,]*", "")
                + "\n\n`./nhipcau bench simulate --search " + search + " --scenario "
                + scenarios.stream().map(Scenario::name).collect(Collectors.joining(",")) + " --first-seed " + firstSeed
                + " --seeds " + seeds + "`, commit " + Machine.commit().substring(0, 7)
                + (Boolean.TRUE.equals(Machine.dirty()) ? " with changes" : "") + ".\n\n"
                + "Score: how many doublings each figure is away from its goal, the mean over scenarios, seeds and"
                + " goals; less is better.\nThe figures are means over the scenarios of the medians over the seeds.\n\n"
                + "| values | score");
        SimulateBench.ALWAYS.forEach(metric -> text.append(" | ").append(metric.label())
                .append(metric.unit().isEmpty() ? "" : " (" + metric.unit() + ")"));
        text.append(" |\n|").append("---|".repeat(2 + SimulateBench.ALWAYS.size())).append('\n');
        for (int i = 0; i < trials.size(); i++) {
            ConstantSearch.Trial trial = trials.get(i);
            if (i >= SHOWN && !trial.values().isEmpty()) {
                continue;
            }
            text.append(String.format(Locale.ROOT, "| %s | %.4f", ConstantSearch.shown(trial.values()), trial.score()));
            for (Metric metric : SimulateBench.ALWAYS) {
                text.append(" | ").append(Spread.shown(trial.means().get(metric), metric));
            }
            text.append(" |\n");
        }
        if (trials.size() > SHOWN) {
            text.append("\nThe best ").append(SHOWN).append(" of ").append(trials.size()).append(".\n");
        }
        Files.createDirectories(folder);
        String names = search.replaceAll("=[^,]*", "").replace(',', '-');
        return Files.writeString(folder.resolve("simulate-" + names + ".md"), text);
    }
}
