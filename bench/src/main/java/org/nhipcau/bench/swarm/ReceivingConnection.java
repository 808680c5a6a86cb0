// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalRequest;
import org.nhipcau.bench.swarm.media.Canary;
import org.nhipcau.bench.swarm.media.LatencyHistogram;
import org.nhipcau.bench.swarm.media.MediaOutput;
import org.nhipcau.bench.swarm.media.ReceivedStream;
import org.nhipcau.bench.swarm.media.StreamFigures;
import org.nhipcau.bench.swarm.signal.SdpDescription;
import org.nhipcau.bench.swarm.signal.SdpDescription.Section;
import org.nhipcau.bench.swarm.signal.SdpException;
import org.nhipcau.bench.swarm.signal.SdpMedia;
import org.nhipcau.bench.swarm.signal.SdpText;
import org.nhipcau.bench.swarm.signal.SdpTransport;
import org.nhipcau.bench.swarm.transport.ClientTransport;
import org.nhipcau.bench.swarm.transport.RemoteEnd;
import org.nhipcau.bench.swarm.transport.TransportListener;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.TwccRecorder;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.rtp.RtxPacket;

/**
 * The connection on which a client receives: answers the server's offers, and follows each stream it is sent.
 *
 * <p>Thread: the client's loop. Owns: transport and streams.
 */
final class ReceivingConnection implements TransportListener, MediaOutput, RtcpHandler {
    private static final long REPORT_NS = 1_000_000_000L;
    private static final long OWN_SSRC = 1;
    private static final int RTCP_MAX_BYTES = 1_100;

    private final ClientTransport transport;
    private final Consumer<SignalRequest> signal;
    private final Consumer<String> failed;
    private final Runnable timerSet;
    private final Function<String, Canary> canaryOfTrack;
    private final LatencyHistogram latency = new LatencyHistogram();
    private final Map<String, Flow> flowsByMid = new LinkedHashMap<>();
    private final Map<String, List<StreamFigures>> ended = new HashMap<>();
    private final SsrcLookup lookup = new SsrcLookup();
    private final TwccRecorder feedback = new TwccRecorder();
    private final RtcpReader rtcpReader = new RtcpReader();
    private final RtcpWriter rtcpWriter = new RtcpWriter();
    private final PacketBuffer compound = PacketBuffer.allocate();
    private DtlsRole role;
    private int transportCcId;
    private long nowNs;
    private long connectedNs;
    private long nextReportNs;
    private long firstMediaNs;
    private long unknownPackets;
    private long lastMediaSsrc;
    private long answers;

    /** One section's stream. */
    private record Flow(String trackId, long ssrc, long rtxSsrc, int payloadType, ReceivedStream stream) {}

    /** @param canaryOfTrack what a track of the server's carries; null for one that nobody announced */
    ReceivingConnection(PublishingConnection.TransportMaker maker, Consumer<SignalRequest> signal,
            Consumer<String> failed, Runnable timerSet, Function<String, Canary> canaryOfTrack)
            throws java.io.IOException {
        this.signal = signal;
        this.failed = failed;
        this.timerSet = timerSet;
        this.canaryOfTrack = canaryOfTrack;
        this.transport = maker.make(this);
    }

    ClientTransport transport() {
        return transport;
    }

    void onOffer(SessionDescription offer) {
        try {
            SdpDescription description = SdpDescription.read(offer.getSdp());
            RemoteEnd remote = SdpTransport.remoteEnd(description);
            if (role == null) {
                role = SdpTransport.roleAgainstOffer(description);
            }
            update(description, offer.getMidToTrackIdMap());
            answers++;
            signal.accept(SignalRequest.newBuilder().setAnswer(SessionDescription.newBuilder().setType("answer")
                    .setId(offer.getId()).setSdp(SdpText.answer(transport, role, answers, description))).build());
            if (!transport.isFor(remote.credentials())) {
                transport.connect(remote, role, false);
            }
        } catch (SdpException bad) {
            failed.accept("the offer cannot be used: " + bad.getMessage());
        }
    }

    private void update(SdpDescription offer, Map<String, String> tracks) throws SdpException {
        Map<String, Flow> before = new LinkedHashMap<>(flowsByMid);
        flowsByMid.clear();
        lookup.clear();
        for (Section section : offer.sections()) {
            if (!section.isMedia() || !SdpText.accepts(section)) {
                continue;
            }
            int ccId = SdpMedia.extensions(section).transportCc();
            transportCcId = ccId == 0 ? transportCcId : ccId;
            if (section.sends()) {
                Flow flow = flow(section, tracks, before.get(section.mid()));
                if (flow == before.get(section.mid())) {
                    before.remove(section.mid());
                }
                register(section, flow);
            }
        }
        before.values().forEach(this::end);
    }

    private Flow flow(Section section, Map<String, String> tracks, Flow before) throws SdpException {
        String trackId = tracks.getOrDefault(section.mid(), SdpMedia.trackId(section));
        long[] ssrcs = SdpMedia.ssrcs(section);
        if (ssrcs[0] == 0) {
            throw new SdpException("a section that sends has no SSRC");
        }
        if (before != null && before.ssrc() == ssrcs[0] && before.trackId().equals(trackId)) {
            return before;
        }
        boolean video = section.media().equals("video");
        int payloadType = SdpMedia.payloadType(section, video ? "VP8/90000" : "opus/48000");
        Canary canary = canaryOfTrack.apply(trackId);
        if (canary == null) {
            failed.accept("the server sends a track that it did not announce");
            canary = new Canary("", "", "");
        }
        return new Flow(trackId, ssrcs[0], ssrcs[1], payloadType,
                new ReceivedStream(video, ssrcs[0], OWN_SSRC, canary, latency, this));
    }

    private void register(Section section, Flow flow) {
        flowsByMid.put(section.mid(), flow);
        lookup.put(flow.ssrc(), new SsrcLookup.Entry(flow.stream(), false, flow.payloadType()));
        if (flow.rtxSsrc() != 0) {
            lookup.put(flow.rtxSsrc(), new SsrcLookup.Entry(flow.stream(), true, flow.payloadType()));
        }
    }

    private void end(Flow flow) {
        ended.computeIfAbsent(flow.trackId(), id -> new ArrayList<>()).add(flow.stream().figures());
    }

    @Override
    public void onConnected(long timeNs) {
        connectedNs = timeNs;
        nextReportNs = timeNs + REPORT_NS;
        timerSet.run();
    }

    @Override
    public void onRtp(PacketBuffer packet, RtpPacketFlyweight rtp, long timeNs) {
        int sequence = HeaderExtensionReader.transportSequence(rtp, transportCcId);
        lastMediaSsrc = rtp.ssrc();
        if (sequence >= 0) {
            feedback.onPacket(sequence, timeNs);
        }
        SsrcLookup.Entry entry = lookup.find(rtp.ssrc());
        if (entry == null) {
            // Padding that probes the path before any stream is no media.
            unknownPackets += rtp.payloadLength() > 0 ? 1 : 0;
            return;
        }
        if (firstMediaNs == 0) {
            firstMediaNs = timeNs;
            timerSet.run();
        }
        ReceivedStream stream = entry.stream();
        if (entry.repair()) {
            if (RtxPacket.decapsulate(rtp, entry.payloadType(), stream.ssrc()) != RtxPacket.Result.RESTORED) {
                return;
            }
        }
        stream.onPacket(rtp, entry.repair(), timeNs);
    }

    @Override
    public void onRtcp(PacketBuffer received, long timeNs) {
        nowNs = timeNs;
        rtcpReader.read(received, this);
    }

    @Override
    public void senderReport(long ssrc, long ntp, long rtpTimestamp, long packets, long octets) {
        SsrcLookup.Entry entry = lookup.find(ssrc);
        if (entry != null && !entry.repair()) {
            entry.stream().onSenderReport(ntp, nowNs);
        }
    }

    /** Sends the feedback that is due. @return the next deadline */
    long onTime(long timeNs) {
        if (!transport.isConnected()) {
            return Long.MAX_VALUE;
        }
        long next = nextReportNs;
        for (Flow flow : flowsByMid.values()) {
            next = Math.min(next, flow.stream().onTime(timeNs, rtcpWriter, compound));
        }
        if (feedback.nextDeadlineNs() <= timeNs) {
            sendFeedback(timeNs);
        }
        if (timeNs >= nextReportNs) {
            report(timeNs);
            nextReportNs = timeNs + REPORT_NS;
        }
        // A packet that comes sets the recorder's deadline without telling: the pass is short, so look often enough.
        return Math.min(Math.min(next, feedback.nextDeadlineNs()), timeNs + 20_000_000L);
    }

    private void sendFeedback(long timeNs) {
        boolean more = true;
        while (more) {
            rtcpWriter.begin(compound, RTCP_MAX_BYTES);
            more = feedback.write(rtcpWriter, OWN_SSRC, lastMediaSsrc, timeNs);
            if (rtcpWriter.length() > 0) {
                transport.sendRtcp(compound);
            }
        }
    }

    private void report(long timeNs) {
        int blocks = 0;
        rtcpWriter.begin(compound, RTCP_MAX_BYTES);
        rtcpWriter.receiverReport(OWN_SSRC);
        for (Flow flow : flowsByMid.values()) {
            if (blocks == RtcpWriter.MAX_REPORT_BLOCKS) {
                transport.sendRtcp(compound);
                rtcpWriter.begin(compound, RTCP_MAX_BYTES);
                rtcpWriter.receiverReport(OWN_SSRC);
                blocks = 0;
            }
            flow.stream().report(rtcpWriter, timeNs);
            blocks++;
        }
        transport.sendRtcp(compound);
    }

    @Override
    public boolean sendRtp(PacketBuffer plain, int headerLength) {
        return transport.sendRtp(plain, headerLength);
    }

    @Override
    public boolean sendRtcp(PacketBuffer plain) {
        return transport.sendRtcp(plain);
    }

    @Override
    public int nextTransportSequence() {
        throw new IllegalStateException("nothing is sent on this connection");
    }

    @Override
    public void onEnded(String reason) {
        failed.accept("the receiving connection ended: " + reason);
    }

    /** A track's stream is interrupted on purpose, or goes on. */
    void interrupt(String trackId, boolean interrupted, long timeNs) {
        for (Flow flow : flowsByMid.values()) {
            if (flow.trackId().equals(trackId)) {
                flow.stream().interrupt(interrupted, timeNs);
            }
        }
    }

    /** Whether nothing is missing that could still be repaired. */
    boolean isSettled() {
        return flowsByMid.values().stream().allMatch(flow -> flow.stream().isSettled());
    }

    /** Figures of all streams so far, by track; those that ended included. */
    Map<String, List<StreamFigures>> streams() {
        Map<String, List<StreamFigures>> all = new HashMap<>();
        ended.forEach((track, figures) -> all.put(track, new ArrayList<>(figures)));
        flowsByMid.values().forEach(flow -> all.computeIfAbsent(flow.trackId(), id -> new ArrayList<>())
                .add(flow.stream().figures()));
        return all;
    }

    LatencyHistogram latency() {
        return latency;
    }

    /** Packets of SSRCs that no offer named. */
    long unknownPackets() {
        return unknownPackets;
    }

    /** When media could flow; 0: not yet. */
    long connectedNs() {
        return connectedNs;
    }

    /** When the first packet came; 0: none yet. */
    long firstMediaNs() {
        return firstMediaNs;
    }

    void close() {
        transport.close();
    }
}
