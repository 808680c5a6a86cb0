// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.rtp.RtxPacket;

/** Senders and receivers of the swarm against each other: what is wrong on the way must be found, and nothing else. */
final class ReceivedStreamTest {
    private static final long SEED = 11;
    private static final long SSRC = 1_000;
    private static final long FRAME_NS = 33_333_333L;
    private static final int PAYLOAD_TYPE = 96;
    private static final int RTX_PAYLOAD_TYPE = 97;
    private static final HeaderExtensions IDS = new HeaderExtensions(4, 10, 11, 0, 3, 0, 0, 0, 0, 0);

    private final Wire wire = new Wire();
    private final Canary canary = new Canary("room", "alice", "video1");
    private final RtpPacketFlyweight view = new RtpPacketFlyweight();
    private final LatencyHistogram latency = new LatencyHistogram();
    private final RtcpWriter writer = new RtcpWriter();
    private final PacketBuffer compound = PacketBuffer.allocate();
    private VideoSender sender;
    private ReceivedStream stream;
    private long nowNs = 1_000_000_000L;

    /** Takes what is sent. */
    private static final class Wire implements MediaOutput {
        private final List<PacketBuffer> rtp = new ArrayList<>();
        private final List<Integer> nacked = new ArrayList<>();
        private int plis;
        private int sequence;

        @Override
        public boolean sendRtp(PacketBuffer plain, int headerLength) {
            rtp.add(PacketBuffer.copyOf(plain.toByteArray()));
            return true;
        }

        @Override
        public boolean sendRtcp(PacketBuffer sent) {
            return new RtcpReader().read(sent, new RtcpHandler() {
                @Override
                public void nack(long senderSsrc, long mediaSsrc, int pid, int blp) {
                    for (int bit = -1; bit < 16; bit++) {
                        if (bit < 0 || (blp >>> bit & 1) != 0) {
                            nacked.add(pid + bit + 1 & 0xffff);
                        }
                    }
                }

                @Override
                public void pli(long senderSsrc, long mediaSsrc) {
                    plis++;
                }
            });
        }

        @Override
        public int nextTransportSequence() {
            return sequence++ & 0xffff;
        }
    }

    @BeforeEach
    void prepare() {
        VideoShape one = VideoShape.of("720p", false);
        sender = new VideoSender(one, new StreamFormat("0", PAYLOAD_TYPE, RTX_PAYLOAD_TYPE, IDS), canary, SSRC,
                new Random(SEED), wire);
        sender.start(nowNs);
        stream = new ReceivedStream(true, SSRC, 1, canary, latency, wire);
    }

    private List<PacketBuffer> frames(int count) {
        wire.rtp.clear();
        for (int i = 0; i < count; i++) {
            sender.onTime(nowNs);
            nowNs += FRAME_NS;
        }
        return List.copyOf(wire.rtp);
    }

    private void receive(PacketBuffer packet) {
        assertTrue(view.wrapPlain(packet));
        boolean repair = view.payloadType() == RTX_PAYLOAD_TYPE;
        if (repair) {
            assertEquals(RtxPacket.Result.RESTORED, RtxPacket.decapsulate(view, PAYLOAD_TYPE, SSRC));
        }
        stream.onPacket(view, repair, nowNs);
    }

    @Test
    void shouldFindNothingWrongWithAWholeStream() {
        List<PacketBuffer> packets = frames(300);
        packets.forEach(this::receive);
        StreamFigures figures = stream.figures();
        assertEquals(packets.size(), figures.packets());
        assertEquals(0, figures.missingPackets());
        assertEquals(0, figures.foreignBytes());
        assertEquals(0, figures.skippedPackets());
        assertEquals(0, figures.brokenFrames());
        assertEquals(300, figures.wholeFrames());
        assertEquals(packets.size(), latency.count());
    }

    @Test
    void shouldKeepPacketsWithinTheirSize() {
        for (PacketBuffer packet : frames(100)) {
            assertTrue(packet.length() <= 1_200, "packet of " + packet.length() + " bytes");
        }
    }

    @Test
    void shouldFindAForeignCanary() {
        Canary otherRoom = new Canary("other room", "alice", "video1");
        VideoSender other = new VideoSender(VideoShape.of("720p", false),
                new StreamFormat("0", PAYLOAD_TYPE, RTX_PAYLOAD_TYPE, IDS), otherRoom, SSRC, new Random(SEED), wire);
        other.start(nowNs);
        wire.rtp.clear();
        other.onTime(nowNs);
        PacketBuffer packet = wire.rtp.getFirst();
        receive(packet);
        assertEquals(1, stream.figures().foreignPackets());
        assertTrue(stream.figures().foreignBytes() > Canary.HEADER_BYTES);
    }

    @Test
    void shouldFindASingleForeignByte() {
        List<PacketBuffer> packets = frames(3);
        PacketBuffer changed = packets.get(2);
        changed.putByte(changed.length() - 1, changed.getByte(changed.length() - 1) ^ 1);
        packets.forEach(this::receive);
        assertEquals(1, stream.figures().foreignPackets());
        assertEquals(1, stream.figures().foreignBytes());
    }

    @Test
    void shouldCountWhatNeverCame() {
        List<PacketBuffer> packets = frames(60);
        int lost = packets.size() / 2;
        for (int i = 0; i < packets.size(); i++) {
            if (i != lost && i != lost + 1) {
                receive(packets.get(i));
            }
        }
        assertEquals(2, stream.figures().missingPackets());
        assertTrue(stream.figures().brokenFrames() > 0);
        assertFalse(stream.isSettled());
    }

    @Test
    void shouldAskForWhatIsMissingAndTakeItsRepair() {
        List<PacketBuffer> packets = frames(60);
        int lost = packets.size() / 2;
        int sequence = packets.get(lost).getUnsignedShort(2);
        for (int i = 0; i < packets.size(); i++) {
            if (i != lost) {
                receive(packets.get(i));
            }
        }
        nowNs += 50_000_000L;
        stream.onTime(nowNs, writer, compound);
        assertEquals(List.of(sequence), wire.nacked);
        wire.rtp.clear();
        sender.onNack(SSRC, sequence);
        assertEquals(1, wire.rtp.size());
        receive(wire.rtp.getFirst());
        StreamFigures figures = stream.figures();
        assertEquals(0, figures.missingPackets());
        assertEquals(1, figures.repairedPackets());
        assertEquals(0, figures.brokenFrames());
        assertEquals(0, figures.foreignBytes());
        assertTrue(stream.isSettled());
    }

    @Test
    void shouldCountADuplicateOnce() {
        List<PacketBuffer> packets = frames(5);
        packets.forEach(this::receive);
        receive(packets.get(2));
        assertEquals(1, stream.figures().duplicatePackets());
        assertEquals(packets.size(), stream.figures().packets());
    }

    @Test
    void shouldNoticeAFrameLeftOutWithoutAGapInTheNumbers() {
        List<PacketBuffer> packets = frames(60);
        long leftOut = packets.get(packets.size() / 2).getUnsignedInt(4);
        int sequence = packets.getFirst().getUnsignedShort(2);
        boolean anyLeftOut = false;
        int baseFrames = 0;
        for (PacketBuffer packet : packets) {
            if (!anyLeftOut && packet.getUnsignedInt(4) >= leftOut && isBaseLayer(packet)) {
                baseFrames++;
                leftOut = packet.getUnsignedInt(4);
                anyLeftOut = true;
            }
            if (anyLeftOut && packet.getUnsignedInt(4) == leftOut) {
                continue;
            }
            packet.putShort(2, sequence++);
            receive(packet);
        }
        assertEquals(1, baseFrames);
        assertEquals(0, stream.figures().missingPackets());
        assertEquals(1, stream.figures().skippedPackets());
    }

    @Test
    void shouldAllowTheServerToLeaveOutUpperTemporalLayers() {
        int sequence = 100;
        for (PacketBuffer packet : frames(60)) {
            if (isBaseLayer(packet)) {
                packet.putShort(2, sequence++);
                receive(packet);
            }
        }
        assertEquals(0, stream.figures().skippedPackets());
        assertEquals(0, stream.figures().missingPackets());
        assertEquals(0, stream.figures().brokenFrames());
    }

    @Test
    void shouldNotCallItALossWhenAFrameIsCutForAKeyFrame() {
        List<PacketBuffer> packets = frames(20);
        long last = packets.getLast().getUnsignedInt(4);
        int sequence = 500;
        for (PacketBuffer packet : packets) {
            boolean rest = packet.getUnsignedInt(4) == last && !startsFrame(packet);
            if (!rest) {
                packet.putShort(2, sequence++);
                receive(packet);
            }
        }
        sender.onKeyFrameRequest(SSRC);
        for (PacketBuffer packet : frames(5)) {
            packet.putShort(2, sequence++);
            receive(packet);
        }
        StreamFigures figures = stream.figures();
        assertEquals(1, figures.cutFrames());
        assertEquals(0, figures.brokenFrames());
        assertEquals(0, figures.skippedPackets());
    }

    @Test
    void shouldCallItALossWhenAFrameIsCutForAnOrdinaryOne() {
        List<PacketBuffer> packets = frames(20);
        long cut = packets.get(packets.size() / 2).getUnsignedInt(4);
        int sequence = 500;
        for (PacketBuffer packet : packets) {
            boolean rest = packet.getUnsignedInt(4) == cut && !startsFrame(packet);
            if (!rest) {
                packet.putShort(2, sequence++);
                receive(packet);
            }
        }
        assertEquals(1, stream.figures().brokenFrames());
        assertEquals(0, stream.figures().cutFrames());
    }

    private boolean startsFrame(PacketBuffer packet) {
        assertTrue(view.wrapPlain(packet));
        return (packet.getByte(view.headerLength()) & 0x10) != 0;
    }

    // Of the descriptor's fifth byte the two upper bits are the temporal layer.
    private boolean isBaseLayer(PacketBuffer packet) {
        assertTrue(view.wrapPlain(packet));
        return packet.getUnsignedByte(view.headerLength() + 5) >>> 6 == 0;
    }

    @Test
    void shouldAskForAKeyFrameUntilOneCame() {
        List<PacketBuffer> packets = frames(30);
        long keyFrame = packets.getFirst().getUnsignedInt(4);
        packets.stream().filter(packet -> packet.getUnsignedInt(4) != keyFrame).forEach(this::receive);
        stream.onTime(nowNs, writer, compound);
        stream.onTime(nowNs + 1_000_000L, writer, compound);
        assertEquals(1, wire.plis);
        nowNs += 600_000_000L;
        stream.onTime(nowNs, writer, compound);
        assertEquals(2, wire.plis);
        sender.onKeyFrameRequest(SSRC);
        frames(1).forEach(this::receive);
        stream.onTime(nowNs + 2_000_000_000L, writer, compound);
        assertEquals(2, wire.plis);
        assertTrue(stream.figures().firstFrameNs() > 0);
    }

    @Test
    void shouldCountAudioLeftOutWithoutAGapInTheNumbers() {
        assertEquals(1, skippedAudio(false));
    }

    @Test
    void shouldAllowAudioToBeLeftOutWhileItIsInterruptedOnPurpose() {
        assertEquals(0, skippedAudio(true));
    }

    private long skippedAudio(boolean interrupted) {
        Canary voice = new Canary("room", "alice", "audio1");
        AudioSender audio = new AudioSender(new StreamFormat("1", 111, 0, new HeaderExtensions(4, 0, 0, 1, 3, 0, 0, 0,
                0, 0)), voice, 5, new Random(SEED), wire);
        ReceivedStream heard = new ReceivedStream(false, 5, 1, voice, latency, wire);
        audio.start(nowNs);
        wire.rtp.clear();
        audio.onTime(nowNs + 199_000_000L);
        assertEquals(10, wire.rtp.size());
        int sequence = 20;
        for (int i = 0; i < 10; i++) {
            heard.interrupt(interrupted && i >= 3 && i < 5, nowNs);
            if (i != 4) {
                PacketBuffer packet = wire.rtp.get(i);
                packet.putShort(2, sequence++);
                assertTrue(view.wrapPlain(packet));
                heard.onPacket(view, false, nowNs);
            }
        }
        assertEquals(0, heard.figures().missingPackets());
        assertEquals(0, heard.figures().foreignBytes());
        return heard.figures().skippedPackets();
    }
}
