// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.RemoteTransport;
import org.nhipcau.signaling.sdp.FormatSelector.Usable;
import org.nhipcau.signaling.sdp.MediaSection.Rid;
import org.nhipcau.signaling.sdp.MediaSection.Simulcast;
import org.nhipcau.signaling.sdp.TransportAttributes.Setup;

/**
 * Answers one offer of a client: which sections carry tracks either way, in which formats. Made for one round.
 *
 * <p>Spec: RFC 8829 §5.3, RFC 8843 §7.3, RFC 3264 §6.
 *
 * <p>An RTP section that carries nothing is answered {@code inactive} with port 9 and never refused with port 0:
 * where the section is the one that the bundle hangs on, a refusal ends the transport of all others, and a client
 * that keeps spare sections would have to offer new ones for each track. The same holds for a data section of a form
 * that the server does not take: it is silent where the bundle hangs on it, and refused elsewhere.
 */
final class OfferAnswerer {
    private static final int UNUSED_PORT = 9;
    private static final Set<String> RTP_PROTOCOLS =
            Set.of("UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "RTP/SAVPF");

    private final SessionDescription offer;
    private final FormatSelector formats;
    private final ExtensionSelector extensions;
    private final List<MediaSection> bundled;
    private final Set<String> bundledMids = new HashSet<>();
    private final Map<String, List<Usable>> usableByMid = new TreeMap<>();
    private final RemoteTransport remote;
    private final Optional<MediaSection> data;

    OfferAnswerer(SessionDescription offer, FormatSelector formats) throws SdpException {
        this.offer = offer;
        this.formats = formats;
        this.bundled = bundled();
        this.bundled.forEach(section -> bundledMids.add(section.mid()));
        // Where sections disagree about an id, the ones that carry the client's media are right.
        this.extensions = ExtensionSelector.of(offer, Stream.concat(
                media().stream().filter(MediaSection::sendsTrack),
                media().stream().filter(section -> !section.sendsTrack())).toList());
        for (MediaSection section : media()) {
            usableByMid.put(section.mid(), formats.usable(section));
        }
        TransportAttributes attributes = bundled.getFirst().transport();
        // There is one association on a transport, and so one section for it (RFC 8829 §5.2.1).
        this.data = bundled.stream().filter(DataSections::isUsable).findFirst();
        this.remote = RemoteTransports.of(attributes, RemoteTransports.roleForOffer(attributes));
    }

    RemoteTransport remote() {
        return remote;
    }

    /** What the client says of data channels; null: it offers none. */
    DataParameters data() {
        return data.map(section -> DataSections.parameters(section, false)).orElse(null);
    }

    ExtensionSelector extensions() {
        return extensions;
    }

    /** The sections that share the transport, the one it hangs on first. */
    private List<MediaSection> bundled() throws SdpException {
        List<MediaSection> found = new ArrayList<>();
        for (int i = 0; i < offer.sections().size(); i++) {
            MediaSection section = offer.sections().get(i);
            if (section.isRejected()) {
                continue;
            }
            String where = "section " + (i + 1);
            if (section.mid().isEmpty()) {
                throw new SdpException(where + " has no mid");
            }
            // Without a group there is one transport per section, and the server takes one transport.
            boolean shared = offer.bundle().isEmpty() ? found.isEmpty() : offer.bundle().contains(section.mid());
            if (!section.isRtp() && !section.media().equals(DataSections.MEDIA)) {
                continue;
            }
            if (shared && section.isRtp()) {
                if (!RTP_PROTOCOLS.contains(section.protocol())) {
                    throw new SdpException(where + " does not use SRTP keyed by DTLS");
                }
                if (!section.rtcpMux()) {
                    throw new SdpException(where + " does not offer rtcp-mux");
                }
            }
            if (shared) {
                found.add(section);
            }
        }
        if (found.isEmpty()) {
            throw new SdpException("no section can carry anything");
        }
        // RFC 8843 §7.2.1: the transport is offered in the group's first section, whatever its place.
        if (!offer.bundle().isEmpty()) {
            found.sort((a, b) -> Integer.compare(offer.bundle().indexOf(a.mid()), offer.bundle().indexOf(b.mid())));
        }
        return found;
    }

    private List<MediaSection> media() {
        return bundled.stream().filter(MediaSection::isRtp).toList();
    }

    /** Sections on which the client sends a track in a format that the server takes. */
    List<MediaSection> publishing() {
        return inOfferOrder().filter(section -> section.sendsTrack() && !usable(section).isEmpty()).toList();
    }

    /** Sections on which the client can receive, plain receivers in front. */
    List<SendBindings.Slot> receiving() {
        List<SendBindings.Slot> slots = new ArrayList<>();
        for (Direction direction : List.of(Direction.RECVONLY, Direction.SENDRECV)) {
            inOfferOrder().filter(section -> section.direction() == direction)
                    .forEach(section -> slots.add(new SendBindings.Slot(section, usable(section))));
        }
        return slots;
    }

    private Stream<MediaSection> inOfferOrder() {
        return offer.sections().stream().filter(section -> section.isRtp() && isBundled(section));
    }

    private boolean isBundled(MediaSection section) {
        return !section.isRejected() && bundledMids.contains(section.mid());
    }

    private List<Usable> usable(MediaSection section) {
        return usableByMid.get(section.mid());
    }

    /** SSRCs that the client has announced. */
    Set<Long> announcedSsrcs() {
        Set<Long> announced = new HashSet<>();
        offer.sections().forEach(section -> section.ssrcs().forEach(ssrc -> announced.add(ssrc.ssrc())));
        return announced;
    }

    List<ProducerParameters> producers(PublishBindings bindings) {
        List<ProducerParameters> producers = new ArrayList<>();
        for (MediaSection section : publishing()) {
            bindings.at(section.mid()).ifPresent(intent -> producers.add(new ProducerParameters(intent.trackId(),
                    intent.kind(), intent.source(), section.mid(),
                    received(section, intent).stream().map(Usable::parameters).toList(),
                    EncodingSelector.encodings(section, intent.layers()), intent.muted())));
        }
        return producers;
    }

    private List<Usable> received(MediaSection section, PublishIntent intent) {
        return formats.toReceive(usable(section), intent, offer.isFirefox());
    }

    /** The answer's sections, one for each of the offer. */
    SessionDescription answer(LocalTransport local, long sessionId, long version, PublishBindings publish,
            SendBindings send) {
        Setup setup = remote.localRole() == DtlsRole.SERVER ? Setup.PASSIVE : Setup.ACTIVE;
        List<MediaSection> sections = new ArrayList<>();
        List<String> accepted = new ArrayList<>();
        for (MediaSection offered : offer.sections()) {
            boolean head = offered == bundled.getFirst();
            Optional<MediaKind> kind = offered.kind();
            boolean carriesData = data.filter(section -> section == offered).isPresent();
            if (!isBundled(offered) || kind.isEmpty() && !head && !carriesData) {
                sections.add(refused(offered));
            } else {
                MediaSection.Builder answer = new MediaSection.Builder(offered.media(), UNUSED_PORT,
                        offered.protocol());
                answer.mid = offered.mid();
                answer.transport = SectionWriter.transport(local, setup, head);
                if (kind.isPresent()) {
                    media(answer, offered, publish.at(offered.mid()), send.at(offered.mid()));
                } else {
                    answer.otherFormats = offered.otherFormats();
                    if (carriesData) {
                        DataSections.describe(answer);
                    }
                }
                sections.add(answer.build());
                accepted.add(offered.mid());
            }
        }
        List<String> group = offer.bundle().stream().filter(accepted::contains).toList();
        return new SessionDescription("-", sessionId, version, true, offer.extmapAllowMixed(), group, sections);
    }

    private void media(MediaSection.Builder answer, MediaSection offered, Optional<PublishIntent> published,
            Optional<SendBindings.Bound> sent) {
        answer.direction = Direction.of(sent.isPresent(), published.isPresent());
        answer.rtcpMux = true;
        answer.rtcpReducedSize = offered.rtcpReducedSize();
        answer.extmapAllowMixed = offered.extmapAllowMixed();
        answer.extensions.addAll(extensions.answer(offered));
        List<Usable> usable = used(offered, published, sent);
        // A section without a format in common is idle; an answer must still name some of the offered ones.
        answer.formats = usable.isEmpty() ? offered.formats() : SectionWriter.formats(usable);
        if (published.isPresent()) {
            List<String> rids = EncodingSelector.rids(offered);
            rids.forEach(rid -> answer.rids.add(new Rid(rid, false)));
            if (!rids.isEmpty() && !offered.simulcast().send().isEmpty()) {
                answer.simulcast = new Simulcast(List.of(), rids);
            }
        }
        published.filter(intent -> intent.kind() == MediaKind.AUDIO)
                .map(intent -> Math.max(intent.packetMs(), formats.sound().packetMs()))
                .filter(packetMs -> packetMs != SoundFormat.USUAL_PACKET_MS)
                .ifPresent(packetMs -> answer.packetMs = packetMs);
        sent.ifPresent(bound -> SectionWriter.track(answer, bound));
    }

    /** The formats of the tracks on the section; of an idle one, all that could be used. */
    private List<Usable> used(MediaSection offered, Optional<PublishIntent> published,
            Optional<SendBindings.Bound> sent) {
        List<Usable> used = new ArrayList<>(published.map(intent -> received(offered, intent)).orElse(List.of()));
        for (Usable format : sent.map(SendBindings.Bound::formats).orElse(List.of())) {
            if (used.stream().noneMatch(u -> u.format().payloadType() == format.format().payloadType())) {
                used.add(format);
            }
        }
        return published.isEmpty() && sent.isEmpty() ? usable(offered) : used;
    }

    private static MediaSection refused(MediaSection offered) {
        MediaSection.Builder answer = new MediaSection.Builder(offered.media(), 0, offered.protocol());
        answer.mid = offered.mid();
        answer.direction = Direction.INACTIVE;
        answer.formats = offered.formats();
        answer.otherFormats = offered.otherFormats();
        return answer.build();
    }
}
