// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.nhipcau.sfu.api.LocalTransport;

/** The server's side of offer and answer of one peer connection. */
public final class ServerNegotiation implements PeerNegotiation {
    /** All formats the server can forward; RTX goes with each video format. */
    public static final List<String> ALL_CODECS =
            List.of("audio/opus", "audio/red", "video/VP8", "video/H264", "video/VP9", "video/AV1");

    /**
     * @param random source of SSRCs and session ids; secure in production, seeded in tests
     * @param enabledCodecs mime types that may be negotiated, preferred first; compared without case
     */
    public ServerNegotiation(RandomGenerator random, List<String> enabledCodecs, SdpLimits limits) {
    }

    @Override
    public boolean restartsIce(String offerSdp) throws SdpException {
        throw new SdpException("not there yet");
    }

    @Override
    public Negotiated answer(String offerSdp, LocalTransport local, List<PublishIntent> publish,
            List<SubscribeIntent> subscribe) throws SdpException {
        throw new SdpException("not there yet");
    }

    @Override
    public String offer(LocalTransport local, List<SubscribeIntent> subscribe) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, String> offeredMidToTrackId() {
        return Map.of();
    }

    @Override
    public Negotiated accept(String answerSdp) throws SdpException {
        throw new SdpException("not there yet");
    }
}
