// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.fuzz.Mutations;

/** Any bytes must be read as RTP with extensions, and as RTX, without a Throwable. Seeds are replayed in each run. */
class RtpPacketFuzzTest {
    private static final int[] IDS = {0, 1, 2, 3, 4, 5, 10, 12, 14, 15, 16, 42, 255};
    private final RtpPacketFlyweight view = new RtpPacketFlyweight();
    private final RtpHeaderWriter writer = new RtpHeaderWriter();
    private final PacketBuffer packet = PacketBuffer.allocate();
    private final PacketBuffer copy = PacketBuffer.allocate();

    @FuzzTest(maxDuration = "30s")
    void read(byte[] data) {
        readAll(data);
    }

    @FuzzTest(maxDuration = "30s")
    void retransmission(byte[] data) {
        retransmit(data);
    }

    @Test
    void shouldSurviveMutatedPackets() {
        byte[][] samples = {RtpSamples.browserLike(false).toByteArray(), RtpSamples.browserLike(true).toByteArray(),
            RtpSamples.packet(96, 65535, 1, 2, new byte[30]).toByteArray(),
            HexFormat.of().parseHex("b2600001000000020000000300000004" + "00000005" + "bede0002" + "21abcd" + "42010203"
                    + "00" + "ff" + "000003")};
        Mutations.run(20_260_101, 50_000, samples, this::readAll);
        Mutations.run(20_260_102, 50_000, samples, this::retransmit);
    }

    private void readAll(byte[] data) {
        packet.setBytes(data, 0, Math.min(data.length, PacketBuffer.MAX_LENGTH));
        view.wrap(packet);
        if (!view.wrapPlain(packet)) {
            return;
        }
        if (view.headerLength() + view.payloadLength() + view.paddingLength() != packet.length()
                || view.payloadLength() < 0) {
            throw new AssertionError("lengths do not add up");
        }
        writer.begin(copy, view.marker(), view.payloadType(), view.sequenceNumber(), view.timestamp(), view.ssrc());
        writer.copyContributors(view);
        for (int id : IDS) {
            HeaderExtensionReader.audioLevel(view, id);
            HeaderExtensionReader.transportSequence(view, id);
            HeaderExtensionReader.absSendTime(view, id);
            HeaderExtensionReader.textEquals(view, id, new byte[] {'a'});
            HeaderExtensionReader.text(view, id);
            writer.copyExtension(id, view, id);
        }
        int header = writer.finish();
        if (header >= 0) {
            compareExtensions();
        }
    }

    // A copy of the header must hold the same elements, whichever form it took.
    private void compareExtensions() {
        RtpPacketFlyweight copied = RtpSamples.view(copy);
        for (int id : IDS) {
            int ours = copied.findExtension(id);
            int theirs = view.findExtension(id);
            if (ours < 0 != theirs < 0) {
                throw new AssertionError("element " + id + " was lost or invented");
            }
            if (ours >= 0) {
                if (copied.foundLength() != view.foundLength()) {
                    throw new AssertionError("element " + id + " changed its length");
                }
                for (int i = 0; i < view.foundLength(); i++) {
                    if (copy.getByte(ours + i) != packet.getByte(theirs + i)) {
                        throw new AssertionError("element " + id + " changed");
                    }
                }
            }
        }
    }

    private void retransmit(byte[] data) {
        packet.setBytes(data, 0, Math.min(data.length, PacketBuffer.MAX_LENGTH));
        if (!view.wrapPlain(packet)) {
            return;
        }
        int payload = view.payloadLength();
        int sequence = view.sequenceNumber();
        byte[] before = packet.toByteArray();
        int payloadType = view.payloadType();
        long ssrc = view.ssrc();
        if (RtxPacket.encapsulate(view, 97, 1, 2)) {
            if (RtxPacket.originalSequence(view) != sequence || view.payloadLength() != payload + 2
                    || RtxPacket.decapsulate(view, payloadType, ssrc) != RtxPacket.Result.RESTORED
                    || !Arrays.equals(before, packet.toByteArray())) {
                throw new AssertionError("not restored");
            }
        }
        RtxPacket.Result result = RtxPacket.decapsulate(view, 96, 5);
        if (result == RtxPacket.Result.RESTORED && view.payloadLength() != payload - 2) {
            throw new AssertionError("wrong payload");
        }
    }
}
