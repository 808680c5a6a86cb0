// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.UseSRTPData;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;
import org.nhipcau.sfu.srtp.SrtpProfile;

/**
 * What one handshake may agree on and what it found out: the same for both roles.
 *
 * <p>Spec: RFC 8827 §6.5 (suites, curves), RFC 5764 §4.1 (use_srtp), RFC 8122 §5 (fingerprints). Thread: the
 * endpoint's.
 */
final class DtlsNegotiation {
    /** A repetition comes this long after the first try: on a lossy link the handshake must not wait a second. */
    static final int FIRST_RESEND_MS = 150;
    static final int MAX_CERTIFICATES = 4;

    private static final int[] CIPHER_SUITES = {
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
    };
    private static final int[] CURVES = {NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1};

    private final List<Fingerprint> expected;
    private final int timeoutMs;
    private SrtpProfile profile;
    private SrtpKeyMaterial keys;
    private PeerFailure failure = PeerFailure.DTLS_FAILED;
    private boolean certificateVerified;
    private boolean closedByRemote;

    DtlsNegotiation(List<Fingerprint> expected, int timeoutMs) {
        if (expected.isEmpty()) {
            throw new IllegalArgumentException("no fingerprint to check the other end against");
        }
        this.expected = List.copyOf(expected);
        this.timeoutMs = timeoutMs;
    }

    static int[] cipherSuites() {
        return CIPHER_SUITES.clone();
    }

    /** Our first curve that the other end has too; -1: none. A missing list stands for P-256 (RFC 8422 §4). */
    static int chooseCurve(int[] offered) {
        if (offered == null) {
            return NamedGroup.secp256r1;
        }
        for (int curve : CURVES) {
            if (Arrays.stream(offered).anyMatch(group -> group == curve)) {
                return curve;
            }
        }
        return -1;
    }

    static int[] curves() {
        return CURVES.clone();
    }

    /** Signatures of handshakes that we verify: a client may hold an RSA key though the suites name ECDSA. */
    static Vector<SignatureAndHashAlgorithm> signatures(boolean withRsa) {
        Vector<SignatureAndHashAlgorithm> all = new Vector<>();
        all.add(new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
        all.add(new SignatureAndHashAlgorithm(HashAlgorithm.sha384, SignatureAlgorithm.ecdsa));
        if (withRsa) {
            all.add(SignatureAndHashAlgorithm.rsa_pss_rsae_sha256);
            all.add(new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.rsa));
        }
        return all;
    }

    int timeoutMs() {
        return timeoutMs;
    }

    /** What we offer as a client. */
    static UseSRTPData offer() {
        return new UseSRTPData(SrtpProfile.PREFERENCE.stream().mapToInt(SrtpProfile::id).toArray(),
                TlsUtils.EMPTY_BYTES);
    }

    /** Chooses as a server, in our order. */
    void chooseProfile(UseSRTPData offered) throws TlsFatalAlert {
        int[] ids = offered == null ? new int[0] : offered.getProtectionProfiles();
        for (SrtpProfile candidate : SrtpProfile.PREFERENCE) {
            if (Arrays.stream(ids).anyMatch(id -> id == candidate.id())) {
                profile = candidate;
                return;
            }
        }
        throw new TlsFatalAlert(AlertDescription.handshake_failure, "no common SRTP profile");
    }

    /** The extension of our ServerHello. */
    UseSRTPData answer() {
        return new UseSRTPData(new int[] {profile.id()}, TlsUtils.EMPTY_BYTES);
    }

    /** Checks as a client what the server chose. */
    void acceptProfile(UseSRTPData answer) throws TlsFatalAlert {
        if (answer == null) {
            throw new TlsFatalAlert(AlertDescription.handshake_failure, "no SRTP profile");
        }
        int[] chosen = answer.getProtectionProfiles();
        profile = chosen.length == 1 ? SrtpProfile.ofId(chosen[0]) : null;
        if (profile == null || answer.getMki().length > 0) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, "SRTP profile was not offered");
        }
    }

    /**
     * Compares the other end's certificate with every expected fingerprint; one match is enough. All are computed and
     * compared in constant time. That it also holds the key is proved later in the handshake.
     */
    void verifyCertificate(Certificate chain) throws IOException {
        if (chain == null || chain.isEmpty()) {
            throw new TlsFatalAlert(AlertDescription.handshake_failure, "no certificate");
        }
        byte[] encoded = chain.getCertificateAt(0).getEncoded();
        boolean matches = false;
        for (Fingerprint fingerprint : expected) {
            byte[] value = HexFormat.ofDelimiter(":").parseHex(fingerprint.value());
            matches |= MessageDigest.isEqual(value, DtlsCertificate.digest(fingerprint.algorithm(), encoded));
        }
        if (!matches) {
            failure = PeerFailure.FINGERPRINT_MISMATCH;
            throw new TlsFatalAlert(AlertDescription.bad_certificate, "fingerprint mismatch");
        }
        certificateVerified = true;
    }

    /** Takes the keys out of the finished handshake. */
    void exportKeys(TlsContext context) throws TlsFatalAlert {
        if (!certificateVerified || profile == null) {
            throw new TlsFatalAlert(AlertDescription.internal_error, "handshake finished without its checks");
        }
        byte[] exported = context.exportKeyingMaterial(ExporterLabel.dtls_srtp, null, profile.exportedBytes());
        keys = SrtpKeyMaterial.ofExported(profile, exported, !context.isServer());
        Arrays.fill(exported, (byte) 0);
    }

    /** The keys, once. */
    SrtpKeyMaterial takeKeys() {
        SrtpKeyMaterial taken = keys;
        keys = null;
        return taken;
    }

    /** An alert that ends the association came. */
    void setClosedByRemote() {
        closedByRemote = true;
    }

    boolean closedByRemote() {
        return closedByRemote;
    }

    /** Why the handshake failed, if it failed for a reason of the protocol. */
    PeerFailure failure() {
        return failure;
    }
}
