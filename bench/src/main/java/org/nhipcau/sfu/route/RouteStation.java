// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;

/** One received VP8 packet, and the steps that each of its viewers makes of it, one by one. */
public final class RouteStation implements PacketSink {
    private static final HeaderExtensions IDS = new HeaderExtensions(1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
    private static final CodecParameters VP8 = new CodecParameters("video/VP8", 96, 90_000, 0, Map.of(), 97, true, true,
            true, false, true);
    private static final int PACKET_BYTES = 1_200;
    private static final int MAP_PACKETS = 1_024;
    private static final int MAP_MS = 2_000;
    private static final long PACKET_NS = 4_000_000L;

    private final ForwardQueue queue = new ForwardQueue();
    private final Room room = new Room("room", SfuConfig.DEFAULT, new WorkerCounters(), queue, event -> { },
            new Random(3));
    private final MediaEndpoint publisher = room.openEndpoint("publisher", "publisher", this);
    private final SourcePacket packet;
    private final LayerSelector selector = new LayerSelector();
    private final StreamRewriter rewriter = new StreamRewriter(MAP_PACKETS, MAP_MS, 100, 90_000);
    private final FormatMap formats = new FormatMap(List.of(VP8), List.of(VP8));
    private final PacketBuffer out = PacketBuffer.allocate();
    private long nowNs = 1_000_000_000L;

    public RouteStation() {
        publisher.configure(IDS);
        publisher.onConnected(nowNs);
        MediaReply reply = publisher.addProducer(new ProducerParameters("track", MediaKind.VIDEO, TrackSource.UNKNOWN,
                "0", List.of(VP8), List.of(new EncodingParameters("", 0, 0, 0, 0, 0, 0)), false), nowNs);
        packet = queue.next();
        publisher.onRtp(keyFrame(), nowNs);
        if (!(reply instanceof MediaReply.Done) || queue.size() != 1 || !packet.startsKeyFrame()) {
            throw new IllegalStateException("the packet was not taken");
        }
        selector.retarget(packet.producer.layers(), ConsumerSettings.DEFAULT, new NodeLimits(), nowNs);
        if (decide() != null) {
            throw new IllegalStateException("the packet is not forwarded");
        }
        rewriter.begin(packet, nowNs);
    }

    private static PacketBuffer keyFrame() {
        PacketBuffer bytes = PacketBuffer.allocate();
        RtpHeaderWriter header = new RtpHeaderWriter();
        header.begin(bytes, false, 96, 1_000, 90_000, 7);
        header.extension(IDS.mid(), "0".getBytes(StandardCharsets.US_ASCII));
        header.extensionShort(IDS.transportCc(), 500);
        int at = header.finish();
        bytes.setLength(PACKET_BYTES);
        bytes.putLong(at, 0x90e0_8001_0100_1000L);
        bytes.putLong(at + 8, 0x009d_012a_8002_e001L);
        return bytes;
    }

    /** Layer choice. @return null: forward it */
    public DropReason decide() {
        return selector.decide(packet);
    }

    /** The next packet of the stream finds its place, and the viewer's header is written. @return its length in bytes */
    public int rewrite() {
        nowNs += PACKET_NS;
        packet.newest = ++packet.extended;
        int slot = rewriter.place(packet, nowNs);
        out.clear();
        return rewriter.write(packet, slot, out, formats, 77, null, IDS, room.tools, nowNs);
    }

    /** A viewer asks for a packet: its slot by the viewer's number. @return its source's number */
    public long lookUp(int back) {
        SequenceMap map = rewriter.map();
        return map.source(map.slotOf((int) (map.newest() - back) & 0xffff));
    }

    /** A late packet of the publisher: its slot by the source's number. */
    public int lookUpSource(int back) {
        return rewriter.map().slotOfSource(packet.extended - back);
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public PacketBuffer begin() {
        out.clear();
        return out;
    }

    @Override
    public void sendRtp(PacketBuffer begun, int headerLength, long now) {}

    @Override
    public void sendRtp(PacketBuffer begun, int headerLength, PacketBuffer source, int from, int lengthBytes, long now) {}

    @Override
    public void sendRtcp(PacketBuffer begun, long now) {}

    @Override
    public void onFault(RuntimeException fault, long now) {
        throw fault;
    }
}
