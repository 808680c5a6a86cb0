// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

class ForwardQueueTest {
    private final RoomFixture f = new RoomFixture();
    private final RoomFixture.Sink secondSink = new RoomFixture.Sink();
    private final MediaEndpoint second = f.room.openEndpoint("carol", "carol", secondSink);

    private void twoViewers() {
        second.configure(RoomFixture.VIEWER_IDS);
        second.onConnected(f.nowNs);
        f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(RoomFixture.VP8)), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(RoomFixture.VIEWER_VP8)), f.nowNs);
        second.addConsumer(RoomFixture.consumer("cam", 700, List.of(RoomFixture.VIEWER_VP8)), f.nowNs);
    }

    private void arrive(int sequence, boolean key, int payloadBytes) {
        byte[] payload = java.util.Arrays.copyOf(RoomFixture.vp8(key, sequence, sequence, 0), payloadBytes);
        f.publisher.onRtp(f.packet(96, sequence, sequence * 3_000L, 9, payload), f.nowNs);
    }

    @Test
    void shouldForwardNothingBeforeTheBatchEndsAndThenReceiverByReceiver() {
        twoViewers();
        List<String> order = new ArrayList<>();
        f.viewerSink.onSend = () -> order.add("bob");
        secondSink.onSend = () -> order.add("carol");
        for (int i = 1; i <= 3; i++) {
            arrive(i, i == 1, 40);
        }
        assertEquals(List.of(), order);
        assertEquals(3, f.queue.size());
        f.queue.forward(f.nowNs);
        assertEquals(List.of("bob", "bob", "bob", "carol", "carol", "carol"), order);
        assertEquals(0, f.queue.size());
        for (RoomFixture.Sink sink : List.of(f.viewerSink, secondSink)) {
            int first = sink.packet(0).sequenceNumber();
            for (int i = 0; i < 3; i++) {
                assertEquals(first + i, sink.packet(i).sequenceNumber());
                assertEquals((i + 1) * 3_000L, sink.packet(i).timestamp());
            }
        }
    }

    @Test
    void shouldForwardByItselfWhenItIsFull() {
        twoViewers();
        for (int i = 1; i <= ForwardQueue.CAPACITY; i++) {
            arrive(i, i == 1, 40);
        }
        assertTrue(f.queue.full());
        assertEquals(0, f.viewerSink.rtp.size());
        arrive(ForwardQueue.CAPACITY + 1, false, 40);
        assertEquals(ForwardQueue.CAPACITY, f.viewerSink.rtp.size());
        assertEquals(1, f.queue.size());
        f.queue.forward(f.nowNs);
        assertEquals(ForwardQueue.CAPACITY + 1, f.viewerSink.rtp.size());
    }

    /** Each receiver's numbers are written into the same bytes: they must start from the publisher's every time. */
    @Test
    void shouldGiveEachReceiverItsOwnPictureNumbers() {
        twoViewers();
        arrive(1, true, 40);
        arrive(2, false, 40);
        f.queue.forward(f.nowNs);
        second.updateConsumer("c-cam", new org.nhipcau.sfu.api.ConsumerSettings(true, 2, 0, 0, 0), f.nowNs);
        arrive(3, false, 40);
        f.queue.forward(f.nowNs);
        second.updateConsumer("c-cam", new org.nhipcau.sfu.api.ConsumerSettings(false, 2, 0, 0, 0), f.nowNs);
        arrive(4, true, 40);
        arrive(5, false, 40);
        f.queue.forward(f.nowNs);
        assertEquals(List.of(1, 2, 3, 4, 5), pictureIds(f.viewerSink));
        assertEquals(List.of(1, 2, 3, 4), pictureIds(secondSink));
    }

    private static List<Integer> pictureIds(RoomFixture.Sink sink) {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < sink.rtp.size(); i++) {
            RtpPacketFlyweight packet = sink.packet(i);
            ids.add(packet.packet().getUnsignedShort(packet.headerLength() + 2) & 0x7fff);
        }
        return ids;
    }

    @Test
    void shouldPadAPacketThatIsAByteShorterThanTheNextAndNoneThatIsMuchShorter() {
        twoViewers();
        arrive(1, true, 1_099);
        arrive(2, false, 1_099);
        arrive(3, false, 1_100);
        arrive(4, false, 900);
        arrive(5, false, 1_100);
        f.queue.forward(f.nowNs);
        int[] payloads = {1_099, 1_099, 1_100, 900, 1_100};
        int[] paddings = {1, 1, 0, 0, 0};
        for (int i = 0; i < payloads.length; i++) {
            assertEquals(payloads[i], f.viewerSink.packet(i).payloadLength(), "packet " + i);
            assertEquals(paddings[i], f.viewerSink.packet(i).paddingLength(), "packet " + i);
            assertEquals(f.viewerSink.rtp.get(i).length, secondSink.rtp.get(i).length, "packet " + i);
        }
        assertEquals(f.viewerSink.rtp.get(1).length, f.viewerSink.rtp.get(2).length);
    }

    /**
     * Datagrams that came as one message lie next to each other: a packet may grow into what was its own tag, 10 bytes
     * in the shortest case, and no further. Wanting more must hold up nobody.
     */
    @Test
    void shouldNotPadAPacketBeyondTheRoomThatItsTagLeft() {
        twoViewers();
        arrive(1, true, 40);
        arriveWithTag(2, 1_280, 10);
        arriveWithTag(3, 1_290, 10);
        arriveWithTag(4, 1_408, 10);
        arriveWithTag(5, 1_419, 10);
        f.queue.forward(f.nowNs);
        arrive(6, false, 40);
        f.queue.forward(f.nowNs);
        List<Integer> paddings = new ArrayList<>();
        for (int i = 0; i < f.viewerSink.rtp.size(); i++) {
            paddings.add(f.viewerSink.packet(i).paddingLength());
        }
        // The two longest are too long for a viewer's path.
        assertEquals(List.of(0, 10, 0, 0), paddings);
    }

    private void arriveWithTag(int sequence, int payloadBytes, int tagBytes) {
        byte[] payload = java.util.Arrays.copyOf(RoomFixture.vp8(false, sequence, sequence, 0), payloadBytes);
        PacketBuffer packet = PacketBuffer.window(Arena.ofAuto().allocate(2 * PacketBuffer.SLOT_BYTES));
        PacketBuffer made = f.packet(96, sequence, sequence * 3_000L, 9, payload);
        packet.place(0, made.length() + tagBytes);
        packet.copyFrom(made);
        f.publisher.onRtp(packet, f.nowNs);
    }

    /** A fault of ours that concerns a producer as a whole costs its batch, and nobody else anything. */
    @Test
    void shouldGoOnWithTheOtherProducersAndLaterWithAllAfterAFault() {
        twoViewers();
        f.publisher.addProducer(RoomFixture.producer("mic", MediaKind.AUDIO, "1", List.of(RoomFixture.OPUS)), f.nowNs);
        second.addConsumer(RoomFixture.consumer("mic", 900, List.of(RoomFixture.OPUS)), f.nowNs);
        IllegalStateException fault = new IllegalStateException("made by the test");
        f.viewerSink.onSend = () -> {
            throw fault;
        };
        f.viewerSink.onFault = f.viewerSink.onSend;
        arrive(1, true, 40);
        PacketBuffer sound = PacketBuffer.allocate();
        f.header.begin(sound, true, 111, 7, 960, 20);
        f.header.extension(1, new byte[] {'1'});
        int length = f.header.finish();
        sound.setLength(length + 50);
        f.publisher.onRtp(sound, f.nowNs);
        assertEquals(fault, assertThrows(IllegalStateException.class, () -> f.queue.forward(f.nowNs)));
        assertEquals(1, secondSink.rtp.size());
        f.viewerSink.onSend = () -> { };
        for (int i = 2; i <= ForwardQueue.CAPACITY + 1; i++) {
            arrive(i, i == 2, 40);
        }
        f.queue.forward(f.nowNs);
        assertEquals(ForwardQueue.CAPACITY, f.viewerSink.rtp.size());
    }

    /** A viewer whose forwarding meets a fault of ours loses its call alone: not the publisher, not the others. */
    @Test
    void shouldTellTheSinkOfAFaultAndServeTheOthers() {
        twoViewers();
        IllegalStateException fault = new IllegalStateException("made by the test");
        f.viewerSink.onSend = () -> {
            throw fault;
        };
        arrive(1, true, 40);
        arrive(2, false, 40);
        f.queue.forward(f.nowNs);
        assertEquals(fault, f.viewerSink.fault);
        assertNull(f.publisherSink.fault);
        assertNull(secondSink.fault);
        assertEquals(2, secondSink.rtp.size());
    }

    /** The encoding's cache and numbers are of another stream by then. */
    @Test
    void shouldDropWhatWaitsOfAStreamThatWasReplacedMeanwhile() {
        twoViewers();
        arrive(1, true, 40);
        f.queue.forward(f.nowNs);
        f.nowNs += 10_000_000_000L;
        arrive(2, false, 40);
        PacketBuffer anew = f.packet(96, 900, 90_000, 10, RoomFixture.vp8(true, 50, 50, 0));
        f.publisher.onRtp(anew, f.nowNs);
        assertNotNull(f.room.producer("cam").encodings()[0].stream());
        assertEquals(10, f.room.producer("cam").encodings()[0].stream().ssrc());
        f.queue.forward(f.nowNs);
        assertEquals(1, f.counters.get(DropReason.STREAM_REPLACED));
        assertEquals(2, f.viewerSink.rtp.size());
        assertEquals(f.viewerSink.packet(0).sequenceNumber() + 1, f.viewerSink.packet(1).sequenceNumber());
        assertFalse(f.queue.full());
    }

    @Test
    void shouldForwardNothingThatWaitedWhenItsProducerWasMuted() {
        twoViewers();
        arrive(1, true, 40);
        f.room.muteProducer("cam", true, f.nowNs);
        f.queue.forward(f.nowNs);
        assertEquals(0, f.viewerSink.rtp.size());
        assertEquals(1, f.counters.get(DropReason.PRODUCER_MUTED));
    }
}
