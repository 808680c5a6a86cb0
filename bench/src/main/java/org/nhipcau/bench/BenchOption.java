// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One option of a bench: its name, what it may be, and what it is when not given. Values are checked when the command
 * line is read, so a bench never sees a bad one.
 *
 * @param name with its dashes
 * @param value what stands for its value in the help; empty for a flag
 * @param allowed in words, for the help and for the message about a bad value
 * @param preset the value when it is not given; null: then it has none
 * @param meaning in one line
 * @param kind how it is checked
 * @param min smallest number allowed
 * @param max largest number allowed
 * @param choices the words allowed, of a choice
 */
public record BenchOption(String name, String value, String allowed, String preset, String meaning, Kind kind,
        double min, double max, List<String> choices) {

    /** How a value is checked. */
    public enum Kind { FLAG, WHOLE, WHOLE_LIST, DECIMAL, CHOICE, TEXT, SECRET, OUTPUT, INPUT, PROGRAM }

    /** An option that is there or not. */
    public static BenchOption flag(String name, String meaning) {
        return new BenchOption(name, "", "", null, meaning, Kind.FLAG, 0, 0, List.of());
    }

    /** A whole number in a range. */
    public static BenchOption whole(String name, long min, long max, long preset, String meaning) {
        return new BenchOption(name, "N", "a whole number from " + min + " to " + max, Long.toString(preset), meaning,
                Kind.WHOLE, min, max, List.of());
    }

    /** Whole numbers in a range, with commas between them. */
    public static BenchOption wholes(String name, long min, long max, String preset, String meaning) {
        return new BenchOption(name, "N,N…", "whole numbers from " + min + " to " + max + ", with commas between them",
                preset, meaning, Kind.WHOLE_LIST, min, max, List.of());
    }

    /** A number in a range. */
    public static BenchOption decimal(String name, double min, double max, double preset, String meaning) {
        return new BenchOption(name, "X", String.format(Locale.ROOT, "a number from %s to %s", min, max),
                Double.toString(preset), meaning, Kind.DECIMAL, min, max, List.of());
    }

    /** One of some words. */
    public static BenchOption choice(String name, List<String> choices, String preset, String meaning) {
        return new BenchOption(name, String.join("|", choices), "one of " + String.join(", ", choices), preset, meaning,
                Kind.CHOICE, 0, 0, List.copyOf(choices));
    }

    /** Any text that is not empty; {@code value} is what stands for it in the help, for example PATH. */
    public static BenchOption text(String name, String value, String preset, String meaning) {
        return new BenchOption(name, value, "any text that is not empty", preset, meaning, Kind.TEXT, 0, 0, List.of());
    }

    /** A text that no report may show. */
    public static BenchOption secret(String name, String value, String meaning) {
        return new BenchOption(name, value, "any text that is not empty", null, meaning, Kind.SECRET, 0, 0, List.of());
    }

    /** A file to write; its directory is made where it is missing. */
    public static BenchOption output(String name, String meaning) {
        return new BenchOption(name, "FILE", "a file that can be written", null, meaning, Kind.OUTPUT, 0, 0, List.of());
    }

    /** A file to read. */
    public static BenchOption input(String name, String meaning) {
        return new BenchOption(name, "FILE", "a file that can be read", null, meaning, Kind.INPUT, 0, 0, List.of());
    }

    /** A program to run. */
    public static BenchOption program(String name, String meaning) {
        return new BenchOption(name, "PATH", "a program that can be run", null, meaning, Kind.PROGRAM, 0, 0, List.of());
    }

    boolean accepts(String given) {
        return switch (kind) {
            case FLAG -> false;
            case WHOLE -> isWhole(given);
            case WHOLE_LIST -> Arrays.stream(given.split(",", -1)).allMatch(this::isWhole);
            case DECIMAL -> isDecimal(given);
            case CHOICE -> choices.contains(given);
            case TEXT, SECRET -> !given.isBlank();
            case OUTPUT, INPUT, PROGRAM -> !given.isBlank() && isFile(given);
        };
    }

    private boolean isWhole(String given) {
        try {
            long number = Long.parseLong(given);
            return number >= min && number <= max;
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }

    private boolean isDecimal(String given) {
        try {
            double number = Double.parseDouble(given);
            return number >= min && number <= max;
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }

    private boolean isFile(String given) {
        try {
            Path file = Path.of(given);
            return switch (kind) {
                case OUTPUT -> canBeWritten(file);
                case PROGRAM -> Files.isExecutable(file) && Files.isRegularFile(file);
                default -> Files.isReadable(file) && Files.isRegularFile(file);
            };
        } catch (InvalidPathException noPath) {
            return false;
        }
    }

    // By trying: better now than when all is measured.
    private static boolean canBeWritten(Path file) {
        boolean isThere = Files.exists(file);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
            if (!isThere) {
                Files.delete(file);
            }
            return true;
        } catch (IOException | RuntimeException refused) {
            return false;
        }
    }

    /** The option as the help shows it. */
    String helpLine() {
        String left = value.isEmpty() ? name : name + " " + value;
        boolean ranged = kind == Kind.WHOLE || kind == Kind.WHOLE_LIST || kind == Kind.DECIMAL;
        String range = ranged ? allowed + "; " : "";
        String otherwise = preset == null || kind == Kind.FLAG ? "" : "default " + preset;
        String end = (range + otherwise).isEmpty() ? "" : " (" + range + otherwise + ")";
        if (end.endsWith("; )")) {
            end = end.substring(0, end.length() - 3) + ")";
        }
        return String.format(Locale.ROOT, "  %-28s %s%s", left, meaning, end);
    }
}
