// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.store.ReportQueries;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.sheet.ReportSheet;
import org.nhipcau.signaling.store.sql.SqlReports;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Counts sessions, participants and minutes (D4). */
@Command(name = "report", description = "Count sessions, participants and minutes. The server may run.")
final class ReportCommand extends StoreCommand {
    @Option(names = "--from", paramLabel = "DATE", required = true, description = "First day, such as 2026-11-01.")
    private LocalDate from;

    @Option(names = "--to", paramLabel = "DATE", required = true, description = "Last day.")
    private LocalDate to;

    @Option(names = "--by", paramLabel = "KIND",
            description = "day, month, province, district, facility, role or total "
            + "(default).")
    private String by = "total";

    @Option(names = "--province", paramLabel = "CODE", description = "Only sessions asked for in this province.")
    private String province = "";

    @Option(names = "--district", paramLabel = "CODE", description = "Only sessions asked for in this district.")
    private String district = "";

    @Option(names = "--facility", paramLabel = "CODE", description = "Only sessions asked for by this facility.")
    private String facility = "";

    @Option(names = "--role", paramLabel = "ROLE", description = "Only people in this role, such as trainee.")
    private String role = "";

    @Option(names = "--format", paramLabel = "FORMAT", description = "csv (default) or json.")
    private String format = "csv";

    @Option(names = "--out", paramLabel = "FILE", description = "A new file; standard output if not given.")
    private Path out;

    @Override
    int run(StoreOptions options) throws IOException, InvalidConfigException {
        ReportQueries.Grouping grouping;
        try {
            grouping = ReportQueries.Grouping.valueOf(by.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw wrong("--by is '" + by + "'; allowed: day, month, province, district, facility, role, total");
        }
        if (!List.of("csv", "json").contains(format)) {
            throw wrong("--format is '" + format + "'; allowed: csv, json");
        }
        String named = role.toUpperCase(Locale.ROOT).replace('-', '_');
        if (!role.isEmpty() && Role.named(named).isEmpty()) {
            throw wrong("--role is '" + role + "'; allowed: one of the roles, such as chair, patient or trainee");
        }
        if (to.isBefore(from)) {
            throw wrong("--to is before --from");
        }
        ReportQueries.Question question = new ReportQueries.Question(from.atStartOfDay(SqlReports.VIETNAM).toInstant(),
                to.plusDays(1).atStartOfDay(SqlReports.VIETNAM).toInstant(), province, district, facility, named,
                grouping);
        try (Store store = StoreOpening.open(options.config())) {
            List<ReportQueries.Row> rows = store.reports().report(question);
            write(out, format.equals("csv") ? ReportSheet.csv(question, rows)
                    : ReportSheet.json(question, rows).toPrettyString() + '\n');
        }
        return 0;
    }
}
