// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.plot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A line plot: title, two axes with ticks and units, lines with markers and whiskers, a legend, perhaps a target.
 *
 * <p>Colours follow the page: dark on light, or light on dark where the reader's system prefers that.
 * Thread: one.
 */
public final class LinePlot {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 76;
    private static final int RIGHT = 24;
    private static final int TOP = 64;
    private static final int BOTTOM = 56;
    private static final int LEGEND_LINE = 18;
    private static final int COLOURS = 6;

    private static final String STYLE = """
            <style>
              .page { fill: #ffffff } .text { fill: #24292f } .faint { fill: #57606a }
              .grid { stroke: #d0d7de } .axis { stroke: #57606a } .target { stroke: #cf222e; stroke-dasharray: 6 4 }
              .line { fill: none; stroke-width: 2 } text { font: 12px sans-serif } .title { font: bold 15px sans-serif }
              .s0 { stroke: #0969da } .s1 { stroke: #bc4c00 } .s2 { stroke: #1a7f37 }
              .s3 { stroke: #8250df } .s4 { stroke: #bf3989 } .s5 { stroke: #6e7781 }
              .m0 { fill: #0969da } .m1 { fill: #bc4c00 } .m2 { fill: #1a7f37 }
              .m3 { fill: #8250df } .m4 { fill: #bf3989 } .m5 { fill: #6e7781 }
              @media (prefers-color-scheme: dark) {
                .page { fill: #0d1117 } .text { fill: #e6edf3 } .faint { fill: #9198a1 }
                .grid { stroke: #30363d } .axis { stroke: #9198a1 } .target { stroke: #ff7b72 }
                .s0 { stroke: #58a6ff } .s1 { stroke: #f0883e } .s2 { stroke: #3fb950 }
                .s3 { stroke: #bc8cff } .s4 { stroke: #f778ba } .s5 { stroke: #8b949e }
                .m0 { fill: #58a6ff } .m1 { fill: #f0883e } .m2 { fill: #3fb950 }
                .m3 { fill: #bc8cff } .m4 { fill: #f778ba } .m5 { fill: #8b949e }
              }
            </style>
            """;

    private final String title;
    private final String subtitle;
    private final Axis across;
    private final Axis up;
    private final List<Series> lines = new ArrayList<>();
    private double target = Double.NaN;
    private String targetName;

    /** @param subtitle what it was measured with; may be empty */
    public LinePlot(String title, String subtitle, Axis across, Axis up) {
        this.title = title;
        this.subtitle = subtitle;
        this.across = across;
        this.up = up;
    }

    /** Adds a line; an empty one is left out. */
    public LinePlot add(Series line) {
        if (!line.isEmpty()) {
            lines.add(line);
        }
        return this;
    }

    /** Draws a level that the figures are to be compared with. */
    public LinePlot target(String name, double value) {
        targetName = name;
        target = value;
        return this;
    }

    /** Writes the file and the folders that it needs. */
    public Path write(Path file) throws IOException {
        if (file.toAbsolutePath().getParent() != null) {
            Files.createDirectories(file.toAbsolutePath().getParent());
        }
        return Files.writeString(file, svg());
    }

    /** @throws IllegalStateException when there is no point to draw */
    public String svg() {
        return svg("");
    }

    /** Plots below each other as one picture, for what happened at the same time. */
    public static String stacked(List<LinePlot> plots) {
        StringBuilder svg = new StringBuilder(65_536);
        put(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
                WIDTH, HEIGHT * plots.size(), plots.isEmpty() ? "" : escape(plots.getFirst().title));
        for (int i = 0; i < plots.size(); i++) {
            svg.append(plots.get(i).svg(String.format(Locale.ROOT, " y=\"%d\" width=\"%d\" height=\"%d\"",
                    i * HEIGHT, WIDTH, HEIGHT)));
        }
        return svg.append("</svg>\n").toString();
    }

    private String svg(String place) {
        if (lines.isEmpty()) {
            throw new IllegalStateException("a plot without a point: " + title);
        }
        Axis.Range x = across.range(least(Series.Point::x), most(Series.Point::x));
        double low = Double.isNaN(target) ? least(Series.Point::low) : Math.min(target, least(Series.Point::low));
        double high = Double.isNaN(target) ? most(Series.Point::high) : Math.max(target, most(Series.Point::high));
        Axis.Range y = up.range(low, high);
        StringBuilder svg = new StringBuilder(8_192);
        put(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\"%s viewBox=\"0 0 %d %d\" role=\"img\""
                + " aria-label=\"%s\">%n", place, WIDTH, HEIGHT, escape(title));
        svg.append(STYLE);
        put(svg, "<rect class=\"page\" width=\"%d\" height=\"%d\"/>%n", WIDTH, HEIGHT);
        put(svg, "<text class=\"text title\" x=\"%d\" y=\"24\">%s</text>%n", LEFT, escape(title));
        put(svg, "<text class=\"faint\" x=\"%d\" y=\"44\">%s</text>%n", LEFT, escape(subtitle));
        drawAxes(svg, x, y);
        if (!Double.isNaN(target)) {
            put(svg, "<line class=\"target\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>%n", LEFT, atY(y, target),
                    WIDTH - RIGHT, atY(y, target));
            put(svg, "<text class=\"faint\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n", WIDTH - RIGHT - 4,
                    atY(y, target) - 5, escape(targetName));
        }
        for (int i = 0; i < lines.size(); i++) {
            drawLine(svg, lines.get(i), i % COLOURS, x, y);
        }
        drawLegend(svg);
        return svg.append("</svg>\n").toString();
    }

    private void drawAxes(StringBuilder svg, Axis.Range x, Axis.Range y) {
        int bottom = HEIGHT - BOTTOM;
        for (double tick : y.ticks()) {
            put(svg, "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>%n", LEFT, atY(y, tick),
                    WIDTH - RIGHT, atY(y, tick));
            put(svg, "<text class=\"text\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n", LEFT - 8,
                    atY(y, tick) + 4, Axis.text(tick));
        }
        for (double tick : x.ticks()) {
            put(svg, "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>%n", atX(x, tick), TOP,
                    atX(x, tick), bottom);
            put(svg, "<text class=\"text\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n", atX(x, tick),
                    bottom + 18, Axis.text(tick));
        }
        put(svg, "<path class=\"axis\" fill=\"none\" d=\"M%d %d V%d H%d\"/>%n", LEFT, TOP, bottom, WIDTH - RIGHT);
        put(svg, "<text class=\"faint\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, escape(across.label()));
        put(svg, "<text class=\"faint\" transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>%n",
                (TOP + bottom) / 2, escape(up.label()));
    }

    private static void drawLine(StringBuilder svg, Series line, int colour, Axis.Range x, Axis.Range y) {
        StringBuilder path = new StringBuilder();
        for (Series.Point point : line.points()) {
            put(path, "%s%.1f %.1f", path.isEmpty() ? "M" : " L", atX(x, point.x()), atY(y, point.y()));
        }
        put(svg, "<path class=\"line s%d\" d=\"%s\"/>%n", colour, path);
        // Many points are a course over time: markers would hide it.
        boolean few = line.points().size() <= 60;
        for (Series.Point point : line.points()) {
            if (point.low() < point.high()) {
                put(svg, "<line class=\"s%d\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n", colour,
                        atX(x, point.x()), atY(y, point.low()), atX(x, point.x()), atY(y, point.high()));
            }
            if (few) {
                put(svg, "<circle class=\"m%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>%n", colour, atX(x, point.x()),
                        atY(y, point.y()));
            }
        }
    }

    private void drawLegend(StringBuilder svg) {
        if (lines.size() < 2) {
            return;
        }
        for (int i = 0; i < lines.size(); i++) {
            int top = TOP + 12 + i * LEGEND_LINE;
            put(svg, "<rect class=\"m%d\" x=\"%d\" y=\"%d\" width=\"14\" height=\"4\"/>%n", i % COLOURS, LEFT + 12, top);
            put(svg, "<text class=\"text\" x=\"%d\" y=\"%d\">%s</text>%n", LEFT + 32, top + 6,
                    escape(lines.get(i).name()));
        }
    }

    private double least(ToDoubleFunction<Series.Point> of) {
        return lines.stream().flatMap(line -> line.points().stream()).mapToDouble(of).min().orElseThrow();
    }

    private double most(ToDoubleFunction<Series.Point> of) {
        return lines.stream().flatMap(line -> line.points().stream()).mapToDouble(of).max().orElseThrow();
    }

    private static double atX(Axis.Range range, double value) {
        return LEFT + range.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private static double atY(Axis.Range range, double value) {
        return HEIGHT - BOTTOM - range.place(value) * (HEIGHT - TOP - BOTTOM);
    }

    private static void put(StringBuilder to, String format, Object... values) {
        to.append(String.format(Locale.ROOT, format, values));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
