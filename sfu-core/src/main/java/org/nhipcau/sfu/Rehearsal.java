// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.dtls.DtlsCertificate;
import org.nhipcau.sfu.dtls.DtlsEndpoint;
import org.nhipcau.sfu.dtls.DtlsListener;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;

/**
 * One DTLS handshake of the node with itself, in memory, right after the start: classes are loaded and tables of curves
 * computed before the first caller comes, who would wait for them otherwise.
 *
 * <p>Thread: its own; nothing depends on its outcome.
 */
final class Rehearsal {
    private static final long TIMEOUT_MS = 5_000;

    private final CountDownLatch over = new CountDownLatch(2);
    private DtlsEndpoint server;
    private DtlsEndpoint client;

    /** Starts it and returns. */
    static void start(SecureRandom random) {
        Thread.ofVirtual().name("rehearsal").start(() -> new Rehearsal().run(random));
    }

    private void run(SecureRandom random) {
        DtlsCertificate certificate = DtlsCertificate.generate(random, Instant.now());
        List<Fingerprint> expected = List.of(certificate.fingerprint());
        server = new DtlsEndpoint(DtlsRole.SERVER, certificate, expected, TIMEOUT_MS,
                datagram -> client.offer(PacketBuffer.copyOf(datagram)), new Outcome());
        client = new DtlsEndpoint(DtlsRole.CLIENT, certificate, expected, TIMEOUT_MS,
                datagram -> server.offer(PacketBuffer.copyOf(datagram)), new Outcome());
        server.start();
        client.start();
        try {
            over.await(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        client.close();
        server.close();
    }

    private final class Outcome implements DtlsListener {
        @Override
        public void onConnected(SrtpKeyMaterial keys) {
            over.countDown();
        }

        @Override
        public void onFailed(PeerFailure failure) {
            over.countDown();
        }

        @Override
        public void onClosed(PeerFailure failure) {
            over.countDown();
        }
    }
}
