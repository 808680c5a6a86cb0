// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.goals;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.nhipcau.bench.Figures;
import org.nhipcau.bench.goals.GoalTable.Row;
import org.nhipcau.bench.goals.GoalTable.Source;
import org.nhipcau.bench.goals.GoalTable.Wanted;

/** The goal table as a page, each figure as it was measured: reached, missed, or why there is none. */
final class GoalPage {
    private static final String HEAD = """
            # Goals of rural calls: what is reached

            Made by `./nhipcau bench goals`; not to be edited. Simulated: medians over seeds in virtual time. Browser: real
            browsers over an emulated link, medians over runs. Of several scenarios the worst is shown, and PASS means
            all of them, with a figure of every run. Nothing stands as passed that was not measured.

            """;

    private final Reached simulated;
    private final Reached browser;
    private final AnchorFigures anchors;

    /** What the best other server reached; NaN: nobody was measured. */
    interface AnchorFigures {
        double best(String scenario, String figure);
    }

    /** What a goal came to. @param shown the figure with what belongs to it */
    record Verdict(String shown, String word) {}

    GoalPage(Reached simulated, Reached browser, AnchorFigures anchors) {
        this.simulated = simulated;
        this.browser = browser;
        this.anchors = anchors;
    }

    String text(List<Row> rows) {
        StringBuilder text = new StringBuilder(HEAD);
        commands(text, "Simulated", simulated);
        commands(text, "Browser", browser);
        text.append("\n| row | link | simulated | browser |\n|---|---|---|---|\n");
        for (Row row : rows) {
            text.append("| ").append(number(row)).append(" | ").append(row.link()).append(" | ")
                    .append(sum(row, this::simulated)).append(" | ").append(sum(row, this::browser)).append(" |\n");
        }
        text.append("\n| row | goal | simulated | | browser | |\n|---|---|---|---|---|---|\n");
        for (Row row : rows) {
            for (Wanted wanted : row.goals()) {
                Verdict first = simulated(wanted);
                Verdict second = browser(wanted);
                text.append("| ").append(number(row)).append(" | ").append(wanted.goal()).append(" | ")
                        .append(first.shown).append(" | ").append(first.word).append(" | ").append(second.shown)
                        .append(" | ").append(second.word).append(" |\n");
            }
        }
        if (!browser.disturbed().isEmpty()) {
            text.append("\nDisturbed by the machine they ran on:\n\n");
            browser.disturbed().forEach(each -> text.append("- ").append(each).append('\n'));
        }
        return text.toString();
    }

    private static void commands(StringBuilder text, String name, Reached reached) {
        if (reached.isEmpty()) {
            text.append("- ").append(name).append(": no report given\n");
        }
        reached.commands().forEach(command -> text.append("- ").append(name).append(": ").append(command).append('\n'));
    }

    private static String number(Row row) {
        return row.number() == 0 ? "also" : Integer.toString(row.number());
    }

    private static String sum(Row row, java.util.function.Function<Wanted, Verdict> judged) {
        List<String> words = row.goals().stream().map(judged).map(Verdict::word).toList();
        long passed = words.stream().filter("PASS"::equals).count();
        long missed = words.stream().filter("MISS"::equals).count();
        long rest = words.size() - passed - missed;
        return passed + " of " + words.size() + (rest == 0 ? "" : ", " + rest + " not judged");
    }

    Verdict simulated(Wanted wanted) {
        // Others were never simulated.
        return judge(wanted.simulated(), simulated, scenario -> Double.NaN);
    }

    Verdict browser(Wanted wanted) {
        return judge(wanted.browser(), browser, scenario -> anchors.best(scenario, wanted.browser().figure()));
    }

    private static Verdict judge(Source source, Reached reached, ToDoubleFunction<String> anchor) {
        if (!source.not().isEmpty()) {
            return new Verdict("- (" + source.not() + ")", "not measured");
        }
        String worst = "";
        double worstValue = Double.NaN;
        List<String> absent = new ArrayList<>();
        List<String> partly = new ArrayList<>();
        boolean missed = false;
        boolean anchored = true;
        for (String scenario : source.scenarios()) {
            Reached.Median median = reached.median(scenario, source.figure());
            double value = median.value();
            if (Double.isNaN(value)) {
                absent.add(scenario);
                continue;
            }
            if (median.measured() < median.runs()) {
                partly.add("; " + median.measured() + " of " + median.runs() + " runs of " + scenario);
            }
            double limit = source.ofAnchor() ? source.bound() * anchor.applyAsDouble(scenario) : source.bound();
            anchored &= !Double.isNaN(limit);
            missed |= !Double.isNaN(limit) && !source.reached(value, limit);
            if (Double.isNaN(worstValue) || (source.atLeast() ? value < worstValue : value > worstValue)) {
                worstValue = value;
                worst = scenario;
            }
        }
        String word = missed ? "MISS" : !absent.isEmpty() || !partly.isEmpty() ? "not measured"
                : anchored ? "PASS" : "no anchor measured";
        return new Verdict(shown(source, worst, worstValue, absent) + String.join("", partly), word);
    }

    private static String shown(Source source, String worst, double value, List<String> absent) {
        int count = source.scenarios().size() - absent.size();
        if (count == 0) {
            return "- (no figure)";
        }
        return (Double.isInfinite(value) ? "never" : Figures.number(value))
                + (count == 1 && absent.isEmpty() ? "" : " in " + worst + (count == 1 ? "" : ", worst of " + count))
                + (absent.isEmpty() ? "" : "; no figure of " + String.join(", ", absent));
    }
}
