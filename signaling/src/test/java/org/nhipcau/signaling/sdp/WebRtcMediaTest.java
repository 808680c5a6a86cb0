// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.onvoid.webrtc.RTCBundlePolicy;
import dev.onvoid.webrtc.RTCRtpTransceiver;
import dev.onvoid.webrtc.media.video.NativeI420Buffer;
import dev.onvoid.webrtc.media.video.VideoFrame;
import dev.onvoid.webrtc.media.video.VideoTrack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.nhipcau.sfu.SfuServer;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.SfuConfig;

/** Two clients of libwebrtc see each other through a real media node, with descriptions but without rooms. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64", disabledReason = "the native library is there for this one")
class WebRtcMediaTest {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;
    private static final long WAIT_S = 20;

    private final WebRtcClient publisher = new WebRtcClient(RTCBundlePolicy.MAX_BUNDLE);
    private final WebRtcClient viewer = new WebRtcClient(RTCBundlePolicy.MAX_BUNDLE);
    private final ServerNegotiation publisherSide = Samples.negotiation();
    private final ServerNegotiation viewerSide = Samples.negotiation();
    private final ScheduledExecutorService camera = Executors.newSingleThreadScheduledExecutor();
    private SfuServer node;
    private int brightness;

    @BeforeEach
    void start() throws Exception {
        node = SfuServer.start(SfuConfig.DEFAULT.boundTo("127.0.0.1", 0), new SimpleMeterRegistry());
        done(new MediaCommand.OpenRoom("room"));
        camera.scheduleAtFixedRate(this::pushFrame, 0, 66, TimeUnit.MILLISECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        camera.shutdownNow();
        camera.awaitTermination(5, TimeUnit.SECONDS);
        publisher.close();
        viewer.close();
        node.close();
    }

    // A plain picture whose brightness steps with each frame: what moves on the other side can be read off one pixel.
    private void pushFrame() {
        NativeI420Buffer picture = NativeI420Buffer.allocate(WIDTH, HEIGHT);
        brightness = (brightness + 16) % 224;
        fill(picture.getDataY(), (byte) (16 + brightness));
        fill(picture.getDataU(), (byte) 128);
        fill(picture.getDataV(), (byte) 128);
        VideoFrame frame = new VideoFrame(picture, System.nanoTime());
        WebRtcClient.push(frame);
        frame.release();
    }

    private static void fill(ByteBuffer plane, byte value) {
        for (int i = 0; i < plane.capacity(); i++) {
            plane.put(i, value);
        }
    }

    @Test
    void shouldShowMovingVideoAndKeepItOverAnIceRestart() throws Exception {
        publisher.sendVideo("cid-1", 0);
        LocalTransport local = open("alice");
        Negotiated published = publisherSide.answer(publisher.offer(), local,
                List.of(Samples.camera("TR_1", "cid-1", "video/VP8")), List.of());
        configure("alice", published);
        assertEquals(1, published.producers().size());
        ProducerParameters producer = published.producers().getFirst();
        done(new MediaCommand.AddProducer("room", "alice", producer));
        publisher.accept(published.sdp());

        viewer.receiveVideo();
        SubscribeIntent wanted = new SubscribeIntent("TR_1", "PA_alice|TR_1", "alice", MediaKind.VIDEO,
                producer.codecs(), false, ConsumerSettings.DEFAULT);
        Negotiated subscribed = viewerSide.answer(viewer.offer(), open("bob"), List.of(), List.of(wanted));
        configure("bob", subscribed);
        done(new MediaCommand.AddConsumer("room", "bob", subscribed.consumers().getFirst()));
        viewer.accept(subscribed.sdp());

        LinkedBlockingQueue<int[]> frames = watch();
        assertMoves(frames);

        viewer.connection.restartIce();
        String offer = viewer.offer();
        assertTrue(viewerSide.restartsIce(offer));
        LocalTransport renewed = opened(new MediaCommand.RestartIce("room", "bob"));
        Negotiated again = viewerSide.answer(offer, renewed, List.of(), List.of(wanted));
        configure("bob", again);
        viewer.accept(again.sdp());
        frames.clear();
        assertMoves(frames);
    }

    private LinkedBlockingQueue<int[]> watch() {
        LinkedBlockingQueue<int[]> frames = new LinkedBlockingQueue<>();
        for (RTCRtpTransceiver transceiver : viewer.connection.getTransceivers()) {
            if (transceiver.getReceiver().getTrack() instanceof VideoTrack track) {
                track.addSink(frame -> frames.add(new int[] {frame.buffer.getWidth(), frame.buffer.getHeight(),
                        frame.buffer.toI420().getDataY().get(0) & 0xff}));
            }
        }
        return frames;
    }

    private static void assertMoves(LinkedBlockingQueue<int[]> frames) throws InterruptedException {
        Set<Integer> levels = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            int[] frame = frames.poll(WAIT_S, TimeUnit.SECONDS);
            assertNotNull(frame, "frame " + i + " did not come");
            assertEquals(WIDTH, frame[0]);
            assertEquals(HEIGHT, frame[1]);
            levels.add(frame[2] / 8);
        }
        assertTrue(levels.size() >= 8, "the picture stands still: " + levels);
    }

    private LocalTransport open(String peerId) throws Exception {
        return opened(new MediaCommand.OpenPeer("room", peerId, peerId));
    }

    private void configure(String peerId, Negotiated negotiated) throws Exception {
        done(new MediaCommand.ConfigurePeer("room", peerId, negotiated.remote(), negotiated.extensions()));
    }

    private LocalTransport opened(MediaCommand command) throws Exception {
        return assertInstanceOf(MediaReply.PeerOpened.class,
                node.submit(command).get(WAIT_S, TimeUnit.SECONDS)).local();
    }

    private void done(MediaCommand command) throws Exception {
        assertEquals(new MediaReply.Done(), node.submit(command).get(WAIT_S, TimeUnit.SECONDS), command.toString());
    }
}
