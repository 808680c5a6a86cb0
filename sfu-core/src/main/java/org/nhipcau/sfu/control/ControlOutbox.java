// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import io.grpc.stub.CallStreamObserver;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.seam.Mailbox;

/**
 * The sending half of one stream: a bounded queue that any thread offers to and one thread of its own empties, as fast
 * as the other side reads.
 *
 * <p>When the other side is slow, statistics and messages of data are left out first, and counted. Anything else is
 * never left out in silence: an offer that finds the queue full answers false, and the caller ends the stream or refuses
 * the command.
 *
 * <p>Thread: {@link #offer} any, without waiting; encoding and sending on the sender's.
 */
final class ControlOutbox {
    static final int CAPACITY = 8_192;
    /** From here on statistics are left out. */
    static final int STATISTICS_LIMIT = 1_024;
    /** From here on messages of data are left out, or refused: the rest is for what must not be lost. */
    static final int DATA_LIMIT = CAPACITY / 2;

    /** Messages of data beyond these bytes are left out. */
    static final long MAX_DATA_BYTES = 32L << 20;

    private final AtomicLong dataBytes = new AtomicLong();
    private final Mailbox<ControlMessage> queue = new Mailbox<>(CAPACITY);
    private final LongAdder leftOut = new LongAdder();
    private final ControlCodec codec;
    private final CallStreamObserver<byte[]> wire;
    private final Consumer<ControlMessage> onUnsendable;
    private final Runnable onFailed;
    private final Thread sender;
    private volatile boolean closed;
    private volatile boolean failed;

    /**
     * @param wire not yet started: its ready handler is set here
     * @param onUnsendable called on the sender's thread with a message that cannot be encoded; may offer another
     * @param onFailed called on the sender's thread, at its end, after {@link #fail}
     */
    ControlOutbox(ControlCodec codec, CallStreamObserver<byte[]> wire, Consumer<ControlMessage> onUnsendable,
            Runnable onFailed) {
        this.codec = codec;
        this.wire = wire;
        this.onUnsendable = onUnsendable;
        this.onFailed = onFailed;
        sender = Thread.ofVirtual().name("control-sender").unstarted(this::send);
        wire.setOnReadyHandler(() -> LockSupport.unpark(sender));
    }

    /** Begins to send; called once, when the stream is open. */
    void start() {
        sender.start();
    }

    /** @return false when the message will not be sent: statistics left out, or the queue full or closed */
    boolean offer(ControlMessage message) {
        if (closed) {
            return false;
        }
        boolean expendable = isExpendable(message);
        int data = dataBytes(message);
        boolean taken = (data == 0 || dataBytes.addAndGet(data) <= MAX_DATA_BYTES)
                && queue.offerBelow(limit(message), message);
        if (!taken) {
            dataBytes.addAndGet(-data);
            if (expendable) {
                leftOut.increment();
            }
            return false;
        }
        LockSupport.unpark(sender);
        return true;
    }

    /** Leaving it out makes nothing wrong that does not come right by itself, or is told to nobody else. */
    static boolean isExpendable(ControlMessage message) {
        return message instanceof ControlMessage.Event(MediaEvent event)
                && (event instanceof MediaEvent.QualityReport || event instanceof MediaEvent.PathMeasured
                        || event instanceof MediaEvent.DataReceived);
    }

    private static int limit(ControlMessage message) {
        return switch (message) {
            case ControlMessage.Event(MediaEvent.DataReceived _) -> DATA_LIMIT;
            case ControlMessage.Command(long _, MediaCommand.SendData _) -> DATA_LIMIT;
            default -> isExpendable(message) ? STATISTICS_LIMIT : CAPACITY;
        };
    }

    private static int dataBytes(ControlMessage message) {
        return switch (message) {
            case ControlMessage.Event(MediaEvent.DataReceived received) -> received.payload().length;
            case ControlMessage.Command(long _, MediaCommand.SendData send) -> send.payload().length;
            default -> 0;
        };
    }

    /** Statistics and messages of data that a slow reader did not get. */
    long leftOut() {
        return leftOut.sum();
    }

    /** Sends no more and has the stream ended by the sender's thread, the only one that may touch the wire. */
    void fail() {
        failed = true;
        close();
    }

    /** Sends no more; what is queued is given up. */
    void close() {
        closed = true;
        LockSupport.unpark(sender);
    }

    private void send() {
        sendUntilClosed();
        if (failed) {
            onFailed.run();
        }
    }

    private void sendUntilClosed() {
        while (!closed) {
            ControlMessage message = wire.isReady() ? queue.poll() : null;
            if (message == null) {
                // An offer or the ready handler before this leaves a permit, so that neither is slept over.
                LockSupport.park(this);
                continue;
            }
            dataBytes.addAndGet(-dataBytes(message));
            byte[] bytes;
            try {
                bytes = codec.encode(message);
            } catch (IOException | IllegalArgumentException e) {
                onUnsendable.accept(message);
                continue;
            }
            try {
                wire.onNext(bytes);
            } catch (RuntimeException e) {
                // The stream ended meanwhile; its own callback tells why.
                closed = true;
            }
        }
    }
}
