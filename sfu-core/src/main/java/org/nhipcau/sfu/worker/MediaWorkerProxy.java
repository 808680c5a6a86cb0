// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.dtls.DtlsListener;
import org.nhipcau.sfu.dtls.DtlsOutput;
import org.nhipcau.sfu.peer.Peer;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.route.RemotePeer;
import org.nhipcau.sfu.seam.Mailbox;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;

/**
 * The face of a worker for all other threads: each method offers one command to the worker's bounded queue.
 *
 * <p>Thread: any. A full queue refuses control commands with CAPACITY, drops handshake datagrams (DTLS repeats them)
 * and is counted.
 */
public final class MediaWorkerProxy {
    static final int COMMAND_QUEUE_CAPACITY = 16_384;
    // Kept free for handshake results and for what ends media: neither must be lost when commands flood the queue.
    private static final int RESERVED = 4_096;

    private final Mailbox<WorkerCommand> commands = new Mailbox<>(COMMAND_QUEUE_CAPACITY);
    private final AtomicLong failedOffers = new AtomicLong();
    private volatile DatagramPort port;

    /** Connects the proxy to the loop that it wakes; before that commands wait. */
    public void attach(DatagramPort datagramPort) {
        port = datagramPort;
        datagramPort.wakeUp();
    }

    /** Offers a control command. */
    public CompletableFuture<MediaReply> submit(MediaCommand command) {
        CompletableFuture<MediaReply> reply = new CompletableFuture<>();
        // What ends media is taken to the last place: what was to end must not flow on, and it frees.
        WorkerCommand.Control control = new WorkerCommand.Control(command, reply);
        if (!(command.endsMedia() ? offer(control) : offerBelow(COMMAND_QUEUE_CAPACITY - RESERVED, control))) {
            failedOffers.incrementAndGet();
            reply.complete(new MediaReply.Refused(Reason.CAPACITY, "the worker's command queue is full"));
        }
        return reply;
    }

    /**
     * Makes the two pipes between this worker and another known to it.
     *
     * @return false when the queue is full
     */
    public boolean link(PipePort in, PipePort out) {
        return offer(new WorkerCommand.Link(in, out));
    }

    /** Tells what a peer of another worker sends to a room that this worker has a part of. */
    public CompletableFuture<MediaReply> mirror(String roomId, RemotePeer peer, PipePort toPublisher,
            PipePort toViewers) {
        CompletableFuture<MediaReply> reply = new CompletableFuture<>();
        if (!offer(new WorkerCommand.Mirror(roomId, peer, toPublisher, toViewers, reply))) {
            failedOffers.incrementAndGet();
            reply.complete(new MediaReply.Refused(Reason.CAPACITY, "the worker's command queue is full"));
        }
        return reply;
    }

    /** Ends all rooms of the worker. */
    public CompletableFuture<Void> stop() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        if (!offer(new WorkerCommand.Stop(stopped))) {
            stopped.completeExceptionally(new IllegalStateException("the worker's command queue is full"));
        }
        return stopped;
    }

    /** Offers that failed because the queue was full. */
    public long failedOffers() {
        return failedOffers.get();
    }

    /** The way of a handshake's datagrams to the socket. */
    DtlsOutput dtlsOutput(Peer peer) {
        return datagram -> {
            if (!offer(new WorkerCommand.DtlsSend(peer, datagram))) {
                failedOffers.incrementAndGet();
            }
        };
    }

    /** The way of a handshake's outcome to the peer. */
    DtlsListener dtlsListener(Peer peer) {
        return new DtlsListener() {
            @Override
            public void onConnected(SrtpKeyMaterial keys) {
                if (!offer(new WorkerCommand.DtlsConnected(peer, keys))) {
                    failedOffers.incrementAndGet();
                }
            }

            @Override
            public void onFailed(PeerFailure failure) {
                end(failure);
            }

            @Override
            public void onClosed(PeerFailure failure) {
                end(failure);
            }

            private void end(PeerFailure failure) {
                if (!offer(new WorkerCommand.DtlsEnded(peer, failure))) {
                    failedOffers.incrementAndGet();
                }
            }
        };
    }

    /** The next command, or null: a wake-up comes with each that is still to be had. Thread: the worker's. */
    WorkerCommand poll() {
        return commands.poll();
    }

    private boolean offer(WorkerCommand command) {
        return woken(commands.offer(command));
    }

    private boolean offerBelow(int limit, WorkerCommand command) {
        return woken(commands.offerBelow(limit, command));
    }

    private boolean woken(boolean accepted) {
        wakeUp();
        return accepted;
    }

    /** Makes the worker run a duty cycle soon: something waits for it. */
    public void wakeUp() {
        DatagramPort current = port;
        if (current != null) {
            current.wakeUp();
        }
    }
}
