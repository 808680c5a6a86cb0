// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import org.nhipcau.sfu.sctp.receive.Receiver;
import org.nhipcau.sfu.sctp.send.Sender;
import org.nhipcau.sfu.sctp.wire.ChunkType;
import org.nhipcau.sfu.sctp.wire.PacketWriter;

/**
 * Bundles what the parts of an association have due into packets: what goes first, what goes alone, what fits.
 *
 * <p>It asks the parts and decides nothing for them; of its own it knows only the last words: ABORT and SHUTDOWN
 * COMPLETE.
 *
 * <p>Spec: RFC 9260 §6.10 (bundling), §3.3.7, §3.3.13. Thread: the association's. Owns: the packet writer.
 */
final class Bundler {
    private final int localPort;
    private final int remotePort;
    private final Handshake handshake;
    private final Sender sender;
    private final Replies replies;
    private final Shutdown shutdown;
    private final PacketWriter writer = new PacketWriter();
    private int abortCause;
    private int abortTag;
    private boolean shutdownCompleteDue;

    Bundler(int localPort, int remotePort, Handshake handshake, Sender sender, Replies replies, Shutdown shutdown) {
        this.localPort = localPort;
        this.remotePort = remotePort;
        this.handshake = handshake;
        this.sender = sender;
        this.replies = replies;
        this.shutdown = shutdown;
    }

    /** An ABORT is due, before all else. @param tag of the one who is told; 0: nobody is there to be told */
    void abort(int cause, int tag) {
        abortCause = cause;
        abortTag = tag;
    }

    /** A SHUTDOWN COMPLETE is due. */
    void completeShutdown() {
        shutdownCompleteDue = true;
    }

    boolean abortDue() {
        return abortCause != 0;
    }

    /** @return null when there is nobody to be told */
    byte[] pollAbort() {
        int cause = abortCause;
        abortCause = 0;
        if (abortTag == 0) {
            return null;
        }
        writer.begin(localPort, remotePort, abortTag);
        writer.beginChunk(ChunkType.ABORT, 0);
        writer.putParameter(cause, new byte[0]);
        writer.endChunk();
        return writer.finish();
    }

    /**
     * The next packet of an association that lives.
     *
     * @param receiver null, as are the resets, until the handshake is done
     * @param data it may carry messages
     * @return null when there is none for now
     */
    byte[] poll(Receiver receiver, StreamResets resets, long nowNs, boolean data) {
        if (handshake.writeAlone(writer, localPort, remotePort)) {
            return writer.finish();
        }
        if (handshake.peerTag() == 0) {
            return null;
        }
        writer.begin(localPort, remotePort, handshake.peerTag());
        if (shutdownCompleteDue) {
            shutdownCompleteDue = false;
            writeEmpty(ChunkType.SHUTDOWN_COMPLETE);
            return writer.finish();
        }
        handshake.write(writer);
        if (handshake.done()) {
            writeControl(receiver, resets, nowNs);
            if (data && sender.ready(nowNs)) {
                sender.write(writer, nowNs);
            }
        }
        return writer.empty() ? null : writer.finish();
    }

    private void writeControl(Receiver receiver, StreamResets resets, long nowNs) {
        if (receiver.sackDue(nowNs) && writer.room() >= Receiver.sackBytes()) {
            receiver.writeSack(writer);
        }
        replies.write(writer);
        if (resets.due() && writer.room() >= StreamResets.maxBytes()) {
            resets.write(writer, nowNs);
        }
        if (sender.forwardDue() && writer.room() >= Sender.forwardBytes()) {
            sender.writeForward(writer, nowNs);
        }
        if (writer.room() >= 0 && shutdown.takeAckDue()) {
            writeEmpty(ChunkType.SHUTDOWN_ACK);
        }
    }

    private void writeEmpty(int type) {
        writer.beginChunk(type, 0);
        writer.endChunk();
    }
}
