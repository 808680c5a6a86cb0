// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcECContentSignerBuilder;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.nhipcau.sfu.api.Fingerprint;

/**
 * Our identity in handshakes: a self-signed ECDSA P-256 certificate, made in memory and never written anywhere.
 *
 * <p>Nobody trusts it for its signature: the session description carries its fingerprint, and only this counts. It
 * names no host and no operator. Spec: RFC 8827 §6.5, RFC 8122 §5. Thread: any; immutable.
 */
public final class DtlsCertificate {
    private static final Duration VALID_BEFORE = Duration.ofDays(1);
    private static final Duration VALID_AFTER = Duration.ofDays(30);
    private static final int SERIAL_BITS = 64;
    private static final SignatureAndHashAlgorithm SIGNATURE =
            new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa);

    private final BcTlsCrypto crypto;
    private final AsymmetricKeyParameter privateKey;
    private final Certificate chain;
    private final Fingerprint fingerprint;

    private DtlsCertificate(BcTlsCrypto crypto, AsymmetricKeyParameter privateKey, byte[] encoded) throws IOException {
        this.crypto = crypto;
        this.privateKey = privateKey;
        this.chain = new Certificate(new TlsCertificate[] {crypto.createCertificate(encoded)});
        this.fingerprint = fingerprint("sha-256", encoded);
    }

    /**
     * Makes a key and its certificate.
     *
     * @param random source of the key, and of all handshakes made with this certificate
     * @param now the time around which the certificate is valid
     */
    public static DtlsCertificate generate(SecureRandom random, Instant now) {
        var generator = new ECKeyPairGenerator();
        var curve = SECObjectIdentifiers.secp256r1;
        generator.init(new ECKeyGenerationParameters(
                new ECNamedDomainParameters(curve, SECNamedCurves.getByOID(curve)), random));
        AsymmetricCipherKeyPair pair = generator.generateKeyPair();
        X500Name name = new X500Name("CN=WebRTC");
        AlgorithmIdentifier signature = new DefaultSignatureAlgorithmIdentifierFinder().find("SHA256withECDSA");
        AlgorithmIdentifier digest = new DefaultDigestAlgorithmIdentifierFinder().find(signature);
        try {
            var signer = new BcECContentSignerBuilder(signature, digest).setSecureRandom(random)
                    .build(pair.getPrivate());
            byte[] encoded = new X509v3CertificateBuilder(name, new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
                    Date.from(now.minus(VALID_BEFORE)), Date.from(now.plus(VALID_AFTER)), name,
                    SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(pair.getPublic())).build(signer)
                            .getEncoded();
            return new DtlsCertificate(new SmallTlsCrypto(random), pair.getPrivate(), encoded);
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException("certificate could not be made", e);
        }
    }

    /** The sha-256 fingerprint for our session description. */
    public Fingerprint fingerprint() {
        return fingerprint;
    }

    BcTlsCrypto crypto() {
        return crypto;
    }

    TlsCredentialedSigner credentials(TlsContext context) {
        return new BcDefaultTlsCredentialedSigner(new TlsCryptoParameters(context), crypto, privateKey, chain,
                SIGNATURE);
    }

    static Fingerprint fingerprint(String algorithm, byte[] encoded) {
        return new Fingerprint(algorithm, HexFormat.ofDelimiter(":").withUpperCase()
                .formatHex(digest(algorithm, encoded)));
    }

    /** @param algorithm as in a {@link Fingerprint}: sha-256, sha-384 or sha-512, which are Java's names too */
    static byte[] digest(String algorithm, byte[] encoded) {
        try {
            return MessageDigest.getInstance(algorithm.toUpperCase(Locale.ROOT)).digest(encoded);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
