// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/** What a component's Java type is in JSON. */
enum Shape {
    TEXT, INTEGER, DECIMAL, FLAG, MOMENT, DAY, CHOICE, LIST, OBJECT, ANY;

    static Shape of(Class<?> type) {
        if (type == String.class) {
            return TEXT;
        } else if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return INTEGER;
        } else if (type == double.class || type == Double.class) {
            return DECIMAL;
        } else if (type == boolean.class || type == Boolean.class) {
            return FLAG;
        } else if (type == Instant.class) {
            return MOMENT;
        } else if (type == LocalDate.class) {
            return DAY;
        } else if (type.isEnum()) {
            return CHOICE;
        } else if (type == List.class) {
            return LIST;
        } else if (type.isRecord()) {
            return OBJECT;
        } else if (JsonNode.class.isAssignableFrom(type)) {
            return ANY;
        }
        throw new IllegalArgumentException("no JSON for " + type);
    }

    /** The type of a list's elements. */
    static Class<?> elementOf(Type listType) {
        if (listType instanceof ParameterizedType list && list.getActualTypeArguments()[0] instanceof Class<?> type) {
            return type;
        }
        throw new IllegalArgumentException("no JSON for " + listType);
    }

    /** The name of an enum's constant on the wire. */
    static String wireName(Object constant) {
        return ((Enum<?>) constant).name();
    }

    /** The description of a component. */
    static Field field(RecordComponent component) {
        Field field = component.getAnnotation(Field.class);
        if (field == null) {
            throw new IllegalArgumentException(component.getDeclaringRecord().getSimpleName() + "."
                    + component.getName() + " has no description");
        }
        return field;
    }
}
