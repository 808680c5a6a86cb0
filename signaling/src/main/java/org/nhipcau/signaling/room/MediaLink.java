// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A room's line to its media node: commands leave in the order of the calls, replies come back as messages of the
 * room. A node that cannot be reached counts as refusing.
 *
 * <p>Thread: the room's.
 */
final class MediaLink {
    private static final Logger LOG = LoggerFactory.getLogger(MediaLink.class);
    private static final MediaReply UNREACHABLE = new MediaReply.Refused(MediaReply.Reason.INTERNAL, "unreachable");

    private final MediaServer server;
    private final RoomMailbox mailbox;
    private final RoomMetrics metrics;

    MediaLink(MediaServer server, RoomMailbox mailbox, RoomMetrics metrics) {
        this.server = server;
        this.mailbox = mailbox;
        this.metrics = metrics;
    }

    /** Sends a command whose refusal is only counted. */
    void tell(MediaCommand command) {
        submit(command, reply -> { });
    }

    /** Sends a command. */
    void submit(MediaCommand command, Consumer<MediaReply> onReply) {
        CompletableFuture<MediaReply> future;
        try {
            future = server.submit(command);
        } catch (RuntimeException closed) {
            future = CompletableFuture.completedFuture(UNREACHABLE);
        }
        future.whenComplete((reply, failure) -> mailbox.put(() -> {
            MediaReply answer = failure != null || reply == null ? UNREACHABLE : reply;
            if (answer instanceof MediaReply.Refused refused) {
                metrics.mediaRefused(refused.reason());
                LOG.warn("media node refused {}: {}", command.getClass().getSimpleName(), refused.reason());
            }
            onReply.accept(answer);
        }));
    }

    /**
     * Sends commands one after the other and waits for all replies.
     *
     * @param onReplies gets the reply of each command at the command's place
     */
    void submitAll(List<MediaCommand> commands, Consumer<List<MediaReply>> onReplies) {
        if (commands.isEmpty()) {
            onReplies.accept(List.of());
            return;
        }
        MediaReply[] replies = new MediaReply[commands.size()];
        int[] missing = {replies.length};
        for (int i = 0; i < replies.length; i++) {
            int place = i;
            submit(commands.get(i), reply -> {
                replies[place] = reply;
                if (--missing[0] == 0) {
                    onReplies.accept(new ArrayList<>(Arrays.asList(replies)));
                }
            });
        }
    }
}
