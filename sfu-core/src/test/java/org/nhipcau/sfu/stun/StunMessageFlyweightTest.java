// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;

class StunMessageFlyweightTest {
    private final StunMessageFlyweight stun = new StunMessageFlyweight();
    private final StunMessageWriter writer = new StunMessageWriter();
    private final StunIntegrity key = new StunIntegrity("0123456789abcdefghijklmn");

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private StunMessageWriter begin(PacketBuffer packet) {
        return writer.beginRequest(packet, StunMessageWriter.BINDING_REQUEST, new byte[12]);
    }

    private PacketBuffer withUsername(String username) {
        PacketBuffer packet = PacketBuffer.allocate();
        begin(packet).priority(1).username(ascii(username)).messageIntegrity(key).fingerprint();
        return packet;
    }

    @Test
    void v26ShouldPeekTheUfragOnlyWhenItHasEightIceCharacters() {
        long key8 = 0x4142434465663031L;
        assertEquals(key8, StunMessageFlyweight.peekUfragKey(withUsername("ABCDef01:x")));
        assertEquals(StunMessageFlyweight.NO_KEY, StunMessageFlyweight.peekUfragKey(withUsername("ABCDef0:x")));
        assertEquals(StunMessageFlyweight.NO_KEY, StunMessageFlyweight.peekUfragKey(withUsername("ABCDef012:x")));
        assertEquals(StunMessageFlyweight.NO_KEY, StunMessageFlyweight.peekUfragKey(withUsername("ABCDef01")));
        assertEquals(StunMessageFlyweight.NO_KEY, StunMessageFlyweight.peekUfragKey(withUsername("ABCD\u0001f01:x")));
        assertEquals(StunMessageFlyweight.NO_KEY, StunMessageFlyweight.peekUfragKey(withUsername(":ABCDef01")));
        PacketBuffer none = PacketBuffer.allocate();
        begin(none).priority(1).messageIntegrity(key).username(ascii("ABCDef01:x")).fingerprint();
        assertEquals(StunMessageFlyweight.NO_KEY, StunMessageFlyweight.peekUfragKey(none), "behind the signature");
    }

    @Test
    void v26ShouldCapTheUserName() {
        String longest = "a".repeat(256);
        assertEquals(longest, StunMessageFlyweight.localUfrag(withUsername(longest + ":" + longest)));
        assertTrue(stun.wrap(withUsername(longest + ":" + longest)));
        assertTrue(stun.localUfragEquals(ascii(longest)));
        assertNull(StunMessageFlyweight.localUfrag(withUsername(longest + "a:x")));
        assertNull(StunMessageFlyweight.localUfrag(withUsername("abcd:" + "b".repeat(600))));
        assertFalse(stun.wrap(withUsername("abcd:" + "b".repeat(600))));
        assertTrue(stun.wrap(withUsername("abcd:" + "b".repeat(257))));
        assertFalse(stun.localUfragEquals(ascii("abcd")), "the sender's part is too long");
    }

    @Test
    void shouldCompareUserNamesWhole() {
        assertTrue(stun.wrap(withUsername("abcd:efgh")));
        assertTrue(stun.localUfragEquals(ascii("abcd")));
        assertFalse(stun.localUfragEquals(ascii("abc")));
        assertFalse(stun.localUfragEquals(ascii("abcde")));
        assertFalse(stun.localUfragEquals(ascii("abcd:efgh")));
        assertTrue(stun.wrap(withUsername("abcd:")));
        assertFalse(stun.localUfragEquals(ascii("abcd")), "no sender's part");
    }

    @Test
    void shouldRefuseEveryTruncationAndEveryExtension() {
        byte[] whole = withUsername("ABCDef01:efgh").toByteArray();
        for (int length = 0; length < whole.length; length++) {
            PacketBuffer cut = PacketBuffer.allocate();
            cut.setBytes(whole, 0, length);
            assertFalse(stun.wrap(cut), "length " + length);
            assertEquals(StunMessageFlyweight.NO_KEY, StunMessageFlyweight.peekUfragKey(cut), "length " + length);
        }
        PacketBuffer longer = PacketBuffer.copyOf(whole);
        longer.setLength(whole.length + 4);
        assertFalse(stun.wrap(longer));
    }

    @Test
    void shouldRefuseAttributesOfTheWrongLengthOrBeyondTheEnd() {
        int[] fixed = {0x0008, 0x0024, 0x0025, 0x8028, 0x8029, 0x802A, 0x0020, 0x0009};
        for (int type : fixed) {
            PacketBuffer packet = PacketBuffer.allocate();
            begin(packet).bytes(type, new byte[3]);
            assertFalse(stun.wrap(packet), Integer.toHexString(type));
        }
        PacketBuffer packet = PacketBuffer.allocate();
        begin(packet).bytes(0x8022, new byte[4]);
        for (int length : new int[] {5, 8, 127, 128, 32_767, 32_768, 65_532, 65_534, 65_535}) {
            packet.putShort(22, length);
            assertFalse(stun.wrap(packet), "length " + length);
        }
    }

    @Test
    void shouldRefuseWhatFollowsFingerprint() {
        PacketBuffer packet = PacketBuffer.allocate();
        begin(packet).priority(1).fingerprint();
        writer.priority(2);
        assertFalse(stun.wrap(packet));
    }

    @Test
    void shouldCountTheFirstOfTwoEqualAttributes() {
        PacketBuffer packet = PacketBuffer.allocate();
        begin(packet).priority(1).priority(2).username(ascii("abcd:e")).username(ascii("efgh:e"))
                .messageIntegrity(key).fingerprint();
        assertTrue(stun.wrap(packet));
        assertEquals(1, stun.priority());
        assertTrue(stun.localUfragEquals(ascii("abcd")));
        assertEquals("abcd", StunMessageFlyweight.localUfrag(packet));
    }

    @Test
    void shouldBoundTheUnknownAttributes() {
        PacketBuffer packet = PacketBuffer.allocate();
        begin(packet);
        for (int i = 0; i < 400; i++) {
            writer.bytes(0x4000 + i, new byte[0]);
        }
        assertTrue(stun.wrap(packet));
        assertEquals(8, stun.unknownCount());
        assertEquals(0x4007, stun.unknown(7));
    }

    @Test
    void shouldNotTakeOtherProtocolsForStun() {
        for (int first = 0x40; first < 0x100; first++) {
            PacketBuffer packet = withUsername("abcd:e");
            packet.putByte(0, first);
            assertFalse(StunMessageFlyweight.isStun(packet), "first byte " + first);
        }
        PacketBuffer packet = withUsername("abcd:e");
        packet.putInt(4, 0x2112A443);
        assertFalse(StunMessageFlyweight.isStun(packet));
    }

    @Test
    void v26ShouldSurviveMutationsOfValidMessages() {
        long seed = 26;
        Random random = new Random(seed);
        byte[] request = withUsername("ABCDef01:efgh").toByteArray();
        PacketBuffer error = PacketBuffer.allocate();
        writer.beginResponse(error, StunMessageWriter.BINDING_ERROR, PacketBuffer.copyOf(request))
                .errorCode(420, ascii("Unknown Attribute")).xorMappedAddress(
                        new java.net.InetSocketAddress("2001:db8::1", 1)).messageIntegrity(key).fingerprint();
        byte[][] samples = {request, error.toByteArray()};
        PacketBuffer packet = PacketBuffer.allocate();
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = samples[i & 1].clone();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(8) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
            packet.setBytes(bytes, 0, length);
            try {
                StunMessageFuzzTest.readAll(stun, packet, key);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", mutation " + i, e);
            }
        }
    }
}
