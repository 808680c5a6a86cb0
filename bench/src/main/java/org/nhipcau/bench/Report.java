// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The outcome of one bench run: figures, tables of figures, checks that must hold, notes, and what they were measured
 * on. It becomes a readable table and a JSON file; in the file the figures of the run stand at the top level under
 * their own names.
 *
 * <p>A missed target is a finding, not a failure; a check that does not hold (a lost packet, a foreign byte) is one.
 *
 * <p>Thread: one, but for {@link #progress}.
 */
public final class Report {
    private static final DateTimeFormatter FILE_DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Bench bench;
    private final BenchOptions options;
    private final PrintStream out;
    private final Instant startedAt = Instant.now();
    private final Figures figures = new Figures();
    private final Map<String, List<Figures>> tables = new LinkedHashMap<>();
    private final List<Check> checks = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Object> environment = new LinkedHashMap<>();
    private final Set<String> unprinted = new HashSet<>();

    private record Check(String name, boolean held, String detail) {}

    Report(Bench bench, BenchOptions options, PrintStream out) {
        this.bench = bench;
        this.options = options;
        this.out = out;
    }

    /** The figures of the whole run. */
    public Figures figures() {
        return figures;
    }

    /** A new row of a table; rows of one table have the same figures. */
    public Figures row(String table) {
        Figures row = new Figures();
        tables.computeIfAbsent(table, name -> new ArrayList<>()).add(row);
        return row;
    }

    /** Leaves a table out of what is printed, because it is too wide to read; the file has it. */
    public void onlyInFile(String table) {
        unprinted.add(table);
    }

    /** Something that must hold; where it does not, the run has failed. */
    public void check(String name, boolean held, String detail) {
        checks.add(new Check(name, held, detail));
    }

    /** A sentence that a reader needs beside the figures. */
    public void note(String sentence) {
        notes.add(sentence);
    }

    /** What was measured with, beyond the machine: the cipher engine, the kind of port, the server's JVM flags. */
    public void environment(String name, Object value) {
        environment.put(name, value);
    }

    /** Says at once what is going on; not part of the report. */
    public void progress(String line) {
        System.err.println(bench.name() + ": " + line);
    }

    /** Whether a check has failed. */
    public boolean failed() {
        return checks.stream().anyMatch(check -> !check.held());
    }

    /** Whether a target was missed or could not be measured. */
    boolean missed() {
        return allFigures().stream().flatMap(each -> each.all().values().stream())
                .anyMatch(figure -> figure.target() != null
                        && (figure.absent() || !figure.target().holds(figure.value())));
    }

    private List<Figures> allFigures() {
        List<Figures> all = new ArrayList<>(List.of(figures));
        tables.values().forEach(all::addAll);
        return all;
    }

    void print() {
        out.println();
        for (Map.Entry<String, List<Figures>> table : tables.entrySet()) {
            if (unprinted.contains(table.getKey())) {
                continue;
            }
            out.println(table.getKey());
            new TextTable(rows(table.getValue())).print(out);
            out.println();
        }
        if (!figures.all().isEmpty()) {
            new TextTable(figureLines()).print(out);
        }
        for (Check check : checks) {
            out.println((check.held() ? "holds   " : "FAILED  ") + check.name() + ": " + check.detail());
        }
        notes.forEach(note -> out.println("note    " + note));
        out.flush();
    }

    private List<List<String>> figureLines() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("figure", "value", "unit", "target", ""));
        figures.all().forEach((name, figure) -> lines.add(List.of(name, figure.shown(), figure.unit(),
                figure.target() == null ? "" : figure.target().text(), figure.verdict())));
        return lines;
    }

    private static List<List<String>> rows(List<Figures> rows) {
        List<List<String>> lines = new ArrayList<>();
        List<String> head = new ArrayList<>();
        rows.getFirst().all().forEach((name, figure) -> {
            head.add(figure.unit().isEmpty() ? name : name + " [" + figure.unit() + "]");
            if (figure.target() != null) {
                head.add("target");
                head.add("");
            }
        });
        lines.add(head);
        for (Figures row : rows) {
            List<String> line = new ArrayList<>();
            row.all().forEach((name, figure) -> {
                line.add(figure.shown());
                if (figure.target() != null) {
                    line.add(figure.target().text());
                    line.add(figure.verdict());
                }
            });
            lines.add(line);
        }
        return lines;
    }

    /** Writes the file under {@code results}, and a second one where the caller has named it. */
    List<Path> write(Path results, Path named) throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        byte[] json = mapper.writeValueAsBytes(asMap());
        List<Path> written = new ArrayList<>();
        Files.createDirectories(results);
        Path own = results.resolve(bench.name() + "-" + FILE_DATE.format(startedAt) + ".json");
        Files.write(own, json);
        written.add(own);
        if (named != null) {
            if (named.toAbsolutePath().getParent() != null) {
                Files.createDirectories(named.toAbsolutePath().getParent());
            }
            Files.write(named, json);
            written.add(named);
        }
        return written;
    }

    Map<String, Object> asMap() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("bench", bench.name());
        all.put("date", startedAt.toString());
        all.put("options", options.asMap());
        all.putAll(plain(figures));
        tables.forEach((name, rows) -> all.put(name, rows.stream().map(Report::plain).toList()));
        all.put("units", units());
        all.put("targets", targets());
        all.put("checks", checks.stream().map(check -> Map.of("name", check.name(), "held", check.held(), "detail",
                check.detail())).toList());
        all.put("notes", notes);
        Map<String, Object> machine = new LinkedHashMap<>(Machine.describe());
        machine.putAll(environment);
        all.put("machine", machine);
        all.put("commit", Machine.commit());
        all.put("dirty", Machine.dirty());
        all.put("failed", failed());
        return all;
    }

    private static Map<String, Object> plain(Figures figures) {
        Map<String, Object> plain = new LinkedHashMap<>();
        figures.all().forEach((name, figure) -> plain.put(name, figure.plain()));
        return plain;
    }

    private Map<String, String> units() {
        Map<String, String> units = new LinkedHashMap<>();
        allFigures().forEach(each -> each.all().forEach((name, figure) -> {
            if (!figure.unit().isEmpty()) {
                units.put(name, figure.unit());
            }
        }));
        return units;
    }

    private List<Map<String, Object>> targets() {
        List<Map<String, Object>> targets = new ArrayList<>();
        allFigures().forEach(each -> each.all().forEach((name, figure) -> {
            if (figure.target() != null) {
                Map<String, Object> target = new LinkedHashMap<>();
                target.put("figure", name);
                target.put("value", figure.plain());
                target.put("target", figure.target().text());
                target.put("reached", !figure.absent() && figure.target().holds(figure.value()));
                targets.add(target);
            }
        }));
        return targets;
    }
}
