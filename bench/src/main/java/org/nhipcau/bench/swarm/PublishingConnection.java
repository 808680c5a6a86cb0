// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalRequest;
import org.nhipcau.bench.swarm.media.AudioSender;
import org.nhipcau.bench.swarm.media.Canary;
import org.nhipcau.bench.swarm.media.MediaOutput;
import org.nhipcau.bench.swarm.media.MediaSender;
import org.nhipcau.bench.swarm.media.StreamFormat;
import org.nhipcau.bench.swarm.media.VideoSender;
import org.nhipcau.bench.swarm.media.VideoShape;
import org.nhipcau.bench.swarm.signal.SdpDescription;
import org.nhipcau.bench.swarm.signal.SdpDescription.Section;
import org.nhipcau.bench.swarm.signal.SdpException;
import org.nhipcau.bench.swarm.signal.SdpMedia;
import org.nhipcau.bench.swarm.signal.SdpText;
import org.nhipcau.bench.swarm.signal.SdpTransport;
import org.nhipcau.bench.swarm.transport.ClientTransport;
import org.nhipcau.bench.swarm.transport.RemoteEnd;
import org.nhipcau.bench.swarm.transport.TransportListener;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * The connection on which a client sends: it offers, one offer at a time, and sends what the answers allow.
 *
 * <p>Thread: the client's loop. Owns: transport and senders.
 */
final class PublishingConnection implements TransportListener, MediaOutput, RtcpHandler {
    private static final long REPORT_NS = 1_000_000_000L;
    private static final byte[] CNAME = "swarm".getBytes(StandardCharsets.US_ASCII);
    private static final int SSRCS_PER_TRACK = 8;

    private final ClientTransport transport;
    private final Random random;
    private final Consumer<SignalRequest> signal;
    private final Consumer<String> failed;
    private final Runnable timerSet;
    private final List<Track> tracks = new ArrayList<>();
    private final RtcpReader rtcpReader = new RtcpReader();
    private final RtcpWriter rtcpWriter = new RtcpWriter();
    private final PacketBuffer compound = PacketBuffer.allocate();
    private int transportSequence;
    private int lastOfferId;
    private boolean offerOutstanding;
    private boolean offerWanted;
    private long connectedNs;
    private long nextReportNs;
    private long feedbackReceived;
    private long feedbackLost;
    private long negotiations;

    /** One track of the client, from its announcement on. */
    static final class Track {
        final String cid;
        final String name;
        final VideoShape video;
        final Canary canary;
        private final String mid;
        private final long firstSsrc;
        private MediaSender sender;
        private boolean started;
        private long dueNs = Long.MAX_VALUE;
        private boolean active = true;
        String sid = "";

        Track(String cid, String name, VideoShape video, Canary canary, String mid, long firstSsrc) {
            this.cid = cid;
            this.name = name;
            this.video = video;
            this.canary = canary;
            this.mid = mid;
            this.firstSsrc = firstSsrc;
        }

        MediaSender sender() {
            return sender;
        }

        boolean isActive() {
            return active;
        }
    }

    /** Makes the transport, which tells us what happens on it. */
    interface TransportMaker {
        ClientTransport make(TransportListener listener) throws java.io.IOException;
    }

    PublishingConnection(TransportMaker maker, Random random, Consumer<SignalRequest> signal,
            Consumer<String> failed, Runnable timerSet) throws java.io.IOException {
        this.random = random;
        this.signal = signal;
        this.failed = failed;
        this.timerSet = timerSet;
        this.transport = maker.make(this);
        this.transportSequence = random.nextInt(0x10000);
    }

    ClientTransport transport() {
        return transport;
    }

    /** A track that the server has been told of; offered once it says so. */
    Track addTrack(String cid, String name, VideoShape video, Canary canary) {
        long firstSsrc = (random.nextInt() & 0xffff_ffffL) / SSRCS_PER_TRACK * SSRCS_PER_TRACK;
        Track track = new Track(cid, name, video, canary, Integer.toString(tracks.size()), Math.max(8, firstSsrc));
        tracks.add(track);
        return track;
    }

    List<Track> tracks() {
        return tracks;
    }

    /** Ends a track: its section goes inactive with the next offer. */
    void removeTrack(Track track) {
        track.active = false;
        track.dueNs = Long.MAX_VALUE;
        offer();
    }

    /** Offers what there is now, or as soon as the last offer is answered. */
    void offer() {
        if (offerOutstanding) {
            offerWanted = true;
            return;
        }
        offerWanted = false;
        offerOutstanding = true;
        int id = ++lastOfferId;
        List<SdpText.OfferedTrack> offered = tracks.stream().filter(track -> !track.sid.isEmpty() || !track.active)
                .map(track -> new SdpText.OfferedTrack(track.mid, track.cid, track.video, track.firstSsrc,
                        track.active))
                .toList();
        signal.accept(SignalRequest.newBuilder().setOffer(SessionDescription.newBuilder().setType("offer").setId(id)
                .setSdp(SdpText.offer(transport, id, offered))).build());
    }

    void onAnswer(SessionDescription answer) {
        if (!offerOutstanding || answer.getId() != 0 && answer.getId() != lastOfferId) {
            return;
        }
        offerOutstanding = false;
        negotiations++;
        try {
            SdpDescription description = SdpDescription.read(answer.getSdp());
            RemoteEnd remote = SdpTransport.remoteEnd(description);
            if (!transport.isFor(remote.credentials())) {
                transport.connect(remote, SdpTransport.roleAgainstAnswer(description), true);
            }
            description.sections().forEach(this::accepted);
        } catch (SdpException bad) {
            failed.accept("the answer cannot be used: " + bad.getMessage());
            return;
        }
        startSenders(System.nanoTime());
        if (offerWanted) {
            offer();
        }
    }

    private void accepted(Section section) {
        for (Track track : tracks) {
            if (!track.mid.equals(section.mid()) || track.sender != null || !track.active) {
                continue;
            }
            int payloadType = SdpMedia.payloadType(section, track.video == null ? "opus/48000" : "VP8/90000");
            if (section.port() == 0 || payloadType < 0 || section.has("inactive")) {
                failed.accept("the server refuses a track");
                return;
            }
            StreamFormat format = new StreamFormat(track.mid, payloadType,
                    SdpMedia.rtxPayloadType(section, payloadType), SdpMedia.extensions(section));
            track.sender = track.video == null
                    ? new AudioSender(format, track.canary, track.firstSsrc, random, this)
                    : new VideoSender(track.video, format, track.canary, track.firstSsrc, random, this);
        }
    }

    @Override
    public void onConnected(long nowNs) {
        connectedNs = nowNs;
        nextReportNs = nowNs + random.nextInt((int) REPORT_NS);
        startSenders(nowNs);
    }

    // Not all at the same moment: a swarm whose frames come in step measures its own burst.
    private void startSenders(long nowNs) {
        if (!transport.isConnected()) {
            return;
        }
        for (Track track : tracks) {
            if (track.sender != null && !track.started && track.active) {
                track.started = true;
                track.dueNs = nowNs + random.nextInt(track.video == null ? 20_000_000 : 33_333_333);
                track.sender.start(track.dueNs);
            }
        }
        timerSet.run();
    }

    /** Stops sending media, and keeps the connection: what is on its way can still be repaired. */
    void pause() {
        tracks.forEach(track -> track.dueNs = Long.MAX_VALUE);
    }

    /** Sends what is due. @return the next deadline */
    long onTime(long nowNs) {
        if (!transport.isConnected()) {
            return Long.MAX_VALUE;
        }
        long next = Long.MAX_VALUE;
        for (int i = 0; i < tracks.size(); i++) {
            Track track = tracks.get(i);
            if (track.dueNs <= nowNs) {
                track.dueNs = track.sender.onTime(nowNs);
            }
            next = Math.min(next, track.dueNs);
        }
        if (nowNs >= nextReportNs) {
            long unixNs = System.currentTimeMillis() * 1_000_000;
            for (Track track : tracks) {
                if (track.started) {
                    track.sender.report(rtcpWriter, compound, nowNs, unixNs, CNAME);
                }
            }
            nextReportNs = nowNs + REPORT_NS;
        }
        return Math.min(next, nextReportNs);
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
        return transportSequence++ & 0xffff;
    }

    @Override
    public void onRtp(PacketBuffer packet, RtpPacketFlyweight rtp, long nowNs) {
        // A server sends no media on this connection; the transport has counted it.
    }

    @Override
    public void onRtcp(PacketBuffer received, long nowNs) {
        rtcpReader.read(received, this);
    }

    @Override
    public void nack(long senderSsrc, long mediaSsrc, int pid, int blp) {
        for (int bit = -1; bit < 16; bit++) {
            if (bit < 0 || (blp >>> bit & 1) != 0) {
                for (Track track : tracks) {
                    if (track.started) {
                        track.sender.onNack(mediaSsrc, pid + bit + 1 & 0xffff);
                    }
                }
            }
        }
    }

    @Override
    public void pli(long senderSsrc, long mediaSsrc) {
        for (Track track : tracks) {
            if (track.started) {
                track.sender.onKeyFrameRequest(mediaSsrc);
            }
        }
    }

    @Override
    public void fir(long senderSsrc, long mediaSsrc, int sequence) {
        pli(senderSsrc, mediaSsrc);
    }

    @Override
    public void reportBlock(long senderSsrc, long ssrc, int fractionLost, int cumulativeLostPackets,
            long extendedHighestSequence, long jitterTicks, long lastReport, long delaySinceLastReport) {
        for (Track track : tracks) {
            if (track.started) {
                track.sender.onReported(ssrc);
            }
        }
    }

    @Override
    public void transportFeedback(TransportFeedbackFlyweight feedback) {
        while (feedback.next()) {
            if (feedback.received()) {
                feedbackReceived++;
            } else {
                feedbackLost++;
            }
        }
    }

    @Override
    public void onEnded(String reason) {
        failed.accept("the sending connection ended: " + reason);
    }

    /** When media could flow; 0: not yet. */
    long connectedNs() {
        return connectedNs;
    }

    /** Packets that the server's transport-wide feedback reported as received. */
    long feedbackReceived() {
        return feedbackReceived;
    }

    /** Packets that the server's transport-wide feedback reported as missing. */
    long feedbackLost() {
        return feedbackLost;
    }

    /** Answers taken. */
    long negotiations() {
        return negotiations;
    }

    void close() {
        transport.close();
    }
}
