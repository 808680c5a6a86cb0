// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.NtpTime;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.sim.link.Flow;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.link.VirtualClock.Alarm;

/**
 * A client that speaks and is seen: Opus with DTX, and a camera in simulcast whose frames have the sizes of a real
 * encoder's, paced as a browser does. Answers key frame requests with key frames of all layers, as libvpx does.
 *
 * <p>Thread: one.
 */
public final class SimulatedPublisher implements SimulatedTransport.Client {
    /** Of the voice, of the codec alone. */
    public static final int AUDIO_BPS = 24_000;
    private static final long FRAME_NS = 1_000_000_000L / CameraSettings.FPS;
    private static final long SOUND_NS = 20_000_000L;
    private static final long REPORT_NS = 1_000_000_000L;
    /** Signaling takes this long to pass on what is wanted. */
    static final long SIGNALING_NS = 50_000_000L;
    /** Of 60 bytes each, in packets of 20 ms. */
    private static final double VOICE_HEADERS_BPS = 24_000;
    /** Of one whose uplink carries all: an estimate far above what it sends lets its pacer go so fast. */
    private static final double PACE = 2.5;
    /** A second key frame is not made sooner after the first. */
    private static final long KEY_SPACING_NS = 300_000_000L;
    /** A layer is given up below this share of its rate, taken up again above that. */
    private static final double MIN_SHARE = 0.5;
    private static final double TAKE_UP_SHARE = 0.65;
    private static final double MIN_PICTURE_BPS = 30_000;

    private final SimulatedRoom room;
    private final HeaderExtensions ids;
    private final SimulatedTransport transport;
    private final SplittableRandom random;
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final RtcpWriter rtcp = new RtcpWriter();
    private final RtcpReader reader = new RtcpReader();
    private final PacketBuffer out = PacketBuffer.allocate();
    private final SpeechModel speech;
    private final String cameraId;
    private final String microphoneId;
    private final List<SimulatedLayer> layers = new ArrayList<>();
    private final ArrayDeque<PacketBuffer> paced = new ArrayDeque<>();
    private final Alarm frameAlarm = new Alarm(this::onFrame);
    private final Alarm soundAlarm = new Alarm(this::onSound);
    private final Alarm reportAlarm = new Alarm(this::onReport);
    private final Alarm paceAlarm = new Alarm(this::onPace);
    private final byte[] cameraMid = {'0'};
    private final byte[] soundMid = {'1'};
    private final int soundSsrc;
    private int soundSequence;
    private int soundFrame;
    private final SoundWriter sound = new SoundWriter();
    private int framesPerPacket = 1;
    private int frame;
    private int transportSequence;
    private long lastKeyNs = Long.MIN_VALUE / 2;
    private boolean keyWanted;
    private long paceFreeNs;
    private int pacedBytes;
    private int keyFrameRequests;
    private double rembBps = Double.MAX_VALUE;
    private double lowestRembBps = Double.MAX_VALUE;
    /** Null where the uplink carries all. */
    private final BrowserEstimator estimator;
    /** Its packets tell when they left; left out where they never wait. */
    private final boolean timed;

    /** @param talksOn without DTX and without pauses */
    public SimulatedPublisher(SimulatedRoom room, String peerId, CameraSettings camera, boolean talksOn,
            LinkSettings up, LinkSettings down) {
        this(room, peerId, camera, talksOn, true, up, down);
    }

    /** @param measures its uplink itself, by transport-wide feedback; else it is told by REMB what that carries */
    public SimulatedPublisher(SimulatedRoom room, String peerId, CameraSettings camera, boolean talksOn,
            boolean measures, LinkSettings up, LinkSettings down) {
        this(room, peerId, camera, talksOn, measures, up, down, null);
    }

    /** What a viewer sends beside what it watches, over the same links; as a peer of its own. */
    public SimulatedPublisher(SimulatedRoom room, String peerId, CameraSettings camera, SimulatedTransport beside) {
        this(room, peerId, camera, false, true, beside.up().settings(), beside.down().settings(), beside);
    }

    private SimulatedPublisher(SimulatedRoom room, String peerId, CameraSettings camera, boolean talksOn,
            boolean measures, LinkSettings up, LinkSettings down, SimulatedTransport beside) {
        this.room = room;
        this.ids = measures ? SimulatedRoom.PUBLISHER_IDS : SimulatedRoom.UNNUMBERED_IDS;
        this.random = new SplittableRandom(room.nextSeed());
        this.cameraId = peerId + "-camera";
        this.microphoneId = peerId + "-microphone";
        this.speech = new SpeechModel(!talksOn, AUDIO_BPS, random);
        this.transport = beside != null ? new SimulatedTransport(room, peerId, ids, beside, this)
                : new SimulatedTransport(room, peerId, ids, up, down, this);
        this.estimator = up.capacity().unlimited() || !measures ? null
                : new BrowserEstimator(1.2 * (camera.sumBps() + 2 * AUDIO_BPS), () -> transport.up().kbps() * 1e3);
        this.timed = ids.absSendTime() != 0 && !up.capacity().unlimited();
        this.soundSsrc = random.nextInt();
        this.soundSequence = random.nextInt(65_536);
        room.add(transport);
        room.add(this);
        long nowNs = room.clock().nowNs();
        transport.connect();
        addTracks(camera, nowNs);
        allocate();
        room.clock().set(frameAlarm, nowNs + random.nextLong(FRAME_NS));
        room.clock().set(soundAlarm, nowNs + random.nextLong(SOUND_NS));
        room.clock().set(reportAlarm, nowNs + random.nextLong(REPORT_NS / 10));
    }

    private void addTracks(CameraSettings camera, long nowNs) {
        List<EncodingParameters> encodings = new ArrayList<>();
        for (CameraSettings.Layer each : camera.layers()) {
            encodings.add(new EncodingParameters(each.rid(), 0, 0, each.quality(), each.width(), each.height(),
                    each.bps()));
            layers.add(new SimulatedLayer(this, layers.size(), each, camera.keyFactor(), random));
        }
        SimulatedRoom.require(transport.endpoint().addProducer(new ProducerParameters(cameraId, MediaKind.VIDEO,
                TrackSource.CAMERA, "0", List.of(SimulatedRoom.VP8), encodings, false), nowNs));
        SimulatedRoom.require(transport.endpoint().addProducer(new ProducerParameters(microphoneId, MediaKind.AUDIO,
                TrackSource.MICROPHONE, "1", List.of(SimulatedRoom.OPUS),
                List.of(new EncodingParameters("", 0, 0, 0, 0, 0, 0)), false), nowNs));
        keyWanted = true;
    }

    private void onFrame(long nowNs) {
        boolean key = keyWanted && nowNs - lastKeyNs >= KEY_SPACING_NS;
        if (key) {
            keyWanted = false;
            lastKeyNs = nowNs;
        }
        frame++;
        boolean left = !key && estimator != null && estimator.leavesOut(targetBps(), rembBps);
        for (SimulatedLayer layer : left ? List.<SimulatedLayer>of() : layers) {
            layer.encode(frame, key, nowNs);
        }
        room.clock().set(frameAlarm, nowNs + FRAME_NS);
    }

    private void onSound(long nowNs) {
        int bytes = speech.nextFrame();
        int number = soundFrame++;
        if (bytes > 0) {
            sound.add(number, bytes, speech.talking());
        }
        if (sound.frames() > 0 && (!speech.talking() || sound.frames() >= framesPerPacket)) {
            int length = sound.lengthBytes();
            header.begin(out, false, SimulatedRoom.OPUS.payloadType(), soundSequence++, sound.first() * 960L, soundSsrc);
            header.extension(ids.mid(), soundMid);
            header.extensionByte(ids.audioLevel(), speech.talking() ? 20 : 127);
            stamp(length);
            int from = header.finish();
            out.setLength(from + length);
            sound.write(out, from);
            transport.sendRtp(out, Flow.AUDIO);
        }
        room.clock().set(soundAlarm, nowNs + SOUND_NS);
    }

    // What the server asks of the voice.
    void onWantedSpeech(int maxBitrateBps, int packetMs) {
        speech.limit(maxBitrateBps);
        framesPerPacket = packetMs == 0 ? 1 : Math.min(packetMs / 20, SoundWriter.MAX_FRAMES);
        allocate();
    }

    // As a browser reckons: with the headers.
    private double voiceBps() {
        return speech.bps() + VOICE_HEADERS_BPS / framesPerPacket;
    }

    // Begins a packet of the camera; the layer appends its payload.
    int beginPicture(boolean marker, int payloadType, int sequence, long timestamp, int ssrc, byte[] rid,
            int ridExtension) {
        header.begin(out, marker, payloadType, sequence, timestamp, ssrc);
        header.extension(ids.mid(), cameraMid);
        if (rid.length > 0) {
            header.extension(ridExtension, rid);
        }
        stamp(0);
        return header.finish();
    }

    PacketBuffer out() {
        return out;
    }

    /** Sends the packet that was begun, when the pacer lets it. Its transport-wide number is given then. */
    void pace(long nowNs) {
        PacketBuffer kept = room.pool().acquire();
        kept.copyFrom(out);
        paced.add(kept);
        pacedBytes += kept.length();
        if (!paceAlarm.isSet()) {
            room.clock().set(paceAlarm, Math.max(nowNs, paceFreeNs));
        }
    }

    private void onPace(long nowNs) {
        PacketBuffer packet = paced.poll();
        pacedBytes -= packet.length();
        number(packet);
        boolean rtx = (packet.getByte(1) & 0x7f) == SimulatedRoom.VP8.rtxPayloadType();
        transport.sendRtp(packet, rtx ? Flow.RTX : Flow.VIDEO);
        double bps = estimator == null ? PACE * targetBps() : estimator.paceBps(rembBps, pacedBytes + packet.length());
        paceFreeNs = nowNs + (long) (packet.length() * 8e9 / bps);
        room.pool().release(packet);
        if (!paced.isEmpty()) {
            room.clock().set(paceAlarm, paceFreeNs);
        }
    }

    // The elements that tell when a packet left: its number, the time itself, or both.
    private void stamp(int lengthBytes) {
        if (ids.transportCc() != 0) {
            header.extensionShort(ids.transportCc(), lengthBytes == 0 ? 0 : nextNumber(lengthBytes));
        }
        if (timed) {
            header.extensionMedium(ids.absSendTime(), HeaderExtensionReader.toAbsSendTime(room.clock().nowNs()));
        }
    }

    private void number(PacketBuffer packet) {
        if (ids.transportCc() != 0) {
            packet.putShort(elementAt(packet, ids.transportCc() << 4 | 1), nextNumber(packet.length()));
        }
        if (timed) {
            packet.putMedium(elementAt(packet, ids.absSendTime() << 4 | 2),
                    HeaderExtensionReader.toAbsSendTime(room.clock().nowNs()));
        }
    }

    private static int elementAt(PacketBuffer packet, int wanted) {
        int at = 16;
        while (packet.getUnsignedByte(at) != wanted) {
            at += 2 + (packet.getByte(at) & 0x0f);
        }
        return at + 1;
    }

    private int nextNumber(int lengthBytes) {
        if (estimator != null) {
            estimator.onSent(transportSequence & 0xffff, lengthBytes + SimulatedTransport.RTP_OVERHEAD_BYTES,
                    room.clock().nowNs());
        }
        return transportSequence++ & 0xffff;
    }

    // Layers from the lowest on, each as soon as a fair share of it fits; the best of them takes what is left.
    private void allocate() {
        double measured = estimator == null ? Double.MAX_VALUE : estimator.estimateBps();
        double left = Math.min(measured, rembBps) - voiceBps();
        for (SimulatedLayer layer : layers) {
            double full = layer.settings().bps();
            boolean lowest = layer == layers.getFirst();
            boolean fits = layer.wanted() && (lowest || left >= full * (layer.active() ? MIN_SHARE : TAKE_UP_SHARE));
            keyWanted |= fits && !layer.active();
            layer.setActive(fits);
            if (fits) {
                layer.setBps(Math.clamp(left, lowest ? MIN_PICTURE_BPS : full * MIN_SHARE, full));
            }
            left = fits ? left - layer.bps() : 0;
        }
    }

    private double targetBps() {
        double sum = AUDIO_BPS;
        for (SimulatedLayer layer : layers) {
            sum += layer.active() ? layer.bps() : 0;
        }
        return sum;
    }

    private void onReport(long nowNs) {
        long ntp = NtpTime.fromUnixNs(nowNs);
        for (SimulatedLayer layer : layers) {
            if (layer.active()) {
                sendReport(layer.ssrc(), ntp, layer.timestampAt(nowNs));
            }
        }
        sendReport(soundSsrc, ntp, soundFrame * 960L);
        room.clock().set(reportAlarm, nowNs + REPORT_NS);
    }

    private void sendReport(int ssrc, long ntp, long timestamp) {
        rtcp.begin(out, 1_200);
        rtcp.senderReport(ssrc, ntp, timestamp, 1, 1);
        transport.sendRtcp(out);
    }

    // Dynacast: layers that nobody wants are not sent.
    void onWanted(String trackId, int maxQuality) {
        if (trackId.equals(cameraId)) {
            room.clock().at(room.clock().nowNs() + SIGNALING_NS, now -> {
                for (SimulatedLayer layer : layers) {
                    boolean wanted = layer.settings().quality() <= maxQuality;
                    keyWanted |= wanted && !layer.wanted();
                    layer.setWanted(wanted);
                }
            });
        }
    }

    @Override
    public void onRtp(PacketBuffer packet, long nowNs) {
        throw new AssertionError("a publisher that consumes nothing was sent media");
    }

    @Override
    public void onRtcp(PacketBuffer packet, long nowNs) {
        if (!reader.read(packet, answers)) {
            throw new AssertionError("malformed RTCP to a publisher");
        }
    }

    private final RtcpHandler answers = new RtcpHandler() {
        @Override
        public void pli(long senderSsrc, long mediaSsrc) {
            keyFrameRequests++;
            keyWanted = true;
        }

        @Override
        public void nack(long senderSsrc, long mediaSsrc, int pid, int blp) {
            for (SimulatedLayer layer : layers) {
                if (layer.ssrc() == (int) mediaSsrc) {
                    layer.resend(pid);
                    for (int bits = blp & 0xffff; bits != 0; bits &= bits - 1) {
                        layer.resend(pid + 1 + Integer.numberOfTrailingZeros(bits));
                    }
                }
            }
        }

        @Override
        public void remb(long senderSsrc, long bitrateBps, int ssrcCount) {
            rembBps = bitrateBps;
            lowestRembBps = Math.min(lowestRembBps, bitrateBps);
            allocate();
        }

        @Override
        public void transportFeedback(TransportFeedbackFlyweight feedback) {
            if (estimator != null) {
                estimator.onFeedback(feedback, room.clock().nowNs());
                allocate();
            }
        }

        @Override
        public void receiverReferenceTime(long senderSsrc, long ntp) {
            rtcp.begin(out, 1_200);
            rtcp.receiverReport(soundSsrc);
            rtcp.dlrr(soundSsrc, senderSsrc, NtpTime.compact(ntp), 0);
            transport.sendRtcp(out);
        }
    };

    SpeechModel speech() {
        return speech;
    }

    SimulatedRoom room() {
        return room;
    }

    /** Id of the camera's track. */
    public String cameraId() {
        return cameraId;
    }

    /** Id of the microphone's track. */
    public String microphoneId() {
        return microphoneId;
    }

    public SimulatedTransport transport() {
        return transport;
    }

    /** What it was told last to send at most; {@link Double#MAX_VALUE} before it was told anything. */
    public double rembBps() {
        return rembBps;
    }

    /** The least that it was ever told. */
    public double lowestRembBps() {
        return lowestRembBps;
    }

    /** Key frames that were asked for. */
    public int keyFrameRequests() {
        return keyFrameRequests;
    }
}
