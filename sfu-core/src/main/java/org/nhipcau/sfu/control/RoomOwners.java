// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaServer;

/**
 * Which stream each room belongs to: the one that opened it last.
 *
 * <p>A stream that opens a room of another one gets it empty: a signaling process that reconnected before the node
 * noticed the loss of its old stream, or one that took over. The old stream is told that the room is lost and its
 * further commands for the room find none, so no two signaling processes ever steer one room.
 *
 * <p>Thread: any. One monitor keeps ownership and the order of commands together; events pass beside it, so that the
 * node's threads never wait here.
 */
final class RoomOwners {
    private final MediaServer node;
    private final Map<String, ControlStream> owners = new ConcurrentHashMap<>();

    RoomOwners(MediaServer node) {
        this.node = node;
    }

    /** Carries out a stream's command where it may. */
    CompletableFuture<MediaReply> submit(ControlStream stream, MediaCommand command) {
        String roomId = command.roomId();
        synchronized (this) {
            ControlStream owner = owners.get(roomId);
            switch (command) {
                case MediaCommand.OpenRoom _ -> {
                    if (stream.isEnded()) {
                        return refused("the control stream has ended");
                    }
                    if (owner != null && owner != stream) {
                        node.submit(new MediaCommand.CloseRoom(roomId));
                        owner.send(new MediaEvent.RoomLost(roomId, "opened by another signaling process"));
                    }
                    owners.put(roomId, stream);
                    return node.submit(command)
                            .whenComplete((reply, fault) -> disownUnlessOpened(roomId, stream, owner, reply));
                }
                case MediaCommand.CloseRoom _ -> {
                    if (owner != stream) {
                        return CompletableFuture.completedFuture(new MediaReply.Done());
                    }
                    owners.remove(roomId);
                }
                default -> {
                    if (owner != stream) {
                        return refused("the room was not opened over this control stream");
                    }
                }
            }
            return node.submit(command);
        }
    }

    private static CompletableFuture<MediaReply> refused(String detail) {
        return CompletableFuture.completedFuture(new MediaReply.Refused(MediaReply.Reason.NOT_FOUND, detail));
    }

    private void disownUnlessOpened(String roomId, ControlStream stream, ControlStream before, MediaReply reply) {
        // Opening again over the same stream changes nothing, even if refused: the room is there.
        if (!(reply instanceof MediaReply.Done) && before != stream) {
            synchronized (this) {
                owners.remove(roomId, stream);
            }
        }
    }

    /** Brings an event of the node to the stream that owns its room. */
    void deliver(MediaEvent event) {
        ControlStream owner = event instanceof MediaEvent.RoomLost ? owners.remove(event.roomId())
                : owners.get(event.roomId());
        if (owner != null) {
            owner.send(event);
        }
    }

    /** Closes the rooms of a stream that has ended, at once. */
    void closeRooms(ControlStream stream) {
        synchronized (this) {
            owners.entrySet().removeIf(entry -> {
                if (entry.getValue() != stream) {
                    return false;
                }
                node.submit(new MediaCommand.CloseRoom(entry.getKey()));
                return true;
            });
        }
    }
}
