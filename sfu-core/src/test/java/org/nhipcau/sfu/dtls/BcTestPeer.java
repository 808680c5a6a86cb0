// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.Vector;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.UseSRTPData;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;
import org.nhipcau.sfu.srtp.SrtpProfile;

/** The other end of a handshake, written straight on Bouncy Castle, with every choice open to the test. */
final class BcTestPeer implements DatagramTransport {
    static final SecureRandom RANDOM = new SecureRandom();

    DtlsCertificate certificate = DtlsCertificate.generate(RANDOM, Instant.now());
    ProtocolVersion[] versions = ProtocolVersion.DTLSv12.only();
    int[] suites = {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256};
    int[] profiles = {7, 8, 1};
    boolean sendCertificate = true;
    boolean extendedMasterSecret = true;
    /** Offers DTLS 1.3 before 1.2, with a post-quantum key share that makes the hello larger than a datagram. */
    boolean offersDtls13;
    int timeoutMs = 20_000;
    /** Where datagrams of this peer go. */
    Consumer<byte[]> out;
    /** May split, reorder or alter what is sent; one datagram may become several. */
    UnaryOperator<byte[][]> shaping = datagrams -> datagrams;

    final CompletableFuture<SrtpKeyMaterial> connected = new CompletableFuture<>();
    volatile short alertReceived = -1;
    volatile DTLSTransport transport;

    /** Application data that came. */
    final BlockingQueue<byte[]> data = new LinkedBlockingQueue<>();

    private final BlockingQueue<byte[]> in = new LinkedBlockingQueue<>();
    private final DtlsRole role;
    /** Only a server: it has the fault of waiting for ever when a CertificateVerify is lost. */
    private final DtlsRecordFilter filter;
    private volatile Thread thread;
    private volatile boolean closed;
    private SrtpKeyMaterial keys;
    private SrtpProfile profile;

    BcTestPeer(DtlsRole role) {
        this.role = role;
        this.filter = role == DtlsRole.SERVER ? new DtlsRecordFilter(role) : null;
    }

    void start() {
        thread = Thread.ofVirtual().name("bc-peer").start(this::run);
    }

    void receive(byte[] datagram) {
        in.add(datagram);
    }

    void stop() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        try {
            transport = role == DtlsRole.CLIENT ? new DTLSClientProtocol().connect(new Client(), this)
                    : new DTLSServerProtocol().accept(new Server(), this);
            if (filter != null) {
                filter.setConnected();
            }
            connected.complete(keys);
            byte[] buffer = new byte[2048];
            while (!closed && alertReceived < 0) {
                int length = transport.receive(buffer, 0, buffer.length, 10_000);
                if (length > 0) {
                    data.add(Arrays.copyOf(buffer, length));
                }
            }
        } catch (IOException | RuntimeException e) {
            connected.completeExceptionally(e);
        }
    }

    @Override
    public int getReceiveLimit() {
        return 2048;
    }

    @Override
    public int getSendLimit() {
        return 1200;
    }

    @Override
    public int receive(byte[] target, int offset, int length, int waitMillis) throws IOException {
        long deadlineNs = System.nanoTime() + waitMillis * 1_000_000L;
        try {
            while (true) {
                byte[] held = filter == null ? null : filter.pollHeld();
                if (held != null) {
                    System.arraycopy(held, 0, target, offset, held.length);
                    return held.length;
                }
                byte[] datagram = in.poll(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (datagram == null) {
                    return -1;
                }
                byte[] copy = datagram.clone();
                int kept = filter == null ? copy.length : filter.filter(copy, copy.length);
                if (kept > 0) {
                    System.arraycopy(copy, 0, target, offset, kept);
                    return kept;
                }
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    @Override
    public void send(byte[] source, int offset, int length) {
        for (byte[] datagram : shaping.apply(new byte[][] {Arrays.copyOfRange(source, offset, offset + length)})) {
            out.accept(datagram);
        }
    }

    @Override
    public void close() {}

    private void export(TlsContext context) throws IOException {
        byte[] exported = context.exportKeyingMaterial(ExporterLabel.dtls_srtp, null, profile.exportedBytes());
        keys = SrtpKeyMaterial.ofExported(profile, exported, role == DtlsRole.CLIENT);
    }

    private final class Client extends DefaultTlsClient {
        Client() {
            super(certificate.crypto());
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return versions;
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return suites;
        }

        @Override
        public boolean shouldUseExtendedMasterSecret() {
            return extendedMasterSecret;
        }

        @Override
        public int getHandshakeTimeoutMillis() {
            return timeoutMs;
        }

        @Override
        public int getHandshakeResendTimeMillis() {
            return 150;
        }

        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        protected Vector getSupportedGroups(Vector namedGroupRoles) {
            Vector groups = super.getSupportedGroups(namedGroupRoles);
            if (offersDtls13) {
                groups.add(0, 0x11ec);
            }
            return groups;
        }

        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public Hashtable getClientExtensions() throws IOException {
            Hashtable extensions = super.getClientExtensions();
            extensions = extensions == null ? new Hashtable() : extensions;
            if (profiles.length > 0) {
                TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(profiles, new byte[0]));
            }
            if (offersDtls13) {
                extensions.put(43, new byte[] {4, (byte) 0xfe, (byte) 0xfc, (byte) 0xfe, (byte) 0xfd});
                extensions.put(51, ByteBuffer.allocate(2 + 4 + 1216).putShort((short) 1220).putShort((short) 0x11ec)
                        .putShort((short) 1216).array());
            }
            return extensions;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public void processServerExtensions(Hashtable extensions) throws IOException {
            super.processServerExtensions(extensions);
            UseSRTPData answer = TlsSRTPUtils.getUseSRTPExtension(extensions);
            profile = SrtpProfile.ofId(answer.getProtectionProfiles()[0]);
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate serverCertificate) {}

                @Override
                public TlsCredentials getClientCredentials(CertificateRequest request) {
                    return sendCertificate ? certificate.credentials(context) : null;
                }
            };
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            export(context);
        }

        @Override
        public void notifyAlertReceived(short level, short description) {
            alertReceived = description;
        }
    }

    private final class Server extends DefaultTlsServer {
        Server() {
            super(certificate.crypto());
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return versions;
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return suites;
        }

        @Override
        public int getHandshakeTimeoutMillis() {
            return timeoutMs;
        }

        @Override
        public int getHandshakeResendTimeMillis() {
            return 150;
        }

        @Override
        protected TlsCredentialedSigner getECDSASignerCredentials() {
            return certificate.credentials(context);
        }

        @Override
        public CertificateRequest getCertificateRequest() {
            Vector<Object> signatures = new Vector<>(DtlsNegotiation.signatures(false));
            return new CertificateRequest(new short[] {ClientCertificateType.ecdsa_sign}, signatures, null);
        }

        @Override
        public void notifyClientCertificate(Certificate clientCertificate) {}

        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public Hashtable getServerExtensions() throws IOException {
            Hashtable extensions = super.getServerExtensions();
            if (profiles.length > 0) {
                profile = SrtpProfile.ofId(profiles[0]);
                TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(new int[] {profiles[0]}, new byte[0]));
            }
            return extensions;
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            export(context);
        }

        @Override
        public void notifyAlertReceived(short level, short description) {
            alertReceived = description;
        }
    }
}
