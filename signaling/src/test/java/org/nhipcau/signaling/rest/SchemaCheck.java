// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Holds JSON against the schemas of the published document, and remembers which members of which schema it has met. */
final class SchemaCheck {
    private static final String REFERENCE = "#/components/schemas/";

    private final JsonNode schemas;
    final Set<String> met = new TreeSet<>();

    SchemaCheck(JsonNode document) {
        this.schemas = document.path("components").path("schemas");
    }

    /** The schema that a reference means. */
    JsonNode referred(JsonNode schema) {
        return schemas.path(schema.path("$ref").textValue().substring(REFERENCE.length()));
    }

    /** What is wrong with a value; empty: nothing. */
    List<String> problems(JsonNode schema, JsonNode value) {
        List<String> problems = new ArrayList<>();
        check(schema, value, "", "", problems);
        return problems;
    }

    private void check(JsonNode schema, JsonNode value, String name, String place, List<String> problems) {
        if (schema.has("$ref")) {
            String referred = schema.path("$ref").textValue().substring(REFERENCE.length());
            check(schemas.path(referred), value, referred, place, problems);
            return;
        }
        switch (schema.path("type").asText("any")) {
            case "object" -> object(schema, value, name, place, problems);
            case "array" -> array(schema, value, place, problems);
            case "string" -> text(schema, value, place, problems);
            case "integer" -> number(schema, value, value.isIntegralNumber(), place, problems);
            case "number" -> number(schema, value, value.isNumber(), place, problems);
            case "boolean" -> require(value.isBoolean(), place + " is no boolean", problems);
            case "any" -> { }
            default -> problems.add(place + ": unknown type in the document");
        }
    }

    private static void require(boolean holds, String problem, List<String> problems) {
        if (!holds) {
            problems.add(problem);
        }
    }

    private void object(JsonNode schema, JsonNode value, String name, String place, List<String> problems) {
        require(value.isObject(), place + " is no object", problems);
        require(!schema.path("additionalProperties").asBoolean(true), name + " allows anything", problems);
        schema.path("required").forEach(required -> require(value.has(required.textValue()),
                place + '/' + required.textValue() + " is missing", problems));
        value.properties().forEach(member -> {
            JsonNode property = schema.path("properties").path(member.getKey());
            if (property.isMissingNode()) {
                problems.add(place + '/' + member.getKey() + " is not in " + name);
                return;
            }
            met.add(name + '.' + member.getKey());
            check(property, member.getValue(), name, place + '/' + member.getKey(), problems);
        });
    }

    private void array(JsonNode schema, JsonNode value, String place, List<String> problems) {
        require(value.isArray() && value.size() <= schema.path("maxItems").asInt(Integer.MAX_VALUE),
                place + " is no list within its bound", problems);
        for (int i = 0; i < value.size(); i++) {
            check(schema.path("items"), value.get(i), "", place + '/' + i, problems);
        }
    }

    private static void text(JsonNode schema, JsonNode value, String place, List<String> problems) {
        String text = value.isTextual() ? value.textValue() : null;
        require(text != null, place + " is no text", problems);
        if (text == null) {
            return;
        }
        int length = text.length();
        require(length >= schema.path("minLength").asInt(0) && length <= schema.path("maxLength")
                .asInt(Integer.MAX_VALUE), place + " has " + length + " characters", problems);
        if (schema.has("pattern")) {
            require(Pattern.compile(schema.path("pattern").textValue()).matcher(text).find(),
                    place + " does not match", problems);
        }
        if (schema.has("enum")) {
            require(schema.path("enum").valueStream().anyMatch(choice -> choice.textValue().equals(text)),
                    place + " is none of the choices", problems);
        }
        if (schema.path("format").asText().equals("date-time")) {
            require(text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"), place + " is no moment", problems);
        } else if (schema.path("format").asText().equals("date")) {
            require(text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}"), place + " is no day", problems);
        }
    }

    private static void number(JsonNode schema, JsonNode value, boolean right, String place, List<String> problems) {
        require(right, place + " is no such number", problems);
        require(value.doubleValue() >= schema.path("minimum").asDouble(Double.NEGATIVE_INFINITY)
                && value.doubleValue() <= schema.path("maximum").asDouble(Double.POSITIVE_INFINITY),
                place + " is out of bounds", problems);
    }

    /** Every member of the schemas that can be reached from these, as {@link #met} spells them. */
    Set<String> reachable(List<JsonNode> roots) {
        Set<String> all = new TreeSet<>();
        Set<String> seen = new TreeSet<>();
        roots.forEach(root -> collect(root, all, seen));
        return all;
    }

    private void collect(JsonNode schema, Set<String> all, Set<String> seen) {
        if (schema.has("$ref")) {
            String name = schema.path("$ref").textValue().substring(REFERENCE.length());
            if (seen.add(name)) {
                schemas.path(name).path("properties").properties().forEach(property -> {
                    all.add(name + '.' + property.getKey());
                    collect(property.getValue(), all, seen);
                });
            }
        } else if (schema.has("items")) {
            collect(schema.path("items"), all, seen);
        }
    }
}
