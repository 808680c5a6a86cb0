// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.transport;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Random;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.dtls.DtlsCertificate;
import org.nhipcau.sfu.dtls.DtlsEndpoint;
import org.nhipcau.sfu.dtls.DtlsListener;
import org.nhipcau.sfu.ice.IceCredentials;
import org.nhipcau.sfu.peer.DatagramKind;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.srtp.SrtpEngines;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;
import org.nhipcau.sfu.srtp.SrtpResult;
import org.nhipcau.sfu.srtp.SrtpTransform;

/**
 * One client's transport over a UDP socket of its own: checks, handshake, then SRTP both ways. Needs no signaling: who
 * has the server's {@link RemoteEnd} may connect, and tells the server {@link #credentials()} and
 * {@link #fingerprint()}.
 *
 * <p>Thread: the loop's, all of it. Owns: socket, agent, DTLS endpoint and SRTP state.
 */
public final class ClientTransport implements AutoCloseable {
    private static final SecureRandom SECURE_RANDOM = new SecureRandom();
    private static final long HANDSHAKE_TIMEOUT_MS = 30_000;
    private static final int MAX_SSRCS = 2_048;
    private static final long GOODBYE_NS = 50_000_000L;

    private final SocketLoop loop;
    private final TransportListener listener;
    private final DtlsCertificate certificate;
    private final IceCredentials credentials = IceCredentials.random(SECURE_RANDOM);
    private final IceAgent ice;
    private final SocketLoop.Socket socket;
    private final SocketLoop.Timer timer;
    private final RtpPacketFlyweight view = new RtpPacketFlyweight();
    private final TransportCounters counters = new TransportCounters();
    private DtlsEndpoint dtls;
    private DtlsRole role;
    private RemoteEnd remote;
    private SrtpTransform srtp;
    private InetSocketAddress destination;
    private boolean closed;

    /**
     * Opens the socket; nothing is sent before {@link #connect}.
     *
     * @param bind local address of the family that the server is reached by
     */
    public ClientTransport(SocketLoop loop, InetAddress bind, DtlsCertificate certificate, Random random,
            TransportListener listener) throws IOException {
        this.loop = loop;
        this.listener = listener;
        this.certificate = certificate;
        this.ice = new IceAgent(credentials, random);
        this.socket = loop.open(new InetSocketAddress(bind, 0), this::onDatagram);
        this.timer = loop.timer(this::onTime);
    }

    public IceCredentials credentials() {
        return credentials;
    }

    public Fingerprint fingerprint() {
        return certificate.fingerprint();
    }

    /** Our one candidate, as the value of an {@code a=candidate} line. */
    public String candidate() {
        InetSocketAddress address = socket.localAddress();
        return "candidate:1 1 udp " + IceAgent.hostPriority() + ' ' + address.getAddress().getHostAddress() + ' '
                + address.getPort() + " typ host";
    }

    public InetSocketAddress localAddress() {
        return socket.localAddress();
    }

    public TransportCounters counters() {
        return counters;
    }

    /** Whether media may flow. */
    public boolean isConnected() {
        return srtp != null && !closed;
    }

    /**
     * Begins to check, then to shake hands.
     *
     * @param dtlsRole ours
     * @param controlling whether we offered, or the server is lite (RFC 8445 §6.1.1)
     */
    public void connect(RemoteEnd remoteEnd, DtlsRole dtlsRole, boolean controlling) {
        remote = remoteEnd;
        role = dtlsRole;
        long nowNs = System.nanoTime();
        ice.start(remoteEnd.credentials(), controlling || remoteEnd.lite(), nowNs);
        remoteEnd.candidates().forEach(candidate -> addCandidate(candidate, nowNs));
        timer.at(nowNs);
    }

    /** Whether {@link #connect} was called, and with these credentials: other ones mean an ICE restart. */
    public boolean isFor(IceCredentials remoteCredentials) {
        return remote != null && remote.credentials().equals(remoteCredentials);
    }

    /** One more address of the server. One of a family that the socket does not have is passed over. */
    public void addCandidate(InetSocketAddress candidate, long nowNs) {
        boolean v4 = socket.localAddress().getAddress() instanceof Inet4Address;
        if (!candidate.isUnresolved() && candidate.getAddress() instanceof Inet4Address == v4) {
            ice.addCandidate(candidate, nowNs);
            timer.at(nowNs);
        }
    }

    private long onTime(long nowNs) {
        if (closed) {
            return Long.MAX_VALUE;
        }
        long nextNs = ice.onTime(nowNs, socket::send);
        if (ice.failed()) {
            end("ICE: the server does not answer");
        }
        return nextNs;
    }

    private void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) {
        if (closed) {
            return;
        }
        switch (DatagramKind.of(datagram)) {
            case RTP -> onRtp(datagram, nowNs);
            case RTCP -> onRtcp(datagram, nowNs);
            case STUN -> {
                ice.handle(datagram, from, nowNs, socket::send);
                onSelected(nowNs);
            }
            case DTLS -> {
                if (dtls != null) {
                    dtls.offer(datagram);
                }
            }
            case UNKNOWN -> counters.unknown++;
        }
    }

    private void onSelected(long nowNs) {
        destination = ice.selected();
        if (destination != null && dtls == null) {
            dtls = new DtlsEndpoint(role, certificate, remote.fingerprints(), HANDSHAKE_TIMEOUT_MS, this::sendHandshake,
                    new Handshake());
            dtls.start();
        }
        timer.at(nowNs + 1_000_000);
    }

    private void onRtp(PacketBuffer packet, long nowNs) {
        if (srtp == null) {
            counters.early++;
            return;
        }
        int bytes = packet.length();
        if (!view.wrap(packet) || srtp.unprotectRtp(packet, view.headerLength()) != SrtpResult.OK
                || !view.wrapPlain(packet)) {
            counters.undecipherable++;
            return;
        }
        counters.rtpIn++;
        counters.bytesIn += bytes;
        listener.onRtp(packet, view, nowNs);
    }

    private void onRtcp(PacketBuffer packet, long nowNs) {
        if (srtp == null) {
            counters.early++;
            return;
        }
        if (srtp.unprotectRtcp(packet) != SrtpResult.OK) {
            counters.undecipherable++;
            return;
        }
        counters.rtcpIn++;
        listener.onRtcp(packet, nowNs);
    }

    /**
     * Encrypts in place and sends.
     *
     * @param headerLength bytes of the RTP header with its extensions
     * @return false when not connected or the number cannot be used: nothing was sent
     */
    public boolean sendRtp(PacketBuffer plain, int headerLength) {
        if (!isConnected() || srtp.protectRtp(plain, headerLength) != SrtpResult.OK) {
            return false;
        }
        counters.rtpOut++;
        counters.bytesOut += plain.length();
        socket.send(plain, destination);
        return true;
    }

    /** Encrypts a compound in place and sends it. @return false when not connected */
    public boolean sendRtcp(PacketBuffer plain) {
        if (!isConnected() || srtp.protectRtcp(plain) != SrtpResult.OK) {
            return false;
        }
        counters.rtcpOut++;
        socket.send(plain, destination);
        return true;
    }

    /** Datagrams that the socket did not take. */
    public long failedSends() {
        return socket.failedSends();
    }

    private void sendHandshake(byte[] datagram) {
        loop.execute(() -> {
            socket.send(PacketBuffer.copyOf(datagram), destination);
        });
    }

    private void end(String reason) {
        if (!closed) {
            release();
            listener.onEnded(reason);
        }
    }

    private void release() {
        closed = true;
        timer.cancel();
        if (dtls != null) {
            dtls.close();
        }
        if (srtp != null) {
            srtp.close();
            srtp = null;
        }
        // The handshake's thread still has its goodbye to send.
        loop.after(GOODBYE_NS, socket::close);
    }

    /** Says goodbye and closes the socket. The listener hears nothing more. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            release();
        }
    }

    /** Brings the handshake's outcome to the loop. */
    private final class Handshake implements DtlsListener {
        @Override
        public void onConnected(SrtpKeyMaterial keys) {
            loop.execute(() -> {
                if (!closed) {
                    srtp = SrtpTransform.create(SrtpEngines.best(), keys, MAX_SSRCS);
                    listener.onConnected(System.nanoTime());
                }
            });
        }

        @Override
        public void onFailed(PeerFailure failure) {
            loop.execute(() -> end("DTLS: " + failure));
        }

        @Override
        public void onClosed(PeerFailure failure) {
            loop.execute(() -> end("DTLS closed: " + failure));
        }
    }
}
