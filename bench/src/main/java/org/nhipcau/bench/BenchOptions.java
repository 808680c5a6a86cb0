// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A bench's command line, checked against what the bench declares: an unknown option, a value out of range or a missing
 * one stops the run with what is allowed. Options are {@code --name value} or {@code --name=value}.
 */
public final class BenchOptions {
    private final List<BenchOption> known;
    private final Map<String, String> given;
    private final List<String> words;

    private BenchOptions(List<BenchOption> known, Map<String, String> given, List<String> words) {
        this.known = known;
        this.given = given;
        this.words = words;
    }

    /** A command line that is wrong; the message says what is allowed. */
    public static final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        public UsageException(String message) {
            super(message);
        }
    }

    /** @throws UsageException when a word is not an option of {@code known} or its value is not allowed */
    public static BenchOptions parse(List<BenchOption> known, List<String> arguments) throws UsageException {
        Map<String, String> given = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            BenchOption option = known.stream().filter(each -> each.name().equals(name)).findFirst()
                    .orElseThrow(() -> unknown(name, known));
            if (option.kind() == BenchOption.Kind.FLAG) {
                if (equals >= 0) {
                    throw new UsageException(name + " takes no value");
                }
                given.put(name, "");
                continue;
            }
            if (equals < 0 && i + 1 == arguments.size()) {
                throw new UsageException(name + " needs a value; allowed: " + option.allowed());
            }
            String value = equals < 0 ? arguments.get(++i) : word.substring(equals + 1);
            if (!option.accepts(value)) {
                throw new UsageException(name + " is '" + value + "'; allowed: " + option.allowed());
            }
            if (given.put(name, value) != null) {
                throw new UsageException(name + " is given twice");
            }
        }
        return new BenchOptions(known, given, List.of());
    }

    /** For a bench that reads its words by itself. */
    static BenchOptions ofWords(List<String> words) {
        return new BenchOptions(List.of(), Map.of(), List.copyOf(words));
    }

    private static UsageException unknown(String name, List<BenchOption> known) {
        return new UsageException("unknown option '" + name + "'; known: "
                + known.stream().map(BenchOption::name).collect(Collectors.joining(" ")));
    }

    /** The words of a bench that reads them by itself. */
    public List<String> words() {
        return words;
    }

    public boolean flag(String name) {
        option(name);
        return given.containsKey(name);
    }

    /** Whether it stands on the command line, rather than having its preset. */
    public boolean isGiven(String name) {
        option(name);
        return given.containsKey(name);
    }

    public int whole(String name) {
        return Math.toIntExact(Long.parseLong(value(name)));
    }

    public int[] wholes(String name) {
        return Arrays.stream(value(name).split(",")).mapToInt(Integer::parseInt).toArray();
    }

    public double decimal(String name) {
        return Double.parseDouble(value(name));
    }

    /** The value of a choice or text that has a preset. */
    public String text(String name) {
        return value(name);
    }

    /** The value of a text without preset, if it was given. */
    public Optional<String> optionalText(String name) {
        return Optional.ofNullable(given.getOrDefault(name, option(name).preset()));
    }

    private String value(String name) {
        return optionalText(name).orElseThrow(() -> new IllegalStateException(name + " has no preset"));
    }

    private BenchOption option(String name) {
        return known.stream().filter(each -> each.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " is not declared"));
    }

    /** All options with their values, given or preset, for the report. */
    Map<String, String> asMap() {
        Map<String, String> all = new LinkedHashMap<>();
        if (!words.isEmpty()) {
            all.put("words", String.join(" ", words));
        }
        for (BenchOption option : known) {
            if (option.kind() == BenchOption.Kind.FLAG) {
                all.put(option.name(), Boolean.toString(given.containsKey(option.name())));
            } else {
                boolean secret = option.kind() == BenchOption.Kind.SECRET;
                optionalText(option.name()).ifPresent(value -> all.put(option.name(), secret ? "(given)" : value));
            }
        }
        return all;
    }
}
