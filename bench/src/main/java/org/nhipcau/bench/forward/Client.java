// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.dtls.DtlsCertificate;
import org.nhipcau.sfu.dtls.DtlsEndpoint;
import org.nhipcau.sfu.dtls.DtlsListener;
import org.nhipcau.sfu.ice.IceCredentials;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.srtp.SrtpEngines;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;
import org.nhipcau.sfu.srtp.SrtpResult;
import org.nhipcau.sfu.srtp.SrtpTransform;
import org.nhipcau.sfu.stun.StunIntegrity;
import org.nhipcau.sfu.stun.StunMessageWriter;

/**
 * A client's transport against a media node on this machine: checks, handshake, keys, one socket. No signaling: what
 * both sides must know of each other is handed in.
 *
 * <p>Thread: one, but for the callbacks of the handshake. Owns: socket, DTLS endpoint, SRTP session.
 */
class Client implements AutoCloseable {
    /** What the C program asks for too; the kernel cuts it to net.core.rmem_max. */
    private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
    private static final long CHECK_INTERVAL_NS = 2_000_000_000L;
    private static final long HANDSHAKE_TIMEOUT_MS = 30_000;

    final LinuxUdp socket = new LinuxUdp(RECEIVE_BUFFER_BYTES);
    final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final IceCredentials credentials;
    private final DtlsCertificate certificate;
    private final SecureRandom random;
    private final PacketBuffer out = PacketBuffer.allocate();
    private final RtcpWriter rtcp = new RtcpWriter();
    private volatile SrtpKeyMaterial keys;
    private SrtpTransform srtp;
    private DtlsEndpoint dtls;
    private byte[] username;
    private StunIntegrity remoteKey;
    private long nextCheckNs;

    Client(DtlsCertificate certificate, SecureRandom random) throws IOException {
        this.certificate = certificate;
        this.random = random;
        this.credentials = IceCredentials.random(random);
    }

    IceCredentials credentials() {
        return credentials;
    }

    Fingerprint fingerprint() {
        return certificate.fingerprint();
    }

    /** Nominates the socket and starts the handshake. */
    void begin(LocalTransport node, long nowNs) throws IOException {
        socket.connect(node.candidates().getFirst().port());
        username = (node.iceUfrag() + ":" + credentials.ufrag()).getBytes(StandardCharsets.US_ASCII);
        remoteKey = new StunIntegrity(node.icePwd());
        dtls = new DtlsEndpoint(DtlsRole.CLIENT, certificate, List.of(node.fingerprint()), HANDSHAKE_TIMEOUT_MS,
                socket::send, new DtlsListener() {
                    @Override
                    public void onConnected(SrtpKeyMaterial exported) {
                        keys = exported;
                        connected.complete(null);
                    }

                    @Override
                    public void onFailed(PeerFailure failure) {
                        connected.completeExceptionally(new IOException("handshake: " + failure));
                    }

                    @Override
                    public void onClosed(PeerFailure failure) {
                        System.err.println("the node closed a client: " + failure);
                    }
                });
        check(nowNs);
        dtls.start();
    }

    /** Sends a check where one is due: consent expires without. */
    final void keepAlive(long nowNs) {
        if (remoteKey != null && nowNs - nextCheckNs >= 0) {
            check(nowNs);
        }
    }

    private void check(long nowNs) {
        nextCheckNs = nowNs + CHECK_INTERVAL_NS;
        byte[] transaction = new byte[12];
        random.nextBytes(transaction);
        StunMessageWriter writer = new StunMessageWriter()
                .beginRequest(out, StunMessageWriter.BINDING_REQUEST, transaction).username(username)
                .priority(0x6e0001ffL).iceControlling(1);
        writer.useCandidate().messageIntegrity(remoteKey).fingerprint();
        socket.send(out.address(), out.length());
    }

    final void onDtls(PacketBuffer datagram) {
        dtls.offer(datagram);
    }

    /** Whether media may flow; the first such answer makes the session, on the thread that will use it. */
    final boolean ready() {
        if (srtp == null && keys != null) {
            srtp = SrtpTransform.create(SrtpEngines.best(), keys, 16);
        }
        return srtp != null;
    }

    final boolean protect(PacketBuffer packet, int headerLength) {
        return srtp.protectRtp(packet, headerLength) == SrtpResult.OK;
    }

    final boolean unprotect(PacketBuffer packet, int headerLength) {
        return srtp.unprotectRtp(packet, headerLength) == SrtpResult.OK;
    }

    final boolean unprotectRtcp(PacketBuffer packet) {
        return srtp.unprotectRtcp(packet) == SrtpResult.OK;
    }

    /** Begins a compound to be sent by {@link #sendRtcp}. */
    final RtcpWriter beginRtcp() {
        rtcp.begin(out, 1_200);
        return rtcp;
    }

    final void sendRtcp() {
        if (srtp.protectRtcp(out) == SrtpResult.OK) {
            socket.send(out.address(), out.length());
        }
    }

    @Override
    public void close() {
        if (dtls != null) {
            dtls.close();
        }
        socket.close();
    }
}
