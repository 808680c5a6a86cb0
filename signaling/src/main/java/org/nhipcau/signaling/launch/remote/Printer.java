// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch.remote;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.nhipcau.signaling.rest.json.BodyWriter;
import org.nhipcau.signaling.token.StrictJson;

/** Prints answers as tables with headings in both languages, or as they came. Thread: the command's. */
final class Printer {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MM/yyyy HH:mm")
            .withZone(ZoneId.of("Asia/Ho_Chi_Minh"));

    private final PrintWriter out;
    private final boolean json;

    Printer(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** Prints rows, unless JSON is wanted, then the record. */
    void table(Record answer, List<String> headings, List<List<String>> rows) {
        if (json) {
            json(answer);
            return;
        }
        List<List<String>> all = new ArrayList<>();
        all.add(headings);
        all.addAll(rows);
        int[] widths = new int[headings.size()];
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(i + 1 < widths.length ? widths[i] - width(row.get(i)) + 2 : 0));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    // Vietnamese letters take one column each, however many code points they are.
    private static int width(String text) {
        return (int) text.codePoints().filter(c -> Character.getType(c) != Character.NON_SPACING_MARK).count();
    }

    /** Prints what is there of one thing, a line each, unless JSON is wanted, then the record. */
    void lines(Record answer, String... namesAndValues) {
        if (json) {
            json(answer);
            return;
        }
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i + 1] != null && !namesAndValues[i + 1].isEmpty()) {
                out.println(namesAndValues[i] + ": " + namesAndValues[i + 1]);
            }
        }
    }

    private void json(Record answer) {
        out.println(new String(StrictJson.write(BodyWriter.write(answer)), StandardCharsets.UTF_8));
    }

    /** Prints a line. */
    void line(String text) {
        out.println(text);
    }

    /** Says where a list goes on; nothing at its end. */
    void more(String cursor) {
        if (cursor != null && !json) {
            out.println("còn nữa · more: --cursor " + cursor);
        }
    }

    /** A moment in Vietnam's time; empty for none. */
    static String time(Instant at) {
        return at == null ? "" : TIME.format(at);
    }

    /** Yes or no. */
    static String yes(boolean value) {
        return value ? "có · yes" : "không · no";
    }

    /** A text that may be missing. */
    static String text(String value) {
        return value == null ? "" : value;
    }
}
