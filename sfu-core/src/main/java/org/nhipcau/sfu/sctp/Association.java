// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import java.util.random.RandomGenerator;
import org.nhipcau.sfu.sctp.receive.ReceiveFault;
import org.nhipcau.sfu.sctp.receive.Receiver;
import org.nhipcau.sfu.sctp.send.OutboundMessage;
import org.nhipcau.sfu.sctp.send.RetransmissionTimeout;
import org.nhipcau.sfu.sctp.send.Sender;
import org.nhipcau.sfu.sctp.wire.ChunkType;
import org.nhipcau.sfu.sctp.wire.InitChunk;
import org.nhipcau.sfu.sctp.wire.PacketReader;

/**
 * One SCTP association over one DTLS transport: takes the other side's packets and keeps the state between both.
 *
 * <p>Packets go in by {@link #onPacket} and out by {@link #poll}, until that answers null ({@link Bundler} puts them
 * together); time passes by {@link #onTimer}. An end is told once; a last packet may be there to be polled after it.
 *
 * <p>Spec: RFC 9260 (state machine §4, tags §8.5, errors §8), RFC 8261. Thread: one. Owns: sender, receiver, resets.
 */
public final class Association {
    private static final int CAUSE_NO_USER_DATA = 9;
    private static final int CAUSE_OUT_OF_RESOURCE = 4;
    private static final int CAUSE_MISSING_PARAMETER = 2;
    private static final int CAUSE_RESTART = 11;
    private static final int CAUSE_USER_ABORT = 12;
    private static final int CAUSE_VIOLATION = 13;
    /** Longer than any cookie of ours. */
    private static final int MAX_COOKIE_BYTES = 64;

    private final int localPort;
    private final int remotePort;
    private final AssociationListener listener;
    private final RetransmissionTimeout timeout = new RetransmissionTimeout();
    private final PacketReader reader = new PacketReader();
    private final Handshake handshake;
    private final Sender sender;
    /** Both null until the other side is known, and after the end. */
    private Receiver receiver;
    private StreamResets resets;

    private final Replies replies = new Replies();
    private final Shutdown shutdown = new Shutdown(timeout);
    private final Bundler bundler;
    private boolean ended;
    private long ignoredPackets;
    /** One has been read of this packet: each has us go through all that waits, and no packet needs a second. */
    private boolean sackTaken;
    private boolean forwardTaken;

    /** @param random for the tag, the first number and the cookie */
    public Association(int localPort, int remotePort, RandomGenerator random, AssociationListener listener) {
        this.localPort = localPort;
        this.remotePort = remotePort;
        this.listener = listener;
        this.handshake = new Handshake(random);
        this.sender = new Sender(handshake.localTsn(), timeout);
        this.bundler = new Bundler(localPort, remotePort, handshake, sender, replies, shutdown);
    }

    /** Begins by an INIT of our own; without it we wait for the other side's. */
    public void connect(long nowNs) {
        if (!ended) {
            handshake.start(nowNs);
        }
    }

    /** Something of the other side's has been looked at, or something of ours was sent. */
    public boolean begun() {
        return ended || handshake.step() != Handshake.Step.CLOSED;
    }

    public boolean established() {
        return handshake.done() && !ended;
    }

    public boolean ended() {
        return ended;
    }

    /** Packets, or parts of them, that were not for this association or not well-formed. */
    public long ignoredPackets() {
        return ignoredPackets;
    }

    /** Bytes of messages that wait or are under way. */
    public int bufferedBytes() {
        return sender.bufferedBytes();
    }

    /** Messages that wait, and parts of them that are under way. */
    public int bufferedMessages() {
        return sender.bufferedMessages();
    }

    /** Bytes that came and take room still. */
    public int heldBytes() {
        return receiver == null ? 0 : receiver.heldBytes();
    }

    /** A message that was given out takes room until {@link #release}: so the other side waits. */
    public void retain(int bytes) {
        if (receiver != null) {
            receiver.retain(bytes);
        }
    }

    /** The message is gone. */
    public void release(int bytes) {
        if (receiver != null) {
            receiver.release(bytes);
        }
    }

    /** Takes a message on; before the association is established it waits. @return false when it does not fit */
    public boolean send(OutboundMessage message) {
        return !ended && !shutdown.asked() && sender.offer(message);
    }

    /**
     * Ends a stream of ours; told when done. What waits on it is thrown away. One who makes us end streams and takes
     * note of none loses the association: each would stay with us.
     *
     * @return false: the association is over, or not established
     */
    public boolean resetStream(int streamId) {
        if (established() && !resets.request(streamId)) {
            abort(AssociationEnd.OUT_OF_ROOM, CAUSE_OUT_OF_RESOURCE);
        }
        return established();
    }

    /** Ends the association at once. */
    public void abort() {
        abort(AssociationEnd.CLOSED, CAUSE_USER_ABORT);
    }

    private void abort(AssociationEnd end, int cause) {
        if (!ended) {
            bundler.abort(cause, handshake.peerTag());
            end(end);
        }
    }

    private void end(AssociationEnd end) {
        if (!ended) {
            ended = true;
            listener.onEnded(end);
            sender.clear();
            receiver = null;
            resets = null;
        }
    }

    // ---- What comes in

    /** One packet of the other side. Never throws for what the bytes are. */
    public void onPacket(byte[] packet, int lengthBytes, long nowNs) {
        if (ended) {
            return;
        }
        if (!reader.wrap(packet, lengthBytes) || reader.sourcePort() != remotePort
                || reader.destinationPort() != localPort) {
            ignoredPackets++;
            return;
        }
        sackTaken = false;
        forwardTaken = false;
        boolean first = true;
        while (!ended && reader.next()) {
            if (!tagFits(first) || !take(nowNs)) {
                ignoredPackets++;
                break;
            }
            first = false;
        }
        if (receiver != null && !ended) {
            receiver.onPacketEnd(nowNs);
        }
    }

    private boolean tagFits(boolean first) {
        int tag = reader.verificationTag();
        int type = reader.type();
        if (type == ChunkType.INIT) {
            return first && reader.last() && tag == 0;
        }
        boolean reflected = (type == ChunkType.ABORT || type == ChunkType.SHUTDOWN_COMPLETE)
                && (reader.flags() & ChunkType.FLAG_TAG_REFLECTED) != 0;
        return reflected ? handshake.peerTag() != 0 && tag == handshake.peerTag() : tag == handshake.localTag();
    }

    // @return false: the rest of the packet is not looked at
    private boolean take(long nowNs) {
        return switch (reader.type()) {
            case ChunkType.INIT -> onInit();
            case ChunkType.INIT_ACK -> onInitAck(nowNs);
            case ChunkType.COOKIE_ECHO -> onCookieEcho();
            case ChunkType.COOKIE_ACK -> {
                establish(handshake.onCookieAck());
                yield true;
            }
            case ChunkType.ABORT -> onAbort();
            case ChunkType.ERROR -> true;
            default -> handshake.done() && takeEstablished(nowNs);
        };
    }

    private boolean takeEstablished(long nowNs) {
        switch (reader.type()) {
            case ChunkType.DATA -> onData();
            case ChunkType.SACK -> {
                if (reader.bodyLength() < 12) {
                    return false;
                }
                if (!sackTaken) {
                    sackTaken = true;
                    violateUnless(sender.onSack(reader, nowNs));
                    shutdown.proceed(sender, nowNs);
                }
            }
            case ChunkType.FORWARD_TSN -> {
                boolean again = forwardTaken;
                forwardTaken = true;
                return again || receiver.onForward(reader);
            }
            case ChunkType.HEARTBEAT -> replies.onHeartbeat(reader);
            case ChunkType.RE_CONFIG -> resets.onReConfig(reader);
            case ChunkType.SHUTDOWN -> onShutdown(nowNs);
            case ChunkType.SHUTDOWN_COMPLETE -> {
                if (shutdown.acked()) {
                    end(AssociationEnd.CLOSED_BY_PEER);
                }
            }
            case ChunkType.SHUTDOWN_ACK -> {
                // We never sent a SHUTDOWN: the other side has lost track (§8.5.1 E).
                bundler.completeShutdown();
            }
            case ChunkType.HEARTBEAT_ACK -> { }
            default -> {
                return replies.onUnknown(reader);
            }
        }
        return true;
    }

    private boolean onInit() {
        InitChunk init = InitChunk.read(reader);
        if (init == null) {
            return false;
        }
        if (!handshake.onInit(init)) {
            bundler.abort(CAUSE_RESTART, init.tag());
        }
        return true;
    }

    private boolean onInitAck(long nowNs) {
        InitChunk init = InitChunk.read(reader);
        if (init == null) {
            return false;
        }
        if (!handshake.onInitAck(init, nowNs)) {
            bundler.abort(CAUSE_MISSING_PARAMETER, init.tag());
            handshake.onRefused();
        }
        return true;
    }

    private boolean onCookieEcho() {
        establish(handshake.onCookieEcho(reader.body(0, Math.min(reader.bodyLength(), MAX_COOKIE_BYTES))));
        return true;
    }

    private void establish(InitChunk peer) {
        if (peer != null) {
            receiver = new Receiver(peer.initialTsn(), listener);
            resets = new StreamResets(handshake.localTsn(), peer.initialTsn(), peer.reConfig(), receiver, sender,
                    timeout, listener);
            sender.begin(peer.windowBytes(), peer.forwardTsn());
            listener.onEstablished();
        }
    }

    private boolean onAbort() {
        if (handshake.done()) {
            end(AssociationEnd.CLOSED_BY_PEER);
        } else {
            handshake.onRefused();
        }
        return true;
    }

    private void onData() {
        ReceiveFault fault = receiver.onData(reader);
        if (fault != null) {
            abort(fault == ReceiveFault.OUT_OF_ROOM ? AssociationEnd.OUT_OF_ROOM : AssociationEnd.PROTOCOL_VIOLATION,
                    switch (fault) {
                        case MALFORMED -> CAUSE_VIOLATION;
                        case NO_USER_DATA -> CAUSE_NO_USER_DATA;
                        case OUT_OF_ROOM -> CAUSE_OUT_OF_RESOURCE;
                    });
        }
    }

    private void violateUnless(boolean fine) {
        if (!fine) {
            abort(AssociationEnd.PROTOCOL_VIOLATION, CAUSE_VIOLATION);
        }
    }

    private void onShutdown(long nowNs) {
        if (reader.bodyLength() < 4) {
            return;
        }
        violateUnless(sender.onCumulative(reader.getInt(reader.bodyAt()), nowNs));
        shutdown.ask();
        shutdown.proceed(sender, nowNs);
    }

    // ---- Time

    /** When {@link #onTimer} is due; {@link Long#MAX_VALUE}: when something has come in. */
    public long deadlineNs() {
        if (ended) {
            return Long.MAX_VALUE;
        }
        if (!handshake.done()) {
            return handshake.deadlineNs();
        }
        return Math.min(Math.min(sender.deadlineNs(), receiver.deadlineNs()),
                Math.min(resets.deadlineNs(), shutdown.deadlineNs()));
    }

    /** Time passes. */
    public void onTimer(long nowNs) {
        if (ended) {
            return;
        }
        handshake.onTimer(nowNs);
        if (!handshake.done()) {
            return;
        }
        if (!sender.onTimer(nowNs) || !resets.onTimer(nowNs)) {
            abort(AssociationEnd.UNREACHABLE, CAUSE_USER_ABORT);
            return;
        }
        if (!shutdown.onTimer(nowNs)) {
            end(AssociationEnd.CLOSED_BY_PEER);
        }
    }

    // ---- What goes out

    /**
     * The next packet to be sent.
     *
     * @param data it may carry messages; else only what keeps the association alive
     * @return null when there is none for now
     */
    public byte[] poll(long nowNs, boolean data) {
        if (bundler.abortDue()) {
            return bundler.pollAbort();
        }
        return ended ? null : bundler.poll(receiver, resets, nowNs, data);
    }
}
