// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.NodeDescription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signaling's end of one control stream, from its opening to its loss; never used again after that.
 *
 * <p>Thread: {@link #submit} any; gRPC calls one after the other.
 */
final class RemoteLink implements ClientResponseObserver<byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteLink.class);

    private record Pending(MediaCommand command, CompletableFuture<MediaReply> future) {}

    private final Channel channel;
    private final ControlCodec codec;
    private final BiConsumer<RemoteLink, NodeDescription> onUp;
    private final Consumer<MediaEvent> onEvent;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    private final Set<String> rooms = ConcurrentHashMap.newKeySet();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile ClientCallStreamObserver<byte[]> wire;
    private volatile ControlOutbox outbox;
    private volatile boolean up;
    private volatile boolean ended;
    private volatile String cause = "";

    RemoteLink(Channel channel, ControlCodec codec, BiConsumer<RemoteLink, NodeDescription> onUp,
            Consumer<MediaEvent> onEvent) {
        this.channel = channel;
        this.codec = codec;
        this.onUp = onUp;
        this.onEvent = onEvent;
    }

    static IOException unreachable() {
        return new IOException("the media node cannot be reached");
    }

    void open() {
        ClientCalls.asyncBidiStreamingCall(channel.newCall(ControlProtocol.LINK, CallOptions.DEFAULT), this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<byte[]> requestStream) {
        wire = requestStream;
        outbox = new ControlOutbox(codec, requestStream, this::unsendable, this::cancel);
    }

    /** @return why the link ended */
    String awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cancel();
        }
        return cause;
    }

    /** Whether the node ever answered on it. */
    boolean wasUp() {
        return up;
    }

    /** The rooms opened over this link and not closed, once. */
    List<String> takeRooms() {
        List<String> taken = List.copyOf(rooms);
        taken.forEach(rooms::remove);
        return taken;
    }

    CompletableFuture<MediaReply> submit(MediaCommand command) {
        long id = lastId.incrementAndGet();
        CompletableFuture<MediaReply> future = new CompletableFuture<>();
        pending.put(id, new Pending(command, future));
        switch (command) {
            case MediaCommand.OpenRoom open -> rooms.add(open.roomId());
            case MediaCommand.CloseRoom close -> rooms.remove(close.roomId());
            default -> { }
        }
        if (!outbox.offer(new ControlMessage.Command(id, command)) && !ended) {
            complete(id, new MediaReply.Refused(MediaReply.Reason.CAPACITY,
                    "more than " + ControlOutbox.CAPACITY + " commands wait for the media node"));
        }
        if (ended) {
            // The end may have passed by before the command was noted.
            failPending();
        }
        return future;
    }

    @Override
    public void onNext(byte[] bytes) {
        switch (codec.decode(bytes)) {
            case ControlMessage.Hello hello -> {
                if (!up) {
                    up = true;
                    outbox.start();
                    onUp.accept(this, hello.node());
                }
            }
            case ControlMessage.Reply reply -> complete(reply.id(), reply.reply());
            case ControlMessage.Event event -> {
                if (event.event() instanceof MediaEvent.RoomLost lost) {
                    rooms.remove(lost.roomId());
                }
                onEvent.accept(event.event());
            }
            case ControlMessage.Unreadable message -> {
                LOG.warn("a message of the media node was refused: {}", message.problem());
                Pending answered = pending.remove(message.id());
                if (answered != null) {
                    answered.future().completeExceptionally(new IOException("the media node's reply is unreadable"));
                }
            }
            case ControlMessage.Command _ -> LOG.warn("a message of the media node was refused: it is a command");
        }
    }

    private void complete(long id, MediaReply reply) {
        Pending answered = pending.remove(id);
        if (answered == null) {
            return;
        }
        if (answered.command() instanceof MediaCommand.OpenRoom open && reply instanceof MediaReply.Refused) {
            rooms.remove(open.roomId());
        }
        answered.future().complete(reply);
    }

    private void unsendable(ControlMessage message) {
        if (message instanceof ControlMessage.Command(long id, MediaCommand _)) {
            complete(id, new MediaReply.Refused(MediaReply.Reason.INVALID, "the command cannot be written"));
        }
    }

    @Override
    public void onError(Throwable error) {
        ended(Status.fromThrowable(error).getCode().toString());
    }

    @Override
    public void onCompleted() {
        ended("ended by the node");
        wire.onCompleted();
    }

    void cancel() {
        ClientCallStreamObserver<byte[]> stream = wire;
        if (stream != null) {
            stream.cancel("closed", null);
        }
        ended("closed");
    }

    private synchronized void ended(String why) {
        if (ended) {
            return;
        }
        cause = why;
        ended = true;
        if (outbox != null) {
            outbox.close();
        }
        failPending();
        end.countDown();
    }

    private void failPending() {
        for (Long id : pending.keySet()) {
            Pending failed = pending.remove(id);
            if (failed != null) {
                failed.future().completeExceptionally(unreachable());
            }
        }
    }
}
