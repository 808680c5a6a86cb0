// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;

/** The control link under TLS: the right node is believed, another one and plain text are not. */
class ControlTlsTest {
    private static final String TOKEN = "a-token-of-more-than-thirty-two-characters";

    @TempDir
    Path directory;

    private void writePem(String name, String label, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(directory.resolve(name),
                "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
    }

    private void certificate(String name) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        X500Name self = new X500Name("CN=" + name);
        Instant now = Instant.now();
        X509CertificateHolder holder = new JcaX509v3CertificateBuilder(self, BigInteger.ONE,
                Date.from(now.minusSeconds(60)), Date.from(now.plusSeconds(3600)), self, pair.getPublic())
                .addExtension(Extension.subjectAlternativeName, false,
                        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
        writePem(name + ".crt", "CERTIFICATE", holder.getEncoded());
        writePem(name + ".key", "PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private RemoteMediaServer client(int port, String trustFile) throws IOException {
        return RemoteMediaServer.connect(new ControlSettings("127.0.0.1", port, TOKEN, "", "", trustFile));
    }

    @Test
    void shouldBelieveOnlyTheNodeWithTheTrustedCertificate() throws Exception {
        certificate("node");
        certificate("other");
        ControlSettings settings = new ControlSettings("127.0.0.1", 0, TOKEN, file("node.crt"), file("node.key"), "");
        try (FakeNode node = new FakeNode();
                ControlServer server = ControlServer.start(node, settings);
                RemoteMediaServer right = client(server.port(), file("node.crt"));
                RemoteMediaServer wrong = client(server.port(), file("other.crt"));
                RemoteMediaServer plain = client(server.port(), "")) {
            assertTrue(right.awaitConnected(Duration.ofSeconds(20)), "no link under TLS");
            assertEquals(new MediaReply.Done(),
                    right.submit(new MediaCommand.OpenRoom("r")).get(20, TimeUnit.SECONDS));
            assertFalse(wrong.awaitConnected(Duration.ofSeconds(1)), "another issuer was believed");
            assertFalse(plain.reachable(), "plain text was taken");
        }
    }

    @Test
    void missingFilesShouldBeTold() {
        ControlSettings noCertificate = new ControlSettings("127.0.0.1", 0, TOKEN, file("none"), file("none"), "");
        try (FakeNode node = new FakeNode()) {
            assertThrows(IOException.class, () -> ControlServer.start(node, noCertificate));
            assertThrows(IOException.class, () -> client(1, file("none")));
            assertEquals(0, node.listeners());
        }
    }
}
