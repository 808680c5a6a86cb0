// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** The published test vectors: RFC 3711 Appendix B, RFC 7714 §16 and §17. */
class SrtpVectorTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] NONE = new byte[0];
    private static final String RTP_HEADER = "8040f17b8041f8d35501a0b2";
    private static final String RTP_PAYLOAD =
            "47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
    private static final byte[] GCM_SALT = HEX.parseHex("517569642070726f2071756f");
    private static final byte[] GCM_KEY_128 = HEX.parseHex("000102030405060708090a0b0c0d0e0f");
    private static final byte[] GCM_KEY_256 =
            HEX.parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

    @Test
    void shouldDeriveTheKeysOfRfc3711B3() {
        SessionKeys keys = SessionKeys.derive(SrtpProfile.AES128_CM_HMAC_SHA1_80,
                HEX.parseHex("e1f97a0d3e018be0d64fa32c06de4139"), HEX.parseHex("0ec675ad498afeebb6960b3aabe6"));
        assertEquals("c61e7a93744f39ee10734afe3ff7a087", HEX.formatHex(keys.rtpKey()));
        assertEquals("30cbbc08863d8c85d49db34a9ae1", HEX.formatHex(keys.rtpSalt()));
        assertEquals("cebe321f6ff7716b6fd4ab49af256a156d38baa4", HEX.formatHex(keys.rtpAuthentication()));
    }

    @ParameterizedTest
    @EnumSource(names = {"LIBCRYPTO", "JCE"})
    void shouldMakeTheKeystreamOfRfc3711B2(EngineUnderTest engine) {
        byte[] key = HEX.parseHex("2b7e151628aed2a6abf7158809cf4f3c");
        byte[] salt = HEX.parseHex("f0f1f2f3f4f5f6f7f8f9fafbfcfd");
        SessionKeys keys = new SessionKeys(key, salt, new byte[20], key, salt, new byte[20]);
        try (PacketCipher cipher = cipher(engine, SrtpProfile.AES128_CM_HMAC_SHA1_80, keys, true)) {
            PacketBuffer packet = PacketBuffer.copyOf(new byte[12 + 48]);
            cipher.sealRtp(packet, 12, 0, 0);
            assertEquals("e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab"
                    + "41e95b3bb0a2e8dd477901e4fca894c0",
                    HEX.formatHex(packet.toByteArray(), 12, 60));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"IPSEC_MB", "LIBCRYPTO", "JCE"})
    void shouldSealAndOpenTheRtpPacketOfRfc7714With128Bits(EngineUnderTest engine) {
        rtp(engine, SrtpProfile.AEAD_AES_128_GCM, GCM_KEY_128, RTP_HEADER
                + "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833"
                + "899d7f27beb16a9152cf765ee4390cce");
    }

    @ParameterizedTest
    @EnumSource(names = {"IPSEC_MB", "LIBCRYPTO", "JCE"})
    void shouldSealAndOpenTheRtpPacketOfRfc7714With256Bits(EngineUnderTest engine) {
        rtp(engine, SrtpProfile.AEAD_AES_256_GCM, GCM_KEY_256, RTP_HEADER
                + "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b"
                + "7aa3db36dfffd6b0f9bb7878d7a76c13");
    }

    @ParameterizedTest
    @EnumSource(names = {"IPSEC_MB", "LIBCRYPTO", "JCE"})
    void shouldSealAndOpenTheRtcpPacketOfRfc7714With128Bits(EngineUnderTest engine) {
        String plain = "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61"
                + "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
        String sealed = "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32d"
                + "c676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf872"
                + "45d9eade" + "800005d4";
        SessionKeys keys = new SessionKeys(GCM_KEY_128, GCM_SALT, NONE, GCM_KEY_128, GCM_SALT, NONE);
        try (PacketCipher cipher = cipher(engine, SrtpProfile.AEAD_AES_128_GCM, keys, true)) {
            PacketBuffer packet = PacketBuffer.copyOf(HEX.parseHex(plain));
            cipher.sealRtcp(packet, packet.getInt(4), 0x5d4);
            assertEquals(sealed, HEX.formatHex(packet.toByteArray()));
        }
        try (PacketCipher cipher = cipher(engine, SrtpProfile.AEAD_AES_128_GCM, keys, false)) {
            PacketBuffer packet = PacketBuffer.copyOf(HEX.parseHex(sealed));
            assertTrue(cipher.openRtcp(packet, packet.getInt(4), 0x5d4));
            assertEquals(plain, HEX.formatHex(packet.toByteArray()));
        }
    }

    private static void rtp(EngineUnderTest engine, SrtpProfile profile, byte[] key, String sealed) {
        SessionKeys keys = new SessionKeys(key, GCM_SALT, NONE, key, GCM_SALT, NONE);
        try (PacketCipher cipher = cipher(engine, profile, keys, true)) {
            PacketBuffer packet = PacketBuffer.copyOf(HEX.parseHex(RTP_HEADER + RTP_PAYLOAD));
            cipher.sealRtp(packet, 12, packet.getInt(8), packet.getUnsignedShort(2));
            assertEquals(sealed, HEX.formatHex(packet.toByteArray()));
        }
        try (PacketCipher cipher = cipher(engine, profile, keys, false)) {
            PacketBuffer packet = PacketBuffer.copyOf(HEX.parseHex(sealed));
            assertTrue(cipher.openRtp(packet, 12, packet.getInt(8), packet.getUnsignedShort(2)));
            assertEquals(RTP_HEADER + RTP_PAYLOAD, HEX.formatHex(packet.toByteArray()));
        }
    }

    private static PacketCipher cipher(EngineUnderTest engine, SrtpProfile profile, SessionKeys keys,
            boolean outbound) {
        engine.make();
        SessionKeys own = new SessionKeys(keys.rtpKey().clone(), keys.rtpSalt().clone(),
                keys.rtpAuthentication().clone(), keys.rtcpKey().clone(), keys.rtcpSalt().clone(),
                keys.rtcpAuthentication().clone());
        return switch (engine) {
            case IPSEC_MB -> IpsecMbEngine.createCipher(profile, own);
            case LIBCRYPTO -> LibCryptoEngine.createCipher(profile, own, outbound);
            case JCE -> JceEngine.createCipher(profile, own, outbound);
            case JITSI -> throw new IllegalArgumentException("jitsi-srtp takes no session keys");
        };
    }
}
