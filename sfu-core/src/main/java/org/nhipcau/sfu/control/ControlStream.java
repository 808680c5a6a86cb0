// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's end of one control stream: carries out the commands of one signaling process and sends it the replies and
 * the events of its rooms.
 *
 * <p>Thread: gRPC calls one after the other; replies and events come from the node's threads and never wait here.
 */
final class ControlStream implements StreamObserver<byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(ControlStream.class);
    /** Commands taken and not yet answered; below the outbox's capacity, so that replies find room. */
    static final int MAX_COMMANDS_UNDER_WAY = 4_096;

    private final MediaServer node;
    private final RoomOwners owners;
    private final ControlCodec codec;
    private final ServerCallStreamObserver<byte[]> wire;
    private final LongAdder unreadable;
    private final Consumer<ControlStream> onEnded;
    private final ControlOutbox outbox;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();

    ControlStream(MediaServer node, RoomOwners owners, ControlCodec codec, ServerCallStreamObserver<byte[]> wire,
            LongAdder unreadable, Consumer<ControlStream> onEnded) {
        this.node = node;
        this.owners = owners;
        this.codec = codec;
        this.wire = wire;
        this.unreadable = unreadable;
        this.onEnded = onEnded;
        outbox = new ControlOutbox(codec, wire, this::unsendable, this::failed);
        wire.setOnCancelHandler(this::end);
    }

    void start() {
        outbox.offer(new ControlMessage.Hello(node.node()));
        outbox.start();
    }

    void refuse(Status status) {
        end();
        wire.onError(status.asRuntimeException());
    }

    boolean isEnded() {
        return ended.get();
    }

    long statisticsLeftOut() {
        return outbox.leftOut();
    }

    @Override
    public void onNext(byte[] bytes) {
        switch (codec.decode(bytes)) {
            case ControlMessage.Command command -> carryOut(command);
            case ControlMessage.Unreadable message -> {
                unreadable.increment();
                LOG.warn("a control message was refused: {}", message.problem());
                if (message.id() > 0) {
                    reply(message.id(), new MediaReply.Refused(MediaReply.Reason.INVALID, message.problem()));
                }
            }
            case ControlMessage.Hello _, ControlMessage.Reply _, ControlMessage.Event _ -> {
                unreadable.increment();
                LOG.warn("a control message was refused: only a node sends this kind");
            }
        }
    }

    private void carryOut(ControlMessage.Command command) {
        if (underWay.incrementAndGet() > MAX_COMMANDS_UNDER_WAY) {
            underWay.decrementAndGet();
            reply(command.id(), new MediaReply.Refused(MediaReply.Reason.CAPACITY,
                    "more than " + MAX_COMMANDS_UNDER_WAY + " commands under way"));
            return;
        }
        CompletableFuture<MediaReply> future;
        try {
            future = owners.submit(this, command.command());
        } catch (RuntimeException e) {
            LOG.error("the node threw on a command", e);
            future = CompletableFuture.failedFuture(e);
        }
        future.whenComplete((reply, fault) -> {
            underWay.decrementAndGet();
            reply(command.id(), fault == null ? reply
                    : new MediaReply.Refused(MediaReply.Reason.INTERNAL, "the node could not carry it out"));
        });
    }

    private void reply(long id, MediaReply reply) {
        sendOrEnd(new ControlMessage.Reply(id, reply));
    }

    /** Sends an event of a room of this stream. */
    void send(MediaEvent event) {
        sendOrEnd(new ControlMessage.Event(event));
    }

    private void sendOrEnd(ControlMessage message) {
        if (!outbox.offer(message) && !ControlOutbox.isExpendable(message) && !isEnded()) {
            // State that the other side misses would never come right again; a new stream begins from nothing.
            outbox.fail();
        }
    }

    private void failed() {
        LOG.warn("a signaling process does not read: its control stream is ended");
        end();
        try {
            wire.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException());
        } catch (RuntimeException e) {
            LOG.debug("the stream had ended already: {}", e.getClass().getSimpleName());
        }
    }

    private void unsendable(ControlMessage message) {
        LOG.error("a control message could not be written: {}", message.getClass().getSimpleName());
        if (message instanceof ControlMessage.Reply(long id, MediaReply _)) {
            reply(id, new MediaReply.Refused(MediaReply.Reason.INTERNAL, "the reply could not be written"));
        }
    }

    @Override
    public void onError(Throwable error) {
        end();
    }

    @Override
    public void onCompleted() {
        end();
        wire.onCompleted();
    }

    /** Ends the stream's share: nothing is sent any more and its rooms are closed. Idempotent. */
    void end() {
        if (ended.compareAndSet(false, true)) {
            outbox.close();
            owners.closeRooms(this);
            onEnded.accept(this);
        }
    }
}
