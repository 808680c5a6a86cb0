// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;

/**
 * The way of a worker's replies and events to signaling: one order for both.
 *
 * <p>Thread: called by workers; must neither block nor throw.
 */
public interface WorkerEvents extends Consumer<MediaEvent> {
    /** Completes a reply after all events offered before it. */
    void reply(CompletableFuture<MediaReply> future, MediaReply reply);

    /** The worker takes newcomers again, or takes none for now. At first each worker does. */
    void onAdmission(boolean open);
}
