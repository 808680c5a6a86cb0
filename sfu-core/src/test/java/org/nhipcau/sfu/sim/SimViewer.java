// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.TwccRecorder;
import org.nhipcau.sfu.codec.Vp8PayloadDescriptor;
import org.nhipcau.sfu.rtcp.NtpTime;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.rtp.SequenceUnwrapper;
import org.nhipcau.sfu.stream.NackTracker;
import org.nhipcau.sfu.stream.ReceptionFigures;

/** A client that receives, repairs what is lost and checks that a decoder would be content. */
final class SimViewer implements SimCall.Client {
    final SimCall call;
    final SimCall.Peer peer;
    final Map<String, Track> tracks = new HashMap<>();
    private final Map<Integer, Track> bySsrc = new HashMap<>();
    private final RtcpReader reader = new RtcpReader();
    private final RtcpWriter writer = new RtcpWriter();
    private final TwccRecorder recorder = new TwccRecorder();
    boolean repairs = true;
    boolean reports = true;
    /**
     * Reports tell loss so far and jitter as a client would; else they call everything received. The fraction, by which
     * an estimator may lower its rate, stays 0: a test that wants rates to fall lets them fall by themselves.
     */
    boolean tellsLoss;

    /** What one packet said. */
    record Packet(long sequence, int timestamp, boolean marker, boolean empty, int layer, int frame, int index,
            int count, int temporal, boolean key, int reference, int pictureId, int tl0, boolean start, long atNs) {}

    /** One received track. */
    final class Track {
        final String trackId;
        final long ssrc;
        final long rtxSsrc;
        final boolean video;
        final TreeMap<Long, Packet> packets = new TreeMap<>();
        final SequenceUnwrapper sequences = new SequenceUnwrapper();
        final NackTracker nacks = NackTracker.ofPictures();
        int rtxPackets;
        /** Padding only. */
        int probes;
        int duplicates;
        int senderReports;
        long reportNtp;
        int reportTimestamp;
        long reportNs;
        int mids;
        long bytes;
        long headerBytes;
        final ReceptionFigures figures;

        Track(String trackId, long ssrc, long rtxSsrc, boolean video) {
            this.trackId = trackId;
            this.ssrc = ssrc;
            this.rtxSsrc = rtxSsrc;
            this.video = video;
            this.figures = new ReceptionFigures(video ? 90_000 : 48_000);
        }

        int lastLayer() {
            return packets.lastEntry().getValue().layer;
        }

        int highestTemporalSince(long sinceNs) {
            return packets.values().stream().filter(p -> p.atNs >= sinceNs && !p.empty).mapToInt(Packet::temporal)
                    .max().orElse(-1);
        }

        Set<Integer> layersSince(long sinceNs) {
            Set<Integer> layers = new HashSet<>();
            packets.values().stream().filter(p -> p.atNs >= sinceNs && !p.empty).forEach(p -> layers.add(p.layer));
            return layers;
        }
    }

    SimViewer(SimCall call, String peerId) {
        this.call = call;
        this.peer = call.new Peer(peerId, SimCall.VIEWER_IDS, this);
        call.in(10, this::tick);
        call.in(1_000, this::reportTick);
    }

    void expect(String trackId, long ssrc, long rtxSsrc, boolean video) {
        Track track = new Track(trackId, ssrc, rtxSsrc, video);
        tracks.put(trackId, track);
        bySsrc.put((int) ssrc, track);
        if (rtxSsrc != 0) {
            bySsrc.put((int) rtxSsrc, track);
        }
    }

    @Override
    public void onRtp(byte[] bytes, long nowNs) {
        RtpPacketFlyweight rtp = new RtpPacketFlyweight();
        if (!rtp.wrapPlain(PacketBuffer.copyOf(bytes))) {
            throw new AssertionError("malformed RTP to a viewer");
        }
        int transport = SimPublisher.transportId(rtp);
        if (transport < 0) {
            throw new AssertionError("no transport-wide number");
        }
        recorder.onPacket(transport, nowNs);
        Track track = bySsrc.get((int) rtp.ssrc());
        if (track == null) {
            throw new AssertionError("unknown SSRC to a viewer, " + call);
        }
        track.bytes += bytes.length;
        track.headerBytes += rtp.headerLength();
        if (rtp.findExtension(SimCall.VIEWER_IDS.mid()) >= 0) {
            track.mids++;
        }
        if (rtp.findExtension(SimCall.VIEWER_IDS.rid()) >= 0) {
            throw new AssertionError("rid to a viewer");
        }
        boolean rtx = rtp.ssrc() == track.rtxSsrc;
        if (rtx) {
            if (rtp.payloadType() != SimCall.VIEWER_VP8.rtxPayloadType()) {
                throw new AssertionError("RTX payload type " + rtp.payloadType());
            }
            if (rtp.payloadLength() == 0) {
                track.probes++;
                return;
            }
            track.rtxPackets++;
            SimPublisher.restore(rtp, track.ssrc);
        }
        int expected = track.video ? SimCall.VIEWER_VP8.payloadType() : SimCall.VIEWER_OPUS.payloadType();
        if (rtp.payloadType() != expected) {
            throw new AssertionError("payload type " + rtp.payloadType());
        }
        accept(track, rtp, rtx, nowNs);
    }

    private void accept(Track track, RtpPacketFlyweight rtp, boolean restored, long nowNs) {
        boolean first = !track.sequences.started();
        long before = track.sequences.highest();
        long sequence = track.sequences.unwrap(rtp.sequenceNumber());
        if (track.packets.containsKey(sequence)) {
            track.duplicates++;
            return;
        }
        track.packets.put(sequence, parse(track, rtp, sequence, nowNs));
        if (!restored) {
            track.figures.onPacket(sequence, rtp.timestamp(), nowNs);
        }
        if (!first && sequence > before + 1) {
            track.nacks.onGap(before + 1, sequence - 1, nowNs);
        } else if (sequence <= before) {
            track.nacks.onArrival(sequence);
        }
    }

    private static Packet parse(Track track, RtpPacketFlyweight rtp, long sequence, long nowNs) {
        int timestamp = (int) rtp.timestamp();
        if (rtp.payloadLength() == 0 || !track.video) {
            return new Packet(sequence, timestamp, rtp.marker(), rtp.payloadLength() == 0, 0, 0, 0, 0, 0, false, 0, -1,
                    -1, false, nowNs);
        }
        byte[] payload = new byte[rtp.payloadLength()];
        rtp.packet().getBytes(rtp.headerLength(), payload, 0, payload.length);
        ByteBuffer b = ByteBuffer.wrap(payload);
        int n = payload.length;
        Vp8PayloadDescriptor vp8 = new Vp8PayloadDescriptor();
        if (!vp8.wrap(rtp.packet(), rtp.headerLength(), rtp.headerLength() + n)) {
            throw new AssertionError("malformed VP8 descriptor");
        }
        return new Packet(sequence, timestamp, rtp.marker(), false, b.get(n - 16), b.getInt(n - 15), b.get(n - 11),
                b.get(n - 10), b.get(n - 9), b.get(n - 8) == 1, b.getInt(n - 7), vp8.pictureId(), vp8.tl0PicIdx(),
                vp8.startOfFrame(), nowNs);
    }

    private void tick() {
        int[] lost = new int[100];
        if (repairs) {
            for (Track track : tracks.values()) {
                int count = track.nacks.collect(call.nowNs(), 60_000_000L, lost);
                if (count > 0 && track.rtxSsrc != 0) {
                    PacketBuffer out = PacketBuffer.allocate();
                    writer.begin(out, 1_200);
                    writer.nack(7, track.ssrc, lost, 0, count);
                    peer.sendRtcp(out.toByteArray());
                }
            }
        }
        if (reports && recorder.nextDeadlineNs() <= call.nowNs()) {
            PacketBuffer out = PacketBuffer.allocate();
            writer.begin(out, 1_200);
            recorder.write(writer, 7, 1, call.nowNs());
            if (out.length() > 0) {
                peer.sendRtcp(out.toByteArray());
            }
        }
        call.in(10, this::tick);
    }

    private void reportTick() {
        if (reports) {
            PacketBuffer out = PacketBuffer.allocate();
            writer.begin(out, 1_200);
            writer.receiverReport(7);
            for (Track track : tracks.values()) {
                if (track.sequences.started()) {
                    long lsr = track.reportNtp == 0 ? 0 : NtpTime.compact(track.reportNtp);
                    long dlsr = track.reportNtp == 0 ? 0 : NtpTime.nsToCompact(call.nowNs() - track.reportNs);
                    writer.reportBlock(track.ssrc, 0, tellsLoss ? track.figures.cumulativeLost() : 0,
                            track.sequences.highest() & 0xffff_ffffL,
                            tellsLoss ? track.figures.jitterTicks() : 0, lsr, dlsr);
                }
            }
            peer.sendRtcp(out.toByteArray());
        }
        call.in(1_000, this::reportTick);
    }

    void requestKeyframe(String trackId) {
        PacketBuffer out = PacketBuffer.allocate();
        writer.begin(out, 1_200);
        writer.pli(7, tracks.get(trackId).ssrc);
        peer.sendRtcp(out.toByteArray());
    }

    @Override
    public void onRtcp(byte[] packet, long nowNs) {
        boolean wellFormed = reader.read(PacketBuffer.copyOf(packet), new RtcpHandler() {
            @Override
            public void senderReport(long ssrc, long ntp, long rtpTimestamp, long packets, long octets) {
                Track track = bySsrc.get((int) ssrc);
                track.senderReports++;
                track.reportNtp = ntp;
                track.reportTimestamp = (int) rtpTimestamp;
                track.reportNs = nowNs;
            }
        });
        if (!wellFormed) {
            throw new AssertionError("malformed RTCP to a viewer");
        }
    }

    /** What the decoder's model found in a video track. */
    static final class Verdict {
        int frames;
        int undecodable;
        int missing;
        int switches;
        final List<String> faults = new ArrayList<>();
    }

    /**
     * Plays a video track as a decoder would, in the order of sequence numbers.
     *
     * @param settleNs packets younger than this are left out: their repair may be under way
     */
    Verdict play(String trackId, long settleNs) {
        Track track = tracks.get(trackId);
        Verdict verdict = new Verdict();
        Packet previous = null;
        Set<Long> decoded = new HashSet<>();
        List<Packet> frame = new ArrayList<>();
        for (Packet packet : track.packets.values()) {
            if (packet.atNs > call.nowNs() - settleNs) {
                continue;
            }
            if (packet.empty) {
                previous = follow(previous, packet, verdict);
                continue;
            }
            if (previous == null && (!packet.key || !packet.start)) {
                verdict.faults.add("first packet starts no key frame");
            }
            if (previous != null && packet.sequence == previous.sequence + 1 && !previous.empty) {
                check(previous, packet, verdict);
            }
            if (previous != null && packet.timestamp - previous.timestamp < 0) {
                verdict.faults.add("timestamp went back at " + packet.sequence);
            }
            verdict.missing += previous == null ? 0 : (int) (packet.sequence - previous.sequence - 1);
            Packet first = frame.isEmpty() ? packet : frame.getFirst();
            if (first.frame != packet.frame || first.layer != packet.layer) {
                decode(frame, decoded, verdict);
                frame.clear();
            }
            frame.add(packet);
            previous = packet;
        }
        return verdict;
    }

    private static Packet follow(Packet previous, Packet packet, Verdict verdict) {
        if (previous == null) {
            verdict.faults.add("first packet is empty");
        } else {
            verdict.missing += (int) (packet.sequence - previous.sequence - 1);
        }
        return packet;
    }

    // Two packets with consecutive numbers: the second goes on in the same frame or begins the very next.
    private static void check(Packet a, Packet b, Verdict verdict) {
        boolean same = a.layer == b.layer && a.frame == b.frame;
        if (same) {
            if (a.timestamp != b.timestamp || a.pictureId != b.pictureId || a.tl0 != b.tl0 || b.index != a.index + 1) {
                verdict.faults.add("torn frame at " + b.sequence + ": " + a + " / " + b);
            }
            return;
        }
        if (a.layer != b.layer) {
            verdict.switches++;
            if (!b.key || b.index != 0) {
                verdict.faults.add("layer switched without a key frame at " + b.sequence);
            }
        }
        if (b.index != 0 || !b.start) {
            verdict.faults.add("frame begins in its middle at " + b.sequence + ": " + a + " / " + b);
        }
        if (a.timestamp == b.timestamp) {
            verdict.faults.add("two frames with one timestamp at " + b.sequence);
        }
        if ((b.pictureId - a.pictureId & 0x7fff) != 1) {
            verdict.faults.add("picture id " + a.pictureId + " -> " + b.pictureId + " at " + b.sequence);
        }
        int tl0Step = b.tl0 - a.tl0 & 0xff;
        if (tl0Step != (b.temporal == 0 ? 1 : 0)) {
            verdict.faults.add("TL0PICIDX " + a.tl0 + " -> " + b.tl0 + " at " + b.sequence);
        }
    }

    private static void decode(List<Packet> frame, Set<Long> decoded, Verdict verdict) {
        Packet first = frame.getFirst();
        verdict.frames++;
        boolean complete = frame.size() == first.count && first.index == 0;
        boolean referenced = first.key || decoded.contains((long) first.layer << 40 | first.reference);
        if (complete && referenced) {
            if (first.key) {
                decoded.clear();
            }
            decoded.add((long) first.layer << 40 | first.frame);
        } else {
            verdict.undecodable++;
        }
    }
}
