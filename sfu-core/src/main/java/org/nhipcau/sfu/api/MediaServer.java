// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A media node as signaling sees it: the same face whether the node runs in this process or behind gRPC.
 *
 * <p>Commands that name the same room are carried out in the order in which {@link #submit} was called. Replies and
 * events of one room reach the caller in the order in which the node produced them.
 *
 * <p>Thread: any. Replies complete on a thread of the node and listeners are called on one: neither may block.
 */
public interface MediaServer extends AutoCloseable {

    /** What this node is and can do. For a remote node: as last told by it. */
    NodeDescription node();

    /** Whether commands reach the node right now. */
    default boolean reachable() {
        return true;
    }

    /**
     * Whether newcomers have a chance right now: new rooms, and participants who were not there before. Where not,
     * commands that would bring them are refused with CAPACITY; asking first saves them the way.
     */
    default boolean accepting() {
        return true;
    }

    /**
     * Carries out one command.
     *
     * @return completes with the reply; {@link MediaReply.Refused} is a normal completion. Completes exceptionally
     *     only when the node cannot be reached or is closed.
     */
    CompletableFuture<MediaReply> submit(MediaCommand command);

    /**
     * Registers for all events of this node from now on.
     *
     * @return closing it ends the registration
     */
    AutoCloseable listen(Consumer<MediaEvent> listener);

    /** Ends all rooms and frees all resources of the node (remote: ends the connection). Idempotent. */
    @Override
    void close();
}
