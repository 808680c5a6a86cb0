// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.CongestionRecorder;
import org.nhipcau.sfu.bwe.TwccRecorder;
import org.nhipcau.sfu.rtcp.NtpTime;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.rtp.RtxPacket;
import org.nhipcau.sfu.rtp.SequenceUnwrapper;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.link.VirtualClock.Alarm;

/**
 * A client that watches and listens as a browser does: transport feedback each 100 ms, receiver reports, NACK, PLI, a
 * jitter buffer for the picture and one for the voice. Judges for itself what it saw and heard.
 *
 * <p>Thread: one.
 */
public final class SimulatedViewer implements SimulatedTransport.Client {
    /** How it tells when packets came in. */
    public enum Feedback { TRANSPORT_WIDE, CONGESTION, REPORTS_ONLY }

    private static final long REPAIR_NS = 20_000_000L;
    private static final long REPORT_NS = 1_000_000_000L;
    private static final int OWN_SSRC = 7;

    private final SimulatedRoom room;
    private final SimulatedTransport transport;
    private final SplittableRandom random;
    private final Feedback feedback;
    private final RtpPacketFlyweight rtp = new RtpPacketFlyweight();
    private final RtcpReader reader = new RtcpReader();
    private final RtcpWriter writer = new RtcpWriter();
    private final PacketBuffer out = PacketBuffer.allocate();
    private final TwccRecorder recorder = new TwccRecorder();
    private final CongestionRecorder congestion = new CongestionRecorder();
    private final List<Track> tracks = new ArrayList<>();
    private final int[] lost = new int[128];
    private final Alarm feedbackAlarm = new Alarm(this::onFeedback);
    private final Alarm repairAlarm = new Alarm(this::onRepair);
    private final Alarm reportAlarm = new Alarm(this::onReport);
    private final Alarm showAlarm = new Alarm(this::onShow);
    private final Alarm playAlarm = new Alarm(this::onPlay);
    private final long emptyRoundTripNs;
    /** As last measured, waits in the path included: by this, requests are repeated. */
    private long roundTripNs;
    private long leastReportNs = Long.MAX_VALUE;
    private final long joinedNs;
    private final List<Long> keyFrameRequestsNs = new ArrayList<>();

    /** One received track. */
    private static final class Track {
        private long ssrc;
        private long rtxSsrc;
        private final SequenceUnwrapper sequences = new SequenceUnwrapper();
        private final BrowserNacks nacks = new BrowserNacks();
        private PictureReceiver picture;
        private PictureRecord pictureRecord;
        private SoundReceiver sound;
        private SoundRecord soundRecord;
        private int received;
        private long expectedBefore;
        private int receivedBefore;
        private long firstSequence = -1;
        private long reportNtp;
        private long reportNs;
    }

    private final PictureMark mark = new PictureMark();
    private final SoundPayload.Taker soundFrames = this::onSoundFrame;
    private SoundReceiver soundTrack;

    public SimulatedViewer(SimulatedRoom room, String peerId, LinkSettings up, LinkSettings down) {
        this(room, peerId, Feedback.TRANSPORT_WIDE, up, down);
    }

    /** @param feedback beside receiver reports */
    public SimulatedViewer(SimulatedRoom room, String peerId, Feedback feedback, LinkSettings up, LinkSettings down) {
        this.room = room;
        this.feedback = feedback;
        HeaderExtensions ids = feedback == Feedback.TRANSPORT_WIDE ? SimulatedRoom.VIEWER_IDS
                : SimulatedRoom.UNNUMBERED_VIEWER_IDS;
        this.random = new SplittableRandom(room.nextSeed());
        this.transport = new SimulatedTransport(room, peerId, ids, up, down, this);
        this.emptyRoundTripNs = up.delayNs() + down.delayNs();
        this.roundTripNs = emptyRoundTripNs;
        this.joinedNs = room.clock().nowNs();
        room.add(transport);
    }

    /** How long a packet may wait for its report: a browser that sends little has its reports take little too. */
    public SimulatedViewer reportWithin(long intervalNs) {
        recorder.reportWithin(intervalNs);
        return this;
    }

    /** Subscribes to what a publisher sends; {@link #connect} starts it. @param minSoundDelayMs of the playout */
    public SimulatedViewer watch(SimulatedPublisher publisher, ConsumerSettings settings, long minSoundDelayMs) {
        long nowNs = room.clock().nowNs();
        Track picture = consume(publisher.cameraId(), true, settings);
        picture.pictureRecord = new PictureRecord(joinedNs);
        picture.picture = new PictureReceiver(picture.pictureRecord, nowNs);
        Track sound = consume(publisher.microphoneId(), false, ConsumerSettings.DEFAULT);
        sound.soundRecord = new SoundRecord(joinedNs);
        sound.sound = new SoundReceiver(publisher.speech(), sound.soundRecord, minSoundDelayMs);
        return this;
    }

    private Track consume(String trackId, boolean video, ConsumerSettings settings) {
        Track track = new Track();
        track.ssrc = 1_000 + tracks.size() * 2L;
        track.rtxSsrc = video ? track.ssrc + 1 : 0;
        List<CodecParameters> codecs = video ? List.of(SimulatedRoom.VIEWER_VP8)
                : List.of(SimulatedRoom.VIEWER_RED, SimulatedRoom.VIEWER_OPUS);
        if (feedback == Feedback.CONGESTION) {
            codecs = codecs.stream().map(SimulatedRoom::withCongestionFeedback).toList();
        }
        SimulatedRoom.require(transport.endpoint().addConsumer(new ConsumerParameters("c-" + trackId, trackId,
                "m" + tracks.size(), track.ssrc, track.rtxSsrc, "cname", codecs, settings), room.clock().nowNs()));
        tracks.add(track);
        return track;
    }

    /** The handshake is over; media may come. */
    public SimulatedViewer connect() {
        long nowNs = room.clock().nowNs();
        transport.connect();
        room.clock().set(repairAlarm, nowNs + random.nextLong(REPAIR_NS));
        room.clock().set(reportAlarm, nowNs + random.nextLong(REPORT_NS));
        room.clock().set(playAlarm, nowNs + random.nextLong(SoundReceiver.FRAME_NS));
        return this;
    }

    @Override
    public void onRtp(PacketBuffer packet, long nowNs) {
        if (!rtp.wrapPlain(packet)) {
            throw new AssertionError("malformed RTP to a viewer");
        }
        if (feedback == Feedback.TRANSPORT_WIDE) {
            recorder.onPacket(HeaderExtensionReader.transportSequence(rtp, SimulatedRoom.VIEWER_IDS.transportCc()),
                    nowNs);
        } else if (feedback == Feedback.CONGESTION) {
            congestion.onPacket((int) rtp.ssrc(), rtp.sequenceNumber(), nowNs);
        }
        if (!feedbackAlarm.isSet() && feedbackDueNs() != Long.MAX_VALUE) {
            room.clock().set(feedbackAlarm, feedbackDueNs());
        }
        Track track = trackOf(rtp.ssrc());
        boolean rtx = rtp.ssrc() == track.rtxSsrc;
        if (rtx && RtxPacket.decapsulate(rtp, SimulatedRoom.VIEWER_VP8.payloadType(), track.ssrc)
                != RtxPacket.Result.RESTORED) {
            return;
        }
        accept(track, rtx, nowNs);
    }

    private Track trackOf(long ssrc) {
        for (Track track : tracks) {
            if (track.ssrc == ssrc || track.rtxSsrc == ssrc) {
                return track;
            }
        }
        throw new AssertionError("unknown SSRC to a viewer, " + room);
    }

    private void accept(Track track, boolean rtx, long nowNs) {
        boolean first = !track.sequences.started();
        long before = track.sequences.highest();
        long sequence = track.sequences.unwrap(rtp.sequenceNumber());
        if (first) {
            track.firstSequence = sequence;
            track.expectedBefore = sequence - 1;
        } else if (sequence > before + 1) {
            track.nacks.onGap(before + 1, sequence - 1);
            askAgain(track, nowNs);
        } else if (sequence <= before) {
            track.nacks.onArrival(sequence);
        }
        track.received += rtx ? 0 : 1;
        int end = rtp.headerLength() + rtp.payloadLength();
        if (track.picture != null && rtp.payloadLength() > PictureMark.BYTES) {
            mark.read(rtp.packet(), end);
            track.picture.onPacket(mark, sequence, rtp.timestamp(), rtx, roundTripNs, nowNs);
            showNext(nowNs);
        } else if (track.sound != null && rtp.payloadLength() > 0) {
            soundTrack = track.sound;
            if (rtp.payloadType() == SimulatedRoom.VIEWER_RED.payloadType()) {
                SoundPayload.readRed(rtp.packet(), rtp.headerLength(), end, soundFrames);
            } else {
                SoundPayload.readOpus(rtp.packet(), rtp.headerLength(), end, soundFrames, false);
            }
        }
    }

    private void onShow(long nowNs) {
        for (Track track : tracks) {
            if (track.picture != null) {
                track.picture.showDue(nowNs);
            }
        }
        showNext(nowNs);
    }

    private void showNext(long nowNs) {
        long next = Long.MAX_VALUE;
        for (Track track : tracks) {
            next = track.picture == null ? next : Math.min(next, track.picture.nextDueNs());
        }
        if (next != Long.MAX_VALUE) {
            room.clock().set(showAlarm, Math.max(next, nowNs));
        }
    }

    private void onSoundFrame(int frame, boolean copy) {
        soundTrack.onFrame(frame, !copy, room.clock().nowNs());
    }

    private void onFeedback(long nowNs) {
        boolean more = true;
        while (more && feedbackDueNs() <= nowNs) {
            writer.begin(out, 1_200);
            more = feedback == Feedback.CONGESTION ? congestion.write(writer, OWN_SSRC, nowNs)
                    : recorder.write(writer, OWN_SSRC, tracks.getFirst().ssrc, nowNs);
            if (out.length() > 0) {
                transport.sendRtcp(out);
            }
        }
        if (feedbackDueNs() != Long.MAX_VALUE) {
            room.clock().set(feedbackAlarm, feedbackDueNs());
        }
    }

    private long feedbackDueNs() {
        return Math.min(recorder.nextDeadlineNs(), congestion.nextDeadlineNs());
    }

    private void onRepair(long nowNs) {
        for (Track track : tracks) {
            if (track.picture != null) {
                track.nacks.forgetBefore(track.picture.settledBefore());
            }
            askAgain(track, nowNs);
            if (track.picture != null && (track.picture.wantsKeyFrame(nowNs) || track.nacks.takeHopeless())) {
                keyFrameRequestsNs.add(nowNs - joinedNs);
                writer.begin(out, 1_200);
                writer.pli(OWN_SSRC, track.ssrc);
                transport.sendRtcp(out);
            }
        }
        room.clock().set(repairAlarm, nowNs + REPAIR_NS);
    }

    private void askAgain(Track track, long nowNs) {
        int count = track.nacks.collect(nowNs, roundTripNs, lost);
        for (int from = 0; from < count; ) {
            writer.begin(out, 1_200);
            from += writer.nack(OWN_SSRC, track.ssrc, lost, from, count - from);
            transport.sendRtcp(out);
        }
    }

    private void onReport(long nowNs) {
        writer.begin(out, 1_200);
        writer.receiverReport(OWN_SSRC);
        for (Track track : tracks) {
            if (track.sequences.started()) {
                addBlock(track, nowNs);
            }
        }
        transport.sendRtcp(out);
        room.clock().set(reportAlarm, nowNs + REPORT_NS);
    }

    private void addBlock(Track track, long nowNs) {
        long highest = track.sequences.highest();
        long expected = highest - track.expectedBefore;
        int received = track.received - track.receivedBefore;
        int fraction = expected <= 0 || received >= expected ? 0 : (int) (256 * (expected - received) / expected);
        long cumulative = Math.max(0, highest - track.firstSequence + 1 - track.received);
        track.expectedBefore = highest;
        track.receivedBefore = track.received;
        long lsr = track.reportNtp == 0 ? 0 : NtpTime.compact(track.reportNtp);
        long dlsr = track.reportNtp == 0 ? 0 : NtpTime.nsToCompact(nowNs - track.reportNs);
        writer.reportBlock(track.ssrc, fraction, (int) Math.min(cumulative, 0x7f_ffff), highest & 0xffff_ffffL, 0, lsr,
                dlsr);
    }

    private void onPlay(long nowNs) {
        for (Track track : tracks) {
            if (track.sound != null) {
                track.sound.onTick(nowNs);
            }
        }
        room.clock().set(playAlarm, nowNs + SoundReceiver.FRAME_NS);
    }

    @Override
    public void onRtcp(PacketBuffer packet, long nowNs) {
        if (!reader.read(packet, reports)) {
            throw new AssertionError("malformed RTCP to a viewer");
        }
    }

    private final RtcpHandler reports = new RtcpHandler() {
        @Override
        public void senderReport(long ssrc, long ntp, long rtpTimestamp, long packets, long octets) {
            Track track = trackOf(ssrc);
            track.reportNtp = ntp;
            track.reportNs = room.clock().nowNs();
            // The clocks' difference is in it, and the shortest way seen so far.
            long tookNs = track.reportNs - NtpTime.toUnixNs(ntp);
            leastReportNs = Math.min(leastReportNs, tookNs);
            roundTripNs = emptyRoundTripNs + tookNs - leastReportNs;
        }
    };

    /** What was seen of the first publisher watched. */
    public PictureRecord picture() {
        return tracks.getFirst().pictureRecord;
    }

    /** What was seen of each publisher watched, in the order of {@link #watch}. */
    public List<PictureRecord> pictures() {
        return tracks.stream().filter(track -> track.pictureRecord != null).map(track -> track.pictureRecord).toList();
    }

    /** What was heard of the first publisher watched. */
    public SoundRecord sound() {
        return tracks.get(1).soundRecord;
    }

    /** Key frames asked for in a stretch. */
    public int keyFrameRequests(long fromMs, long toMs) {
        return (int) keyFrameRequestsNs.stream()
                .filter(at -> at >= fromMs * 1_000_000 && at < toMs * 1_000_000).count();
    }

    public SimulatedTransport transport() {
        return transport;
    }
}
