// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.token;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * JSON of strangers: read with bounds on depth and size, and refused when an object names a key twice (two readers
 * could believe different values).
 *
 * <p>Spec: RFC 8259. Thread: any.
 */
public final class StrictJson {
    /** Deepest nesting taken: what the client SDKs send stays below ten. */
    public static final int MAX_DEPTH = 64;

    private static final int MAX_NUMBER_CHARS = 40;
    private static final int MAX_NAME_CHARS = 16_384;
    /** Digits and exponent of a number, in quotes or not, that can be expanded without great cost. */
    private static final int MAX_QUOTED_NUMBER_CHARS = 1_024;
    private static final int MAX_EXPONENT_CHARS = 4;

    private static final JsonMapper MAPPER = mapper();

    private StrictJson() {}

    private static JsonMapper mapper() {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNumberLength(MAX_NUMBER_CHARS)
                        .maxNameLength(MAX_NAME_CHARS)
                        .maxStringLength(4 << 20)
                        .maxDocumentLength(8L << 20)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .build();
        // Names come from strangers: a shared name table would only fill up.
        factory.configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false);
        factory.configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false);
        return JsonMapper.builder(factory).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    }

    /**
     * Reads one JSON value.
     *
     * @return null when the text is no such value or breaks a bound
     */
    public static JsonNode read(byte[] utf8) {
        try {
            JsonNode node = MAPPER.readTree(utf8);
            return node == null || node.isMissingNode() ? null : node;
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /**
     * Whether the text is one JSON object within the bounds and without a repeated key.
     *
     * <p>Nor may it hold a number of huge exponent, bare, quoted or as a name: the protojson reader expands
     * {@code 1e99999999} for an integer field digit by digit, which takes minutes or all memory.
     */
    public static boolean isObject(byte[] utf8) {
        try (JsonParser parser = MAPPER.getFactory().createParser(utf8)) {
            if (!parser.nextToken().isStructStart() || !parser.isExpectedStartObjectToken()) {
                return false;
            }
            int depth = 1;
            while (depth > 0) {
                var token = parser.nextToken();
                if (token == null) {
                    return false;
                }
                if (token.isNumeric() || token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME) {
                    if (!cheap(parser.getText())) {
                        return false;
                    }
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
            return parser.nextToken() == null;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /** False for a decimal number too long or too large; its digits may be of any script, as BigDecimal takes them. */
    private static boolean cheap(String text) {
        int exponentAt = -1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c == 'e' || c == 'E') && i > 0 && exponentAt < 0) {
                exponentAt = i;
            } else if (!Character.isDigit(c) && c != '+' && c != '-' && c != '.') {
                return true;
            }
        }
        return text.length() <= MAX_QUOTED_NUMBER_CHARS
                && (exponentAt < 0 || text.length() - exponentAt - 1 <= MAX_EXPONENT_CHARS);
    }

    /** Writes a value built by this program. */
    public static byte[] write(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
