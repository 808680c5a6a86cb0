// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;

/** Our endpoint and a Bouncy Castle peer, joined by a link in memory that may lose datagrams. */
final class DtlsPair implements DtlsListener, AutoCloseable {
    final DtlsRole role;
    final BcTestPeer peer;
    final CompletableFuture<SrtpKeyMaterial> connected = new CompletableFuture<>();
    final CompletableFuture<PeerFailure> failed = new CompletableFuture<>();
    final CompletableFuture<PeerFailure> closed = new CompletableFuture<>();
    /** Datagrams that our end sent. */
    final List<byte[]> sent = new ArrayList<>();
    DtlsCertificate certificate = DtlsCertificate.generate(BcTestPeer.RANDOM, java.time.Instant.now());
    /** True: lost on its way. */
    Predicate<byte[]> losesToUs = datagram -> false;
    Predicate<byte[]> losesToPeer = datagram -> false;
    List<Fingerprint> expected;
    long timeoutMs = 20_000;
    DtlsEndpoint endpoint;

    DtlsPair(DtlsRole role) {
        this.role = role;
        this.peer = new BcTestPeer(role == DtlsRole.SERVER ? DtlsRole.CLIENT : DtlsRole.SERVER);
    }

    DtlsPair start() {
        startEndpoint();
        peer.out = datagram -> {
            if (!losesToUs.test(datagram)) {
                endpoint.offer(PacketBuffer.copyOf(datagram));
            }
        };
        peer.start();
        return this;
    }

    /** Only our end: the test itself plays the other one. */
    DtlsPair startEndpoint() {
        List<Fingerprint> fingerprints = expected != null ? expected : List.of(peer.certificate.fingerprint());
        endpoint = new DtlsEndpoint(role, certificate, fingerprints, timeoutMs, datagram -> {
            synchronized (sent) {
                sent.add(datagram);
            }
            if (!losesToPeer.test(datagram)) {
                peer.receive(datagram);
            }
        }, this);
        endpoint.start();
        return this;
    }

    /** Waits, as long as the test's timeout lets it: that interrupts, and nothing else would end a condition never met. */
    static void await(BooleanSupplier condition, String what) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("never: " + what);
            }
            Thread.yield();
        }
    }

    @Override
    public void onConnected(SrtpKeyMaterial keys) {
        connected.complete(keys);
    }

    @Override
    public void onFailed(PeerFailure failure) {
        connected.completeExceptionally(new IllegalStateException(failure.name()));
        failed.complete(failure);
    }

    @Override
    public void onClosed(PeerFailure failure) {
        closed.complete(failure);
    }

    @Override
    public void close() {
        endpoint.close();
        if (peer.out != null) {
            peer.stop();
        }
    }
}
