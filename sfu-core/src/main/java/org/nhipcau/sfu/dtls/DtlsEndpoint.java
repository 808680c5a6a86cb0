// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsTimeoutException;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.seam.Mailbox;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of a DTLS association: runs the handshake, hands out the SRTP keys, then carries application data where that
 * is wanted, and waits for the other end's goodbye.
 *
 * <p>It reads only what the worker offers, and the worker offers only datagrams from the pair that ICE has validated.
 *
 * <p>Thread: {@link #start}, {@link #offer}, the data's methods and {@link #close} by the worker, none of which waits.
 * A virtual thread of its own, which Bouncy Castle makes wait, calls the output and the listener; it ends when the
 * handshake is done and nothing is left to read or send, for its stack is most of what an association takes, and another
 * goes on when there is.
 * Owns: the queue of datagrams and the filter.
 */
public final class DtlsEndpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DtlsEndpoint.class);
    /** Bouncy Castle waits this long for a record, which is there already; 0 would be for ever. */
    private static final int SHORTEST_WAIT_MS = 1;
    /** 150, 450 and 1050 ms after connecting; where one datagram in five is lost, 2 of 1000 clients miss all four. */
    private static final int LAST_FLIGHT_REPEATS = 3;
    /** Records of application data that wait to be read, and as many to be sent. */
    private static final int MAX_DATA_RECORDS = 64;

    private final DtlsRole role;
    private final DtlsCertificate certificate;
    private final DtlsListener listener;
    private final DtlsRecordFilter filter;
    private final DtlsQueue queue;
    private final DtlsNegotiation negotiation;
    private final AtomicBoolean started = new AtomicBoolean();
    /** What waits to be looked at or sent, and one for the handshake; who raises it from 0 starts a thread. */
    private final AtomicInteger pending = new AtomicInteger(1);
    private final Mailbox<byte[]> dataIn = new Mailbox<>(MAX_DATA_RECORDS);
    private final Mailbox<byte[]> dataOut = new Mailbox<>(MAX_DATA_RECORDS);
    private final AtomicLong droppedData = new AtomicLong();
    private volatile boolean dataOpen;
    private volatile boolean repeating;
    private volatile boolean closedByOwner;
    private DTLSTransport transport;

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
        startThread(this::shakeHands);
    }

    private static void startThread(Runnable work) {
        Thread.ofVirtual().name("dtls").start(work);
    }

    /**
     * Takes a copy of a datagram that came from the validated pair.
     *
     * @return false when too much waits already or the endpoint is closed: the caller drops and counts
     */
    public boolean offer(PacketBuffer datagram) {
        boolean taken = queue.offer(datagram);
        if (taken) {
            wake();
        }
        return taken;
    }

    /** From now on application data is kept for {@link #pollData}; before that it is thrown away unread. */
    public void openData() {
        dataOpen = true;
    }

    /** The application data of the next record that came after the handshake, or null. Thread: the worker's. */
    public byte[] pollData() {
        return dataOpen ? dataIn.poll() : null;
    }

    /**
     * Sends application data in a record of its own, once connected. Thread: the worker's.
     *
     * @param data at most 1,160 bytes; handed over
     * @return false when too much waits already
     */
    public boolean sendData(byte[] data) {
        boolean taken = dataOut.offer(data);
        if (taken) {
            wake();
            if (repeating) {
                queue.nudge();
            }
        }
        return taken;
    }

    /** Records of application data that came when too many waited. */
    public long droppedData() {
        return droppedData.get();
    }

    private void wake() {
        if (pending.getAndIncrement() == 0) {
            startThread(this::read);
        }
    }

    /** No thread is at work for it. */
    boolean resting() {
        return pending.get() == 0;
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
        wake();
    }

    private void shakeHands() {
        try {
            transport = handshake();
            queue.setConnected();
            filter.setConnected();
            if (!closedByOwner) {
                listener.onConnected(negotiation.takeKeys());
            }
            repeatLastFlight();
        } catch (IOException e) {
            end(transport == null ? failureOf(e) : closeFailure());
            return;
        } catch (RuntimeException | Error e) {
            end(onFault(e));
            return;
        }
        read();
    }

    // Reads and sends what is there, until nothing is or the association is over; then nobody may start another thread.
    private void read() {
        try {
            int seen = pending.get();
            do {
                if (!carryAll()) {
                    end(PeerFailure.REMOTE_CLOSED);
                    return;
                }
                seen = pending.addAndGet(-seen);
            } while (seen != 0);
        } catch (IOException e) {
            end(closeFailure());
        } catch (RuntimeException | Error e) {
            end(onFault(e));
        }
    }

    // A fault, ours or the library's, ends this session alone. Its message could hold bytes of the handshake.
    private static PeerFailure onFault(Throwable fault) {
        LOG.error("DTLS endpoint ended by a fault: {}", fault.getClass().getName());
        return PeerFailure.INTERNAL;
    }

    private PeerFailure closeFailure() {
        return negotiation.closedByRemote() ? PeerFailure.REMOTE_CLOSED : PeerFailure.DTLS_FAILED;
    }

    private void end(PeerFailure failure) {
        queue.flush();
        queue.stop();
        if (closedByOwner) {
            return;
        }
        if (transport != null) {
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

    // A client knows that it is connected only by our last flight, and asks for it again ever more slowly.
    private void repeatLastFlight() throws IOException {
        repeating = true;
        try {
            for (int i = 0; role == DtlsRole.SERVER && i < LAST_FLIGHT_REPEATS && !negotiation.closedByRemote(); i++) {
                long endNs = System.nanoTime() + (DtlsNegotiation.FIRST_RESEND_MS * 1_000_000L << i);
                for (long leftNs; (leftNs = endNs - System.nanoTime()) > 0 && !negotiation.closedByRemote();) {
                    carry();
                    queue.await(leftNs);
                }
                if (!negotiation.closedByRemote()) {
                    queue.repeatLastFlight();
                }
            }
        } catch (InterruptedIOException stopped) {
            // Closed by the owner; the next to read says goodbye.
        } finally {
            repeating = false;
        }
    }

    // @return false when either side has closed
    private boolean carryAll() throws IOException {
        try {
            carry();
        } catch (InterruptedIOException stopped) {
            transport.close();
            return false;
        }
        return !negotiation.closedByRemote();
    }

    // Application data, both ways.
    private void carry() throws IOException {
        send();
        byte[] record = new byte[transport.getReceiveLimit()];
        while (!negotiation.closedByRemote() && queue.waiting()) {
            int length = transport.receive(record, 0, record.length, SHORTEST_WAIT_MS);
            if (length > 0 && dataOpen && !dataIn.offer(Arrays.copyOf(record, length))) {
                droppedData.incrementAndGet();
            }
            send();
        }
    }

    private void send() throws IOException {
        byte[] data;
        while ((data = dataOut.poll()) != null && !negotiation.closedByRemote()) {
            transport.send(data, 0, data.length);
        }
        queue.flush();
    }
}
