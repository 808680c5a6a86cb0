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
    private static final byte[] NUDGE = new byte[0];
    private static final int RECORD_HEADER_BYTES = 13;

    private final ArrayBlockingQueue<byte[]> datagrams = new ArrayBlockingQueue<>(MAX_DATAGRAMS + 1);
    private final AtomicInteger queuedBytes = new AtomicInteger();
    private final DtlsRecordFilter filter;
    private final DtlsOutput out;
    private final byte[] pending = new byte[SEND_LIMIT_BYTES];
    private int pendingBytes;
    private byte[] lastFlight = STOP;
    private boolean connected;
    /** Records of a datagram, of which Bouncy Castle gets one at a time: so it keeps none that nobody asks it for. */
    private byte[] records = STOP;
    private int recordsAt;
    /** Taken from the queue while waiting. */
    private byte[] next;
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

    /** Lets the endpoint's thread return from {@link #await}: there is something to be sent. */
    void nudge() {
        datagrams.offer(NUDGE);
    }

    /** Waits until something has come or is to be sent, the endpoint is closed, or the time is over. */
    void await(long waitNs) throws InterruptedIOException {
        if (!waiting()) {
            next = poll(waitNs);
            next = next == NUDGE || next == STOP ? null : next;
        }
    }

    /** Lets the endpoint's thread return from its wait. */
    void stop() {
        stopped = true;
        datagrams.offer(STOP);
    }

    /** Whether {@link #receive} would find something, be it that it must return. */
    boolean waiting() {
        return stopped || next != null || recordsAt < records.length || !datagrams.isEmpty();
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
            if (recordsAt < records.length && !stopped) {
                return nextRecord(target, offset);
            }
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
                records = kept == datagram.length ? datagram : Arrays.copyOf(datagram, kept);
                recordsAt = 0;
            }
        }
    }

    private int nextRecord(byte[] target, int offset) {
        int body = (records[recordsAt + 11] & 0xff) << 8 | records[recordsAt + 12] & 0xff;
        int length = RECORD_HEADER_BYTES + body;
        System.arraycopy(records, recordsAt, target, offset, length);
        recordsAt += length;
        return length;
    }

    private byte[] take(long waitNs) throws InterruptedIOException {
        byte[] datagram = stopped ? STOP : next != null ? next : poll(waitNs);
        next = null;
        if (datagram == STOP || stopped) {
            throw new InterruptedIOException("endpoint closed");
        }
        return datagram == NUDGE ? null : datagram;
    }

    private byte[] poll(long waitNs) throws InterruptedIOException {
        try {
            return datagrams.poll(Math.max(0, waitNs), TimeUnit.NANOSECONDS);
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
            byte[] datagram = Arrays.copyOf(pending, pendingBytes);
            pendingBytes = 0;
            lastFlight = connected ? lastFlight : datagram;
            out.send(datagram.clone());
        }
    }

    /** The handshake is done: what was sent last ended it. */
    void setConnected() {
        flush();
        connected = true;
    }

    /** Sends the end of the handshake once more, byte for byte; a receiver that has it already drops it unread. */
    void repeatLastFlight() {
        out.send(lastFlight.clone());
    }

    /** Called by Bouncy Castle when the association ends, after its alert. */
    @Override
    public void close() {
        flush();
        stopped = true;
        datagrams.clear();
    }
}
