// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.dtls.DtlsEndpoint;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.route.MediaEndpoint;
import org.nhipcau.sfu.sctp.AssociationEnd;
import org.nhipcau.sfu.sctp.channel.DataChannels;
import org.nhipcau.sfu.sctp.channel.DataListener;

/**
 * What a peer carries beside media: brings its data channels together with DTLS, and keeps them from harming the call.
 *
 * <p>Until a command allows data, DTLS throws it away unread. What comes is taken at the peer's timer, a bounded number
 * of records at a time; what is sent leaves there too, after sound and pictures that were due, and no faster than a
 * share of the path (see {@link MediaEndpoint#dataBps}). A fault of ours in it ends the data and nothing else: the call
 * is worth more.
 *
 * <p>Thread: the worker's. Owns: the data channels.
 */
public final class PeerData implements DataListener {
    /** Records taken or sent at one go. */
    private static final int MAX_RECORDS = 16;
    /** IP, UDP and DTLS around a packet. */
    private static final int OVERHEAD_BYTES = 20 + 8 + 37;

    private final String roomId;
    private final String peerId;
    private final WorkerCounters counters;
    private final Consumer<MediaEvent> events;
    private final RandomGenerator random;
    private final Consumer<RuntimeException> faults;
    private final Set<DataChannel> told = EnumSet.noneOf(DataChannel.class);
    private DataChannels channels;
    private DtlsEndpoint dtls;
    private DtlsRole role;
    private boolean closed;
    private boolean broken;
    private final DataBudget budget = new DataBudget();
    /** There may be packets to be sent besides messages. */
    private boolean busy;
    private long droppedRecords;

    PeerData(String roomId, String peerId, WorkerCounters counters, Consumer<MediaEvent> events,
            RandomGenerator random, Consumer<RuntimeException> faults) {
        this.roomId = roomId;
        this.peerId = peerId;
        this.counters = counters;
        this.events = events;
        this.random = random;
        this.faults = faults;
    }

    /** See {@code MediaCommand.ConfigureData}. */
    public MediaReply configure(DataParameters parameters) {
        if (channels == null) {
            channels = new DataChannels(parameters, random, counters, this);
            openData();
        } else if (!channels.configure(parameters)) {
            return new MediaReply.Refused(Reason.CONFLICT, "data was agreed upon otherwise and has begun");
        }
        return new MediaReply.Done();
    }

    /** The transport below begins. */
    void attach(DtlsEndpoint endpoint, DtlsRole ours) {
        dtls = endpoint;
        role = ours;
        openData();
    }

    private void openData() {
        if (channels != null && dtls != null) {
            dtls.openData();
        }
    }

    /** Sends a message to the peer, keeps it, or tells that it is lost. */
    public void send(DataChannel channel, byte[] payload, long nowNs) {
        if (channels == null || closed) {
            counters.drop(DropReason.DATA_UNWANTED);
            return;
        }
        if (!broken) {
            try {
                channels.send(channel, payload, nowNs);
                return;
            } catch (RuntimeException fault) {
                onFault(fault);
            }
        }
        counters.drop(DropReason.DATA_NOT_SENT);
        if (channel == DataChannel.RELIABLE) {
            onLost(channel);
        }
    }

    private void onFault(RuntimeException fault) {
        broken = true;
        faults.accept(fault);
    }

    /** Time passes; the peer is connected, and lets us send to it. */
    void onTimer(MediaEndpoint media, long nowNs) {
        if (channels == null || broken) {
            return;
        }
        try {
            carry(media, nowNs);
        } catch (RuntimeException fault) {
            onFault(fault);
            // What was under way, if anything was.
            onLost(DataChannel.RELIABLE);
        }
    }

    private void carry(MediaEndpoint media, long nowNs) {
        channels.start(role == DtlsRole.CLIENT, nowNs);
        byte[] packet;
        for (int i = 0; i < MAX_RECORDS && (packet = dtls.pollData()) != null; i++) {
            busy = true;
            channels.onPacket(packet, nowNs);
        }
        long dropped = dtls.droppedData();
        if (dropped != droppedRecords) {
            counters.drop(DropReason.DATA_OVERFLOW, dropped - droppedRecords);
            droppedRecords = dropped;
        }
        busy |= channels.onTimer(nowNs);
        if (busy || channels.bufferedBytes() > 0) {
            send(media, nowNs);
        }
    }

    private void send(MediaEndpoint media, long nowNs) {
        budget.fill(media.dataBps(), nowNs);
        for (int i = 0; i < MAX_RECORDS; i++) {
            byte[] packet = channels.poll(nowNs, budget.open());
            busy = packet != null;
            if (!busy) {
                break;
            }
            budget.spend(packet.length + OVERHEAD_BYTES);
            if (!dtls.sendData(packet)) {
                counters.drop(DropReason.DATA_OVERFLOW);
                break;
            }
            media.onDataSent(packet.length + OVERHEAD_BYTES, nowNs);
        }
    }

    /** The peer is over. */
    void close() {
        if (!closed) {
            closed = true;
            if (channels != null && !broken) {
                try {
                    channels.close();
                } catch (RuntimeException fault) {
                    onFault(fault);
                }
            }
        }
    }

    @Override
    public void onOpened(DataChannel channel) {
        // A client may open and close as often as it likes: what it makes us tell nobody may leave out.
        if (told.add(channel)) {
            events.accept(new MediaEvent.DataOpened(roomId, peerId, channel));
        }
    }

    @Override
    public void onMessage(DataChannel channel, byte[] payload) {
        events.accept(new MediaEvent.DataReceived(roomId, peerId, channel, payload));
    }

    @Override
    public void onLost(DataChannel channel) {
        events.accept(new MediaEvent.DataLost(roomId, peerId, channel));
    }

    @Override
    public void onEnded(AssociationEnd end) {
        // What it means for messages was told; the transport and its media live on.
    }
}
