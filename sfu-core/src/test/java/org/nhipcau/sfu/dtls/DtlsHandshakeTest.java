// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ProtocolVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;
import org.nhipcau.sfu.srtp.SrtpProfile;

/** What a handshake may and may not agree on. */
@Timeout(30)
class DtlsHandshakeTest {

    @ParameterizedTest
    @EnumSource(DtlsRole.class)
    void shouldAgreeOnTheSameKeys(DtlsRole role) throws Exception {
        try (DtlsPair pair = new DtlsPair(role).start()) {
            SrtpKeyMaterial ours = pair.connected.get(10, TimeUnit.SECONDS);
            SrtpKeyMaterial theirs = pair.peer.connected.get(10, TimeUnit.SECONDS);
            assertEquals(SrtpProfile.AEAD_AES_128_GCM, ours.profile());
            assertArrayEquals(ours.outboundKey(), theirs.inboundKey());
            assertArrayEquals(ours.outboundSalt(), theirs.inboundSalt());
            assertArrayEquals(ours.inboundKey(), theirs.outboundKey());
            assertArrayEquals(ours.inboundSalt(), theirs.outboundSalt());
            assertFalse(java.util.Arrays.equals(ours.outboundKey(), ours.inboundKey()));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,AES128_CM_HMAC_SHA1_80", "8,AEAD_AES_256_GCM", "7,AEAD_AES_128_GCM"})
    void shouldSpeakEveryProfile(int id, SrtpProfile profile) throws Exception {
        for (DtlsRole role : DtlsRole.values()) {
            DtlsPair pair = new DtlsPair(role);
            pair.peer.profiles = new int[] {id};
            try (pair) {
                assertEquals(profile, pair.start().connected.get(10, TimeUnit.SECONDS).profile());
            }
        }
    }

    @Test
    void shouldChooseProfilesInOurOrder() throws Exception {
        DtlsPair pair = new DtlsPair(DtlsRole.SERVER);
        pair.peer.profiles = new int[] {2, 1, 5, 8, 7};
        try (pair) {
            assertEquals(SrtpProfile.AEAD_AES_128_GCM, pair.start().connected.get(10, TimeUnit.SECONDS).profile());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256})
    void shouldSpeakEverySuite(int suite) throws Exception {
        for (DtlsRole role : DtlsRole.values()) {
            DtlsPair pair = new DtlsPair(role);
            pair.peer.suites = new int[] {suite};
            try (pair) {
                pair.start().connected.get(10, TimeUnit.SECONDS);
            }
        }
    }

    /** The peer offers only these SRTP profiles: 32-bit tags, NULL ciphers, nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"2", "5 6", "3 4", ""})
    void shouldRefuseWithoutCommonProfile(String ids) throws Exception {
        DtlsPair pair = new DtlsPair(DtlsRole.SERVER);
        pair.peer.profiles = ids.isEmpty() ? new int[0]
                : java.util.Arrays.stream(ids.split(" ")).mapToInt(Integer::parseInt).toArray();
        try (pair) {
            assertRefused(pair.start(), PeerFailure.DTLS_FAILED, AlertDescription.handshake_failure);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {CipherSuite.TLS_ECDHE_ECDSA_WITH_NULL_SHA, CipherSuite.TLS_NULL_WITH_NULL_NULL,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256})
    void shouldRefuseOtherSuites(int suite) throws Exception {
        DtlsPair pair = new DtlsPair(DtlsRole.SERVER);
        pair.peer.suites = new int[] {suite};
        try (pair) {
            assertRefused(pair.start(), PeerFailure.DTLS_FAILED, AlertDescription.handshake_failure);
        }
    }

    @Test
    void shouldRefuseDtls10() throws Exception {
        DtlsPair pair = new DtlsPair(DtlsRole.SERVER);
        pair.peer.versions = ProtocolVersion.DTLSv10.only();
        pair.peer.suites = new int[] {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA};
        try (pair) {
            assertRefused(pair.start(), PeerFailure.DTLS_FAILED, AlertDescription.protocol_version);
        }
    }

    @Test
    void shouldRefuseWithoutExtendedMasterSecret() throws Exception {
        DtlsPair pair = new DtlsPair(DtlsRole.SERVER);
        pair.peer.extendedMasterSecret = false;
        try (pair) {
            assertRefused(pair.start(), PeerFailure.DTLS_FAILED, AlertDescription.handshake_failure);
        }
    }

    @Test
    void shouldRefuseWithoutClientCertificate() throws Exception {
        DtlsPair pair = new DtlsPair(DtlsRole.SERVER);
        pair.peer.sendCertificate = false;
        try (pair) {
            assertRefused(pair.start(), PeerFailure.DTLS_FAILED, AlertDescription.handshake_failure);
        }
    }

    @ParameterizedTest
    @EnumSource(DtlsRole.class)
    void shouldRefuseAnotherCertificate(DtlsRole role) throws Exception {
        DtlsPair pair = new DtlsPair(role);
        pair.expected = List.of(DtlsCertificate.generate(BcTestPeer.RANDOM, Instant.now()).fingerprint());
        try (pair) {
            assertRefused(pair.start(), PeerFailure.FINGERPRINT_MISMATCH, AlertDescription.bad_certificate);
        }
    }

    @ParameterizedTest
    @EnumSource(DtlsRole.class)
    void shouldTakeOneOfSeveralFingerprints(DtlsRole role) throws Exception {
        DtlsPair pair = new DtlsPair(role);
        byte[] encoded = encoded(pair.peer.certificate);
        pair.expected = List.of(DtlsCertificate.generate(BcTestPeer.RANDOM, Instant.now()).fingerprint(),
                DtlsCertificate.fingerprint("sha-512", encoded));
        try (pair) {
            pair.start().connected.get(10, TimeUnit.SECONDS);
        }
    }

    /** The right certificate is public: without its key it is worth nothing (CVE-2022-29222). */
    @Test
    void shouldRefuseACertificateWithoutItsKey() throws Exception {
        DtlsPair pair = new DtlsPair(DtlsRole.SERVER);
        pair.peer.shaping = datagrams -> {
            for (byte[] datagram : datagrams) {
                if (datagram[0] == 22 && datagram[4] == 0 && datagram[13] == 15) {
                    datagram[datagram.length - 1] ^= 1;
                }
            }
            return datagrams;
        };
        try (pair) {
            assertRefused(pair.start(), PeerFailure.DTLS_FAILED, AlertDescription.decrypt_error);
        }
    }

    @Test
    void shouldRefuseWeakFingerprintsAndNone() {
        assertThrows(IllegalArgumentException.class, () -> new Fingerprint("sha-1", "AB" + ":AB".repeat(19)));
        assertThrows(IllegalArgumentException.class, () -> new Fingerprint("md5", "AB" + ":AB".repeat(15)));
        DtlsPair pair = new DtlsPair(DtlsRole.SERVER);
        pair.expected = List.of();
        assertThrows(IllegalArgumentException.class, pair::startEndpoint);
    }

    @Test
    void shouldFailInTimeWhenNobodyAnswers() throws Exception {
        for (DtlsRole role : DtlsRole.values()) {
            DtlsPair pair = new DtlsPair(role);
            pair.timeoutMs = 300;
            pair.startEndpoint();
            assertEquals(PeerFailure.DTLS_TIMEOUT, pair.failed.get(10, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @EnumSource(DtlsRole.class)
    void shouldTellTheOtherEndOnClose(DtlsRole role) throws Exception {
        try (DtlsPair pair = new DtlsPair(role).start()) {
            pair.connected.get(10, TimeUnit.SECONDS);
            pair.peer.connected.get(10, TimeUnit.SECONDS);
            pair.endpoint.close();
            DtlsPair.await(() -> pair.peer.alertReceived == AlertDescription.close_notify, "the goodbye is heard");
            assertFalse(pair.closed.isDone());
        }
    }

    @ParameterizedTest
    @EnumSource(DtlsRole.class)
    void shouldHearTheOtherEndClose(DtlsRole role) throws Exception {
        try (DtlsPair pair = new DtlsPair(role).start()) {
            pair.connected.get(10, TimeUnit.SECONDS);
            pair.peer.connected.get(10, TimeUnit.SECONDS);
            pair.peer.transport.close();
            assertEquals(PeerFailure.REMOTE_CLOSED, pair.closed.get(10, TimeUnit.SECONDS));
        }
    }

    private static byte[] encoded(DtlsCertificate certificate) throws Exception {
        var chain = DtlsCertificate.class.getDeclaredField("chain");
        chain.setAccessible(true);
        return ((org.bouncycastle.tls.Certificate) chain.get(certificate)).getCertificateAt(0).getEncoded();
    }

    private static void assertRefused(DtlsPair pair, PeerFailure failure, short alert) throws Exception {
        assertEquals(failure, pair.failed.get(10, TimeUnit.SECONDS));
        assertThrows(ExecutionException.class, () -> pair.peer.connected.get(10, TimeUnit.SECONDS));
        assertTrue(pair.connected.isCompletedExceptionally());
        assertEquals(alert, pair.peer.alertReceived);
    }

    @ParameterizedTest
    @EnumSource(DtlsRole.class)
    void shouldHoldNoThreadWhileNothingComesAndStillHearTheGoodbye(DtlsRole role) throws Exception {
        try (DtlsPair pair = new DtlsPair(role).start()) {
            pair.connected.get(10, TimeUnit.SECONDS);
            pair.peer.connected.get(10, TimeUnit.SECONDS);
            awaitRest(pair);
            // Garbage wakes it, changes nothing, and lets it rest again.
            pair.endpoint.offer(org.nhipcau.sfu.buffer.PacketBuffer.copyOf(new byte[] {22, 1, 2, 3}));
            awaitRest(pair);
            assertFalse(pair.closed.isDone());
            pair.peer.transport.close();
            assertEquals(PeerFailure.REMOTE_CLOSED, pair.closed.get(10, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @EnumSource(DtlsRole.class)
    void shouldSayGoodbyeFromItsRest(DtlsRole role) throws Exception {
        try (DtlsPair pair = new DtlsPair(role).start()) {
            pair.connected.get(10, TimeUnit.SECONDS);
            pair.peer.connected.get(10, TimeUnit.SECONDS);
            awaitRest(pair);
            pair.endpoint.close();
            DtlsPair.await(() -> pair.peer.alertReceived == AlertDescription.close_notify, "the goodbye is heard");
            assertFalse(pair.closed.isDone());
        }
    }

    private static void awaitRest(DtlsPair pair) throws InterruptedException {
        DtlsPair.await(() -> pair.endpoint.resting(), "the endpoint rests");
    }
}
