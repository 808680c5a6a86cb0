// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.nhipcau.signaling.token.StrictJson;

/**
 * Fills a record from a stranger's body, and tells everything that is wrong with it at once: unknown members, missing
 * ones, wrong types, texts and numbers out of bounds.
 *
 * <p>Texts are free of control characters, so that no name can break a line of a log, a list or a PDF.
 *
 * <p>Thread: one call. Owns: the problems found.
 */
public final class BodyReader {
    private static final int MAX_PROBLEMS = 20;

    /** Years that a calendar of consultations can hold. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    private final List<BodyProblem> problems = new ArrayList<>();
    private final boolean tolerant;

    /** The body does not fit the record. */
    public static final class UnfitException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient List<BodyProblem> problems;

        UnfitException(List<BodyProblem> problems) {
            super("the body does not fit", null, false, false);
            this.problems = List.copyOf(problems);
        }

        public List<BodyProblem> problems() {
            return problems;
        }
    }

    private BodyReader(boolean tolerant) {
        this.tolerant = tolerant;
    }

    /**
     * Reads one body.
     *
     * @throws UnfitException with all that is wrong, up to a bound
     */
    public static <T extends Record> T read(byte[] body, Class<T> type) throws UnfitException {
        JsonNode node = StrictJson.read(body);
        if (node == null) {
            throw new UnfitException(List.of(new BodyProblem("", "a JSON object, in UTF-8, with no member twice")));
        }
        return read(node, type);
    }

    /**
     * Reads what is parsed already.
     *
     * @throws UnfitException with all that is wrong, up to a bound
     */
    public static <T extends Record> T read(JsonNode node, Class<T> type) throws UnfitException {
        return read(node, type, new BodyReader(false));
    }

    /**
     * Reads an answer, which may have members that a later server has added.
     *
     * @throws UnfitException with all that is wrong, up to a bound
     */
    public static <T extends Record> T readTolerantly(byte[] body, Class<T> type) throws UnfitException {
        JsonNode node = StrictJson.read(body);
        return read(node == null ? JsonNodeFactory.instance.nullNode() : node, type, new BodyReader(true));
    }

    private static <T extends Record> T read(JsonNode node, Class<T> type, BodyReader reader) throws UnfitException {
        Object record = reader.object(node, type, "");
        if (!reader.problems.isEmpty()) {
            throw new UnfitException(reader.problems);
        }
        return type.cast(record);
    }

    private void problem(String pointer, String detail) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(new BodyProblem(pointer, detail));
        }
    }

    private Object object(JsonNode node, Class<?> type, String pointer) {
        if (!node.isObject()) {
            problem(pointer, "an object");
            return null;
        }
        int before = problems.size();
        RecordComponent[] components = type.getRecordComponents();
        Set<String> known = Arrays.stream(components).map(RecordComponent::getName).collect(Collectors.toSet());
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!tolerant && !known.contains(member.getKey())) {
                // The name is a stranger's: it may be a patient's.
                problem(pointer, "no other members than " + String.join(", ", new java.util.TreeSet<>(known)));
                break;
            }
        }
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = component(node.get(components[i].getName()), components[i],
                    pointer + '/' + components[i].getName());
        }
        return problems.size() > before ? null : create(type, types, values, pointer);
    }

    private Object create(Class<?> type, Class<?>[] types, Object[] values, String pointer) {
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(types);
            canonical.setAccessible(true);
            return canonical.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                problem(pointer, refused.getMessage());
                return null;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object component(JsonNode node, RecordComponent component, String pointer) {
        Field field = Shape.field(component);
        if (node == null || node.isNull()) {
            if (!field.optional()) {
                problem(pointer, "it is required");
            }
            return component.getType() == List.class ? List.of() : null;
        }
        return value(node, component.getType(), component.getGenericType(), field, pointer);
    }

    private Object value(JsonNode node, Class<?> type, Type generic, Field field, String pointer) {
        return switch (Shape.of(type)) {
            case TEXT -> text(node, field, pointer);
            case INTEGER -> integer(node, type, field, pointer);
            case DECIMAL -> decimal(node, field, pointer);
            case FLAG -> flag(node, pointer);
            case MOMENT -> moment(node, pointer);
            case DAY -> day(node, pointer);
            case CHOICE -> choice(node, type, pointer);
            case LIST -> list(node, generic, field, pointer);
            case OBJECT -> object(node, type, pointer);
            case ANY -> node;
        };
    }

    private String text(JsonNode node, Field field, String pointer) {
        String text = node.isTextual() ? node.textValue().strip() : null;
        if (text == null || text.length() < field.minLength() || text.length() > field.maxLength()) {
            problem(pointer, "a text of " + field.minLength() + " to " + field.maxLength() + " characters");
            return null;
        }
        if (text.codePoints().anyMatch(BodyReader::unprintable)) {
            problem(pointer, "a text without control characters");
            return null;
        }
        if (!field.pattern().isEmpty() && !Pattern.matches(field.pattern(), text)) {
            problem(pointer, "a text that matches " + field.pattern());
            return null;
        }
        return text;
    }

    /** Controls, line ends, and what turns the direction of writing. */
    private static boolean unprintable(int c) {
        return Character.isISOControl(c) || c >= 0x2028 && c <= 0x202E || c >= 0x2066 && c <= 0x2069
                || c == 0x200E || c == 0x200F || c == 0x061C || c == 0xFEFF
                || Character.getType(c) == Character.SURROGATE || Character.getType(c) == Character.UNASSIGNED;
    }

    private Object integer(JsonNode node, Class<?> type, Field field, String pointer) {
        boolean narrow = type == int.class || type == Integer.class;
        long max = narrow ? Math.min(field.max(), Integer.MAX_VALUE) : field.max();
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < field.min()
                || node.longValue() > max) {
            problem(pointer, "a whole number, " + field.min() + " to " + max);
            return null;
        }
        return narrow ? (Object) node.intValue() : (Object) node.longValue();
    }

    private Object decimal(JsonNode node, Field field, String pointer) {
        double value = node.isNumber() ? node.doubleValue() : Double.NaN;
        if (!(value >= field.min() && value <= field.max())) {
            problem(pointer, "a number, " + field.min() + " to " + field.max());
            return null;
        }
        return value;
    }

    private Object flag(JsonNode node, String pointer) {
        if (!node.isBoolean()) {
            problem(pointer, "true or false");
            return null;
        }
        return node.booleanValue();
    }

    private Object moment(JsonNode node, String pointer) {
        Instant moment = node.isTextual() ? moment(node.textValue()) : null;
        if (moment == null) {
            problem(pointer, "a moment as RFC 3339 has it, with its offset: 2026-11-22T08:00:00Z");
        }
        return moment;
    }

    /** A moment of this or the next century; null when the text is none. */
    public static Instant moment(String text) {
        try {
            Instant moment = text.length() > 40 ? null : OffsetDateTime.parse(text).toInstant();
            return moment == null || moment.isBefore(EARLIEST) || moment.isAfter(LATEST) ? null : moment;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** A day of this or the next century; null when the text is none. */
    public static LocalDate day(String text) {
        try {
            LocalDate day = text.matches("2[01][0-9]{2}-[0-9]{2}-[0-9]{2}") ? LocalDate.parse(text) : null;
            return day;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private Object day(JsonNode node, String pointer) {
        LocalDate day = node.isTextual() ? day(node.textValue()) : null;
        if (day == null) {
            problem(pointer, "a day: 2026-11-22");
        }
        return day;
    }

    private Object choice(JsonNode node, Class<?> type, String pointer) {
        for (Object constant : type.getEnumConstants()) {
            if (node.isTextual() && node.textValue().equals(Shape.wireName(constant))) {
                return constant;
            }
        }
        problem(pointer, "one of " + Arrays.stream(type.getEnumConstants()).map(Shape::wireName)
                .collect(Collectors.joining(", ")));
        return null;
    }

    private Object list(JsonNode node, Type generic, Field field, String pointer) {
        if (!node.isArray() || node.size() > field.maxItems()) {
            problem(pointer, "a list of at most " + field.maxItems());
            return null;
        }
        Class<?> element = Shape.elementOf(generic);
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            Object value = value(node.get(i), element, element, field, pointer + '/' + i);
            if (value != null) {
                values.add(value);
            }
        }
        return List.copyOf(values);
    }
}
