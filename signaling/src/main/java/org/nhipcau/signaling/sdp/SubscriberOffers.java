// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.RemoteTransport;
import org.nhipcau.signaling.sdp.FormatSelector.Usable;
import org.nhipcau.signaling.sdp.TransportAttributes.Setup;

/**
 * The server's offers on a connection on which the client only receives, and the client's answers to them.
 *
 * <p>Spec: RFC 8829 §5.2; RFC 8843 §7.2.
 *
 * <p>Thread: one at a time. Owns: the sections of the connection, which only ever grow in number.
 */
final class SubscriberOffers {
    private static final int UNUSED_PORT = 9;
    private static final String PROTOCOL = "UDP/TLS/RTP/SAVPF";

    private final SsrcSource ssrcs;
    private final FormatSelector selector;
    private final long sessionId;
    private final List<Section> sections = new ArrayList<>();
    private final Set<Long> takenSsrcs = new HashSet<>();
    private long version;
    private int nextMid;
    private boolean outstanding;

    /** One section over the life of the connection. */
    private static final class Section {
        final String mid;
        /** Null: data channels. */
        final MediaKind kind;
        /** What it carries in the last offer. */
        Optional<SubscribeIntent> intent = Optional.empty();
        long ssrc;
        long rtxSsrc;
        /** The client has answered it while it carried nothing: it may carry another track. */
        boolean idle;
        /** The client refused it: its place may be taken by a section of another mid. */
        boolean refused;

        Section(String mid, MediaKind kind) {
            this.mid = mid;
            this.kind = kind;
        }
    }

    SubscriberOffers(SsrcSource ssrcs, FormatSelector selector, long sessionId) {
        this.ssrcs = ssrcs;
        this.selector = selector;
        this.sessionId = sessionId;
    }

    SessionDescription offer(LocalTransport local, List<SubscribeIntent> subscribe) {
        Map<String, SubscribeIntent> pending = new LinkedHashMap<>();
        subscribe.forEach(intent -> pending.putIfAbsent(intent.trackId(), intent));
        for (Section section : sections) {
            Optional<SubscribeIntent> kept = section.intent.map(intent -> pending.remove(intent.trackId()));
            if (section.intent.isPresent() && kept.isEmpty()) {
                release(section);
            }
            section.intent = kept;
        }
        pending.values().forEach(this::place);
        if (version == 0) {
            // Also what the transport hangs on while there is no track.
            newSection(null);
        }
        outstanding = true;
        return describe(local);
    }

    private void release(Section section) {
        takenSsrcs.remove(section.ssrc);
        takenSsrcs.remove(section.rtxSsrc);
        section.ssrc = 0;
        section.rtxSsrc = 0;
        section.idle = false;
    }

    private void place(SubscribeIntent intent) {
        Section section = sections.stream()
                .filter(s -> !s.refused && s.idle && s.intent.isEmpty() && s.kind == intent.kind())
                .findFirst().orElseGet(() -> newSection(intent.kind()));
        section.intent = Optional.of(intent);
        section.idle = false;
        section.ssrc = ssrcs.next(takenSsrcs);
        section.rtxSsrc = intent.kind() == MediaKind.VIDEO ? ssrcs.next(takenSsrcs) : 0;
    }

    private Section newSection(MediaKind kind) {
        Section section = new Section(Integer.toString(nextMid++), kind);
        for (int i = 0; i < sections.size(); i++) {
            if (sections.get(i).refused) {
                sections.set(i, section);
                return section;
            }
        }
        sections.add(section);
        return section;
    }

    private SessionDescription describe(LocalTransport local) {
        List<MediaSection> described = new ArrayList<>();
        List<String> bundle = new ArrayList<>();
        for (Section section : sections) {
            if (!section.refused) {
                bundle.add(section.mid);
            }
            described.add(describe(section, local, bundle.size() == 1 && !section.refused));
        }
        return new SessionDescription("-", sessionId, ++version, true, true, bundle, described);
    }

    private MediaSection describe(Section section, LocalTransport local, boolean head) {
        if (section.kind == null) {
            return describeData(section, local, head);
        }
        MediaSection.Builder offered = new MediaSection.Builder(section.kind == MediaKind.AUDIO ? "audio" : "video",
                section.refused ? 0 : UNUSED_PORT, PROTOCOL);
        offered.mid = section.mid;
        offered.direction = Direction.INACTIVE;
        List<Usable> formats = OfferedFormats.of(section.kind, section.intent, selector);
        offered.formats = SectionWriter.formats(formats);
        if (section.refused) {
            return offered.build();
        }
        offered.transport = SectionWriter.transport(local, Setup.ACTPASS, head);
        offered.rtcpMux = true;
        offered.rtcpReducedSize = true;
        offered.extensions.addAll(OfferedFormats.extensions(section.kind));
        section.intent.ifPresent(intent -> {
            offered.direction = Direction.SENDONLY;
            SectionWriter.track(offered, new SendBindings.Bound(intent, section.ssrc, section.rtxSsrc, formats));
        });
        return offered.build();
    }

    private static MediaSection describeData(Section section, LocalTransport local, boolean head) {
        MediaSection.Builder offered = DataSections.offered(section.refused ? 0 : UNUSED_PORT);
        offered.mid = section.mid;
        if (!section.refused) {
            offered.transport = SectionWriter.transport(local, Setup.ACTPASS, head);
            DataSections.describe(offered);
        }
        return offered.build();
    }

    Map<String, String> offeredMidToTrackId() {
        Map<String, String> tracks = new LinkedHashMap<>();
        sections.forEach(section -> section.intent.ifPresent(intent -> tracks.put(section.mid, intent.trackId())));
        return tracks;
    }

    Negotiated accept(SessionDescription answer) throws SdpException {
        check(answer);
        List<MediaSection> accepted = new ArrayList<>();
        for (int i = 0; i < sections.size(); i++) {
            if (!answer.sections().get(i).isRejected()) {
                accepted.add(answer.sections().get(i));
            }
        }
        if (accepted.isEmpty()) {
            throw new SdpException("the answer refuses every section");
        }
        MediaSection head = accepted.stream().filter(s -> !answer.bundle().isEmpty()
                && s.mid().equals(answer.bundle().getFirst())).findFirst().orElse(accepted.getFirst());
        RemoteTransport remote = RemoteTransports.of(head.transport(),
                RemoteTransports.roleForAnswer(head.transport()));
        HeaderExtensions extensions = ExtensionSelector.of(answer, accepted, OfferedFormats.extensions()).ids();
        List<ConsumerParameters> consumers = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        Map<String, String> tracks = new LinkedHashMap<>();
        DataParameters data = null;
        for (int i = 0; i < sections.size(); i++) {
            MediaSection answered = answer.sections().get(i);
            if (sections.get(i).kind != null) {
                take(sections.get(i), answered, consumers, refused, tracks);
            } else {
                sections.get(i).refused = answered.isRejected();
                data = DataSections.isUsable(answered) ? DataSections.parameters(answered, true) : null;
            }
        }
        outstanding = false;
        return new Negotiated("", remote, extensions, List.of(), consumers, tracks, 0, 0, refused, data);
    }

    private void check(SessionDescription answer) throws SdpException {
        if (!outstanding) {
            throw new SdpException("there is no offer to answer");
        }
        if (answer.sections().size() != sections.size()) {
            throw new SdpException("the answer has not as many sections as the offer");
        }
        for (int i = 0; i < sections.size(); i++) {
            MediaSection section = answer.sections().get(i);
            boolean mayLackMid = section.isRejected() && section.mid().isEmpty();
            MediaKind kind = sections.get(i).kind;
            boolean same = kind == null ? section.media().equals(DataSections.MEDIA) : section.isKind(kind);
            if (!same || !mayLackMid && !section.mid().equals(sections.get(i).mid)) {
                throw new SdpException("section " + (i + 1) + " of the answer is not that of the offer");
            }
        }
    }

    private void take(Section section, MediaSection answered, List<ConsumerParameters> consumers,
            List<String> refused, Map<String, String> tracks) {
        section.refused = answered.isRejected();
        section.idle = section.intent.isEmpty() && !section.refused;
        if (section.intent.isEmpty()) {
            return;
        }
        SubscribeIntent intent = section.intent.get();
        List<Usable> formats = section.refused || !answered.direction().receives() ? List.of()
                : FormatSelector.toSend(selector.usable(answered), intent.codecs(), intent.red());
        if (formats.isEmpty()) {
            refused.add(intent.trackId());
            if (section.refused) {
                release(section);
                section.intent = Optional.empty();
            }
            return;
        }
        long rtxSsrc = SendBindings.hasRtx(formats) ? section.rtxSsrc : 0;
        consumers.add(new SendBindings.Bound(intent, section.ssrc, rtxSsrc, formats).parameters(section.mid));
        tracks.put(section.mid, intent.trackId());
    }
}
