// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sheet;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.nhipcau.signaling.store.ReportQueries;

/**
 * A report as JSON or CSV. A cell that a spreadsheet could take for a formula begins with an apostrophe.
 *
 * <p>Spec: RFC 4180. Thread: any.
 */
public final class ReportSheet {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String HEAD = "%s,sessions,emergencies,participants,stays,minutes\r\n";

    private ReportSheet() {}

    /** The rows, and what was asked. */
    public static ObjectNode json(ReportQueries.Question question, List<ReportQueries.Row> rows) {
        ObjectNode out = JSON.createObjectNode().put("from", question.from().toString())
                .put("to", question.to().toString()).put("by", question.grouping().name().toLowerCase(Locale.ROOT));
        ArrayNode list = out.putArray("rows");
        for (ReportQueries.Row row : rows) {
            list.addObject().put("key", row.key()).put("sessions", row.sessions()).put("emergencies", row.emergencies())
                    .put("participants", row.participants()).put("stays", row.stays()).put("minutes", row.minutes());
        }
        return out;
    }

    /** The rows; the first line names the columns. */
    public static String csv(ReportQueries.Question question, List<ReportQueries.Row> rows) {
        StringBuilder out = new StringBuilder(
                String.format(Locale.ROOT, HEAD, question.grouping().name().toLowerCase(Locale.ROOT)));
        for (ReportQueries.Row row : rows) {
            out.append(cell(row.key())).append(',').append(row.sessions()).append(',').append(row.emergencies())
                    .append(',').append(row.participants()).append(',').append(row.stays()).append(',')
                    .append(row.minutes()).append("\r\n");
        }
        return out.toString();
    }

    /** A text as one cell that every spreadsheet takes for a text. */
    public static String cell(String text) {
        String safe = text;
        // Spreadsheets skip blanks before they look for a formula.
        String shown = text.stripLeading();
        if (!shown.isEmpty() && "=+-@\uFF1D\uFF0B\uFF0D\uFF20|".indexOf(shown.charAt(0)) >= 0
                || !text.isEmpty() && "\t\r\n".indexOf(text.charAt(0)) >= 0) {
            safe = '\'' + text;
        }
        boolean quoted = safe.chars()
                .anyMatch(c -> c == '"' || c == ',' || c == ';' || c == '\n' || c == '\r' || c == '\t');
        return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }
}
