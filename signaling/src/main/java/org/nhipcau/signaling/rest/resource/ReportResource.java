// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.rest.json.BodyProblem;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.store.ReportQueries;
import org.nhipcau.signaling.store.ReportQueries.Grouping;
import org.nhipcau.signaling.store.ReportQueries.Question;
import org.nhipcau.signaling.store.ReportQueries.Row;
import org.nhipcau.signaling.store.sheet.ReportSheet;

/**
 * Counts of sessions, participants and minutes, as JSON and CSV.
 *
 * <p>Spec: requirement D4; RFC 4180. Thread: any that may block.
 */
public final class ReportResource {
    private static final ZoneId VIETNAM = ZoneId.of("Asia/Ho_Chi_Minh");
    private static final String CSV = "text/csv";
    private static final String AREA_CODE = "[A-Za-z0-9-]{1,16}";

    private final ReportQueries queries;

    /** As what a report comes. */
    public enum ReportFormat { JSON, CSV }

    /** What is counted. */
    public record ReportQuery(
            @Field("First day, in Vietnam's time.") LocalDate from,
            @Field("Last day, in Vietnam's time.") LocalDate to,
            @Field("What the rows are made by.") Grouping by,
            @Field(value = "Only of this province.", optional = true, pattern = AREA_CODE) String province,
            @Field(value = "Only of this district.", optional = true, pattern = AREA_CODE) String district,
            @Field(value = "Only asked for by this facility.", optional = true,
                    pattern = ConsultationBodies.FACILITY_CODE) String facility,
            @Field(value = "Only stays in this role.", optional = true) Role role,
            @Field(value = "Absent: json.", optional = true) ReportFormat format) {}

    /** A row of a report. */
    public record ReportRow(
            @Field(value = "Day, month, code or role that the row counts; empty for the total.", minLength = 0)
            String key,
            @Field("Consultations that took place.") long sessions,
            @Field("Those of them that were emergencies.") long emergencies,
            @Field("People, each once per row.") long participants,
            @Field("Stays.") long stays,
            @Field("Minutes of all stays together.") long minutes) {
        static ReportRow of(Row row) {
            return new ReportRow(row.key(), row.sessions(), row.emergencies(), row.participants(), row.stays(),
                    row.minutes());
        }
    }

    /** A report. */
    public record ReportView(
            @Field("First day.") LocalDate from,
            @Field("Last day.") LocalDate to,
            @Field("What the rows are made by.") Grouping by,
            @Field(value = "In the order of their keys.", maxItems = 100_000) List<ReportRow> rows) {}

    public ReportResource(ReportQueries queries) {
        this.queries = queries;
    }

    /** Its routes. */
    public List<Route> routes() {
        return List.of(Route.get("/reports", Scope.REPORTS_READ, "Count sessions, participants and minutes.")
                .query(ReportQuery.class).answersJsonOrFile(ReportView.class, "The report.", CSV)
                .problems(ProblemType.NOT_FOUND).by(this::report));
    }

    private Reply report(Call call) {
        ReportQuery query = call.query(ReportQuery.class);
        if (query.to().isBefore(query.from())) {
            throw new ProblemException(List.of(new BodyProblem("/to", "not before from")));
        }
        if (query.facility() != null) {
            call.needFacility(query.facility());
        }
        String facility = query.facility() != null ? query.facility() : call.principal().facility();
        Question question = new Question(query.from().atStartOfDay(VIETNAM).toInstant(),
                query.to().plusDays(1).atStartOfDay(VIETNAM).toInstant(), text(query.province()),
                text(query.district()), facility, query.role() == null ? "" : query.role().name(), query.by());
        List<ReportRow> rows = Consultations.told(() -> queries.report(question)).stream().map(ReportRow::of).toList();
        return query.format() == ReportFormat.CSV ? csv(query, rows)
                : Reply.of(200, new ReportView(query.from(), query.to(), query.by(), rows));
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }

    private static Reply csv(ReportQuery query, List<ReportRow> rows) {
        StringBuilder text = new StringBuilder("key,sessions,emergencies,participants,stays,minutes\r\n");
        for (ReportRow row : rows) {
            text.append(ReportSheet.cell(row.key())).append(',').append(row.sessions()).append(',').append(row.emergencies()).append(',')
                    .append(row.participants()).append(',').append(row.stays()).append(',').append(row.minutes())
                    .append("\r\n");
        }
        return Reply.file(CSV, "report-" + query.from() + '-' + query.to() + ".csv",
                text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
