// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.ice4j.attribute.Attribute;
import org.ice4j.attribute.AttributeFactory;
import org.ice4j.attribute.ErrorCodeAttribute;
import org.ice4j.attribute.FingerprintAttribute;
import org.ice4j.attribute.MessageIntegrityAttribute;
import org.ice4j.attribute.PriorityAttribute;
import org.ice4j.attribute.UsernameAttribute;
import org.ice4j.attribute.XorMappedAddressAttribute;
import org.ice4j.message.Message;
import org.ice4j.message.MessageFactory;
import org.ice4j.message.Request;
import org.ice4j.message.Response;
import org.ice4j.security.CredentialsAuthority;
import org.ice4j.stack.StunStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** Our reader and writer against ice4j's message classes, in both directions. */
class StunOracleTest {
    private static final String PASSWORD = "0123456789abcdefghijklmn";
    private static final byte[] KEY = PASSWORD.getBytes(StandardCharsets.US_ASCII);
    private static final long SEED = 8489;

    private final Random random = new Random(SEED);
    private final StunMessageFlyweight stun = new StunMessageFlyweight();
    private final StunIntegrity integrity = new StunIntegrity(PASSWORD);
    private StunStack stack;

    @BeforeEach
    void open() {
        stack = new StunStack();
        stack.getCredentialsManager().registerAuthority(new CredentialsAuthority() {
            @Override
            public byte[] getLocalKey(String username) {
                return KEY;
            }

            @Override
            public byte[] getRemoteKey(String username, String media) {
                return KEY;
            }

            @Override
            public boolean checkLocalUserName(String username) {
                return true;
            }
        });
    }

    @AfterEach
    void close() {
        stack.shutDown();
    }

    private byte[] transactionId() {
        byte[] id = new byte[12];
        random.nextBytes(id);
        return id;
    }

    private String username() {
        return "u".repeat(4 + random.nextInt(200)) + ":" + "v".repeat(4 + random.nextInt(200));
    }

    @Test
    void shouldReadChecksThatIce4jWrites() throws Exception {
        for (int i = 0; i < 500; i++) {
            String username = username();
            long priority = 1 + random.nextInt(Integer.MAX_VALUE - 1);
            Request request = MessageFactory.createBindingRequest(priority, (i & 1) == 0, random.nextLong());
            request.setTransactionID(transactionId());
            request.putAttribute(AttributeFactory.createUsernameAttribute(username));
            request.putAttribute(AttributeFactory.createMessageIntegrityAttribute(username));
            request.putAttribute(AttributeFactory.createFingerprintAttribute());
            String message = "seed " + SEED + ", message " + i;
            PacketBuffer packet = PacketBuffer.copyOf(request.encode(stack));
            assertTrue(stun.wrap(packet), message);
            assertTrue(stun.isBindingRequest(), message);
            assertTrue(stun.fingerprintMatches(), message);
            assertTrue(stun.integrityMatches(integrity), message);
            assertEquals(priority, stun.priority(), message);
            assertEquals(0, stun.unknownCount(), message);
            String ufrag = username.substring(0, username.indexOf(':'));
            assertTrue(stun.localUfragEquals(ufrag.getBytes(StandardCharsets.US_ASCII)), message);
            assertEquals(ufrag, StunMessageFlyweight.localUfrag(packet), message);
        }
    }

    @Test
    void shouldReadResponsesThatIce4jWrites() throws Exception {
        for (String address : new String[] {"192.0.2.77", "2001:db8::77"}) {
            Request request = MessageFactory.createBindingRequest();
            request.setTransactionID(transactionId());
            Response response = MessageFactory.createBindingResponse(request,
                    new TransportAddress(address, 50_123, Transport.UDP));
            response.setTransactionID(request.getTransactionID());
            response.putAttribute(AttributeFactory.createMessageIntegrityAttribute("a:b"));
            response.putAttribute(AttributeFactory.createFingerprintAttribute());
            assertTrue(stun.wrap(PacketBuffer.copyOf(response.encode(stack))));
            assertEquals(StunMessageWriter.BINDING_SUCCESS, stun.messageType());
            assertTrue(stun.integrityMatches(integrity));
            assertTrue(stun.fingerprintMatches());
            assertEquals(new java.net.InetSocketAddress(address, 50_123), stun.xorMappedAddress());
        }
    }

    @Test
    void shouldWriteChecksThatIce4jReads() throws Exception {
        StunMessageWriter writer = new StunMessageWriter();
        for (int i = 0; i < 500; i++) {
            String username = username();
            byte[] id = transactionId();
            PacketBuffer packet = PacketBuffer.allocate();
            writer.beginRequest(packet, StunMessageWriter.BINDING_REQUEST, id)
                    .username(username.getBytes(StandardCharsets.US_ASCII)).priority(0x6e0001ffL + i)
                    .iceControlling(random.nextLong()).useCandidate().messageIntegrity(integrity).fingerprint();
            String message = "seed " + SEED + ", message " + i;
            byte[] bytes = packet.toByteArray();
            Message decoded = Message.decode(bytes, 0, bytes.length);
            assertArrayEquals(id, decoded.getTransactionID(), message);
            assertArrayEquals(username.getBytes(StandardCharsets.US_ASCII),
                    ((UsernameAttribute) decoded.getAttribute(Attribute.USERNAME)).getUsername(), message);
            assertEquals(0x6e0001ffL + i,
                    ((PriorityAttribute) decoded.getAttribute(Attribute.PRIORITY)).getPriority(), message);
            assertTrue(decoded.containsAttribute(Attribute.USE_CANDIDATE), message);
            assertTrue(decoded.containsAttribute(Attribute.ICE_CONTROLLING), message);
            assertSigned(decoded, bytes, message);
        }
    }

    @Test
    void shouldWriteResponsesThatIce4jReads() throws Exception {
        StunMessageWriter writer = new StunMessageWriter();
        PacketBuffer request = PacketBuffer.allocate();
        writer.beginRequest(request, StunMessageWriter.BINDING_REQUEST, transactionId());
        for (String address : new String[] {"192.0.2.77", "2001:db8::77", "::ffff:192.0.2.78"}) {
            PacketBuffer packet = PacketBuffer.allocate();
            java.net.InetSocketAddress from = new java.net.InetSocketAddress(address, 50_123);
            writer.beginResponse(packet, StunMessageWriter.BINDING_SUCCESS, request).xorMappedAddress(from)
                    .messageIntegrity(integrity).fingerprint();
            byte[] bytes = packet.toByteArray();
            Message decoded = Message.decode(bytes, 0, bytes.length);
            XorMappedAddressAttribute mapped =
                    (XorMappedAddressAttribute) decoded.getAttribute(Attribute.XOR_MAPPED_ADDRESS);
            byte[] mask = Arrays.copyOfRange(bytes, 4, 20);
            assertEquals(from.getAddress(), mapped.applyXor(mask).getAddress());
            assertEquals(50_123, mapped.applyXor(mask).getPort());
            assertSigned(decoded, bytes, address);
        }
        PacketBuffer packet = PacketBuffer.allocate();
        writer.beginResponse(packet, StunMessageWriter.BINDING_ERROR, request)
                .errorCode(487, "Role Conflict".getBytes(StandardCharsets.US_ASCII)).messageIntegrity(integrity)
                .fingerprint();
        byte[] bytes = packet.toByteArray();
        Message decoded = Message.decode(bytes, 0, bytes.length);
        ErrorCodeAttribute error = (ErrorCodeAttribute) decoded.getAttribute(Attribute.ERROR_CODE);
        assertEquals(487, error.getErrorCode());
        assertEquals("Role Conflict", error.getReasonPhrase().trim());
        assertSigned(decoded, bytes, "error");
    }

    private static void assertSigned(Message decoded, byte[] bytes, String message) {
        var signature = (MessageIntegrityAttribute) decoded.getAttribute(Attribute.MESSAGE_INTEGRITY);
        assertNotNull(signature, message);
        // As ice4j's stack does: the bytes before the attribute, with the length that ends at it.
        byte[] signed = Arrays.copyOf(bytes, bytes.length - 32);
        int length = signed.length - 20 + 24;
        signed[2] = (byte) (length >>> 8);
        signed[3] = (byte) length;
        assertArrayEquals(MessageIntegrityAttribute.calculateHmacSha1(signed, 0, signed.length, KEY),
                signature.getHmacSha1Content(), message);
        assertArrayEquals(FingerprintAttribute.calculateXorCRC32(bytes, 0, bytes.length - 8),
                ((FingerprintAttribute) decoded.getAttribute(Attribute.FINGERPRINT)).getChecksum(), message);
    }
}
