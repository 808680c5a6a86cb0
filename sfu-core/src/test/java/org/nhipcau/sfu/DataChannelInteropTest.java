// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.RemoteTransport;
import org.nhipcau.sfu.api.SfuConfig;

/** A client of libwebrtc and the node send each other messages. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64", disabledReason = "the native library is there for this one")
class DataChannelInteropTest {
    private static final long WAIT_S = 30;

    private final BlockingQueue<MediaEvent> events = new LinkedBlockingQueue<>();
    private final Map<String, RTCDataChannel> channels = new ConcurrentHashMap<>();
    private final Map<String, BlockingQueue<byte[]>> received = new ConcurrentHashMap<>();
    private final BlockingQueue<RTCDataChannel> opened = new LinkedBlockingQueue<>();
    private SfuServer node;
    private PeerConnectionFactory factory;
    private RTCPeerConnection client;

    @BeforeEach
    void start() throws Exception {
        node = SfuServer.start(SfuConfig.DEFAULT.boundTo("127.0.0.1", 0), new SimpleMeterRegistry());
        node.listen(event -> {
            if (event instanceof MediaEvent.DataOpened || event instanceof MediaEvent.DataReceived
                    || event instanceof MediaEvent.DataLost) {
                events.add(event);
            }
        });
        factory = new PeerConnectionFactory(new HeadlessAudioDeviceModule());
        client = factory.createPeerConnection(new RTCConfiguration(), new PeerConnectionObserver() {
            @Override
            public void onIceCandidate(RTCIceCandidate candidate) {
                // The node never calls first.
            }

            @Override
            public void onDataChannel(RTCDataChannel channel) {
                watch(channel);
            }
        });
        done(new MediaCommand.OpenRoom("room"));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        node.close();
        factory.dispose();
    }

    private void watch(RTCDataChannel channel) {
        String label = channel.getLabel();
        BlockingQueue<byte[]> messages = received.computeIfAbsent(label, key -> new LinkedBlockingQueue<>());
        channel.registerObserver(new RTCDataChannelObserver() {
            @Override
            public void onBufferedAmountChange(long before) { }

            @Override
            public void onStateChange() {
                if (channel.getState() == RTCDataChannelState.OPEN) {
                    opened.add(channel);
                }
            }

            @Override
            public void onMessage(RTCDataChannelBuffer buffer) {
                byte[] payload = new byte[buffer.data.remaining()];
                buffer.data.get(payload);
                messages.add(payload);
            }
        });
        channels.put(label, channel);
    }

    @ParameterizedTest
    @CsvSource({"CLIENT,false", "SERVER,false", "CLIENT,true", "SERVER,true"})
    void shouldCarryMessagesBothWays(DtlsRole role, boolean nodeOpens) throws Exception {
        RTCDataChannel other = client.createDataChannel("_data_track", new RTCDataChannelInit());
        if (!nodeOpens) {
            RTCDataChannelInit lossy = new RTCDataChannelInit();
            lossy.ordered = false;
            lossy.maxRetransmits = 0;
            watch(client.createDataChannel("_lossy", lossy));
            watch(client.createDataChannel("_reliable", new RTCDataChannelInit()));
        }
        connect(role, nodeOpens);
        byte[] early = random(1, 3_000);
        done(new MediaCommand.SendData("room", List.of("p", "gone"), DataChannel.RELIABLE, early));
        awaitOpened(DataChannel.RELIABLE, DataChannel.LOSSY);
        assertArrayEquals(early, next("_reliable"), "kept until the channel was there");

        for (int length : new int[] {1, 1_100, 20_000, 65_000}) {
            byte[] payload = random(length, length);
            done(new MediaCommand.SendData("room", List.of("p"), DataChannel.RELIABLE, payload));
            assertArrayEquals(payload, next("_reliable"));
            channels.get("_reliable").send(new RTCDataChannelBuffer(direct(payload), true));
            assertEquals(new MediaEvent.DataReceived("room", "p", DataChannel.RELIABLE, payload), nextEvent());
        }
        done(new MediaCommand.SendData("room", List.of("p"), DataChannel.LOSSY, new byte[] {7, 7}));
        assertArrayEquals(new byte[] {7, 7}, next("_lossy"));
        channels.get("_lossy").send(new RTCDataChannelBuffer(direct(new byte[] {8}), true));
        assertEquals(new MediaEvent.DataReceived("room", "p", DataChannel.LOSSY, new byte[] {8}), nextEvent());
        channels.get("_reliable").send(new RTCDataChannelBuffer(direct("đã đến".getBytes("UTF-8")), false));
        assertEquals(new MediaEvent.DataReceived("room", "p", DataChannel.RELIABLE, "đã đến".getBytes("UTF-8")),
                nextEvent());

        // One label less and one more: streams end and begin.
        channels.get("_reliable").close();
        other.close();
        opened.clear();
        RTCDataChannel anew = client.createDataChannel("_reliable", new RTCDataChannelInit());
        watch(anew);
        // The node tells of a channel once: that this one is there shows in what comes over it.
        if (anew.getState() != RTCDataChannelState.OPEN) {
            assertEquals(anew, opened.poll(WAIT_S, TimeUnit.SECONDS));
        }
        anew.send(new RTCDataChannelBuffer(direct(new byte[] {10}), true));
        assertEquals(new MediaEvent.DataReceived("room", "p", DataChannel.RELIABLE, new byte[] {10}), nextEvent());
        done(new MediaCommand.SendData("room", List.of("p"), DataChannel.RELIABLE, new byte[] {9}));
        assertArrayEquals(new byte[] {9}, next("_reliable"));
    }

    private static ByteBuffer direct(byte[] payload) {
        return ByteBuffer.allocateDirect(payload.length).put(payload).flip();
    }

    private static byte[] random(long seed, int length) {
        byte[] payload = new byte[length];
        new Random(seed).nextBytes(payload);
        return payload;
    }

    private byte[] next(String label) throws InterruptedException {
        byte[] payload = received.computeIfAbsent(label, key -> new LinkedBlockingQueue<>())
                .poll(WAIT_S, TimeUnit.SECONDS);
        assertNotNull(payload, "nothing came on " + label);
        return payload;
    }

    private MediaEvent nextEvent() throws InterruptedException {
        MediaEvent event = events.poll(WAIT_S, TimeUnit.SECONDS);
        assertNotNull(event, "nothing came to the node");
        return event;
    }

    private void awaitOpened(DataChannel... expected) throws InterruptedException {
        java.util.Set<DataChannel> open = new java.util.HashSet<>();
        while (!open.containsAll(List.of(expected))) {
            open.add(assertInstanceOf(MediaEvent.DataOpened.class, nextEvent()).channel());
        }
    }

    private void connect(DtlsRole role, boolean nodeOpens) throws Exception {
        CompletableFuture<String> offered = new CompletableFuture<>();
        client.createOffer(new RTCOfferOptions(), new CreateSessionDescriptionObserver() {
            @Override
            public void onSuccess(RTCSessionDescription description) {
                offered.complete(description.sdp);
            }

            @Override
            public void onFailure(String error) {
                offered.completeExceptionally(new IllegalStateException(error));
            }
        });
        String offer = offered.get(WAIT_S, TimeUnit.SECONDS);
        set(observer -> client.setLocalDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer), observer));
        LocalTransport local = assertInstanceOf(MediaReply.PeerOpened.class,
                node.submit(new MediaCommand.OpenPeer("room", "p", "p")).get(WAIT_S, TimeUnit.SECONDS)).local();
        done(new MediaCommand.ConfigurePeer("room", "p", new RemoteTransport(line(offer, "ice-ufrag"),
                line(offer, "ice-pwd"), List.of(new Fingerprint("sha-256", line(offer, "fingerprint").substring(8))),
                role), HeaderExtensions.NONE));
        done(new MediaCommand.ConfigureData("room", "p", new DataParameters(
                Integer.parseInt(line(offer, "sctp-port")), Integer.parseInt(line(offer, "max-message-size")),
                nodeOpens)));
        String answer = answer(local, role, line(offer, "mid"));
        set(observer -> client.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, answer), observer));
    }

    private static String answer(LocalTransport local, DtlsRole role, String mid) {
        return String.join("\r\n", "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE " + mid,
                "a=ice-lite", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:" + mid,
                "a=ice-ufrag:" + local.iceUfrag(), "a=ice-pwd:" + local.icePwd(),
                "a=fingerprint:" + local.fingerprint().algorithm() + " " + local.fingerprint().value(),
                "a=setup:" + (role == DtlsRole.CLIENT ? "active" : "passive"),
                "a=sctp-port:5000", "a=max-message-size:65535",
                "a=" + local.candidates().getFirst().toSdp(), "a=end-of-candidates", "");
    }

    private static String line(String sdp, String name) {
        Matcher matcher = Pattern.compile("^a=" + name + ":(.*?)\\s*$", Pattern.MULTILINE).matcher(sdp);
        return matcher.find() ? matcher.group(1) : "0";
    }

    private static void set(java.util.function.Consumer<SetSessionDescriptionObserver> call) throws Exception {
        CompletableFuture<Void> set = new CompletableFuture<>();
        call.accept(new SetSessionDescriptionObserver() {
            @Override
            public void onSuccess() {
                set.complete(null);
            }

            @Override
            public void onFailure(String error) {
                set.completeExceptionally(new IllegalStateException(error));
            }
        });
        set.get(WAIT_S, TimeUnit.SECONDS);
    }

    private void done(MediaCommand command) throws Exception {
        assertEquals(new MediaReply.Done(), node.submit(command).get(WAIT_S, TimeUnit.SECONDS));
    }
}
