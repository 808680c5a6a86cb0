// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** The test vectors of RFC 5769, read and, where our padding is the same, written. */
class StunVectorTest {
    private static final String PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";
    private static final String TRANSACTION_ID = "b7e7a701bc34d686fa87dfae";
    /** §2.1; its padding is spaces. */
    private static final String REQUEST = "000100582112a442" + TRANSACTION_ID
            + "802200105354554e207465737420636c69656e74"
            + "002400046e0001ff"
            + "80290008932ff9b151263b36"
            + "000600096576746a3a68367659202020"
            + "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
            + "80280004e57a3bcf";
    /** §2.2 */
    private static final String RESPONSE_V4 = "0101003c2112a442" + TRANSACTION_ID
            + "8022000b7465737420766563746f7220"
            + "002000080001a147e112a643"
            + "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
            + "80280004c07d4c96";
    /** §2.3 */
    private static final String RESPONSE_V6 = "010100482112a442" + TRANSACTION_ID
            + "8022000b7465737420766563746f7220"
            + "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
            + "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
            + "80280004c8fb0b4c";

    private final StunMessageFlyweight stun = new StunMessageFlyweight();
    private final StunIntegrity key = new StunIntegrity(PASSWORD);

    private static PacketBuffer packet(String hex) {
        return PacketBuffer.copyOf(HexFormat.of().parseHex(hex));
    }

    @Test
    void shouldReadTheRequest() {
        PacketBuffer packet = packet(REQUEST);
        assertTrue(stun.wrap(packet));
        assertTrue(stun.isBindingRequest());
        assertTrue(stun.fingerprintMatches());
        assertTrue(stun.integrityMatches(key));
        assertTrue(stun.localUfragEquals("evtj".getBytes(StandardCharsets.US_ASCII)));
        assertEquals("evtj", StunMessageFlyweight.localUfrag(packet));
        assertEquals(StunMessageFlyweight.NO_KEY, StunMessageFlyweight.peekUfragKey(packet), "not 8 characters");
        assertEquals(0x6e0001ffL, stun.priority());
        assertTrue(stun.hasIceControlled());
        assertFalse(stun.hasIceControlling());
        assertFalse(stun.useCandidate());
        assertEquals(0, stun.unknownCount());
    }

    @Test
    void shouldReadTheResponses() {
        for (String hex : new String[] {RESPONSE_V4, RESPONSE_V6}) {
            assertTrue(stun.wrap(packet(hex)));
            assertEquals(StunMessageWriter.BINDING_SUCCESS, stun.messageType());
            assertTrue(stun.fingerprintMatches());
            assertTrue(stun.integrityMatches(key));
            String address = hex.equals(RESPONSE_V4) ? "192.0.2.1" : "2001:db8:1234:5678:11:2233:4455:6677";
            assertEquals(new InetSocketAddress(address, 32853), stun.xorMappedAddress());
        }
    }

    @Test
    void shouldWriteTheAddressesOfTheResponses() {
        for (String address : new String[] {"192.0.2.1", "2001:db8:1234:5678:11:2233:4455:6677"}) {
            PacketBuffer packet = PacketBuffer.allocate();
            new StunMessageWriter()
                    .beginResponse(packet, StunMessageWriter.BINDING_SUCCESS, packet(REQUEST))
                    .xorMappedAddress(new InetSocketAddress(address, 32853));
            byte[] attribute = new byte[packet.length() - 20];
            packet.getBytes(20, attribute, 0, attribute.length);
            String vector = address.indexOf(':') < 0 ? RESPONSE_V4 : RESPONSE_V6;
            assertArrayEquals(HexFormat.of().parseHex(vector.substring(72, 72 + 2 * attribute.length)), attribute);
        }
    }

    @Test
    void shouldWriteTheRequestByteForByteButForItsPadding() {
        // The vector's own order and values; only the user name's padding differs: spaces there, zeros here.
        PacketBuffer packet = PacketBuffer.allocate();
        new StunMessageWriter()
                .beginRequest(packet, StunMessageWriter.BINDING_REQUEST, HexFormat.of().parseHex(TRANSACTION_ID))
                .bytes(0x8022, "STUN test client".getBytes(StandardCharsets.US_ASCII))
                .priority(0x6e0001ffL)
                .iceControlled(0x932ff9b151263b36L)
                .username("evtj:h6vY".getBytes(StandardCharsets.US_ASCII))
                .messageIntegrity(key)
                .fingerprint();
        byte[] vectorStart = HexFormat.of().parseHex(REQUEST.substring(0, 152));
        Arrays.fill(vectorStart, 73, 76, (byte) 0);
        byte[] start = new byte[76];
        packet.getBytes(0, start, 0, start.length);
        assertArrayEquals(vectorStart, start);
        assertEquals(REQUEST.length() / 2, packet.length());
        assertTrue(stun.wrap(packet));
        assertTrue(stun.fingerprintMatches());
        assertTrue(stun.integrityMatches(key));
    }

    @Test
    void shouldRefuseEveryOtherPasswordAndEveryFlippedBit() {
        assertTrue(stun.wrap(packet(REQUEST)));
        assertFalse(stun.integrityMatches(new StunIntegrity("VOkJxbRl1RmTxUk/WvJxBT")));
        byte[] bytes = HexFormat.of().parseHex(REQUEST);
        int integrityEnd = bytes.length - 8;
        for (int bit = 0; bit < integrityEnd * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            boolean accepted = stun.wrap(PacketBuffer.copyOf(flipped)) && stun.fingerprintMatches();
            assertFalse(accepted, "fingerprint with bit " + bit + " flipped");
            accepted = stun.wrap(PacketBuffer.copyOf(flipped)) && stun.integrityMatches(key);
            assertFalse(accepted, "integrity with bit " + bit + " flipped");
        }
    }
}
