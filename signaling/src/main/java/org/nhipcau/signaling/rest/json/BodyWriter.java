// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Writes a record as JSON: members in the order of its components, absent where null. Thread: any; no state. */
public final class BodyWriter {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private BodyWriter() {}

    /** The record as a JSON object. */
    public static ObjectNode write(Record record) {
        ObjectNode node = NODES.objectNode();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = value(component, record);
            if (value != null) {
                node.set(component.getName(), node(value));
            } else if (!Shape.field(component).optional()) {
                throw new IllegalStateException(record.getClass().getSimpleName() + "." + component.getName()
                        + " is required and null");
            }
        }
        return node;
    }

    private static Object value(RecordComponent component, Record record) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Class<?> type(Object value) {
        return value instanceof List ? List.class
                : value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
    }

    private static JsonNode node(Object value) {
        return switch (Shape.of(type(value))) {
            case TEXT, DAY -> NODES.textNode(value.toString());
            case INTEGER -> NODES.numberNode(((Number) value).longValue());
            case DECIMAL -> NODES.numberNode(((Number) value).doubleValue());
            case FLAG -> NODES.booleanNode((Boolean) value);
            case MOMENT -> NODES.textNode(((Instant) value).truncatedTo(ChronoUnit.MILLIS).toString());
            case CHOICE -> NODES.textNode(Shape.wireName(value));
            case OBJECT -> write((Record) value);
            case ANY -> (JsonNode) value;
            case LIST -> {
                ArrayNode list = NODES.arrayNode();
                ((List<?>) value).forEach(each -> list.add(node(each)));
                yield list;
            }
        };
    }
}
