// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaServer;
import org.nhipcau.sfu.api.NodeDescription;

/** A node that notes its commands and answers each on one thread of its own, as a worker does. */
final class FakeNode implements MediaServer {
    private final ExecutorService worker = Executors.newSingleThreadExecutor();
    private final List<MediaCommand> commands = new ArrayList<>();
    private final List<Consumer<MediaEvent>> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean accepting = true;
    private volatile Function<MediaCommand, MediaReply> behaviour = command -> new MediaReply.Done();

    void behave(Function<MediaCommand, MediaReply> newBehaviour) {
        behaviour = newBehaviour;
    }

    void emit(MediaEvent event) {
        listeners.forEach(listener -> listener.accept(event));
    }

    /** The node takes newcomers or not, and tells those who listen. */
    void admit(boolean open) {
        accepting = open;
        emit(new MediaEvent.AdmissionChanged(open));
    }

    @Override
    public boolean accepting() {
        return accepting;
    }

    synchronized List<MediaCommand> commands() {
        return List.copyOf(commands);
    }

    /** Waits until a command has come. */
    synchronized void await(MediaCommand command) throws InterruptedException {
        long deadlineNs = System.nanoTime() + 20_000_000_000L;
        while (!commands.contains(command)) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw new AssertionError("never came: " + command + ", but: " + commands);
            }
            wait(leftMs);
        }
    }

    @Override
    public NodeDescription node() {
        return new NodeDescription("ND_test", "0.0.0", 2, "none");
    }

    @Override
    public CompletableFuture<MediaReply> submit(MediaCommand command) {
        synchronized (this) {
            commands.add(command);
            notifyAll();
        }
        return CompletableFuture.supplyAsync(() -> behaviour.apply(command), worker);
    }

    @Override
    public AutoCloseable listen(Consumer<MediaEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    int listeners() {
        return listeners.size();
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
