// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.sfu.api.DataChannel.LOSSY;
import static org.nhipcau.sfu.api.DataChannel.RELIABLE;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.sctp.Association;
import org.nhipcau.sfu.sctp.AssociationEnd;
import org.nhipcau.sfu.sctp.AssociationListener;
import org.nhipcau.sfu.sctp.receive.Receiver;
import org.nhipcau.sfu.sctp.send.OutboundMessage;
import org.nhipcau.sfu.sctp.send.Sender;

/** The node's channels, a client's association played by the test at the other end. */
class DataChannelsTest {
    private static final long MS = 1_000_000L;
    private static final DataParameters CLIENT_OPENS = new DataParameters(6000, 60_000, false);
    private static final DataParameters NODE_OPENS = new DataParameters(6000, 60_000, true);

    private record Got(int streamId, int protocolId, byte[] payload) {}

    private final class Node implements DataListener {
        final List<DataChannel> opened = new ArrayList<>();
        final List<byte[]> messages = new ArrayList<>();
        final List<DataChannel> from = new ArrayList<>();
        int lost;
        AssociationEnd end;

        @Override
        public void onOpened(DataChannel channel) {
            opened.add(channel);
        }

        @Override
        public void onMessage(DataChannel channel, byte[] payload) {
            from.add(channel);
            messages.add(payload);
        }

        @Override
        public void onLost(DataChannel channel) {
            assertEquals(RELIABLE, channel);
            lost++;
        }

        @Override
        public void onEnded(AssociationEnd why) {
            end = why;
        }
    }

    private final class Client implements AssociationListener {
        final List<Got> got = new ArrayList<>();
        final List<Integer> resets = new ArrayList<>();

        @Override
        public void onEstablished() { }

        @Override
        public void onIncomingReset(int streamId) {
            resets.add(streamId);
        }

        @Override
        public void onOutgoingReset(int streamId) { }

        @Override
        public void onEnded(AssociationEnd why) { }

        @Override
        public void onMessage(int streamId, int protocolId, byte[] payload) {
            got.add(new Got(streamId, protocolId, payload));
        }
    }

    private final Node node = new Node();
    private final Client client = new Client();
    private final WorkerCounters counters = new WorkerCounters();
    private final Random random = new Random(1);
    private final Association theirs = new Association(6000, DataChannels.LOCAL_PORT, random, client);
    private DataChannels channels;
    private boolean reads = true;
    private long nowNs = -1_000 * MS;

    private void start(DataParameters parameters) {
        channels = new DataChannels(parameters, random, counters, node);
        channels.start(true, nowNs);
        theirs.connect(nowNs);
        run(50);
    }

    private void run(int ms) {
        for (int i = 0; i < ms; i++) {
            nowNs += MS;
            channels.onTimer(nowNs);
            theirs.onTimer(nowNs);
            byte[] packet;
            while ((packet = theirs.poll(nowNs, true)) != null) {
                channels.onPacket(packet, nowNs);
            }
            while ((packet = channels.poll(nowNs, true)) != null) {
                if (reads) {
                    theirs.onPacket(packet, packet.length, nowNs);
                }
            }
        }
    }

    private void open(int streamId, String label, boolean unordered, int maxRetransmits) {
        theirs.send(OutboundMessage.reliable(streamId, 50, false,
                new Dcep(unordered, maxRetransmits, -1, label).open()));
    }

    private void say(int streamId, int protocolId, byte... payload) {
        assertTrue(theirs.send(OutboundMessage.reliable(streamId, protocolId, false, payload)));
    }

    @Test
    void shouldAnswerTheClientsChannelsByTheirLabels() {
        start(CLIENT_OPENS);
        open(7, "_lossy", true, 0);
        open(9, "_reliable", false, -1);
        open(11, "_data_track", true, 0);
        say(11, 53, (byte) 1);
        say(9, 51, (byte) 2);
        say(9, 56, (byte) 0);
        say(7, 53, (byte) 3);
        say(13, 53, (byte) 4);
        say(9, 99, (byte) 5);
        run(100);
        assertEquals(List.of(LOSSY, RELIABLE), node.opened);
        assertEquals(3, client.got.stream().filter(got -> got.protocolId() == 50 && got.payload()[0] == 2).count());
        assertEquals(3, node.messages.size());
        assertTrue(node.messages.stream().anyMatch(message -> message.length == 0));
        assertEquals(3, counters.get(DropReason.DATA_UNWANTED));
        client.got.clear();
        channels.send(LOSSY, new byte[] {6}, nowNs);
        channels.send(RELIABLE, new byte[0], nowNs);
        run(100);
        assertEquals(List.of(7, 9), client.got.stream().map(Got::streamId).sorted().toList());
        assertEquals(List.of(53, 57), client.got.stream().map(Got::protocolId).sorted().toList());
    }

    @Test
    void shouldOpenTheChannelsItselfWhereThatIsAgreed() {
        start(NODE_OPENS);
        assertEquals(List.of(), node.opened, "not before the client has agreed");
        channels.send(RELIABLE, new byte[] {1}, nowNs);
        channels.send(LOSSY, new byte[] {2}, nowNs);
        List<Got> opens = List.copyOf(client.got);
        assertEquals(List.of(0, 2), opens.stream().map(Got::streamId).sorted().toList(), "even: we are DTLS client");
        Got reliable = opens.stream().filter(got -> got.streamId() == 0).findFirst().orElseThrow();
        assertArrayEquals(new byte[] {3, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, '_', 'r', 'e', 'l', 'i', 'a', 'b', 'l', 'e'},
                reliable.payload());
        Got lossy = opens.stream().filter(got -> got.streamId() == 2).findFirst().orElseThrow();
        assertArrayEquals(new byte[] {3, (byte) 0x81, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, '_', 'l', 'o', 's', 's', 'y'},
                lossy.payload());
        client.got.clear();
        say(0, 50, (byte) 2);
        say(2, 50, (byte) 2);
        run(100);
        assertEquals(List.of(RELIABLE, LOSSY), node.opened);
        assertEquals(1, client.got.size(), "the reliable one has waited");
        assertArrayEquals(new byte[] {1}, client.got.getFirst().payload());
    }

    @Test
    void shouldBeginAfterAWhileWhenTheClientDoesNot() {
        channels = new DataChannels(CLIENT_OPENS, random, counters, node);
        channels.start(false, nowNs);
        assertNull(channels.poll(nowNs, true));
        run(900);
        assertFalse(theirs.begun());
        run(400);
        open(2, "_reliable", false, -1);
        run(100);
        assertEquals(List.of(RELIABLE), node.opened);
    }

    @Test
    void shouldKeepReliableMessagesForAChannelThatIsNotThereYetUpToABound() {
        channels = new DataChannels(CLIENT_OPENS, random, counters, node);
        int fits = Sender.MAX_BYTES / 60_000;
        for (int i = 0; i < fits + 3; i++) {
            channels.send(RELIABLE, new byte[60_000], nowNs);
            channels.send(LOSSY, new byte[1], nowNs);
        }
        assertEquals(3, node.lost);
        assertEquals(fits + 6, counters.get(DropReason.DATA_NOT_SENT));
        channels.send(RELIABLE, new byte[60_001], nowNs);
        assertEquals(4, node.lost, "longer than the client takes");
        channels.start(true, nowNs);
        theirs.connect(nowNs);
        open(1, "_reliable", false, -1);
        run(5_000);
        assertEquals(fits, client.got.stream().filter(got -> got.payload().length == 60_000).count());
    }

    @Test
    void v33AClientThatStopsReadingShouldLoseItsOwnMessagesWithinItsBuffer() {
        start(CLIENT_OPENS);
        open(1, "_reliable", false, -1);
        open(3, "_lossy", true, 0);
        run(50);
        reads = false;
        for (int i = 0; i < 1_000; i++) {
            channels.send(RELIABLE, new byte[1_000], nowNs);
            channels.send(LOSSY, new byte[1_000], nowNs);
            run(2);
            assertTrue(channels.bufferedBytes() <= Sender.MAX_BYTES, "" + channels.bufferedBytes());
        }
        assertTrue(node.lost > 500, "" + node.lost);
        int before = node.lost;
        run(120_000);
        assertEquals(AssociationEnd.UNREACHABLE, node.end);
        assertEquals(before + 1, node.lost, "what was under way");
        assertEquals(0, channels.bufferedBytes());
        channels.send(RELIABLE, new byte[1], nowNs);
        assertEquals(before + 2, node.lost);
    }

    @Test
    void manySmallLossyMessagesShouldLeaveRoomForReliableOnes() {
        start(CLIENT_OPENS);
        open(1, "_reliable", false, -1);
        open(3, "_lossy", true, 0);
        run(50);
        for (int i = 0; i < 2 * Sender.MAX_MESSAGES; i++) {
            channels.send(LOSSY, new byte[1], nowNs);
        }
        assertTrue(counters.get(DropReason.DATA_NOT_SENT) > Sender.MAX_MESSAGES);
        for (int i = 0; i < Sender.MAX_MESSAGES / 2; i++) {
            channels.send(RELIABLE, new byte[1], nowNs);
        }
        assertEquals(0, node.lost);
    }

    @Test
    void shouldTakeNoMoreThanItsShareAndLetTheSenderWait() {
        start(CLIENT_OPENS);
        open(1, "_reliable", false, -1);
        open(3, "_lossy", true, 0);
        run(50);
        for (int i = 0; i < 200; i++) {
            say(1, 53, (byte) i);
        }
        run(900);
        int first = node.messages.size();
        assertTrue(first >= 64 && first <= 64 + 64, "" + first);
        say(3, 53, (byte) 1);
        run(100);
        assertEquals(1, counters.get(DropReason.DATA_RATE));
        run(3_000);
        assertEquals(200, node.messages.size());
        for (int i = 0; i < 200; i++) {
            assertEquals((byte) i, node.messages.get(i)[0], "in order");
        }
        node.messages.clear();
        for (int i = 0; i < 4; i++) {
            assertTrue(theirs.send(OutboundMessage.reliable(1, 53, false, new byte[65_000])));
        }
        run(100);
        for (int i = 0; i < 3; i++) {
            assertTrue(theirs.send(OutboundMessage.reliable(1, 53, false, new byte[65_000])));
        }
        run(200);
        assertTrue(node.messages.size() < 7, "" + node.messages.size());
        assertTrue(channels.heldBytes() <= Receiver.WINDOW_BYTES + Receiver.MAX_ANNOUNCED_BYTES);
        run(3_000);
        assertEquals(7, node.messages.size());
        assertNull(node.end);
        assertEquals(0, channels.heldBytes());
    }

    @Test
    void v32OpeningAndClosingShouldLeaveNothingBehind() {
        start(CLIENT_OPENS);
        for (int i = 0; i < 300; i++) {
            int stream = 1 + 2 * (i % 5);
            open(stream, "_reliable", false, -1);
            say(stream, 53, (byte) i);
            run(10);
            assertTrue(theirs.resetStream(stream));
            run(60);
        }
        assertEquals(300, node.opened.size());
        assertTrue(node.messages.size() >= 64);
        assertEquals(300, client.resets.size(), "closing is mutual");
        assertNull(node.end);
    }

    @Test
    void shouldRefuseMoreChannelsThanAllowed() {
        start(CLIENT_OPENS);
        for (int i = 0; i < DataChannels.MAX_CHANNELS + 4; i++) {
            open(2 * i + 1, "other", false, -1);
        }
        run(500);
        assertEquals(DataChannels.MAX_CHANNELS,
                client.got.stream().filter(got -> got.protocolId() == 50).count());
        assertEquals(4, client.resets.size());
        assertNull(node.end);
    }

    @Test
    void shouldReadNoOpenThatIsNone() {
        assertNull(Dcep.readOpen(new byte[] {3, 0}));
        byte[] open = new Dcep(true, -1, 500, "_lossy").open();
        assertEquals(new Dcep(true, -1, 500, "_lossy"), Dcep.readOpen(open));
        open[9]++;
        assertNull(Dcep.readOpen(open), "a label longer than the message");
        open[9]--;
        open[1] = 3;
        assertNull(Dcep.readOpen(open), "a kind of channel that nobody knows");
        start(CLIENT_OPENS);
        say(1, 50, (byte) 3);
        say(3, 50, (byte) 77);
        run(100);
        assertEquals(2, counters.get(DropReason.DATA_UNWANTED));
        assertEquals(List.of(), node.opened);
    }

    @Test
    void otherParametersShouldBeTakenOnlyBeforeItHasBegun() {
        channels = new DataChannels(CLIENT_OPENS, random, counters, node);
        assertTrue(channels.configure(NODE_OPENS));
        channels.start(true, nowNs);
        assertTrue(channels.configure(NODE_OPENS));
        assertFalse(channels.configure(CLIENT_OPENS));
    }
}
