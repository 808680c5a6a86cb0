// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.tls.DatagramTransport;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Carries datagrams from the worker, which never waits, to Bouncy Castle, which does; filtered on the way.
 *
 * <p>Thread: {@link #offer} and {@link #stop} from the worker, the rest on the endpoint's thread.
 */
final class DtlsQueue implements DatagramTransport {
    /** Largest datagram that we send; leaves room for the headers of tunnels and relays. */
    static final int SEND_LIMIT_BYTES = 1200;
    /** Bounds what waits: a flight of certificates is a tenth of it. */
    static final int MAX_BYTES = 24 * 1024;
    private static final int MAX_DATAGRAMS = 64;
    private static final byte[] STOP = new byte[0];

    private final ArrayBlockingQueue<byte[]> datagrams = new ArrayBlockingQueue<>(MAX_DATAGRAMS + 1);
    private final AtomicInteger queuedBytes = new AtomicInteger();
    private final DtlsRecordFilter filter;
    private final DtlsOutput out;
    private final byte[] pending = new byte[SEND_LIMIT_BYTES];
    private int pendingBytes;
    private byte[] lastSent = STOP;
    private volatile boolean stopped;

    DtlsQueue(DtlsRecordFilter filter, DtlsOutput out) {
        this.filter = filter;
        this.out = out;
    }

    boolean offer(PacketBuffer datagram) {
        int length = datagram.length();
        if (stopped || length == 0 || queuedBytes.get() + length > MAX_BYTES || datagrams.size() >= MAX_DATAGRAMS) {
            return false;
        }
        queuedBytes.addAndGet(length);
        if (datagrams.offer(datagram.toByteArray())) {
            return true;
        }
        queuedBytes.addAndGet(-length);
        return false;
    }

    /** Lets the endpoint's thread return from its wait. */
    void stop() {
        stopped = true;
        datagrams.offer(STOP);
    }

    /** Whether {@link #receive} would find something, be it that it must return. */
    boolean waiting() {
        return stopped || !datagrams.isEmpty();
    }

    @Override
    public int getReceiveLimit() {
        return PacketBuffer.SLOT_BYTES;
    }

    @Override
    public int getSendLimit() {
        return SEND_LIMIT_BYTES;
    }

    /** @return bytes of the next datagram that passes the filter, -1 after {@code waitMillis} without one */
    @Override
    public int receive(byte[] target, int offset, int length, int waitMillis) throws InterruptedIOException {
        flush();
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
        while (true) {
            byte[] held = filter.pollHeld();
            if (held != null) {
                System.arraycopy(held, 0, target, offset, held.length);
                return held.length;
            }
            byte[] datagram = take(deadlineNs - System.nanoTime());
            if (datagram == null) {
                return -1;
            }
            queuedBytes.addAndGet(-datagram.length);
            int kept = filter.filter(datagram, datagram.length);
            if (kept > 0 && kept <= length) {
                System.arraycopy(datagram, 0, target, offset, kept);
                return kept;
            }
        }
    }

    private byte[] take(long waitNs) throws InterruptedIOException {
        try {
            byte[] datagram = stopped ? STOP : datagrams.poll(Math.max(0, waitNs), TimeUnit.NANOSECONDS);
            if (datagram == STOP || stopped) {
                throw new InterruptedIOException("endpoint closed");
            }
            return datagram;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("endpoint interrupted");
        }
    }

    /**
     * Collects the records of a flight into as few datagrams as they fit in: Bouncy Castle hands them over one by one,
     * and a flight of five datagrams is hurt by loss much more often than one of a single datagram.
     */
    @Override
    public void send(byte[] source, int offset, int length) {
        if (pendingBytes + length > SEND_LIMIT_BYTES) {
            flush();
        }
        System.arraycopy(source, offset, pending, pendingBytes, length);
        pendingBytes += length;
    }

    /** Sends what was collected; called where a flight ends. */
    void flush() {
        if (pendingBytes > 0) {
            lastSent = Arrays.copyOf(pending, pendingBytes);
            pendingBytes = 0;
            out.send(lastSent.clone());
        }
    }

    /** Sends the last datagram once more, byte for byte; a receiver that has it already drops it unread. */
    void repeatLast() {
        out.send(lastSent.clone());
    }

    /** Called by Bouncy Castle when the association ends, after its alert. */
    @Override
    public void close() {
        flush();
        stopped = true;
        datagrams.clear();
    }
}
