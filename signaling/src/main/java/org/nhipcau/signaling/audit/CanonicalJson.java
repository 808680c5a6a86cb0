// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Writes a JSON value in exactly one way: names sorted by UTF-16 code units, no spaces, only the escapes that must be.
 * Numbers are whole: fractions have too many spellings and are refused.
 *
 * <p>Spec: RFC 8785 §3.2, without fractions. Thread: any.
 */
public final class CanonicalJson {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private CanonicalJson() {}

    /**
     * The one spelling of a value.
     *
     * @throws IllegalArgumentException for a fraction, a number above 64 bits or a lone surrogate
     */
    public static String write(JsonNode node) {
        StringBuilder out = new StringBuilder(256);
        write(node, out);
        return out.toString();
    }

    private static void write(JsonNode node, StringBuilder out) {
        switch (node.getNodeType()) {
            case OBJECT -> writeObject(node, out);
            case ARRAY -> {
                out.append('[');
                for (int i = 0; i < node.size(); i++) {
                    write(node.get(i), i == 0 ? out : out.append(','));
                }
                out.append(']');
            }
            case STRING -> writeText(node.textValue(), out);
            case BOOLEAN -> out.append(node.booleanValue());
            case NULL -> out.append("null");
            case NUMBER -> {
                if (!node.isIntegralNumber() || !node.canConvertToLong()) {
                    throw new IllegalArgumentException("no number but a whole one of 64 bits has one spelling");
                }
                out.append(node.longValue());
            }
            default -> throw new IllegalArgumentException("no JSON: " + node.getNodeType());
        }
    }

    private static void writeObject(JsonNode node, StringBuilder out) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        Collections.sort(names);
        out.append('{');
        for (int i = 0; i < names.size(); i++) {
            writeText(names.get(i), i == 0 ? out : out.append(','));
            write(node.get(names.get(i)), out.append(':'));
        }
        out.append('}');
    }

    private static void writeText(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
                    } else {
                        checkPair(text, i);
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    // Encoded as UTF-8, each lone surrogate would become the same question mark.
    private static void checkPair(String text, int i) {
        char c = text.charAt(i);
        boolean lone = Character.isHighSurrogate(c)
                && (i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1)))
                || Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
        if (lone) {
            throw new IllegalArgumentException("a lone surrogate has no spelling");
        }
    }
}
