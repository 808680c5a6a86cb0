// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaServer;
import org.nhipcau.sfu.api.RemoteTransport;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.dtls.DtlsCertificate;
import org.nhipcau.sfu.dtls.DtlsEndpoint;
import org.nhipcau.sfu.dtls.DtlsListener;
import org.nhipcau.sfu.ice.CheckBuilder;
import org.nhipcau.sfu.ice.IceCredentials;
import org.nhipcau.sfu.peer.DatagramKind;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.srtp.SrtpEngines;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;
import org.nhipcau.sfu.srtp.SrtpResult;
import org.nhipcau.sfu.srtp.SrtpTransform;

/**
 * A client of the media plane over a real socket, without signaling: checks, handshake, SRTP. Gives whole control of
 * every packet to a test.
 */
final class LightClient implements AutoCloseable {
    static final long WAIT_S = 10;

    final BlockingQueue<PacketBuffer> rtp = new LinkedBlockingQueue<>();
    final BlockingQueue<PacketBuffer> rtcp = new LinkedBlockingQueue<>();
    final CompletableFuture<Void> connected = new CompletableFuture<>();
    final CompletableFuture<PeerFailure> ended = new CompletableFuture<>();
    private final MediaServer server;
    private final String roomId;
    private final String peerId;
    private final DtlsCertificate certificate = DtlsCertificate.generate(new SecureRandom(), Instant.now());
    private final DtlsRole role;
    private final IceCredentials own = IceCredentials.random(new SecureRandom());
    private final RtpPacketFlyweight view = new RtpPacketFlyweight();
    private LocalTransport remote;
    private volatile DatagramSocket socket;
    private DtlsEndpoint dtls;
    private SrtpTransform srtp;

    /** @param role the client's own */
    LightClient(MediaServer server, String roomId, String peerId, DtlsRole role) {
        this.server = server;
        this.roomId = roomId;
        this.peerId = peerId;
        this.role = role;
    }

    Fingerprint fingerprint() {
        return certificate.fingerprint();
    }

    static MediaReply call(MediaServer server, MediaCommand command) throws Exception {
        return server.submit(command).get(WAIT_S, TimeUnit.SECONDS);
    }

    static void done(MediaServer server, MediaCommand command) throws Exception {
        MediaReply reply = call(server, command);
        if (!(reply instanceof MediaReply.Done)) {
            throw new AssertionError(command + " -> " + reply);
        }
    }

    /** Connects, and waits until both sides know it. */
    LightClient connect(HeaderExtensions extensions) throws Exception {
        CompletableFuture<Void> known = new CompletableFuture<>();
        try (AutoCloseable listening = server.listen(event -> {
            if (event instanceof MediaEvent.PeerStateChanged changed && changed.peerId().equals(peerId)
                    && changed.state() == MediaEvent.PeerState.CONNECTED) {
                known.complete(null);
            }
        })) {
            begin(extensions, certificate.fingerprint());
            connected.get(WAIT_S, TimeUnit.SECONDS);
            known.get(WAIT_S, TimeUnit.SECONDS);
        }
        return this;
    }

    /** Opens the peer, announces a fingerprint, sends the first check and starts DTLS. */
    void begin(HeaderExtensions extensions, Fingerprint announced) throws Exception {
        remote = ((MediaReply.PeerOpened) call(server, new MediaCommand.OpenPeer(roomId, peerId, peerId))).local();
        DtlsRole serverRole = role == DtlsRole.CLIENT ? DtlsRole.SERVER : DtlsRole.CLIENT;
        done(server, new MediaCommand.ConfigurePeer(roomId, peerId,
                new RemoteTransport(own.ufrag(), own.pwd(), List.of(announced), serverRole), extensions));
        socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        dtls = new DtlsEndpoint(role, certificate, List.of(remote.fingerprint()), 10_000, this::sendRaw,
                new DtlsListener() {
                    @Override
                    public void onConnected(SrtpKeyMaterial keys) {
                        synchronized (LightClient.this) {
                            srtp = SrtpTransform.create(SrtpEngines.best(), keys, 64);
                        }
                        connected.complete(null);
                    }

                    @Override
                    public void onFailed(PeerFailure failure) {
                        connected.completeExceptionally(new IOException("DTLS: " + failure));
                        ended.complete(failure);
                    }

                    @Override
                    public void onClosed(PeerFailure failure) {
                        ended.complete(failure);
                    }
                });
        Thread.ofVirtual().start(() -> receive(socket));
        check();
        dtls.start();
    }

    /** Sends an authenticated check that nominates the current socket. */
    void check() throws IOException {
        sendRaw(new CheckBuilder(new IceCredentials(remote.iceUfrag(), remote.icePwd()), own.ufrag())
                .check(true).toByteArray());
    }

    /** Goes on from another port, as a phone that changes its network does, and nominates it. */
    void move() throws IOException {
        DatagramSocket old = socket;
        socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        DatagramSocket fresh = socket;
        Thread.ofVirtual().start(() -> receive(fresh));
        check();
        old.close();
    }

    /** Takes the server's new credentials of an ICE restart. */
    void restart() throws Exception {
        remote = ((MediaReply.PeerOpened) call(server, new MediaCommand.RestartIce(roomId, peerId))).local();
    }

    /** Protects and sends. */
    synchronized byte[] sendRtp(byte[] plain) {
        PacketBuffer packet = PacketBuffer.copyOf(plain);
        if (!view.wrap(packet) || srtp.protectRtp(packet, view.headerLength()) != SrtpResult.OK) {
            throw new AssertionError("cannot protect");
        }
        byte[] wire = packet.toByteArray();
        sendRaw(wire);
        return wire;
    }

    synchronized void sendRtcp(byte[] plain) {
        PacketBuffer packet = PacketBuffer.copyOf(plain);
        if (srtp.protectRtcp(packet) != SrtpResult.OK) {
            throw new AssertionError("cannot protect");
        }
        sendRaw(packet.toByteArray());
    }

    void sendRaw(byte[] datagram) {
        try {
            socket.send(new DatagramPacket(datagram, datagram.length,
                    new InetSocketAddress(remote.candidates().getFirst().address(),
                            remote.candidates().getFirst().port())));
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    InetSocketAddress serverAddress() {
        return new InetSocketAddress(remote.candidates().getFirst().address(),
                remote.candidates().getFirst().port());
    }

    private void receive(DatagramSocket from) {
        DatagramPacket datagram = new DatagramPacket(new byte[2_048], 2_048);
        try {
            while (true) {
                datagram.setLength(2_048);
                from.receive(datagram);
                PacketBuffer packet = PacketBuffer.allocate();
                packet.setBytes(datagram.getData(), 0, datagram.getLength());
                switch (DatagramKind.of(packet)) {
                    case DTLS -> dtls.offer(packet);
                    case RTP -> {
                        if (unprotectRtp(packet)) {
                            rtp.add(packet);
                        }
                    }
                    case RTCP -> {
                        if (unprotectRtcp(packet)) {
                            rtcp.add(packet);
                        }
                    }
                    case STUN, UNKNOWN -> { }
                }
            }
        } catch (IOException e) {
            // Closed: the test is over, or the client moved.
        }
    }

    private synchronized boolean unprotectRtp(PacketBuffer packet) {
        return srtp != null && view.wrap(packet) && srtp.unprotectRtp(packet, view.headerLength()) == SrtpResult.OK;
    }

    private synchronized boolean unprotectRtcp(PacketBuffer packet) {
        return srtp != null && srtp.unprotectRtcp(packet) == SrtpResult.OK;
    }

    /** The next RTP packet of this SSRC, or null after the time. */
    PacketBuffer awaitRtp(long ssrc, long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (true) {
            PacketBuffer packet = rtp.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (packet == null || packet.getUnsignedInt(8) == ssrc) {
                return packet;
            }
        }
    }

    /** Sends close_notify; the socket stays open. */
    void closeDtls() {
        dtls.close();
    }

    @Override
    public void close() {
        if (dtls != null) {
            dtls.close();
        }
        if (socket != null) {
            socket.close();
        }
    }
}
