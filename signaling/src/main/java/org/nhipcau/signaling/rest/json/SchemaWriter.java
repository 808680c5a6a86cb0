// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes the schemas of records, each once, under its simple name.
 *
 * <p>Spec: JSON Schema 2020-12. Thread: one. Owns: the schemas made so far.
 */
public final class SchemaWriter {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Map<String, ObjectNode> schemas = new TreeMap<>();
    private final Map<String, Class<?>> types = new TreeMap<>();

    /** All schemas asked for and what they refer to, by name. */
    public Map<String, ObjectNode> schemas() {
        return schemas;
    }

    /** The name of a record's schema, which is made if it is not there yet. */
    public String name(Class<?> type) {
        String name = type.getSimpleName();
        Class<?> other = types.putIfAbsent(name, type);
        if (other != null && other != type) {
            throw new IllegalArgumentException("two records are named " + name);
        }
        if (other == null) {
            ObjectNode schema = NODES.objectNode();
            schemas.put(name, schema);
            fill(schema, type);
        }
        return name;
    }

    /** A reference to a record's schema. */
    public ObjectNode reference(Class<?> type) {
        return NODES.objectNode().put("$ref", "#/components/schemas/" + name(type));
    }

    private void fill(ObjectNode schema, Class<?> type) {
        schema.put("type", "object").put("additionalProperties", false);
        ArrayNode required = NODES.arrayNode();
        ObjectNode properties = schema.putObject("properties");
        for (RecordComponent component : type.getRecordComponents()) {
            Field field = Shape.field(component);
            ObjectNode property = property(component.getType(), component.getGenericType(), field);
            properties.set(component.getName(), property.put("description", field.value()));
            if (!field.optional()) {
                required.add(component.getName());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
    }

    private ObjectNode property(Class<?> type, Type generic, Field field) {
        ObjectNode node = NODES.objectNode();
        switch (Shape.of(type)) {
            case TEXT -> {
                node.put("type", "string").put("minLength", field.minLength()).put("maxLength", field.maxLength());
                if (!field.pattern().isEmpty()) {
                    // Ours match the whole text, those of JSON Schema a part of it.
                    node.put("pattern", "^(?:" + field.pattern() + ")$");
                }
            }
            case INTEGER -> {
                node.put("type", "integer").put("minimum", field.min());
                if (field.max() != Long.MAX_VALUE) {
                    node.put("maximum", field.max());
                }
            }
            case DECIMAL -> {
                node.put("type", "number").put("minimum", field.min());
                if (field.max() != Long.MAX_VALUE) {
                    node.put("maximum", field.max());
                }
            }
            case FLAG -> node.put("type", "boolean");
            case MOMENT -> node.put("type", "string").put("format", "date-time");
            case DAY -> node.put("type", "string").put("format", "date");
            case CHOICE -> {
                ArrayNode choices = node.put("type", "string").putArray("enum");
                for (Object constant : type.getEnumConstants()) {
                    choices.add(Shape.wireName(constant));
                }
            }
            case LIST -> {
                node.put("type", "array").put("maxItems", field.maxItems());
                Class<?> element = Shape.elementOf(generic);
                node.set("items", property(element, element, field));
            }
            case OBJECT -> node.setAll(reference(type));
            case ANY -> { }
        }
        return node;
    }
}
