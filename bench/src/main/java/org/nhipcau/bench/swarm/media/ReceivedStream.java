// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.Vp8PayloadDescriptor;
import org.nhipcau.sfu.rtcp.NtpTime;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.stream.NackTracker;

/**
 * One stream that the server forwards to a client: checks every packet, asks for the missing ones, and for a key frame
 * where nothing else helps.
 *
 * <p>What the server loses shows as a number that never comes, as a frame that stays incomplete, or, where it closes
 * the gap in its numbers, as a step in the sender's own count. A packet of another room or track shows in the canary.
 *
 * <p>Thread: the client's loop.
 */
public final class ReceivedStream {
    private static final int RTCP_MAX_BYTES = 1_100;
    private static final long KEY_FRAME_INTERVAL_NS = 500_000_000L;
    private static final long ROUND_TRIP_NS = 20_000_000L;
    /** A server has resumed by then. */
    private static final long RESUME_NS = 5_000_000_000L;
    private static final int INTER_FRAME = 1;
    private static final int KEY_HEADER_BYTES = 10;
    private static final int INTER_HEADER_BYTES = 3;
    private static final int TOC_BYTES = 1;

    private final boolean video;
    private final long ssrc;
    private final long ownSsrc;
    private final Canary canary;
    private final LatencyHistogram latency;
    private final MediaOutput output;
    private final SequenceLedger ledger = new SequenceLedger();
    private final FrameLedger frames;
    private final Vp8PayloadDescriptor descriptor = new Vp8PayloadDescriptor();
    private final int[] asked = new int[64];
    private NackTracker nacks;
    private boolean keyFrameSeen;
    private boolean keyFrameWanted;
    private long keyFrameAskedNs;
    private long keyFrameRequests;
    private boolean anyVerified;
    private boolean framesBegun;
    private boolean interrupted;
    private long mayBreakUntilNs = Long.MIN_VALUE;
    private int encoding;
    private int frame;
    private long cutFrames;
    private int packetOfEncoding;
    private int baseFrames;
    private long skipped;
    private long switches;
    private long repaired;
    private long foreignPackets;
    private long foreignBytes;
    private long longestSilenceNs;
    private long lastPacketNs;
    private long firstPacketNs;
    private long firstFrameNs;
    private long lastReport;
    private long lastReportNs;
    private long reportedExpected;
    private long reportedReceived;
    private double jitterTicks;
    private long lastTransitTicks;

    /**
     * @param ownSsrc the client's, in its reports
     * @param canary of the track that the stream must carry
     * @param latency takes the packets' times on the way
     */
    public ReceivedStream(boolean video, long ssrc, long ownSsrc, Canary canary, LatencyHistogram latency,
            MediaOutput output) {
        this.video = video;
        this.ssrc = ssrc;
        this.ownSsrc = ownSsrc;
        this.canary = canary;
        this.latency = latency;
        this.output = output;
        this.frames = video ? new FrameLedger() : null;
    }

    public long ssrc() {
        return ssrc;
    }

    /** Takes a packet of the stream. @param repair it came as a retransmission and was restored */
    public void onPacket(RtpPacketFlyweight rtp, boolean repair, long nowNs) {
        SequenceLedger.Outcome outcome = ledger.note(rtp.sequenceNumber());
        noteTime(nowNs);
        if (outcome == SequenceLedger.Outcome.AHEAD) {
            gap(ledger.gapFrom(), ledger.sequence() - 1, nowNs);
        } else if (outcome == SequenceLedger.Outcome.FILLED && nacks != null) {
            repaired += nacks.onArrival(ledger.sequence()) && repair ? 1 : 0;
        }
        if (outcome == SequenceLedger.Outcome.DUPLICATE || outcome == SequenceLedger.Outcome.OLD) {
            return;
        }
        noteJitter(rtp.timestamp(), nowNs);
        if (rtp.payloadLength() > 0) {
            verify(rtp, repair, outcome == SequenceLedger.Outcome.NEXT, nowNs);
        }
    }

    private void noteTime(long nowNs) {
        if (firstPacketNs == 0) {
            firstPacketNs = nowNs;
        } else {
            longestSilenceNs = Math.max(longestSilenceNs, nowNs - lastPacketNs);
        }
        lastPacketNs = nowNs;
    }

    private void gap(long from, long to, long nowNs) {
        if (nacks == null) {
            nacks = NackTracker.ofPictures();
        }
        nacks.onGap(from, to, nowNs);
    }

    private void verify(RtpPacketFlyweight rtp, boolean repair, boolean inOrder, long nowNs) {
        PacketBuffer packet = rtp.packet();
        int end = packet.length() - rtp.paddingLength();
        int at = contentStart(packet, rtp.headerLength(), end);
        int foreign = at < 0 ? rtp.payloadLength() : canary.foreignBytes(packet, at, end);
        if (foreign > 0) {
            foreignPackets++;
            foreignBytes += foreign;
            return;
        }
        if (!repair) {
            latency.record(nowNs - Canary.sentNs(packet, at));
        }
        if (video) {
            onVideo(packet, at, inOrder, nowNs);
        } else {
            onAudio(packet, at, inOrder, nowNs);
        }
        anyVerified = true;
    }

    // Where the canary begins; -1 when the payload does not have the form that senders give it.
    private int contentStart(PacketBuffer packet, int from, int end) {
        if (!video) {
            return from + TOC_BYTES;
        }
        if (!descriptor.wrap(packet, from, end)) {
            return -1;
        }
        int body = from + descriptor.length();
        if (!descriptor.startOfFrame()) {
            return body;
        }
        boolean inter = (packet.getByte(body) & INTER_FRAME) != 0;
        return body + (inter ? INTER_HEADER_BYTES : KEY_HEADER_BYTES);
    }

    private void onAudio(PacketBuffer packet, int at, boolean inOrder, long nowNs) {
        int number = Canary.packetOfEncoding(packet, at);
        if (firstFrameNs == 0) {
            firstFrameNs = nowNs;
        }
        if (inOrder && anyVerified && !mayBreak(nowNs)) {
            skipped += Math.max(0, number - packetOfEncoding - 1);
        }
        packetOfEncoding = anyVerified ? Math.max(packetOfEncoding, number) : number;
    }

    private void onVideo(PacketBuffer packet, int at, boolean inOrder, long nowNs) {
        boolean key = Canary.isKeyFrame(packet, at);
        int layer = Canary.encoding(packet, at);
        // What came before our keys were ready is nobody's loss: accounts begin with the first frame that begins here.
        framesBegun |= descriptor.startOfFrame();
        int number = Canary.frame(packet, at);
        boolean begins = inOrder && anyVerified && key && (layer != encoding || number != frame);
        if (begins && frames.giveUp(encoding, frame)) {
            // A viewer that is paused or moved to another encoding loses the rest of its frame; the key frame that goes
            // on makes it good, and the numbers have no gap.
            cutFrames++;
        }
        boolean whole = framesBegun && frames.note(layer, number, Canary.packetsOfFrame(packet, at));
        if (key && whole) {
            firstFrameNs = firstFrameNs == 0 ? nowNs : firstFrameNs;
            keyFrameWanted = false;
        }
        keyFrameSeen |= key;
        if (!keyFrameSeen) {
            keyFrameWanted = true;
        }
        if (inOrder && anyVerified && !mayBreak(nowNs)) {
            checkStep(packet, at, layer, key);
        }
        if (inOrder || !anyVerified || ledger.sequence() == ledger.highest()) {
            encoding = layer;
            frame = number;
            baseFrames = Canary.baseFrames(packet, at);
        }
    }

    /**
     * Tells that the stream is interrupted on purpose, or goes on: the client has paused it or given the track up, or
     * its sender is muted. What is left out meanwhile is no loss.
     */
    public void interrupt(boolean isInterrupted, long nowNs) {
        if (interrupted && !isInterrupted) {
            mayBreakUntilNs = nowNs + RESUME_NS;
        }
        interrupted = isInterrupted;
    }

    private boolean mayBreak(long nowNs) {
        return interrupted || nowNs < mayBreakUntilNs;
    }

    // Within an encoding no frame of the base layer may be left out; to another one leads only a key frame.
    private void checkStep(PacketBuffer packet, int at, int layer, boolean key) {
        if (layer != encoding) {
            switches++;
            skipped += key ? 0 : 1;
            return;
        }
        int step = Canary.baseFrames(packet, at) - baseFrames;
        int allowed = Canary.temporalLayer(packet, at) == 0 ? 1 : 0;
        if (step > allowed && !key) {
            skipped += step - allowed;
        }
    }

    private void noteJitter(long timestamp, long nowNs) {
        long ticks = video ? nowNs / 1_000 * 9 / 100 : nowNs / 1_000 * 48 / 1_000;
        long transit = ticks - timestamp;
        if (ledger.received() > 1) {
            long difference = Math.abs((int) (transit - lastTransitTicks));
            jitterTicks += (difference - jitterTicks) / 16;
        }
        lastTransitTicks = transit;
    }

    /** Asks for what is missing. @return when to call again */
    public long onTime(long nowNs, RtcpWriter writer, PacketBuffer compound) {
        long next = Long.MAX_VALUE;
        if (nacks != null && nacks.pending() > 0) {
            int count = nacks.collect(nowNs, ROUND_TRIP_NS, asked);
            if (count > 0) {
                writer.begin(compound, RTCP_MAX_BYTES);
                writer.nack(ownSsrc, ssrc, asked, 0, count);
                output.sendRtcp(compound);
            }
            next = nacks.nextDeadlineNs();
        }
        if (nacks != null && (nacks.takeAbandoned() > 0 | nacks.takeHopeless())) {
            keyFrameWanted |= video;
        }
        if (keyFrameWanted && nowNs - keyFrameAskedNs >= KEY_FRAME_INTERVAL_NS) {
            askForKeyFrame(nowNs, writer, compound);
        }
        return keyFrameWanted ? Math.min(next, keyFrameAskedNs + KEY_FRAME_INTERVAL_NS) : next;
    }

    private void askForKeyFrame(long nowNs, RtcpWriter writer, PacketBuffer compound) {
        writer.begin(compound, RTCP_MAX_BYTES);
        writer.pli(ownSsrc, ssrc);
        output.sendRtcp(compound);
        keyFrameAskedNs = nowNs;
        keyFrameRequests++;
    }

    /** Notes the sender report that the next report block answers. */
    public void onSenderReport(long ntp, long nowNs) {
        lastReport = NtpTime.compact(ntp);
        lastReportNs = nowNs;
    }

    /** Adds a report block; nothing before the first packet. */
    public void report(RtcpWriter writer, long nowNs) {
        if (!ledger.started()) {
            return;
        }
        long expected = ledger.expected();
        long received = ledger.received();
        long interval = Math.max(1, expected - reportedExpected);
        long lost = Math.max(0, interval - (received - reportedReceived));
        reportedExpected = expected;
        reportedReceived = received;
        writer.reportBlock(ssrc, (int) Math.min(255, lost * 256 / interval), (int) (expected - received),
                ledger.highest(), (long) jitterTicks, lastReport,
                lastReport == 0 ? 0 : NtpTime.nsToCompact(nowNs - lastReportNs));
    }

    /** Whether nothing is missing that could still come. */
    public boolean isSettled() {
        return nacks == null || nacks.pending() == 0;
    }

    public StreamFigures figures() {
        return new StreamFigures(video, ledger.received(), ledger.missing(), ledger.duplicates(), repaired,
                foreignPackets, foreignBytes, skipped, video ? frames.whole() : 0, video ? frames.broken() : 0,
                cutFrames, switches, keyFrameRequests, longestSilenceNs, firstPacketNs, firstFrameNs);
    }
}
