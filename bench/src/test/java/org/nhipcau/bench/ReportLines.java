// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** What a reader sees of a report, for tests of benches in other packages. */
public final class ReportLines {
    private ReportLines() {}

    /** The printed lines of a report that is filled in like this. */
    public static List<String> of(Bench bench, Consumer<Report> filling) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try {
            Report report = new Report(bench, BenchOptions.parse(bench.options(), List.of()),
                    new PrintStream(printed, true, StandardCharsets.UTF_8));
            filling.accept(report);
            report.print();
        } catch (BenchOptions.UsageException impossible) {
            throw new AssertionError(impossible);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
