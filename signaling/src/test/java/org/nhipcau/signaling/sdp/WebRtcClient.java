// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCBundlePolicy;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCRtpEncodingParameters;
import dev.onvoid.webrtc.RTCRtpTransceiver;
import dev.onvoid.webrtc.RTCRtpTransceiverDirection;
import dev.onvoid.webrtc.RTCRtpTransceiverInit;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import dev.onvoid.webrtc.media.MediaStreamTrack;
import dev.onvoid.webrtc.media.audio.AudioOptions;
import dev.onvoid.webrtc.media.audio.AudioTrackSource;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import dev.onvoid.webrtc.media.video.CustomVideoSource;
import dev.onvoid.webrtc.media.video.VideoFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A client of libwebrtc: makes true offers and answers and judges ours. Needs no device; sends what is pushed. */
final class WebRtcClient implements AutoCloseable {
    private static PeerConnectionFactory factory;
    private static AudioTrackSource audioSource;
    private static CustomVideoSource videoSource;

    final RTCPeerConnection connection;
    /** The section of every remote track that appeared, in order; the binding does not tell the stream ids. */
    final ConcurrentLinkedQueue<String> shownMids = new ConcurrentLinkedQueue<>();

    WebRtcClient(RTCBundlePolicy policy) {
        synchronized (WebRtcClient.class) {
            if (factory == null) {
                factory = new PeerConnectionFactory(new HeadlessAudioDeviceModule());
                audioSource = factory.createAudioSource(new AudioOptions());
                videoSource = new CustomVideoSource();
            }
        }
        RTCConfiguration configuration = new RTCConfiguration();
        configuration.bundlePolicy = policy;
        connection = factory.createPeerConnection(configuration, new PeerConnectionObserver() {
            @Override
            public void onIceCandidate(RTCIceCandidate candidate) {
                // The tests look at descriptions only.
            }

            @Override
            public void onTrack(RTCRtpTransceiver transceiver) {
                shownMids.add(transceiver.getMid());
            }
        });
    }

    /** The placeholders with which single-connection clients begin. */
    WebRtcClient withPlaceholders(int each) {
        for (int i = 0; i < each; i++) {
            receiveAudio();
        }
        for (int i = 0; i < each; i++) {
            receiveVideo();
        }
        return this;
    }

    WebRtcClient withDataChannel() {
        connection.createDataChannel("_reliable", new RTCDataChannelInit());
        return this;
    }

    RTCRtpTransceiver receiveAudio() {
        return add(factory.createAudioTrack("unused", audioSource), RTCRtpTransceiverDirection.RECV_ONLY, 0);
    }

    RTCRtpTransceiver receiveVideo() {
        return add(factory.createVideoTrack("unused", videoSource), RTCRtpTransceiverDirection.RECV_ONLY, 0);
    }

    RTCRtpTransceiver sendAudio(String cid) {
        return add(factory.createAudioTrack(cid, audioSource), RTCRtpTransceiverDirection.SEND_ONLY, 0);
    }

    RTCRtpTransceiver sendVideo(String cid, int layers) {
        return add(factory.createVideoTrack(cid, videoSource), RTCRtpTransceiverDirection.SEND_ONLY, layers);
    }

    private RTCRtpTransceiver add(MediaStreamTrack track, RTCRtpTransceiverDirection direction, int layers) {
        RTCRtpTransceiverInit init = new RTCRtpTransceiverInit();
        init.direction = direction;
        init.streamIds = List.of("client-stream");
        init.sendEncodings = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            RTCRtpEncodingParameters encoding = new RTCRtpEncodingParameters();
            encoding.active = true;
            init.sendEncodings.add(encoding);
        }
        return connection.addTransceiver(track, init);
    }

    /** Shows a frame on every video track that is sent. */
    static void push(VideoFrame frame) {
        videoSource.pushFrame(frame);
    }

    String offer() throws Exception {
        return create(observer -> connection.createOffer(new RTCOfferOptions(), observer), RTCSdpType.OFFER);
    }

    String answer(String offer) throws Exception {
        setRemote(RTCSdpType.OFFER, offer);
        return create(observer -> connection.createAnswer(new RTCAnswerOptions(), observer), RTCSdpType.ANSWER);
    }

    /** @throws java.util.concurrent.ExecutionException when libwebrtc does not take the answer */
    void accept(String answer) throws Exception {
        setRemote(RTCSdpType.ANSWER, answer);
    }

    private String create(java.util.function.Consumer<CreateSessionDescriptionObserver> call, RTCSdpType type)
            throws Exception {
        CompletableFuture<String> created = new CompletableFuture<>();
        call.accept(new CreateSessionDescriptionObserver() {
            @Override
            public void onSuccess(RTCSessionDescription description) {
                created.complete(description.sdp);
            }

            @Override
            public void onFailure(String error) {
                created.completeExceptionally(new IllegalStateException(error));
            }
        });
        String sdp = wait(created);
        CompletableFuture<Void> set = new CompletableFuture<>();
        connection.setLocalDescription(new RTCSessionDescription(type, sdp), observer(set));
        wait(set);
        return sdp;
    }

    private void setRemote(RTCSdpType type, String sdp) throws Exception {
        CompletableFuture<Void> set = new CompletableFuture<>();
        connection.setRemoteDescription(new RTCSessionDescription(type, sdp), observer(set));
        wait(set);
    }

    private static SetSessionDescriptionObserver observer(CompletableFuture<Void> set) {
        return new SetSessionDescriptionObserver() {
            @Override
            public void onSuccess() {
                set.complete(null);
            }

            @Override
            public void onFailure(String error) {
                set.completeExceptionally(new IllegalStateException(error));
            }
        };
    }

    private static <T> T wait(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("libwebrtc did not answer within 20 s", e);
        }
    }

    /** Negotiated direction by mid, as the client sees it. */
    Map<String, RTCRtpTransceiverDirection> directions() {
        Map<String, RTCRtpTransceiverDirection> directions = new LinkedHashMap<>();
        for (RTCRtpTransceiver transceiver : connection.getTransceivers()) {
            if (transceiver.getMid() != null) {
                directions.put(transceiver.getMid(), transceiver.getCurrentDirection());
            }
        }
        return directions;
    }

    @Override
    public void close() {
        connection.close();
    }
}
