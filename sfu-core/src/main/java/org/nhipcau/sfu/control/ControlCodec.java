// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.NodeDescription;

/**
 * Turns control messages into CBOR and back, trusting nothing that comes in.
 *
 * <p>A message is a map: {@code hello}, {@code id} and {@code command}, {@code id} and {@code reply}, or {@code event}.
 * The records of the contract are maps of their components; where an interface is sealed, {@code type} names the
 * record. Reading is strict: a missing, unknown, doubled or null field, or a value of another kind, makes a message
 * unreadable. So a field that a newer side added and this one would pass over (it may be one that protects somebody)
 * refuses the command instead.
 *
 * <p>Spec: RFC 8949. Thread: any.
 */
final class ControlCodec {
    /** Longest message. Long ones are lists of speakers or of codecs, far below this. */
    static final int MAX_MESSAGE_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 16;
    private static final int MAX_STRING_CHARS = 64 * 1024;
    private static final int MAX_NAME_CHARS = 256;
    private static final int MAX_NUMBER_CHARS = 64;
    private static final int MAX_TOKENS = 200_000;

    /** What the records of the contract would say themselves if they might know Jackson. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    private interface TypeNamed {}

    private final ObjectMapper mapper = mapper();
    private final ObjectReader treeReader = mapper.readerFor(JsonNode.class);

    private static ObjectMapper mapper() {
        CBORFactory factory = CBORFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_STRING_CHARS)
                        .maxNameLength(MAX_NAME_CHARS)
                        .maxNumberLength(MAX_NUMBER_CHARS)
                        .maxTokenCount(MAX_TOKENS)
                        .maxDocumentLength(MAX_MESSAGE_BYTES)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        CBORMapper mapper = CBORMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .build();
        for (Class<?> sealed : new Class<?>[] {MediaCommand.class, MediaReply.class, MediaEvent.class}) {
            mapper.addMixIn(sealed, TypeNamed.class);
            for (Class<?> record : sealed.getPermittedSubclasses()) {
                mapper.registerSubtypes(new NamedType(record, record.getSimpleName()));
            }
        }
        return mapper;
    }

    /** @throws IOException when the message cannot be written, or is longer than the other side takes */
    byte[] encode(ControlMessage message) throws IOException {
        ObjectNode map = mapper.createObjectNode();
        switch (message) {
            case ControlMessage.Hello hello -> map.set("hello", mapper.valueToTree(hello.node()));
            case ControlMessage.Command command -> {
                map.put("id", command.id());
                map.set("command", mapper.valueToTree(command.command()));
            }
            case ControlMessage.Reply reply -> {
                map.put("id", reply.id());
                map.set("reply", mapper.valueToTree(reply.reply()));
            }
            case ControlMessage.Event event -> map.set("event", mapper.valueToTree(event.event()));
            case ControlMessage.Unreadable unreadable ->
                    throw new IllegalArgumentException("an unreadable message is never sent");
        }
        byte[] bytes = mapper.writeValueAsBytes(map);
        if (bytes.length > MAX_MESSAGE_BYTES) {
            throw new IOException("message of " + bytes.length + " bytes; allowed: " + MAX_MESSAGE_BYTES);
        }
        return bytes;
    }

    /** Never throws for what the bytes are: the answer is {@link ControlMessage.Unreadable} then. */
    ControlMessage decode(byte[] bytes) {
        if (bytes.length > MAX_MESSAGE_BYTES) {
            return new ControlMessage.Unreadable(0, "too long");
        }
        JsonNode map;
        try {
            map = treeReader.readValue(bytes);
        } catch (IOException | RuntimeException e) {
            // The text of the exception may quote the content, so only its kind is told.
            return new ControlMessage.Unreadable(leadingId(bytes),
                    "no CBOR map within the limits: " + e.getClass().getSimpleName());
        }
        if (map == null || !map.isObject()) {
            return new ControlMessage.Unreadable(0, "no CBOR map");
        }
        long id = map.path("id").canConvertToLong() ? map.path("id").longValue() : 0;
        try {
            return decode(map, id);
        } catch (JsonProcessingException | RuntimeException e) {
            return new ControlMessage.Unreadable(Math.max(id, 0), "not of the contract: "
                    + e.getClass().getSimpleName());
        }
    }

    /**
     * The id of a message that cannot be read as a whole, where it stands first, as this class writes it: so that even
     * then whoever waits for an answer gets one. 0 when there is none.
     */
    private long leadingId(byte[] bytes) {
        try (JsonParser parser = mapper.createParser(bytes)) {
            boolean first = parser.nextToken() == JsonToken.START_OBJECT && "id".equals(parser.nextFieldName())
                    && parser.nextToken() == JsonToken.VALUE_NUMBER_INT;
            return first ? Math.max(parser.getLongValue(), 0) : 0;
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    private ControlMessage decode(JsonNode map, long id) throws JsonProcessingException {
        if (map.size() == 2 && id > 0 && map.has("command")) {
            return new ControlMessage.Command(id, read(map, "command", MediaCommand.class));
        }
        if (map.size() == 2 && id > 0 && map.has("reply")) {
            return new ControlMessage.Reply(id, read(map, "reply", MediaReply.class));
        }
        if (map.size() == 1 && map.has("event")) {
            return new ControlMessage.Event(read(map, "event", MediaEvent.class));
        }
        if (map.size() == 1 && map.has("hello")) {
            return new ControlMessage.Hello(read(map, "hello", NodeDescription.class));
        }
        return new ControlMessage.Unreadable(Math.max(id, 0), "neither hello, command, reply nor event");
    }

    private <T> T read(JsonNode map, String name, Class<T> type) throws JsonProcessingException {
        JsonNode body = map.get(name);
        if (!body.isObject()) {
            throw new IllegalArgumentException(name + " is no map");
        }
        return mapper.treeToValue(body, type);
    }
}
