// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.RemoteTransport;

/**
 * The server's side of offer and answer of one peer connection: answers the client's offers, or makes the offers
 * itself on a connection that only receives. One object serves one of the two ways.
 *
 * <p>Spec: RFC 8829 §5.
 *
 * <p>Thread: one at a time. Owns: bindings of tracks to sections, SSRCs, the client's last ICE credentials.
 */
public final class ServerNegotiation implements PeerNegotiation {
    /** All formats the server can forward; RTX goes with each video format. */
    public static final List<String> ALL_CODECS =
            List.of("audio/opus", "audio/red", "video/VP8", "video/H264", "video/VP9", "video/AV1");

    private final SdpReader reader;
    private final FormatSelector formats;
    private final SsrcSource ssrcs;
    private final SubscriberOffers offers;
    private final long sessionId;
    private long version;
    private PublishBindings published = PublishBindings.NONE;
    private SendBindings sent = SendBindings.NONE;
    private Optional<RemoteTransport> remote = Optional.empty();
    private SessionDescription lastAnswer;

    /**
     * @param random source of SSRCs and session ids; secure in production, seeded in tests
     * @param enabledCodecs mime types of {@link #ALL_CODECS} that may be negotiated; compared without case
     * @param sound what is asked of senders of sound
     * @throws IllegalArgumentException for a codec that is not among {@link #ALL_CODECS}
     */
    public ServerNegotiation(RandomGenerator random, List<String> enabledCodecs, SoundFormat sound, SdpLimits limits) {
        this.reader = new SdpReader(limits);
        this.formats = new FormatSelector(enabledCodecs, sound);
        this.ssrcs = new SsrcSource(random);
        // RFC 8829 §5.2.1: 62 bits of randomness.
        this.sessionId = random.nextLong() >>> 2;
        this.offers = new SubscriberOffers(ssrcs, formats, sessionId);
    }

    @Override
    public boolean restartsIce(String offerSdp) throws SdpException {
        return restarts(new OfferAnswerer(reader.read(offerSdp), formats).remote());
    }

    private boolean restarts(RemoteTransport offered) {
        return remote.filter(known -> !known.iceUfrag().equals(offered.iceUfrag())
                || !known.icePwd().equals(offered.icePwd())).isPresent();
    }

    @Override
    public Negotiated answer(String offerSdp, LocalTransport local, List<PublishIntent> publish,
            List<SubscribeIntent> subscribe) throws SdpException {
        SessionDescription offer = reader.read(offerSdp);
        checkContinues(offer);
        OfferAnswerer round = new OfferAnswerer(offer, formats);
        if (remote.isPresent() && remote.get().localRole() != round.remote().localRole()) {
            throw new SdpException("setup would exchange the DTLS roles of a connection that exists");
        }
        PublishBindings nextPublished = published.next(round.publishing(), publish);
        // A client restarts ICE after it lost its socket, and an answer with it.
        SendBindings nextSent = sent.next(round.receiving(), subscribe, ssrcs, round.announcedSsrcs(),
                restarts(round.remote()));
        SessionDescription answer = round.answer(local, sessionId, version + 1, nextPublished, nextSent);
        Negotiated negotiated = new Negotiated(SdpWriter.write(answer), round.remote(), round.extensions().ids(),
                round.producers(nextPublished), consumers(answer, nextSent), tracks(nextSent),
                nextSent.waiting(MediaKind.AUDIO), nextSent.waiting(MediaKind.VIDEO), nextSent.refused(),
                round.data());
        version++;
        published = nextPublished;
        sent = nextSent;
        remote = Optional.of(round.remote());
        lastAnswer = answer;
        return negotiated;
    }

    /** RFC 8829 §5.2.2: sections keep their place and mid; only the place of a refused one may be used again. */
    private void checkContinues(SessionDescription offer) throws SdpException {
        if (lastAnswer == null) {
            return;
        }
        List<MediaSection> before = lastAnswer.sections();
        if (offer.sections().size() < before.size()) {
            throw new SdpException("the offer has fewer sections than the one before");
        }
        for (int i = 0; i < before.size(); i++) {
            MediaSection known = before.get(i);
            MediaSection now = offer.sections().get(i);
            if (known.port() != 0 && !now.isRejected()
                    && !(known.mid().equals(now.mid()) && known.media().equals(now.media()))) {
                throw new SdpException("section " + (i + 1) + " is not the one that stood there before");
            }
        }
    }

    private static List<ConsumerParameters> consumers(SessionDescription answer, SendBindings bindings) {
        List<ConsumerParameters> consumers = new ArrayList<>();
        for (MediaSection section : answer.sections()) {
            bindings.at(section.mid()).ifPresent(bound -> consumers.add(bound.parameters(section.mid())));
        }
        return consumers;
    }

    private static Map<String, String> tracks(SendBindings bindings) {
        Map<String, String> tracks = new LinkedHashMap<>();
        bindings.byMid().forEach((mid, bound) -> tracks.put(mid, bound.intent().trackId()));
        return tracks;
    }

    @Override
    public String offer(LocalTransport local, List<SubscribeIntent> subscribe) {
        return SdpWriter.write(offers.offer(local, subscribe));
    }

    @Override
    public Map<String, String> offeredMidToTrackId() {
        return offers.offeredMidToTrackId();
    }

    @Override
    public Negotiated accept(String answerSdp) throws SdpException {
        return offers.accept(reader.read(answerSdp));
    }
}
