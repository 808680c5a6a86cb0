// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsTimeoutException;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of a DTLS association: runs the handshake, hands out the SRTP keys, then waits for the other end's goodbye.
 *
 * <p>It reads only what the worker offers, and the worker offers only datagrams from the pair that ICE has validated.
 *
 * <p>Thread: {@link #start}, {@link #offer} and {@link #close} by the worker, none of which waits; a virtual thread of
 * its own calls the output and the listener. Owns: the queue of datagrams and the filter.
 */
public final class DtlsEndpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DtlsEndpoint.class);
    /** Bouncy Castle waits this long for a record at a time; any value does, nothing is due at its end. */
    private static final int IDLE_WAIT_MS = 60_000;
    /** 150, 450 and 1050 ms after connecting; where one datagram in five is lost, 2 of 1000 clients miss all four. */
    private static final int LAST_FLIGHT_REPEATS = 3;

    private final DtlsRole role;
    private final DtlsCertificate certificate;
    private final DtlsListener listener;
    private final DtlsRecordFilter filter;
    private final DtlsQueue queue;
    private final DtlsNegotiation negotiation;
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean closedByOwner;

    /**
     * @param role ours
     * @param certificate ours; kept for the whole session
     * @param expected fingerprints of the other end's session description; its certificate must match one of them
     * @param timeoutMs the handshake fails when it has not finished this long after {@link #start}
     */
    public DtlsEndpoint(DtlsRole role, DtlsCertificate certificate, List<Fingerprint> expected, long timeoutMs,
            DtlsOutput out, DtlsListener listener) {
        if (timeoutMs < 1 || timeoutMs > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("timeoutMs is " + timeoutMs + "; allowed: 1 to " + Integer.MAX_VALUE);
        }
        this.role = role;
        this.certificate = certificate;
        this.listener = listener;
        this.filter = new DtlsRecordFilter(role);
        this.queue = new DtlsQueue(filter, out);
        this.negotiation = new DtlsNegotiation(expected, (int) timeoutMs);
    }

    /** Begins: a client sends its hello, a server waits for one. */
    public void start() {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("endpoint started twice");
        }
        Thread.ofVirtual().name("dtls").start(this::run);
    }

    /**
     * Takes a copy of a datagram that came from the validated pair.
     *
     * @return false when too much waits already or the endpoint is closed: the caller drops and counts
     */
    public boolean offer(PacketBuffer datagram) {
        return queue.offer(datagram);
    }

    /** Records that the filter held back. */
    public long filteredRecords() {
        return filter.droppedRecords();
    }

    /** Ends the association; when it is connected the other end gets a close_notify. No callback follows. */
    @Override
    public void close() {
        closedByOwner = true;
        queue.stop();
    }

    private void run() {
        boolean connected = false;
        PeerFailure failure;
        try {
            DTLSTransport transport = handshake();
            queue.flush();
            filter.setConnected();
            connected = true;
            if (!closedByOwner) {
                listener.onConnected(negotiation.takeKeys());
            }
            failure = readUntilClosed(transport);
        } catch (IOException e) {
            failure = failureOf(e);
        } catch (RuntimeException | Error e) {
            // A fault, ours or the library's, ends this session alone. Its message could hold bytes of the handshake.
            LOG.error("DTLS endpoint ended by a fault: {}", e.getClass().getName());
            failure = PeerFailure.INTERNAL;
        }
        queue.flush();
        queue.stop();
        if (closedByOwner) {
            return;
        }
        if (connected) {
            listener.onClosed(failure);
        } else {
            listener.onFailed(failure);
        }
    }

    private DTLSTransport handshake() throws IOException {
        return role == DtlsRole.SERVER
                ? new DTLSServerProtocol().accept(new DtlsServerPeer(certificate, negotiation), queue)
                : new DTLSClientProtocol().connect(new DtlsClientPeer(certificate, negotiation), queue);
    }

    private PeerFailure failureOf(IOException e) {
        return e instanceof TlsTimeoutException ? PeerFailure.DTLS_TIMEOUT : negotiation.failure();
    }

    /** Discards application data; returns when either side has closed. */
    private PeerFailure readUntilClosed(DTLSTransport transport) throws IOException {
        byte[] discarded = new byte[transport.getReceiveLimit()];
        try {
            // A client knows that it is connected only by our last flight, and asks for it again ever more slowly.
            for (int i = 0; role == DtlsRole.SERVER && i < LAST_FLIGHT_REPEATS && !negotiation.closedByRemote(); i++) {
                transport.receive(discarded, 0, discarded.length, DtlsNegotiation.FIRST_RESEND_MS << i);
                if (!negotiation.closedByRemote()) {
                    queue.repeatLast();
                }
            }
            while (!negotiation.closedByRemote()) {
                transport.receive(discarded, 0, discarded.length, IDLE_WAIT_MS);
            }
        } catch (InterruptedIOException e) {
            transport.close();
        } catch (IOException e) {
            return negotiation.closedByRemote() ? PeerFailure.REMOTE_CLOSED : PeerFailure.DTLS_FAILED;
        }
        return PeerFailure.REMOTE_CLOSED;
    }
}
