// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.signaling.sdp.MediaSection.Rid;
import org.nhipcau.signaling.sdp.MediaSection.Ssrc;
import org.nhipcau.signaling.sdp.MediaSection.SsrcGroup;

/**
 * Finds the encodings of a track in the section that carries it: simulcast layers by rid, by the older SIM group of
 * SSRCs, or a single stream.
 *
 * <p>Spec: RFC 8851, RFC 8853 §5; RFC 5576 §4.2 (ssrc-group), RFC 4588 §8.6 (FID).
 */
final class EncodingSelector {
    /** Low, medium, high. */
    private static final int MAX_LAYERS = 3;
    /** Client SDKs name layers by position: quarter, half, full. */
    private static final List<String> POSITIONS = List.of("q", "h", "f");

    private EncodingSelector() {}

    /** The rids the client sends that the server takes, in the order of the client's list. */
    static List<String> rids(MediaSection offered) {
        List<String> declared = offered.rids().stream().filter(Rid::sent).map(Rid::id).toList();
        List<String> ordered = offered.simulcast().send().isEmpty() ? declared
                : offered.simulcast().send().stream().filter(declared::contains).toList();
        boolean byPosition = POSITIONS.containsAll(ordered);
        return byPosition || ordered.size() <= MAX_LAYERS ? ordered : ordered.subList(0, MAX_LAYERS);
    }

    /**
     * The encodings in rising size.
     *
     * @param announced layers that the client announced, in rising size
     */
    static List<EncodingParameters> encodings(MediaSection offered, List<EncodingParameters> announced) {
        List<String> rids = rids(offered);
        if (!rids.isEmpty()) {
            return byRid(rids, announced);
        }
        List<Long> simulcast = offered.ssrcGroups().stream().filter(g -> g.semantics().equals("SIM")).findFirst()
                .map(SsrcGroup::ssrcs).orElse(List.of());
        if (simulcast.size() > 1) {
            List<EncodingParameters> encodings = new ArrayList<>();
            for (int i = 0; i < Math.min(simulcast.size(), MAX_LAYERS); i++) {
                encodings.add(encoding("", simulcast.get(i), rtxOf(offered, simulcast.get(i)), i,
                        layer(announced, i)));
            }
            return encodings;
        }
        long ssrc = primarySsrc(offered);
        // A single stream shows the largest layer: the only one, or the top one of a scalable stream.
        EncodingParameters layer = announced.isEmpty() ? layer(announced, 0) : announced.getLast();
        return List.of(encoding("", ssrc, rtxOf(offered, ssrc), 0, layer));
    }

    private static List<EncodingParameters> byRid(List<String> rids, List<EncodingParameters> announced) {
        boolean byPosition = POSITIONS.containsAll(rids);
        List<EncodingParameters> encodings = new ArrayList<>();
        for (int i = 0; i < rids.size(); i++) {
            int quality = byPosition ? POSITIONS.indexOf(rids.get(i)) : i;
            encodings.add(encoding(rids.get(i), 0, 0, quality, layer(announced, quality)));
        }
        encodings.sort(Comparator.comparingInt(EncodingParameters::quality));
        return encodings;
    }

    /** The announced layer of a quality; where qualities are not told apart, the one in its place. */
    private static EncodingParameters layer(List<EncodingParameters> announced, int quality) {
        EncodingParameters unknown = new EncodingParameters("", 0, 0, quality, 0, 0, 0);
        boolean told = Set.copyOf(announced.stream().map(EncodingParameters::quality).toList()).size()
                == announced.size();
        if (told) {
            return announced.stream().filter(l -> l.quality() == quality).findFirst().orElse(unknown);
        }
        return quality < announced.size() ? announced.get(quality) : unknown;
    }

    private static EncodingParameters encoding(String rid, long ssrc, long rtxSsrc, int quality,
            EncodingParameters layer) {
        return new EncodingParameters(rid, ssrc, rtxSsrc, quality, layer.width(), layer.height(),
                layer.maxBitrateBps());
    }

    private static long primarySsrc(MediaSection offered) {
        return offered.ssrcGroups().stream().filter(g -> g.semantics().equals("FID")).findFirst()
                .map(g -> g.ssrcs().getFirst())
                .or(() -> offered.ssrcs().stream().findFirst().map(Ssrc::ssrc)).orElse(0L);
    }

    private static long rtxOf(MediaSection offered, long ssrc) {
        return offered.ssrcGroups().stream()
                .filter(g -> g.semantics().equals("FID") && g.ssrcs().size() == 2 && g.ssrcs().getFirst() == ssrc)
                .findFirst().map(g -> g.ssrcs().getLast()).orElse(0L);
    }
}
