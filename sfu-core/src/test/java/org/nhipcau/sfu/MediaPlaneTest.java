// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/** The whole media node over real sockets: transports, keys, forwarding, and what strangers may not do. */
class MediaPlaneTest {
    private static final String ROOM = "room";
    private static final CodecParameters OPUS = new CodecParameters("audio/opus", 111, 48_000, 2, Map.of(), -1, true,
            false, false, false, false);
    private static final CodecParameters VP8 = new CodecParameters("video/VP8", 96, 90_000, 0, Map.of(), 97, true, true,
            true, true, true);
    private static final long MIC_SSRC = 0x1111_1111L;
    private static final long CAM_SSRC = 0x2222_2222L;
    private static final long MIC_OUT = 0x0a0a_0a0aL;
    private static final long CAM_OUT = 0x0b0b_0b0bL;

    private final LinkedBlockingQueue<MediaEvent> events = new LinkedBlockingQueue<>();
    private SfuServer server;

    @BeforeEach
    void startNode() throws Exception {
        server = SfuServer.start(SfuConfig.DEFAULT.boundTo("127.0.0.1", 0), new SimpleMeterRegistry());
        server.listen(events::add);
        LightClient.done(server, new MediaCommand.OpenRoom(ROOM));
    }

    @AfterEach
    void stopNode() {
        server.close();
    }

    private <T extends MediaEvent> T awaitEvent(Class<T> type, Predicate<T> wanted) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LightClient.WAIT_S);
        while (true) {
            MediaEvent event = events.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            assertNotNull(event, "no " + type.getSimpleName() + " in time");
            if (type.isInstance(event) && wanted.test(type.cast(event))) {
                return type.cast(event);
            }
        }
    }

    private void awaitCount(Counter counter, long count) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LightClient.WAIT_S);
        while (server.counters().stream().mapToLong(counters -> counters.get(counter)).sum() < count) {
            assertTrue(System.nanoTime() - end < 0, "not " + count + " " + counter + " in time");
            Thread.onSpinWait();
        }
    }

    private PeerFailure awaitFailure(String peerId) throws InterruptedException {
        return awaitEvent(MediaEvent.PeerStateChanged.class,
                event -> event.peerId().equals(peerId) && event.state() == PeerState.FAILED).failure();
    }

    private void publishAudio(String peerId) throws Exception {
        LightClient.done(server, new MediaCommand.AddProducer(ROOM, peerId, new ProducerParameters("TR_mic",
                MediaKind.AUDIO, TrackSource.MICROPHONE, "0", List.of(OPUS),
                List.of(new EncodingParameters("", MIC_SSRC, 0, 0, 0, 0, 0)), false)));
    }

    private void publishVideo(String peerId) throws Exception {
        LightClient.done(server, new MediaCommand.AddProducer(ROOM, peerId, new ProducerParameters("TR_cam",
                MediaKind.VIDEO, TrackSource.CAMERA, "1", List.of(VP8),
                List.of(new EncodingParameters("", CAM_SSRC, CAM_SSRC + 1, 2, 640, 360, 0)), false)));
    }

    private void subscribe(String peerId, String trackId, String mid, long ssrc, CodecParameters codec)
            throws Exception {
        LightClient.done(server, new MediaCommand.AddConsumer(ROOM, peerId, new ConsumerParameters(trackId, trackId,
                mid, ssrc, codec.rtxPayloadType() < 0 ? 0 : ssrc + 1, "cname", List.of(codec),
                ConsumerSettings.DEFAULT)));
    }

    private static byte[] rtp(int payloadType, int sequence, long timestamp, long ssrc, byte[] payload) {
        ByteBuffer packet = ByteBuffer.allocate(12 + payload.length);
        packet.put((byte) 0x80).put((byte) payloadType).putShort((short) sequence).putInt((int) timestamp)
                .putInt((int) ssrc).put(payload);
        return packet.array();
    }

    private static byte[] opus(int sequence) {
        return rtp(111, sequence, sequence * 960L, MIC_SSRC,
                ("\u0000canary of packet " + sequence).getBytes(StandardCharsets.US_ASCII));
    }

    /** A VP8 frame of one packet: descriptor without picture id, frame tag, start code and size in key frames. */
    private static byte[] vp8(int sequence, boolean key) {
        byte[] payload = new byte[200];
        payload[0] = 0x10;
        payload[1] = (byte) (key ? 0x10 : 0x11);
        if (key) {
            byte[] head = {(byte) 0x9d, 0x01, 0x2a, (byte) 0x80, 0x02, 0x68, 0x01};
            System.arraycopy(head, 0, payload, 4, head.length);
        }
        Arrays.fill(payload, 20, 200, (byte) sequence);
        byte[] packet = rtp(96, sequence, sequence * 3_000L, CAM_SSRC, payload);
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

    @Test
    void shouldForwardAudioUnalteredInOrderBothDtlsRoles() throws Exception {
        for (DtlsRole role : DtlsRole.values()) {
            String alice = "alice-" + role;
            String bob = "bob-" + role;
            try (LightClient publisher = new LightClient(server, ROOM, alice, role).connect(HeaderExtensions.NONE);
                    LightClient viewer = new LightClient(server, ROOM, bob, role).connect(HeaderExtensions.NONE)) {
                publishAudio(alice);
                subscribe(bob, "TR_mic", "0", MIC_OUT, OPUS);
                int lastSequence = -1;
                for (int i = 0; i < 100; i++) {
                    byte[] sent = opus(65_500 + i);
                    publisher.sendRtp(sent);
                    PacketBuffer got = viewer.awaitRtp(MIC_OUT, 5_000);
                    assertNotNull(got, "packet " + i);
                    assertArrayEquals(Arrays.copyOfRange(sent, 12, sent.length), payload(got));
                    if (lastSequence >= 0) {
                        assertEquals(lastSequence + 1 & 0xffff, got.getUnsignedShort(2));
                    }
                    lastSequence = got.getUnsignedShort(2);
                }
            }
            LightClient.done(server, new MediaCommand.ClosePeer(ROOM, alice));
            LightClient.done(server, new MediaCommand.ClosePeer(ROOM, bob));
            LightClient.done(server, new MediaCommand.RemoveProducer(ROOM, "TR_mic"));
        }
    }

    @Test
    void shouldBeginVideoWithAKeyFrameAndAskForIt() throws Exception {
        try (LightClient publisher = new LightClient(server, ROOM, "alice", DtlsRole.CLIENT)
                .connect(HeaderExtensions.NONE);
                LightClient viewer = new LightClient(server, ROOM, "bob", DtlsRole.CLIENT)
                        .connect(HeaderExtensions.NONE)) {
            publishVideo("alice");
            publisher.sendRtp(vp8(1, true));
            publisher.sendRtp(vp8(2, false));
            awaitCount(Counter.RTP_PACKETS_IN, 2);
            subscribe("bob", "TR_cam", "1", CAM_OUT, VP8);
            publisher.sendRtp(vp8(3, false));
            assertTrue(awaitPli(publisher), "the publisher is asked for a key frame");
            assertNull(viewer.awaitRtp(CAM_OUT, 100), "nothing before a key frame");
            publisher.sendRtp(vp8(4, true));
            publisher.sendRtp(vp8(5, false));
            PacketBuffer first = viewer.awaitRtp(CAM_OUT, 5_000);
            assertNotNull(first);
            assertEquals(4, payload(first)[100]);
            PacketBuffer second = viewer.awaitRtp(CAM_OUT, 5_000);
            assertEquals(5, payload(second)[100]);
            assertEquals(first.getUnsignedShort(2) + 1 & 0xffff, second.getUnsignedShort(2));
            MediaEvent.ConsumerStarted started = awaitEvent(MediaEvent.ConsumerStarted.class,
                    event -> event.peerId().equals("bob"));
            assertEquals(MediaKind.VIDEO, started.kind());

            // The viewer lost the second packet: it comes again on the RTX stream, original number in front.
            viewer.sendRtcp(nack(CAM_OUT, second.getUnsignedShort(2)));
            PacketBuffer again = viewer.awaitRtp(CAM_OUT + 1, 5_000);
            assertNotNull(again, "no retransmission");
            byte[] rtx = payload(again);
            assertEquals(second.getUnsignedShort(2), (rtx[0] & 0xff) << 8 | rtx[1] & 0xff);
            assertArrayEquals(payload(second), Arrays.copyOfRange(rtx, 2, rtx.length));
        }
    }

    @Test
    void shouldGoOnWhenAConsumerComesBackUnderItsSsrc() throws Exception {
        try (LightClient publisher = new LightClient(server, ROOM, "alice", DtlsRole.CLIENT)
                .connect(HeaderExtensions.NONE);
                LightClient viewer = new LightClient(server, ROOM, "bob", DtlsRole.CLIENT)
                        .connect(HeaderExtensions.NONE)) {
            publishAudio("alice");
            int expected = -1;
            // The first number is random: without memory one of these rounds would begin below the one before.
            for (int round = 0; round < 12; round++) {
                subscribe("bob", "TR_mic", "0", MIC_OUT, OPUS);
                publisher.sendRtp(opus(round + 1));
                PacketBuffer got = viewer.awaitRtp(MIC_OUT, 5_000);
                assertNotNull(got, "round " + round);
                if (expected >= 0) {
                    assertEquals(expected, got.getUnsignedShort(2), "round " + round);
                }
                expected = got.getUnsignedShort(2) + 1 & 0xffff;
                LightClient.done(server, new MediaCommand.RemoveConsumer(ROOM, "bob", "TR_mic"));
            }
        }
    }

    private static byte[] nack(long mediaSsrc, int sequence) {
        ByteBuffer packet = ByteBuffer.allocate(24);
        packet.putInt(0x80c90001).putInt(7);
        packet.putInt(0x81cd0003).putInt(7).putInt((int) mediaSsrc).putShort((short) sequence).putShort((short) 0);
        return packet.array();
    }

    private static boolean awaitPli(LightClient client) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
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

    @Test
    void shouldFollowAClientToAnotherPortWithoutNewKeys() throws Exception {
        try (LightClient publisher = new LightClient(server, ROOM, "alice", DtlsRole.CLIENT)
                .connect(HeaderExtensions.NONE);
                LightClient viewer = new LightClient(server, ROOM, "bob", DtlsRole.CLIENT)
                        .connect(HeaderExtensions.NONE)) {
            publishAudio("alice");
            subscribe("bob", "TR_mic", "0", MIC_OUT, OPUS);
            publisher.sendRtp(opus(1));
            assertNotNull(viewer.awaitRtp(MIC_OUT, 5_000));
            viewer.move();
            publisher.move();
            assertForwardedSoon(publisher, viewer, 2);
            // And by an ICE restart.
            viewer.restart();
            publisher.restart();
            viewer.move();
            publisher.move();
            assertForwardedSoon(publisher, viewer, 100);
        }
    }

    private static void assertForwardedSoon(LightClient publisher, LightClient viewer, int from) throws Exception {
        for (int i = 0; i < 50; i++) {
            publisher.sendRtp(opus(from + i));
            if (viewer.awaitRtp(MIC_OUT, 100) != null) {
                return;
            }
        }
        throw new AssertionError("nothing forwarded after the move");
    }

    @Test
    void shouldRefuseACertificateThatIsNotTheAnnouncedOneV06() throws Exception {
        try (LightClient honest = new LightClient(server, ROOM, "honest", DtlsRole.CLIENT);
                LightClient liar = new LightClient(server, ROOM, "liar", DtlsRole.CLIENT)) {
            liar.begin(HeaderExtensions.NONE, honest.fingerprint());
            assertEquals(PeerFailure.FINGERPRINT_MISMATCH, awaitFailure("liar"));
            assertThrows(Exception.class, () -> liar.connected.get(5, TimeUnit.SECONDS));
            assertEquals(0, server.counters().stream()
                    .mapToLong(counters -> counters.get(Counter.RTP_PACKETS_IN))
                    .sum());
        }
    }

    @Test
    void shouldTakeNothingFromAnAddressWithoutACheckV01V10() throws Exception {
        try (LightClient publisher = new LightClient(server, ROOM, "alice", DtlsRole.CLIENT)
                .connect(HeaderExtensions.NONE);
                LightClient viewer = new LightClient(server, ROOM, "bob", DtlsRole.CLIENT)
                        .connect(HeaderExtensions.NONE);
                DatagramSocket stranger = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            publishAudio("alice");
            subscribe("bob", "TR_mic", "0", MIC_OUT, OPUS);
            byte[] wire = publisher.sendRtp(opus(1));
            assertNotNull(viewer.awaitRtp(MIC_OUT, 5_000));
            byte[] clientHello = new byte[60];
            clientHello[0] = 22;
            clientHello[1] = (byte) 0xfe;
            clientHello[2] = (byte) 0xfd;
            for (byte[] attack : List.of(wire, clientHello, new byte[] {(byte) 0x80, (byte) 200, 0, 1})) {
                stranger.send(new DatagramPacket(attack, attack.length, publisher.serverAddress()));
            }
            // The stranger's come first on the socket; when this one arrives they were handled.
            publisher.sendRtp(opus(2));
            assertNotNull(viewer.awaitRtp(MIC_OUT, 5_000));
            assertNull(viewer.awaitRtp(MIC_OUT, 50));
            stranger.setSoTimeout(50);
            assertThrows(java.net.SocketTimeoutException.class,
                    () -> stranger.receive(new DatagramPacket(new byte[10], 10)), "strangers get no answer (V25)");
            long dropped = server.counters().stream()
                    .mapToLong(counters -> counters.get(DropReason.UNKNOWN_SOURCE)).sum();
            assertEquals(3, dropped);
        }
    }

    @Test
    void shouldDropReplaysAndForgeriesAndGoOnV11V13() throws Exception {
        try (LightClient publisher = new LightClient(server, ROOM, "alice", DtlsRole.CLIENT)
                .connect(HeaderExtensions.NONE);
                LightClient viewer = new LightClient(server, ROOM, "bob", DtlsRole.CLIENT)
                        .connect(HeaderExtensions.NONE)) {
            publishAudio("alice");
            subscribe("bob", "TR_mic", "0", MIC_OUT, OPUS);
            byte[] wire = publisher.sendRtp(opus(1));
            assertNotNull(viewer.awaitRtp(MIC_OUT, 5_000));
            byte[] forged = wire.clone();
            forged[3] = 77;
            for (int i = 0; i < 500; i++) {
                publisher.sendRaw(wire);
                publisher.sendRaw(forged);
            }
            publisher.sendRtp(opus(2));
            PacketBuffer next = viewer.awaitRtp(MIC_OUT, 5_000);
            assertNotNull(next, "the session lives on");
            assertTrue(new String(payload(next), StandardCharsets.US_ASCII).endsWith("packet 2"));
            long replays = server.counters().stream()
                    .mapToLong(counters -> counters.get(DropReason.SRTP_REPLAY)).sum();
            assertTrue(replays > 0);
        }
    }

    @Test
    void shouldEndAtOnceWhenTheClientClosesDtlsV30() throws Exception {
        try (LightClient client = new LightClient(server, ROOM, "alice", DtlsRole.CLIENT)
                .connect(HeaderExtensions.NONE)) {
            client.closeDtls();
            MediaEvent.PeerStateChanged closed = awaitEvent(MediaEvent.PeerStateChanged.class,
                    event -> event.peerId().equals("alice") && event.state() == PeerState.CLOSED);
            assertEquals(PeerFailure.REMOTE_CLOSED, closed.failure());
        }
    }

    @Test
    void shouldSayGoodbyeInDtlsWhenAPeerIsClosed() throws Exception {
        try (LightClient client = new LightClient(server, ROOM, "p", DtlsRole.CLIENT)) {
            client.connect(HeaderExtensions.NONE);
            LightClient.done(server, new MediaCommand.ClosePeer(ROOM, "p"));
            assertEquals(PeerFailure.REMOTE_CLOSED, client.ended.get(LightClient.WAIT_S, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldForwardToTheLastWhateverOftenAClientPublishesAnew() throws Exception {
        try (LightClient alice = new LightClient(server, ROOM, "alice", DtlsRole.CLIENT);
                LightClient bob = new LightClient(server, ROOM, "bob", DtlsRole.CLIENT)) {
            alice.connect(HeaderExtensions.NONE);
            bob.connect(HeaderExtensions.NONE);
            subscribe("bob", "TR_mic", "0", MIC_OUT, OPUS);
            for (int i = 0; i < 2 * SfuConfig.DEFAULT.maxSsrcsPerPeer(); i++) {
                long ssrc = MIC_SSRC + i;
                LightClient.done(server, new MediaCommand.AddProducer(ROOM, "alice", new ProducerParameters("TR_mic",
                        MediaKind.AUDIO, TrackSource.MICROPHONE, "0", List.of(OPUS),
                        List.of(new EncodingParameters("", ssrc, 0, 0, 0, 0, 0)), false)));
                alice.sendRtp(rtp(111, 1, 960, ssrc, new byte[20]));
                assertNotNull(bob.awaitRtp(MIC_OUT, LightClient.WAIT_S * 1_000), "publication " + i);
                LightClient.done(server, new MediaCommand.RemoveProducer(ROOM, "TR_mic"));
            }
        }
    }

    @Test
    void shouldRefuseWhatDoesNotFit() throws Exception {
        assertRefused(MediaReply.Reason.NOT_FOUND, new MediaCommand.OpenPeer("nowhere", "p", "p"));
        assertRefused(MediaReply.Reason.NOT_FOUND, new MediaCommand.RestartIce(ROOM, "nobody"));
        assertInstanceOf(MediaReply.PeerOpened.class,
                LightClient.call(server, new MediaCommand.OpenPeer(ROOM, "p", "p")));
        assertRefused(MediaReply.Reason.CONFLICT, new MediaCommand.OpenPeer(ROOM, "p", "p"));
        LightClient.done(server, new MediaCommand.ClosePeer(ROOM, "p"));
        LightClient.done(server, new MediaCommand.ClosePeer(ROOM, "p"));
        LightClient.done(server, new MediaCommand.CloseRoom(ROOM));
        LightClient.done(server, new MediaCommand.CloseRoom(ROOM));
        assertFalse(server.workers().stream().anyMatch(worker -> worker.load().rooms() > 0));
    }

    private void assertRefused(MediaReply.Reason reason, MediaCommand command) throws Exception {
        MediaReply reply = LightClient.call(server, command);
        assertInstanceOf(MediaReply.Refused.class, reply);
        assertEquals(reason, ((MediaReply.Refused) reply).reason());
    }
}
