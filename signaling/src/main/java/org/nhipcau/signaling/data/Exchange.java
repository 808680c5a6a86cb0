// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.data;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import livekit.LivekitModels.DataPacket;
import org.nhipcau.sfu.api.DataChannel;

/**
 * The messages of a room: judges each, writes on it who sent it, and says whom it goes to.
 *
 * <p>Reliable messages are numbered by their sender. One with a number that was there before is dropped; on a resume the
 * sender is told the last, and sends again what came after it. Itself it is sent again what it lacks only where the node
 * told that a message to it was lost: a channel that stands brings all it was given, whatever becomes of the WebSocket,
 * and what is still on its way there would come twice. Whoever is in but has no open channel yet gets what was sent to it
 * as soon as it has one: nothing is missed, nothing comes twice.
 *
 * <p>Thread: the room's. Owns: per participant its channels, its last number and nonces; the {@link MessageLog}.
 */
public final class Exchange {
    private final Supplier<? extends Collection<? extends Member>> members;
    private final Outlet outlet;
    private final LongSupplier nowMs;
    private final DataMetrics metrics;
    private final Map<String, Line> lines = new HashMap<>();
    private final Nonces serviceNonces = new Nonces();
    private final MessageLog log = new MessageLog();
    private boolean upkeepDue;

    /** The way out of here. */
    public interface Outlet {
        /** Has the media node send a message to these of its peers. */
        void send(List<String> peerIds, DataChannel channel, byte[] payload);

        /** Runs something later, on the room's thread. */
        void after(long delayMs, Runnable task);
    }

    /** What is known of one participant's side. */
    private static final class Line {
        /** The peer whose channel carries messages to it: the first that opened, so that their order holds. */
        final Map<DataChannel, String> peers = new EnumMap<>(DataChannel.class);
        final Nonces nonces = new Nonces();
        int lastSequence;
        /** It came back on a new socket, and has not yet said what it has. */
        boolean resumed;
        /** The node lost a message to it. */
        boolean lost;
    }

    /**
     * @param members all of the room, in or on their way
     * @param nowMs monotonic milliseconds
     */
    public Exchange(Supplier<? extends Collection<? extends Member>> members, Outlet outlet, LongSupplier nowMs,
            DataMetrics metrics) {
        this.members = members;
        this.outlet = outlet;
        this.nowMs = nowMs;
        this.metrics = metrics;
    }

    private Line line(Member member) {
        return lines.computeIfAbsent(member.sid(), sid -> new Line());
    }

    /** A channel of a participant can carry from now on: what waits for it goes out. */
    public void opened(Member member, String peerId, DataChannel channel) {
        boolean first = line(member).peers.putIfAbsent(channel, peerId) == null;
        if (first && channel == DataChannel.RELIABLE) {
            log.takeWaiting(member.sid()).forEach(entry -> again(member, peerId, entry));
        }
    }

    /** A participant sent a message. */
    public void received(Member sender, DataChannel channel, byte[] payload) {
        metrics.dataReceived(channel);
        Envelope envelope = Envelope.read(payload);
        Refusal refusal = envelope == null ? Refusal.MALFORMED : judge(sender, channel, envelope);
        if (refusal != null) {
            metrics.dataRefused(refusal);
            return;
        }
        boolean hidden = sender.hidden();
        byte[] stamped = envelope.stamped(hidden ? "" : sender.sid(), nameOn(envelope, sender), channel);
        if (stamped == null) {
            metrics.dataRefused(Refusal.TOO_LONG);
            return;
        }
        // Without a sender's id nobody could tell what comes again from what is new.
        forward(sender, envelope.destinations(), channel, hidden ? 0 : envelope.sequence(), stamped);
    }

    private Refusal judge(Member sender, DataChannel channel, Envelope envelope) {
        Line line = line(sender);
        if (channel == DataChannel.RELIABLE && envelope.sequence() != 0) {
            if (Integer.compareUnsigned(envelope.sequence(), line.lastSequence) <= 0) {
                return Refusal.REPEATED;
            }
            // What is refused below counts too: its client must not bring it again when it may send once more.
            line.lastSequence = envelope.sequence();
        }
        if (!sender.present() || !sender.maySend()) {
            return Refusal.NOT_PERMITTED;
        }
        if (!envelope.isFor(sender)) {
            return Refusal.KIND;
        }
        return line.nonces.add(envelope.nonce()) ? null : Refusal.REPEATED;
    }

    /** An agent may write in the name of somebody who is there; everybody else is who they are. */
    private String nameOn(Envelope envelope, Member sender) {
        if (sender.agent()) {
            for (Member other : members.get()) {
                if (other.present() && !other.hidden() && other.identity().equals(envelope.spokenFor())) {
                    return other.identity();
                }
            }
        }
        return sender.hidden() ? "" : sender.identity();
    }

    /**
     * Sends a message of the room service.
     *
     * @return false when it is longer than a data channel carries
     */
    public boolean serve(DataPacket packet, DataChannel channel) {
        Envelope envelope = new Envelope(packet);
        byte[] stamped = envelope.stamped("", "", channel);
        if (stamped == null) {
            return false;
        }
        if (serviceNonces.add(envelope.nonce())) {
            forward(null, envelope.destinations(), channel, 0, stamped);
        } else {
            metrics.dataRefused(Refusal.REPEATED);
        }
        return true;
    }

    private void forward(Member sender, Set<String> named, DataChannel channel, int sequence, byte[] payload) {
        List<String> recipients = new ArrayList<>();
        List<String> waiting = new ArrayList<>();
        List<String> peerIds = new ArrayList<>();
        for (Member member : members.get()) {
            boolean meant = named.isEmpty() || named.contains(member.identity()) || named.contains(member.sid());
            if (!meant || sender != null && member.sid().equals(sender.sid()) || !member.present()
                    || !member.mayHear(sender)) {
                continue;
            }
            String peerId = line(member).peers.get(channel);
            recipients.add(member.sid());
            if (peerId == null) {
                waiting.add(member.sid());
            } else {
                peerIds.add(peerId);
            }
        }
        send(peerIds, channel, payload);
        if (channel == DataChannel.RELIABLE && !recipients.isEmpty()) {
            lost(log.add(new MessageLog.Entry(nowMs.getAsLong(), sender == null ? "" : sender.sid(), sequence, payload,
                    Set.copyOf(recipients), new HashSet<>(waiting))));
            upkeep();
        }
    }

    private void send(List<String> peerIds, DataChannel channel, byte[] payload) {
        if (!peerIds.isEmpty()) {
            outlet.send(peerIds, channel, payload);
            metrics.dataForwarded(channel, peerIds.size());
        }
    }

    /** What was sent when both might is sent late only if both still may. */
    private void again(Member member, String peerId, MessageLog.Entry entry) {
        Member sender = null;
        for (Member other : members.get()) {
            sender = other.sid().equals(entry.senderSid()) ? other : sender;
        }
        boolean stillSent = entry.senderSid().isEmpty() || sender != null && sender.present() && sender.maySend();
        if (stillSent && member.present() && member.mayHear(sender)) {
            send(List.of(peerId), DataChannel.RELIABLE, entry.payload());
        }
    }

    /** The number of the last reliable message that came from a participant, unsigned; 0: none. */
    public int lastSequence(Member member) {
        return line(member).lastSequence;
    }

    /** A participant is back on a new socket: it may say once what it has. */
    public void resumed(Member member) {
        line(member).resumed = true;
    }

    /** A participant that is back says which number it has last of each sender: where any was lost, all after it go again. */
    public void missed(Member member, Map<String, Integer> lastBySenderSid) {
        Line line = line(member);
        String peerId = line.peers.get(DataChannel.RELIABLE);
        if (!line.resumed || peerId == null) {
            return;
        }
        line.resumed = false;
        if (!line.lost) {
            return;
        }
        line.lost = false;
        lost(log.trim(nowMs.getAsLong()));
        for (MessageLog.Entry entry : log.sentTo(member.sid())) {
            int last = lastBySenderSid.getOrDefault(entry.senderSid(), 0);
            if (entry.sequence() != 0 && Integer.compareUnsigned(entry.sequence(), last) > 0) {
                again(member, peerId, entry);
            }
        }
    }

    /** A participant is gone. */
    public void left(String sid) {
        lines.remove(sid);
        log.forget(sid);
    }

    /** The media node could not bring a reliable message to a participant. */
    public void undelivered(Member member) {
        line(member).lost = true;
        lost(1);
    }

    private void lost(int messages) {
        if (messages > 0) {
            metrics.dataLost(messages);
        }
    }

    /** What people write is kept no longer than it must be, also when nothing follows it. */
    private void upkeep() {
        if (!upkeepDue && !log.isEmpty()) {
            upkeepDue = true;
            outlet.after(MessageLog.KEEP_MS, () -> {
                upkeepDue = false;
                lost(log.trim(nowMs.getAsLong()));
                upkeep();
            });
        }
    }
}
