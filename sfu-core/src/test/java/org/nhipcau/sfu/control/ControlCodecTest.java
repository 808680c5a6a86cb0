// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.NodeDescription;

class ControlCodecTest {
    private static final long SEED = 46;

    private final ControlCodec codec = new ControlCodec();
    private final CBORMapper plain = new CBORMapper();

    private static ControlMessage wrap(long id, Object body) {
        return switch (body) {
            case MediaCommand command -> new ControlMessage.Command(id, command);
            case MediaReply reply -> new ControlMessage.Reply(id, reply);
            case MediaEvent event -> new ControlMessage.Event(event);
            default -> throw new AssertionError(body.getClass());
        };
    }

    private ControlMessage.Unreadable unreadable(byte[] bytes) {
        return assertInstanceOf(ControlMessage.Unreadable.class, codec.decode(bytes));
    }

    private byte[] command(Map<String, ?> body) throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", 7);
        map.put("command", body);
        return plain.writeValueAsBytes(map);
    }

    @Test
    void everyRecordOfTheContractShouldComeBackAsItWent() throws IOException {
        ContractSamples samples = new ContractSamples(new Random(SEED));
        List<Class<?>> types = ContractSamples.messageTypes();
        assertTrue(types.size() >= 20, "the sealed types are found: " + types.size());
        for (Class<?> type : types) {
            for (int i = 0; i < 50; i++) {
                ControlMessage message = wrap(1 + i, samples.record(type));
                assertEquals(message, codec.decode(codec.encode(message)), "seed " + SEED + ", " + type);
            }
        }
        ControlMessage hello = new ControlMessage.Hello(samples.record(NodeDescription.class));
        assertEquals(hello, codec.decode(codec.encode(hello)));
    }

    @Test
    void v46UnknownTypesAndFieldsShouldBeRefusedWithTheirId() throws IOException {
        assertInstanceOf(ControlMessage.Command.class, codec.decode(command(
                Map.of("type", "OpenRoom", "roomId", "r"))));
        List<Map<String, ?>> bad = List.of(
                Map.of("type", "Explode", "roomId", "r"),
                Map.of("type", "java.lang.Runtime", "roomId", "r"),
                Map.of("roomId", "r"),
                Map.of("type", "OpenRoom"),
                Map.of("type", "OpenRoom", "roomId", "r", "blurPolicy", "strict"),
                Map.of("type", "OpenRoom", "roomId", List.of("r")),
                Map.of("type", "MuteProducer", "roomId", "r", "trackId", "t", "muted", "yes"),
                Map.of("type", "MuteProducer", "roomId", "r", "trackId", "t", "muted", 1),
                Map.of("type", "Done"));
        for (Map<String, ?> body : bad) {
            ControlMessage.Unreadable message = unreadable(command(body));
            assertEquals(7, message.id(), body.toString());
            assertFalse(message.problem().contains("Explode") || message.problem().contains("blurPolicy"),
                    "the content is not repeated: " + message.problem());
        }
        Map<String, Object> withNull = new LinkedHashMap<>();
        withNull.put("type", "OpenRoom");
        withNull.put("roomId", null);
        assertEquals(7, unreadable(command(withNull)).id());
    }

    @Test
    void v46ValuesThatARecordRefusesShouldRefuseTheMessage() throws IOException {
        Map<String, Object> fingerprint = Map.of("algorithm", "md5", "value", "AB");
        Map<String, Object> remote = Map.of("iceUfrag", "abcd", "icePwd", "x".repeat(22), "fingerprints",
                List.of(fingerprint), "localRole", "SERVER");
        Map<String, Object> extensions = new LinkedHashMap<>();
        for (var component : org.nhipcau.sfu.api.HeaderExtensions.class.getRecordComponents()) {
            extensions.put(component.getName(), 0);
        }
        assertEquals(7, unreadable(command(Map.of("type", "ConfigurePeer", "roomId", "r", "peerId", "p", "remote",
                remote, "extensions", extensions))).id());
    }

    @Test
    void shouldCarryTheLongestMessageOfDataAndRefuseALongerOne() throws IOException {
        byte[] longest = new byte[DataParameters.MAX_MESSAGE_BYTES];
        new Random(SEED).nextBytes(longest);
        var received = new ControlMessage.Event(
                new MediaEvent.DataReceived("r", "p", DataChannel.RELIABLE, longest));
        byte[] encoded = codec.encode(received);
        assertEquals(received, codec.decode(encoded));
        assertTrue(encoded.length < longest.length + 256, "bytes stay bytes: " + encoded.length);
        assertEquals(7, unreadable(command(Map.of("type", "SendData", "roomId", "r", "peerIds", List.of("p"),
                "channel", "LOSSY", "payload", new byte[longest.length + 1]))).id());
        assertEquals(7, unreadable(command(Map.of("type", "ConfigureData", "roomId", "r", "peerId", "p", "data",
                Map.of("remotePort", 0, "maxMessageSizeBytes", 0, "opensChannels", false)))).id());
    }

    @Test
    void v40DoubledKeysShouldBeRefused() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (CBORGenerator generator = new CBORFactory().createGenerator(out)) {
            generator.writeStartObject();
            generator.writeNumberField("id", 7);
            generator.writeObjectFieldStart("command");
            generator.writeStringField("type", "OpenRoom");
            generator.writeStringField("roomId", "mine");
            generator.writeStringField("roomId", "yours");
            generator.writeEndObject();
            generator.writeEndObject();
        }
        unreadable(out.toByteArray());
    }

    @Test
    void shouldBoundDepthSizeAndTokens() throws IOException {
        byte[] deep = new byte[100_000];
        java.util.Arrays.fill(deep, (byte) 0x81);
        unreadable(deep);
        byte[] deepMaps = new byte[90_000];
        for (int i = 0; i < deepMaps.length; i += 3) {
            deepMaps[i] = (byte) 0xa1;
            deepMaps[i + 1] = 0x61;
            deepMaps[i + 2] = 'a';
        }
        unreadable(deepMaps);
        assertEquals(7, unreadable(command(Map.of("type", "OpenRoom", "roomId", "r".repeat(70_000)))).id());
        byte[] nulls = new byte[1_000_000];
        java.util.Arrays.fill(nulls, (byte) 0xf6);
        nulls[0] = (byte) 0x9f;
        unreadable(nulls);
        unreadable(new byte[ControlCodec.MAX_MESSAGE_BYTES + 1]);
        // A text that claims 2^63 bytes.
        unreadable(new byte[] {0x7b, 0x7f, -1, -1, -1, -1, -1, -1, -1});
        var tooLong = new ControlMessage.Event(new MediaEvent.RoomLost("r", "x".repeat(1 << 21)));
        assertThrows(IOException.class, () -> codec.encode(tooLong));
    }

    @Test
    void shouldRefuseOtherEnvelopes() throws IOException {
        for (Object envelope : List.of(Map.of(), Map.of("id", 1), List.of(1), "text", 5,
                Map.of("id", 0, "command", Map.of("type", "OpenRoom", "roomId", "r")),
                Map.of("id", "1", "command", Map.of("type", "OpenRoom", "roomId", "r")),
                Map.of("id", 1, "more", 1, "command", Map.of("type", "OpenRoom", "roomId", "r")),
                Map.of("command", Map.of("type", "OpenRoom", "roomId", "r")),
                Map.of("id", 1, "command", "OpenRoom"), Map.of("hello", 1), Map.of("event", Map.of()))) {
            unreadable(plain.writeValueAsBytes(envelope));
        }
        unreadable(new byte[0]);
        byte[] twice = command(Map.of("type", "OpenRoom", "roomId", "r"));
        byte[] trailing = java.util.Arrays.copyOf(twice, twice.length + 1);
        unreadable(trailing);
    }

    @Test
    void shouldSurviveMutationsAndAllocateLittleOnThem() throws IOException {
        Random random = new Random(SEED);
        ContractSamples samples = new ContractSamples(random);
        List<byte[]> valid = new ArrayList<>();
        for (Class<?> type : ContractSamples.messageTypes()) {
            for (int i = 0; i < 20; i++) {
                valid.add(codec.encode(wrap(1, samples.record(type))));
            }
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long most = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = valid.get(i % valid.size()).clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                codec.decode(bytes);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + SEED + ", mutation " + i, e);
            }
            most = Math.max(most, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(most < 4 << 20, "seed " + SEED + ": a message claimed more than it had and got " + most + " bytes");
    }
}
