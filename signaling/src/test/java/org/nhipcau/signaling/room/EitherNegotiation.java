// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.signaling.sdp.Negotiated;
import org.nhipcau.signaling.sdp.PeerNegotiation;
import org.nhipcau.signaling.sdp.PublishIntent;
import org.nhipcau.signaling.sdp.SdpException;
import org.nhipcau.signaling.sdp.SdpLimits;
import org.nhipcau.signaling.sdp.ServerNegotiation;
import org.nhipcau.signaling.sdp.SoundFormat;
import org.nhipcau.signaling.sdp.SubscribeIntent;

/** The real offer and answer for those who speak SDP, the toy language for those who speak that. */
final class EitherNegotiation implements PeerNegotiation {
    private final PeerNegotiation real = new ServerNegotiation(new SplittableRandom(1), ServerNegotiation.ALL_CODECS,
            SoundFormat.DEFAULT, SdpLimits.DEFAULT);
    private final PeerNegotiation toy = new FakeNegotiation();

    private PeerNegotiation of(String sdp) {
        return sdp.startsWith("v=0") ? real : toy;
    }

    @Override
    public boolean restartsIce(String offerSdp) throws SdpException {
        return of(offerSdp).restartsIce(offerSdp);
    }

    @Override
    public Negotiated answer(String offerSdp, LocalTransport local, List<PublishIntent> publish,
            List<SubscribeIntent> subscribe) throws SdpException {
        return of(offerSdp).answer(offerSdp, local, publish, subscribe);
    }

    @Override
    public String offer(LocalTransport local, List<SubscribeIntent> subscribe) {
        return toy.offer(local, subscribe);
    }

    @Override
    public Map<String, String> offeredMidToTrackId() {
        return toy.offeredMidToTrackId();
    }

    @Override
    public Negotiated accept(String answerSdp) throws SdpException {
        return toy.accept(answerSdp);
    }
}
