// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.worker.WorkerLoad;

/** A room of four over real sockets on a node of two workers, two peers on each. */
class SpanningRoomTest {
    private static final String ROOM = "room";
    private static final CodecParameters OPUS = new CodecParameters("audio/opus", 111, 48_000, 2, Map.of(), -1, true,
            false, false, false, false);
    private static final CodecParameters VP8 = new CodecParameters("video/VP8", 96, 90_000, 0, Map.of(), 97, true, true,
            true, true, true);
    private static final long MIC = 0x1111_1111L;
    private static final long CAM = 0x2222_2222L;
    private static final long MIC_OUT = 0x0a0a_0a0aL;
    private static final long CAM_OUT = 0x0b0b_0b0bL;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private SfuServer server;
    private LightClient alice;
    private LightClient bob;
    private LightClient carol;
    private LightClient dave;

    @BeforeEach
    void startNode() throws Exception {
        server = SfuServer.start(SfuConfig.DEFAULT.boundTo("127.0.0.1", 0).spread(2, 2), registry);
        done(new MediaCommand.OpenRoom(ROOM));
        alice = join("alice");
        bob = join("bob");
        carol = join("carol");
        dave = join("dave");
    }

    @AfterEach
    void stopNode() {
        for (LightClient client : List.of(alice, bob, carol, dave)) {
            client.close();
        }
        server.close();
    }

    private LightClient join(String name) throws Exception {
        return new LightClient(server, ROOM, name, DtlsRole.CLIENT).connect(HeaderExtensions.NONE);
    }

    private void done(MediaCommand command) throws Exception {
        LightClient.done(server, command);
    }

    private void publish(String peerId, String trackId, long ssrc) throws Exception {
        done(new MediaCommand.AddProducer(ROOM, peerId, new ProducerParameters(trackId, MediaKind.AUDIO,
                TrackSource.MICROPHONE, "0", List.of(OPUS), List.of(new EncodingParameters("", ssrc, 0, 0, 0, 0, 0)),
                false)));
    }

    private void publishVideo(String peerId) throws Exception {
        done(new MediaCommand.AddProducer(ROOM, peerId, new ProducerParameters("cam", MediaKind.VIDEO,
                TrackSource.CAMERA, "1", List.of(VP8), List.of(new EncodingParameters("", CAM, CAM + 1, 2, 640, 360, 0)),
                false)));
    }

    private void subscribe(String peerId, String trackId, long ssrc, CodecParameters codec) throws Exception {
        done(new MediaCommand.AddConsumer(ROOM, peerId, new ConsumerParameters("c-" + trackId, trackId, trackId, ssrc,
                codec.rtxPayloadType() < 0 ? 0 : ssrc + 1, "cname", List.of(codec), ConsumerSettings.DEFAULT)));
    }

    private static byte[] rtp(int payloadType, int sequence, long timestamp, long ssrc, byte[] payload) {
        return ByteBuffer.allocate(12 + payload.length).put((byte) 0x80).put((byte) payloadType)
                .putShort((short) sequence).putInt((int) timestamp).putInt((int) ssrc).put(payload).array();
    }

    private static byte[] opus(int sequence, long ssrc) {
        return rtp(111, sequence, sequence * 960L, ssrc,
                ("\u0000canary of packet " + sequence).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] vp8(int sequence, boolean key) {
        byte[] payload = new byte[200];
        payload[0] = 0x10;
        payload[1] = (byte) (key ? 0x10 : 0x11);
        if (key) {
            byte[] head = {(byte) 0x9d, 0x01, 0x2a, (byte) 0x80, 0x02, 0x68, 0x01};
            System.arraycopy(head, 0, payload, 4, head.length);
        }
        Arrays.fill(payload, 20, 200, (byte) sequence);
        byte[] packet = rtp(96, sequence, sequence * 3_000L, CAM, payload);
        packet[1] |= (byte) 0x80;
        return packet;
    }

    private static byte[] payload(PacketBuffer packet) {
        RtpPacketFlyweight view = new RtpPacketFlyweight();
        assertTrue(view.wrapPlain(packet));
        byte[] bytes = new byte[view.payloadLength()];
        packet.getBytes(view.headerLength(), bytes, 0, bytes.length);
        return bytes;
    }

    private static boolean awaitPli(LightClient client) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LightClient.WAIT_S);
        while (true) {
            PacketBuffer compound = client.rtcp.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (compound == null) {
                return false;
            }
            for (int at = 0; at + 4 <= compound.length(); at += 4 * (compound.getUnsignedShort(at + 2) + 1)) {
                if (compound.getUnsignedByte(at + 1) == 206 && (compound.getUnsignedByte(at) & 31) == 1) {
                    return true;
                }
            }
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LightClient.WAIT_S);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - end < 0, what);
            Thread.onSpinWait();
        }
    }

    private WorkerLoad load(int worker) {
        return server.workers().get(worker).load();
    }

    private static void assertNextIs(LightClient viewer, byte[] sent, long ssrc) throws Exception {
        PacketBuffer got = viewer.awaitRtp(ssrc, LightClient.WAIT_S * 1_000);
        assertNotNull(got, "a packet is missing");
        assertEquals(new String(sent, 12, sent.length - 12, StandardCharsets.US_ASCII),
                new String(payload(got), StandardCharsets.US_ASCII));
    }

    @Test
    void shouldGiveEveryoneOnBothWorkersEachPacketOnceInBothDirections() throws Exception {
        assertEquals(alice.serverAddress(), bob.serverAddress());
        assertEquals(carol.serverAddress(), dave.serverAddress());
        assertNotEquals(alice.serverAddress(), carol.serverAddress());
        publish("alice", "mic-a", MIC);
        publish("carol", "mic-c", MIC + 1);
        for (String viewer : List.of("bob", "carol", "dave")) {
            subscribe(viewer, "mic-a", MIC_OUT, OPUS);
        }
        for (String viewer : List.of("alice", "bob", "dave")) {
            subscribe(viewer, "mic-c", MIC_OUT + 1, OPUS);
        }
        for (int i = 0; i < 100; i++) {
            byte[] a = opus(65_500 + i, MIC);
            byte[] c = opus(i, MIC + 1);
            alice.sendRtp(a);
            carol.sendRtp(c);
            for (LightClient viewer : List.of(bob, dave)) {
                PacketBuffer first = viewer.awaitRtp(MIC_OUT, LightClient.WAIT_S * 1_000);
                assertNotNull(first, "packet " + i);
            }
            assertNextIs(carol, a, MIC_OUT);
            assertNextIs(alice, c, MIC_OUT + 1);
        }
        long piped = server.counters().stream().mapToLong(counters -> counters.get(Counter.PIPED_PACKETS)).sum();
        assertEquals(200, piped, "one copy for each other worker, however many viewers");
    }

    @Test
    void shouldServeVideoKeyFramesAndRetransmissionsOnTheBranch() throws Exception {
        publishVideo("alice");
        alice.sendRtp(vp8(1, true));
        await("the first packet", () -> server.counters().getFirst().get(Counter.RTP_PACKETS_IN) > 0
                || server.counters().getLast().get(Counter.RTP_PACKETS_IN) > 0);
        subscribe("carol", "cam", CAM_OUT, VP8);
        assertTrue(awaitPli(alice), "the wish of a viewer on the other worker reaches the publisher");
        alice.sendRtp(vp8(2, true));
        alice.sendRtp(vp8(3, false));
        PacketBuffer first = carol.awaitRtp(CAM_OUT, LightClient.WAIT_S * 1_000);
        assertNotNull(first);
        assertEquals(2, payload(first)[100]);
        PacketBuffer second = carol.awaitRtp(CAM_OUT, LightClient.WAIT_S * 1_000);
        assertNotNull(second);
        assertEquals(first.getUnsignedShort(2) + 1 & 0xffff, second.getUnsignedShort(2));
        carol.sendRtcp(ByteBuffer.allocate(24).putInt(0x80c90001).putInt(7).putInt(0x81cd0003).putInt(7)
                .putInt((int) CAM_OUT).putShort((short) second.getUnsignedShort(2)).putShort((short) 0).array());
        PacketBuffer again = carol.awaitRtp(CAM_OUT + 1, LightClient.WAIT_S * 1_000);
        assertNotNull(again, "no retransmission");
        assertEquals(payload(second)[100], payload(again)[102]);
    }

    // Proof and key frames go on until the viewer has one of them.
    private byte[] provenFrame(LightClient viewer, int[] sequence) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LightClient.WAIT_S);
        while (System.nanoTime() - end < 0) {
            done(new MediaCommand.ProveTrack(ROOM, "cam", 1, Proof.CLEAN));
            alice.sendRtp(vp8(++sequence[0], true));
            PacketBuffer got = viewer.awaitRtp(CAM_OUT, 100);
            if (got != null) {
                return payload(got);
            }
        }
        throw new AssertionError("proven, and yet not a key frame came");
    }

    // What was sent before may still be on its way.
    private static void assertNoneAfter(int last, LightClient viewer) throws Exception {
        PacketBuffer got = viewer.awaitRtp(CAM_OUT, 200);
        while (got != null) {
            assertTrue((payload(got)[100] & 0xff) <= last, "sent after the gate was shut");
            got = viewer.awaitRtp(CAM_OUT, 200);
        }
    }

    @Test
    void shouldHoldThePrivacyGateForViewersOnBothWorkers() throws Exception {
        int[] sequence = {0};
        publishVideo("alice");
        done(new MediaCommand.SetGate(ROOM, "cam", GateParameters.proven("policy", 1, OnViolation.HOLD)));
        subscribe("bob", "cam", CAM_OUT, VP8);
        subscribe("carol", "cam", CAM_OUT, VP8);
        alice.sendRtp(vp8(++sequence[0], true));
        assertNull(carol.awaitRtp(CAM_OUT, 100));
        assertNull(bob.awaitRtp(CAM_OUT, 1));
        provenFrame(carol, sequence);
        provenFrame(bob, sequence);
        done(new MediaCommand.ProveTrack(ROOM, "cam", 1, Proof.DEAD));
        int last = sequence[0];
        for (int i = 0; i < 20; i++) {
            alice.sendRtp(vp8(++sequence[0], i % 5 == 0));
        }
        assertNoneAfter(last, carol);
        assertNoneAfter(last, bob);
        done(new MediaCommand.SetClearance(ROOM, "carol", "alice", true));
        alice.sendRtp(vp8(++sequence[0], true));
        PacketBuffer clear = carol.awaitRtp(CAM_OUT, LightClient.WAIT_S * 1_000);
        assertNotNull(clear, "cleared, whatever is proven");
        assertEquals(sequence[0], payload(clear)[100] & 0xff);
        assertNoneAfter(last, bob);
        assertEquals(1, registry.get("nhipcau.sfu.gate.cuts").tag("reason", "dead").functionCounters().stream()
                .mapToDouble(FunctionCounter::count).sum());
        assertEquals(1, registry.get("nhipcau.sfu.gate.tracks").tag("state", "violated").gauges().stream()
                .mapToDouble(Gauge::value).sum());
        assertEquals(0, registry.get("nhipcau.sfu.forbidden.packets").functionCounters().stream()
                .mapToDouble(FunctionCounter::count).sum());
        assertEquals(2, registry.get("nhipcau.sfu.gate.leases.expired").tag("reason", "silent").functionCounters()
                .size());
    }

    @Test
    void shouldForwardNothingAfterTheReplyToAMute() throws Exception {
        publish("alice", "mic", MIC);
        subscribe("bob", "mic", MIC_OUT, OPUS);
        subscribe("carol", "mic", MIC_OUT, OPUS);
        alice.sendRtp(opus(1, MIC));
        assertNextIs(bob, opus(1, MIC), MIC_OUT);
        assertNextIs(carol, opus(1, MIC), MIC_OUT);
        done(new MediaCommand.MuteProducer(ROOM, "mic", true));
        for (int i = 2; i < 50; i++) {
            alice.sendRtp(opus(i, MIC));
        }
        assertNull(carol.awaitRtp(MIC_OUT, 200));
        assertNull(bob.awaitRtp(MIC_OUT, 1));
        done(new MediaCommand.MuteProducer(ROOM, "mic", false));
        alice.sendRtp(opus(50, MIC));
        assertNextIs(bob, opus(50, MIC), MIC_OUT);
        assertNextIs(carol, opus(50, MIC), MIC_OUT);
        done(new MediaCommand.RemoveProducer(ROOM, "mic"));
        alice.sendRtp(opus(51, MIC));
        assertNull(carol.awaitRtp(MIC_OUT, 100));
        // The track comes back with another publisher, on the other worker.
        publish("dave", "mic", MIC + 7);
        dave.sendRtp(opus(1, MIC + 7));
        assertNextIs(bob, opus(1, MIC + 7), MIC_OUT);
        assertNextIs(carol, opus(1, MIC + 7), MIC_OUT);
    }

    @Test
    void shouldFreeABranchWithItsLastPeerAndGiveItBackToALaterOne() throws Exception {
        int home = load(0).peers() == 2 && server.ports().getFirst() == alice.serverAddress().getPort() ? 0 : 1;
        int branch = 1 - home;
        publishVideo("alice");
        for (int round = 0; round < 3; round++) {
            subscribe("carol", "cam", CAM_OUT, VP8);
            int from = round * 100;
            LightClient viewer = carol;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LightClient.WAIT_S);
            for (int i = 0; viewer.awaitRtp(CAM_OUT, 10) == null; i++) {
                assertTrue(System.nanoTime() - end < 0, "no picture in round " + round);
                alice.sendRtp(vp8(from + i + 1, true));
            }
            assertEquals(1, load(branch).rooms());
            assertTrue(load(branch).cacheAllocatedBytes() >= 0);
            done(new MediaCommand.ClosePeer(ROOM, "carol"));
            done(new MediaCommand.ClosePeer(ROOM, "dave"));
            await("the branch ends", () -> load(branch).rooms() == 0 && load(branch).peers() == 0);
            await("its memory comes back", () -> load(branch).slotsInUse() == 0
                    && load(branch).cacheLentBytes() == 0);
            assertEquals(1, load(home).rooms());
            long piped = server.counters().get(home).get(Counter.PIPED_PACKETS);
            alice.sendRtp(vp8(from + 90, true));
            alice.sendRtp(vp8(from + 91, false));
            done(new MediaCommand.RemoveConsumer(ROOM, "bob", "none"));
            assertTrue(server.counters().get(home).get(Counter.PIPED_PACKETS) - piped <= 2, "nothing crosses to nobody");
            carol.close();
            dave.close();
            carol = join("carol");
            dave = join("dave");
        }
        done(new MediaCommand.CloseRoom(ROOM));
        for (int worker = 0; worker < 2; worker++) {
            WorkerLoad load = load(worker);
            await("all is given back", () -> load.rooms() == 0 && load.peers() == 0 && load.slotsInUse() == 0);
        }
    }

    @Test
    void shouldTellAParticipantsSecondTransportToTheWorkerOfTheFirst() throws Exception {
        MediaReply reply = LightClient.call(server, new MediaCommand.OpenPeer(ROOM, "carol-2", "carol"));
        assertEquals((int) carol.serverAddress().getPort(),
                ((MediaReply.PeerOpened) reply).local().candidates().getFirst().port());
        publish("carol-2", "mic", MIC);
        MediaReply own = LightClient.call(server, new MediaCommand.AddConsumer(ROOM, "carol", new ConsumerParameters(
                "c", "mic", "0", MIC_OUT, 0, "cname", List.of(OPUS), ConsumerSettings.DEFAULT)));
        assertEquals(MediaReply.Reason.CONFLICT, ((MediaReply.Refused) own).reason());
    }

    @Test
    void shouldEndWhatAPeerSentOnBothWorkersWhenItLeaves() throws Exception {
        publish("alice", "mic", MIC);
        subscribe("carol", "mic", MIC_OUT, OPUS);
        alice.sendRtp(opus(1, MIC));
        assertNextIs(carol, opus(1, MIC), MIC_OUT);
        done(new MediaCommand.ClosePeer(ROOM, "alice"));
        publish("bob", "mic", MIC + 3);
        bob.sendRtp(opus(9, MIC + 3));
        assertNextIs(carol, opus(9, MIC + 3), MIC_OUT);
    }
}
