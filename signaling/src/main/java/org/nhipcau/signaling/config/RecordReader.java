// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Fills a record from a section: each component from the key of its name in kebab case. Problems are collected, so that
 * an operator sees all of them at once.
 *
 * <p>Thread: start-up.
 */
final class RecordReader {
    private final Config config;
    private final List<String> problems;

    RecordReader(Config config, List<String> problems) {
        this.config = config;
        this.problems = problems;
    }

    /**
     * Reads one record.
     *
     * @param prefix of its keys, with a dot at the end; empty for the root
     * @return null when there was a problem
     */
    <T extends Record> T read(Class<T> type, String prefix) {
        int before = problems.size();
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            String name = components[i].getName();
            values[i] = value(components[i], prefix + KeyNames.kebab(name));
        }
        return problems.size() > before ? null : create(type, types, values, prefix);
    }

    private <T extends Record> T create(Class<T> type, Class<?>[] types, Object[] values, String prefix) {
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                problems.add(inKeys(refused.getMessage(), type, prefix));
                return null;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Records name their components in their messages; operators know keys. */
    private static String inKeys(String message, Class<? extends Record> type, String prefix) {
        StringBuilder told = new StringBuilder();
        for (String word : message.split(" ")) {
            boolean component = false;
            for (RecordComponent candidate : type.getRecordComponents()) {
                component |= candidate.getName().equals(word);
            }
            told.append(told.isEmpty() ? "" : " ").append(component ? prefix + KeyNames.kebab(word) : word);
        }
        return told.toString();
    }

    private Object value(RecordComponent component, String key) {
        Class<?> type = component.getType();
        try {
            if (type == int.class || type == long.class) {
                return number(type, key);
            } else if (type == boolean.class) {
                return config.getBoolean(key);
            } else if (type == String.class) {
                return text(key);
            } else if (type == Path.class) {
                return path(key);
            } else if (type == List.class) {
                return config.getStringList(key);
            } else if (type == Map.class) {
                return map(key);
            } else if (type.isEnum()) {
                return constant(type, key);
            } else if (type.isRecord()) {
                return read(type.asSubclass(Record.class), key + '.');
            }
        } catch (ConfigException.WrongType e) {
            problems.add(key + " is " + shown(key) + "; allowed: " + expected(type));
            return null;
        } catch (ConfigException.Missing e) {
            problems.add(key + " is null; allowed: " + expected(type));
            return null;
        }
        throw new IllegalStateException("no way to read " + component);
    }

    private Object number(Class<?> type, String key) {
        ConfigValue value = config.getValue(key);
        KeyRules.Range range = KeyRules.RANGES.get(key);
        long number;
        try {
            // By way of text: the library would cut fractions and take 1e3.
            number = Long.parseLong(String.valueOf(value.unwrapped()).strip());
        } catch (NumberFormatException e) {
            problems.add(key + " is " + shown(key) + "; allowed: a whole number"
                    + (range == null ? "" : ", " + range));
            return null;
        }
        boolean outside = range != null && (number < range.min() || number > range.max());
        if (outside || type == int.class && number != (int) number) {
            problems.add(key + " is " + number + "; allowed: " + (range == null ? "a 32-bit number" : range));
            return null;
        }
        return type == int.class ? (Object) (int) number : (Object) number;
    }

    private String text(String key) {
        String value = config.getString(key).strip();
        List<String> choices = KeyRules.CHOICES.get(key);
        if (choices != null && !choices.contains(value)) {
            problems.add(key + " is " + shown(key) + "; allowed: " + String.join(", ", choices));
        }
        return value;
    }

    private Object constant(Class<?> type, String key) {
        String value = config.getString(key).strip();
        for (Object constant : type.getEnumConstants()) {
            if (named(constant).equals(value)) {
                return constant;
            }
        }
        problems.add(key + " is " + shown(key) + "; allowed: " + names(type));
        return null;
    }

    private static String names(Class<?> type) {
        return Arrays.stream(type.getEnumConstants()).map(RecordReader::named).collect(Collectors.joining(", "));
    }

    private static String named(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    private Path path(String key) {
        String value = config.getString(key).strip();
        try {
            if (!value.isEmpty()) {
                return Path.of(value);
            }
        } catch (InvalidPathException e) {
            // Told below.
        }
        problems.add(key + " is " + shown(key) + "; allowed: the path of a directory");
        return null;
    }

    private Map<String, String> map(String key) {
        Map<String, String> map = new LinkedHashMap<>();
        config.getObject(key).forEach((name, value) -> {
            if (value.valueType() == ConfigValueType.STRING || value.valueType() == ConfigValueType.NUMBER) {
                map.put(name, String.valueOf(value.unwrapped()));
            } else {
                problems.add(key + "." + ConfigUtil.quoteString(name)
                        + " is no text; allowed: \"name\": \"secret\" (put names with dots in quotes)");
            }
        });
        return map;
    }

    private String shown(String key) {
        return KeyRedaction.shown(key, config.getValue(key));
    }

    private static String expected(Class<?> type) {
        return type == boolean.class ? "true or false" : type == List.class ? "a list of texts, [\"a\", \"b\"]"
                : type == Map.class ? "a map, { \"name\": \"secret\" }"
                : type == String.class || type == Path.class ? "a text"
                : type.isEnum() ? names(type) : type.isRecord() ? "a section, { … }" : "a whole number";
    }

    /** All keys of a record, as {@link #read} would ask for them; maps end with a dot and a star. */
    static List<String> keysOf(Class<? extends Record> type, String prefix) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String key = prefix + KeyNames.kebab(component.getName());
            if (component.getType().isRecord()) {
                keys.addAll(keysOf(component.getType().asSubclass(Record.class), key + '.'));
            } else {
                keys.add(component.getType() == Map.class ? key + ".*" : key);
            }
        }
        return keys;
    }
}
