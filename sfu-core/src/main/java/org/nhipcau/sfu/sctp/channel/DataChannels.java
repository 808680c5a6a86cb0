// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.channel;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.sctp.Association;
import org.nhipcau.sfu.sctp.AssociationEnd;
import org.nhipcau.sfu.sctp.AssociationListener;
import org.nhipcau.sfu.sctp.send.OutboundMessage;
import org.nhipcau.sfu.sctp.send.Sender;

/**
 * The data channels between the node and one client.
 *
 * <p>A client that sends more than it may has to wait: reliable messages that came too early are kept, count against the
 * receive window, and so hold up the sender; lossy ones are dropped. What is sent to a client waits up to a bound; what
 * goes beyond is lost for this client alone.
 *
 * <p>Spec: RFC 8831 §6, RFC 8832. Thread: the worker's. Owns: the association.
 */
public final class DataChannels implements AssociationListener {
    /** Ours, as it stands in the answers of signaling. */
    public static final int LOCAL_PORT = 5_000;
    static final int MAX_CHANNELS = 16;
    /** A client that opens the channels begins the association too; after this we do it for it. */
    static final long PATIENCE_NS = 1_000_000_000L;
    /** A lossy message that has waited for so long tells nothing new. By taste. */
    static final long LOSSY_LIFETIME_NS = 1_000_000_000L;
    /** Lossy messages leave the rest of the buffer to the reliable ones. */
    static final int MAX_LOSSY_BYTES = Sender.MAX_BYTES / 4;
    static final int MAX_LOSSY_MESSAGES = Sender.MAX_MESSAGES / 4;

    /** One channel. Its label is none of ours where {@code kind} is null; then it has no terms either. */
    private static final class Channel {
        final int streamId;
        final DataChannel kind;
        final Dcep terms;
        boolean open;

        Channel(int streamId, DataChannel kind, Dcep terms) {
            this.streamId = streamId;
            this.kind = kind;
            this.terms = terms;
        }
    }

    private record Kept(DataChannel channel, byte[] payload) {}

    private final RandomGenerator random;
    private final WorkerCounters counters;
    private final DataListener listener;
    private DataParameters parameters;
    private boolean dtlsClient;
    /** Null until DTLS is up. */
    private Association association;
    private final Map<Integer, Channel> channels = new LinkedHashMap<>();
    private final ReceiveRate rate = new ReceiveRate();
    private final ArrayDeque<Kept> early = new ArrayDeque<>();
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private long connectNs = Long.MAX_VALUE;
    private long nowNs;
    private long ignoredPackets;

    /** @param random for the numbers of the association */
    public DataChannels(DataParameters parameters, RandomGenerator random, WorkerCounters counters,
            DataListener listener) {
        this.parameters = parameters;
        this.random = random;
        this.counters = counters;
        this.listener = listener;
    }

    /** Takes what the client's description says. @return false when it is something else and the association has begun */
    public boolean configure(DataParameters newParameters) {
        if (started() && !parameters.equals(newParameters)) {
            return false;
        }
        parameters = newParameters;
        return true;
    }

    /**
     * DTLS is up. Idempotent.
     *
     * @param client our role in it: tells whose the even stream numbers are (RFC 8832 §6)
     */
    public void start(boolean client, long now) {
        if (association == null) {
            dtlsClient = client;
            nowNs = now;
            association = new Association(LOCAL_PORT, parameters.remotePort(), random, this);
            connectNs = parameters.opensChannels() ? now : now + PATIENCE_NS;
        }
    }

    /** DTLS is up, so that something may have been said already. */
    public boolean started() {
        return association != null;
    }

    public boolean ended() {
        return association != null && association.ended();
    }

    /** Bytes that came and take room still. */
    int heldBytes() {
        return association.heldBytes();
    }

    /** What waits to be sent or is under way. */
    public int bufferedBytes() {
        return (association == null ? 0 : association.bufferedBytes()) + waitingBytes;
    }

    // ---- Packets and time, once started

    /** One packet of the client, out of a DTLS record. */
    public void onPacket(byte[] packet, long now) {
        nowNs = now;
        association.onPacket(packet, packet.length, now);
        counters.drop(DropReason.DATA_MALFORMED, association.ignoredPackets() - ignoredPackets);
        ignoredPackets = association.ignoredPackets();
    }

    /** The next packet to be sent, or null. @param data it may carry messages */
    public byte[] poll(long now, boolean data) {
        nowNs = now;
        return association.poll(now, data);
    }

    /** Time passes. Cheap when nothing is due. @return something was, so that there may be packets */
    public boolean onTimer(long now) {
        nowNs = now;
        boolean due = false;
        if (connectNs != Long.MAX_VALUE && now - connectNs >= 0) {
            connectNs = Long.MAX_VALUE;
            due = true;
            if (!association.begun()) {
                association.connect(now);
            }
        }
        long deadlineNs = association.deadlineNs();
        if (deadlineNs != Long.MAX_VALUE && now - deadlineNs >= 0) {
            due = true;
            association.onTimer(now);
        }
        return giveOutEarly() | due;
    }

    /** Ends all. DTLS says goodbye to the client. */
    public void close() {
        if (association != null) {
            association.abort();
        }
    }

    // ---- What is sent

    /** Sends a message, keeps it, or tells that it is lost. */
    public void send(DataChannel kind, byte[] payload, long now) {
        nowNs = now;
        Channel channel = openChannel(kind);
        boolean taken = !ended() && payload.length <= parameters.maxMessageSizeBytes()
                && (channel != null ? transmit(channel, payload) : keep(kind, payload));
        if (!taken) {
            counters.drop(DropReason.DATA_NOT_SENT);
            if (kind == DataChannel.RELIABLE) {
                listener.onLost(kind);
            }
        }
    }

    private Channel openChannel(DataChannel kind) {
        for (Channel channel : channels.values()) {
            if (channel.kind == kind && channel.open) {
                return channel;
            }
        }
        return null;
    }

    private boolean keep(DataChannel kind, byte[] payload) {
        if (kind == DataChannel.LOSSY || bufferedBytes() + payload.length > Sender.MAX_BYTES
                || waiting.size() >= Sender.MAX_MESSAGES) {
            return false;
        }
        waiting.add(payload);
        waitingBytes += payload.length;
        return true;
    }

    private boolean transmit(Channel channel, byte[] payload) {
        int protocolId = payload.length == 0 ? Dcep.BINARY_EMPTY : Dcep.BINARY;
        byte[] bytes = payload.length == 0 ? new byte[1] : payload;
        boolean taken;
        if (channel.kind == DataChannel.LOSSY) {
            long lifetimeNs = channel.terms.lifetimeMs() < 0 ? LOSSY_LIFETIME_NS
                    : Math.min(LOSSY_LIFETIME_NS, channel.terms.lifetimeMs() * 1_000_000);
            taken = bufferedBytes() + bytes.length <= MAX_LOSSY_BYTES
                    && association.bufferedMessages() < MAX_LOSSY_MESSAGES
                    && association.send(OutboundMessage.partiallyReliable(channel.streamId, protocolId,
                            channel.terms.unordered(), bytes, channel.terms.maxRetransmits(), nowNs + lifetimeNs));
        } else {
            taken = association.send(OutboundMessage.reliable(channel.streamId, protocolId,
                    channel.terms.unordered(), bytes));
        }
        if (taken) {
            counters.increment(WorkerCounters.Counter.DATA_MESSAGES_OUT);
            counters.add(WorkerCounters.Counter.DATA_BYTES_OUT, payload.length);
        }
        return taken;
    }

    // ---- What comes

    @Override
    public void onEstablished() {
        connectNs = Long.MAX_VALUE;
        if (parameters.opensChannels()) {
            int first = dtlsClient ? 0 : 1;
            openOurs(first, DataChannel.RELIABLE, new Dcep(false, -1, -1, DataChannel.RELIABLE.label()));
            openOurs(first + 2, DataChannel.LOSSY, new Dcep(true, 0, -1, DataChannel.LOSSY.label()));
        }
    }

    private void openOurs(int streamId, DataChannel kind, Dcep terms) {
        channels.put(streamId, new Channel(streamId, kind, terms));
        association.send(OutboundMessage.reliable(streamId, Dcep.PROTOCOL_ID, false, terms.open()));
    }

    @Override
    public void onMessage(int streamId, int protocolId, byte[] payload) {
        if (protocolId == Dcep.PROTOCOL_ID) {
            onControl(streamId, payload);
            return;
        }
        boolean empty = protocolId == Dcep.TEXT_EMPTY || protocolId == Dcep.BINARY_EMPTY;
        Channel channel = channels.get(streamId);
        if (channel == null || channel.kind == null
                || !empty && protocolId != Dcep.TEXT && protocolId != Dcep.BINARY) {
            counters.drop(DropReason.DATA_UNWANTED);
            return;
        }
        take(channel.kind, empty ? new byte[0] : payload);
    }

    private void take(DataChannel kind, byte[] payload) {
        boolean reliable = kind == DataChannel.RELIABLE;
        if (!(reliable && !early.isEmpty()) && rate.take(payload.length, nowNs)) {
            giveOut(kind, payload);
        } else if (reliable) {
            early.add(new Kept(kind, payload));
            association.retain(payload.length);
        } else {
            counters.drop(DropReason.DATA_RATE);
        }
    }

    private boolean giveOutEarly() {
        boolean any = false;
        while (!early.isEmpty() && rate.take(early.peek().payload().length, nowNs)) {
            Kept kept = early.remove();
            association.release(kept.payload().length);
            giveOut(kept.channel(), kept.payload());
            any = true;
        }
        return any;
    }

    private void giveOut(DataChannel kind, byte[] payload) {
        counters.increment(WorkerCounters.Counter.DATA_MESSAGES_IN);
        counters.add(WorkerCounters.Counter.DATA_BYTES_IN, payload.length);
        listener.onMessage(kind, payload);
    }

    private void onControl(int streamId, byte[] message) {
        Channel known = channels.get(streamId);
        if (Dcep.isAck(message)) {
            if (known != null && !known.open) {
                onOpen(known);
            }
            return;
        }
        Dcep open = Dcep.readOpen(message);
        if (open == null || known == null && channels.size() >= MAX_CHANNELS) {
            counters.drop(DropReason.DATA_UNWANTED);
            if (known == null) {
                association.resetStream(streamId);
            }
            return;
        }
        association.send(OutboundMessage.reliable(streamId, Dcep.PROTOCOL_ID, false, Dcep.ack()));
        if (known == null) {
            DataChannel kind = kindOf(open.label());
            // A label that is none of ours may be long, and nobody asks for it again.
            Channel channel = new Channel(streamId, kind, kind == null ? null : open);
            channels.put(streamId, channel);
            onOpen(channel);
        }
    }

    private static DataChannel kindOf(String label) {
        for (DataChannel kind : DataChannel.values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        return null;
    }

    private void onOpen(Channel channel) {
        channel.open = true;
        if (channel.kind == null) {
            return;
        }
        listener.onOpened(channel.kind);
        while (channel.kind == DataChannel.RELIABLE && !waiting.isEmpty()) {
            byte[] payload = waiting.remove();
            waitingBytes -= payload.length;
            send(DataChannel.RELIABLE, payload, nowNs);
        }
    }

    @Override
    public void onIncomingReset(int streamId) {
        if (channels.remove(streamId) != null) {
            // Closing is mutual: its number is free when both directions are (RFC 8831 6.7).
            association.resetStream(streamId);
        }
    }

    @Override
    public void onOutgoingReset(int streamId) {
        // The stream may carry another channel already, which the client opened when it saw our reset.
    }

    @Override
    public void onEnded(AssociationEnd end) {
        boolean lost = bufferedBytes() > 0;
        waiting.clear();
        waitingBytes = 0;
        early.clear();
        channels.clear();
        if (end != AssociationEnd.CLOSED && end != AssociationEnd.CLOSED_BY_PEER) {
            counters.increment(WorkerCounters.Counter.DATA_ABORTED);
        }
        if (lost && end != AssociationEnd.CLOSED) {
            listener.onLost(DataChannel.RELIABLE);
        }
        listener.onEnded(end);
    }
}
