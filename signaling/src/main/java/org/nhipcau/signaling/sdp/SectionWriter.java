// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.List;
import org.nhipcau.sfu.api.IceCandidate;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.signaling.sdp.FormatSelector.Usable;
import org.nhipcau.signaling.sdp.MediaSection.Msid;
import org.nhipcau.signaling.sdp.MediaSection.Ssrc;
import org.nhipcau.signaling.sdp.MediaSection.SsrcGroup;
import org.nhipcau.signaling.sdp.TransportAttributes.FingerprintLine;
import org.nhipcau.signaling.sdp.TransportAttributes.Setup;

/** Fills in the parts of the server's own sections that answers and offers have in common. */
final class SectionWriter {
    private SectionWriter() {}

    /**
     * The server's transport; the candidates stand in one section only, the one that the bundle hangs on.
     */
    static TransportAttributes transport(LocalTransport local, Setup setup, boolean withCandidates) {
        List<String> candidates = withCandidates
                ? local.candidates().stream().map(IceCandidate::toSdp).toList() : List.of();
        return new TransportAttributes(local.iceUfrag(), local.icePwd(),
                List.of(new FingerprintLine(local.fingerprint().algorithm(), local.fingerprint().value())), setup,
                candidates, withCandidates);
    }

    /** The formats of the m= line, each followed by its RTX. */
    static List<PayloadFormat> formats(List<Usable> usable) {
        List<PayloadFormat> formats = new ArrayList<>();
        for (Usable one : usable) {
            formats.add(one.format());
            one.rtx().ifPresent(formats::add);
        }
        return formats;
    }

    /** The track that the server sends on the section. */
    static void track(MediaSection.Builder section, SendBindings.Bound bound) {
        String cname = bound.intent().cname();
        section.msids.add(new Msid(bound.intent().streamId(), bound.intent().trackId()));
        section.ssrcs.add(new Ssrc(bound.ssrc(), "cname", cname));
        if (bound.rtxSsrc() != 0) {
            section.ssrcGroups.add(new SsrcGroup("FID", List.of(bound.ssrc(), bound.rtxSsrc())));
            section.ssrcs.add(new Ssrc(bound.rtxSsrc(), "cname", cname));
        }
    }
}
