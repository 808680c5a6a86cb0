// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.io.PrintStream;
import java.util.List;

/** Columns of text, as wide as their longest cell; numbers stand to the right. */
final class TextTable {
    private final List<List<String>> lines;

    /** @param lines the first is the head; a line may be shorter than it */
    TextTable(List<List<String>> lines) {
        this.lines = lines;
    }

    void print(PrintStream out) {
        int columns = lines.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> line : lines) {
            for (int i = 0; i < line.size(); i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (int row = 0; row < lines.size(); row++) {
            out.println(line(lines.get(row), widths).stripTrailing());
            if (row == 0) {
                out.println("-".repeat(Math.max(1, java.util.Arrays.stream(widths).sum() + 2 * (columns - 1))));
            }
        }
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            String space = " ".repeat(widths[i] - cell.length());
            text.append(isNumberColumn(i) ? space + cell : cell + space).append("  ");
        }
        return text.toString();
    }

    private boolean isNumberColumn(int column) {
        return lines.stream().skip(1).filter(line -> column < line.size()).map(line -> line.get(column))
                .filter(cell -> !cell.isEmpty()).allMatch(cell -> Character.isDigit(cell.charAt(cell.length() - 1))
                        && (Character.isDigit(cell.charAt(0)) || cell.charAt(0) == '-'));
    }
}
