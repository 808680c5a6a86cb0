// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.route;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import org.nhipcau.signaling.rest.json.BodyProblem;
import org.nhipcau.signaling.rest.json.BodyReader;
import org.nhipcau.signaling.rest.json.BodyReader.UnfitException;

/** Reads query parameters into a record by the rules of bodies: unknown and repeated ones are refused. Thread: any. */
public final class QueryReader {
    /** A route without parameters. */
    private record None() {}

    private QueryReader() {}

    /**
     * Reads a query.
     *
     * @param type null: no parameter is allowed
     * @return null when there is no type
     * @throws ProblemException when it does not fit
     */
    public static Record read(Map<String, List<String>> query, Class<? extends Record> type) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, List<String>> parameter : query.entrySet()) {
            if (parameter.getValue().size() != 1) {
                throw new ProblemException(List.of(new BodyProblem("", "each parameter once")));
            }
            put(node, parameter.getKey(), parameter.getValue().getFirst(), type);
        }
        try {
            if (type == null) {
                BodyReader.read(node, None.class);
                return null;
            }
            return BodyReader.read(node, type);
        } catch (UnfitException e) {
            throw new ProblemException(e.problems());
        }
    }

    private static void put(ObjectNode node, String name, String value, Class<? extends Record> type) {
        Class<?> wanted = type == null ? String.class : typeOf(name, type);
        if ((wanted == Integer.class || wanted == Long.class) && value.matches("[0-9]{1,18}")) {
            node.put(name, Long.parseLong(value));
        } else if (wanted == Boolean.class && (value.equals("true") || value.equals("false"))) {
            node.put(name, value.equals("true"));
        } else {
            node.put(name, value);
        }
    }

    private static Class<?> typeOf(String name, Class<? extends Record> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getName().equals(name)) {
                return component.getType();
            }
        }
        return String.class;
    }
}
