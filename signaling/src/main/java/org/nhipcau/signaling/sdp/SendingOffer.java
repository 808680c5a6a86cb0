// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.List;
import java.util.Optional;
import org.nhipcau.sfu.api.MediaKind;

/**
 * The one offer of a client that announces nothing and only sends, as a device or encoder makes it: what it will send
 * is read off the sections, before there is a seat for it.
 *
 * <p>Spec: RFC 9725 §4.2, §4.4.1 (one bundle), §4.4.2 (one track of a kind), §4.4.3 (all sections or none). Pure.
 *
 * @param sdp the offer, in which each section that only sends names its track: encoders do not always, and everywhere else
 *     a section without a name has ended
 * @param tracks in the order of the sections
 * @param credentials the ICE credentials it begins with
 * @param flaw why such an offer is not taken although it can be read
 */
public record SendingOffer(String sdp, List<Track> tracks, IceFragment credentials, Optional<Flaw> flaw) {
    public SendingOffer {
        tracks = List.copyOf(tracks);
    }

    /**
     * A track that is offered.
     *
     * @param encodings 1: no simulcast
     * @param stereo the sender says that its sound has two channels
     */
    public record Track(MediaKind kind, int encodings, boolean stereo) {}

    /** What is wrong with an offer that is well formed. */
    public enum Flaw {
        /** A section receives, or does nothing. */
        NOT_SENDING,
        /** There is a section that is neither sound nor picture. */
        NOT_MEDIA,
        /** More than one track of a kind. */
        SEVERAL_OF_A_KIND,
        /** A section is outside the bundle, or in no format that the server takes. */
        NO_COMMON_FORMAT
    }

    /**
     * Reads an offer.
     *
     * @throws SdpException when it cannot be used by anybody
     */
    public static SendingOffer read(String sdp, SdpLimits limits) throws SdpException {
        String named = named(sdp);
        SessionDescription offer = new SdpReader(limits).read(named);
        OfferAnswerer round = new OfferAnswerer(offer,
                new FormatSelector(ServerNegotiation.ALL_CODECS, SoundFormat.DEFAULT));
        List<MediaSection> sections = offer.sections().stream().filter(section -> !section.isRejected()).toList();
        List<Track> tracks = sections.stream().filter(MediaSection::isRtp).map(SendingOffer::track).toList();
        return new SendingOffer(named, tracks, new IceFragment(round.remote().iceUfrag(), round.remote().icePwd()),
                flaw(sections, round.publishing()));
    }

    private static String named(String sdp) {
        StringBuilder all = new StringBuilder(sdp.length() + 64);
        StringBuilder section = new StringBuilder();
        for (String line : sdp.split("(?<=\n)", -1)) {
            if (line.startsWith("m=")) {
                all.append(nameTrack(section.toString()));
                section.setLength(0);
            }
            section.append(line);
        }
        return all.append(nameTrack(section.toString())).toString();
    }

    private static String nameTrack(String section) {
        boolean media = section.startsWith("m=audio ") || section.startsWith("m=video ");
        boolean nameless = section.lines().anyMatch("a=sendonly"::equals)
                && section.lines().noneMatch(line -> line.startsWith("a=msid:"));
        if (!media || !nameless) {
            return section;
        }
        String end = section.endsWith("\n") ? "" : "\r\n";
        return section + end + "a=msid:- " + section.substring(2, 7) + "\r\n";
    }

    private static Optional<Flaw> flaw(List<MediaSection> sections, List<MediaSection> usable) {
        if (!sections.stream().allMatch(MediaSection::isRtp)) {
            return Optional.of(Flaw.NOT_MEDIA);
        }
        if (!sections.stream().allMatch(MediaSection::sendsTrack)) {
            return Optional.of(Flaw.NOT_SENDING);
        }
        if (sections.stream().map(MediaSection::media).distinct().count() < sections.size()) {
            return Optional.of(Flaw.SEVERAL_OF_A_KIND);
        }
        return usable.size() < sections.size() ? Optional.of(Flaw.NO_COMMON_FORMAT) : Optional.empty();
    }

    private static Track track(MediaSection section) {
        boolean stereo = section.formats().stream().anyMatch(format -> format.isNamed("opus")
                && (format.parameter("sprop-stereo", "0").equals("1") || format.parameter("stereo", "0").equals("1")));
        return new Track(section.kind().orElseThrow(), Math.max(1, EncodingSelector.rids(section).size()), stereo);
    }
}
