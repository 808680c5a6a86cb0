// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.nhipcau.signaling.sdp.MediaSection.Msid;
import org.nhipcau.signaling.sdp.MediaSection.Rid;
import org.nhipcau.signaling.sdp.MediaSection.Simulcast;
import org.nhipcau.signaling.sdp.MediaSection.Ssrc;
import org.nhipcau.signaling.sdp.MediaSection.SsrcGroup;
import org.nhipcau.signaling.sdp.TransportAttributes.FingerprintLine;
import org.nhipcau.signaling.sdp.TransportAttributes.Setup;

/** What is written is read again as the same description. */
class SdpRoundTripProperties {
    @Property(tries = 500, seed = "20260727")
    void shouldReadWhatItWrote(@ForAll("descriptions") SessionDescription description) throws SdpException {
        assertEquals(description, Samples.read(SdpWriter.write(description)));
    }

    @Provide
    Arbitrary<SessionDescription> descriptions() {
        return Arbitraries.randomValue(random -> new Maker(random).description())
                .withoutEdgeCases();
    }

    /** Draws descriptions from all that the writer can be given. */
    private static final class Maker {
        private static final String TOKEN = "abcXYZ019-_";
        private final java.util.Random random;

        Maker(java.util.Random random) {
            this.random = random;
        }

        SessionDescription description() {
            List<MediaSection> sections = new ArrayList<>();
            List<String> bundle = new ArrayList<>();
            for (String mid : tokens(6)) {
                sections.add(section(mid));
                if (chance()) {
                    bundle.add(mid);
                }
            }
            return new SessionDescription(token(), random.nextLong() >>> 1, random.nextInt(100), chance(), chance(),
                    bundle, sections);
        }

        private MediaSection section(String mid) {
            String media = List.of("audio", "video", "application", "text").get(random.nextInt(4));
            MediaSection.Builder b = new MediaSection.Builder(media, random.nextInt(65_536), "UDP/TLS/RTP/SAVPF");
            b.mid = mid;
            b.bundleOnly = chance();
            b.transport = transport();
            b.direction = Direction.values()[random.nextInt(4)];
            b.rtcpMux = chance();
            b.rtcpReducedSize = chance();
            b.extmapAllowMixed = chance();
            numbers(4, 1, HeaderExtension.MAX_ID).forEach(id -> b.extensions.add(new HeaderExtension(id,
                    chance() ? Optional.of(Direction.values()[random.nextInt(4)]) : Optional.empty(),
                    "urn:" + token(), chance() ? "" : token() + " " + token())));
            if (MediaSection.isRtp(media)) {
                List<PayloadFormat> formats = new ArrayList<>();
                numbers(1 + random.nextInt(8), 0, 127).forEach(payloadType -> formats.add(format(payloadType)));
                b.formats = formats.isEmpty() ? List.of(format(5)) : formats;
            } else {
                b.otherFormats = List.of("webrtc-datachannel");
            }
            streams(b);
            b.sctpPort = chance() ? 0 : 1 + random.nextInt(65_535);
            b.maxMessageSizeBytes = chance() ? -1 : random.nextLong() >>> 1;
            return b.build();
        }

        private PayloadFormat format(int payloadType) {
            boolean mapped = chance();
            return new PayloadFormat(payloadType, mapped ? token() : "",
                    mapped ? 1 + random.nextInt(Integer.MAX_VALUE - 1) : 0, mapped ? random.nextInt(4) : 0,
                    chance() ? "" : token() + "=" + token() + ";" + token(),
                    tokens(3).stream().map(word -> chance() ? word : word + " pli").toList());
        }

        private void streams(MediaSection.Builder b) {
            if (chance()) {
                b.msids.add(new Msid(token(), chance() ? "" : token()));
            }
            List<String> rids = List.copyOf(tokens(4));
            rids.forEach(rid -> b.rids.add(new Rid(rid, chance())));
            b.simulcast = new Simulcast(chance() ? List.of() : rids, chance() ? rids : List.of());
            for (int i = random.nextInt(3); i > 0; i--) {
                long ssrc = random.nextInt() & 0xFFFF_FFFFL;
                b.ssrcs.add(new Ssrc(ssrc, token(), chance() ? "" : token() + " " + token()));
                b.ssrcGroups.add(new SsrcGroup("FID", List.of(ssrc, random.nextInt() & 0xFFFF_FFFFL)));
            }
        }

        private TransportAttributes transport() {
            List<FingerprintLine> fingerprints = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                fingerprints.add(new FingerprintLine("sha-" + random.nextInt(512), "AB:" + i + "F"));
            }
            return new TransportAttributes(chance() ? "" : "abcd" + token(),
                    chance() ? "" : "0123456789012345678901" + token(), fingerprints,
                    Setup.values()[random.nextInt(Setup.values().length)],
                    chance() ? List.of() : List.of("candidate:" + token() + " 1 udp 5 ::1 9 typ host"), chance());
        }

        private boolean chance() {
            return random.nextBoolean();
        }

        private String token() {
            StringBuilder token = new StringBuilder();
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
                token.append(TOKEN.charAt(random.nextInt(TOKEN.length())));
            }
            return token.toString();
        }

        private Set<String> tokens(int most) {
            Set<String> tokens = new LinkedHashSet<>();
            for (int i = random.nextInt(most + 1); i > 0; i--) {
                tokens.add(token());
            }
            return tokens;
        }

        private Set<Integer> numbers(int most, int min, int max) {
            Set<Integer> numbers = new LinkedHashSet<>();
            for (int i = random.nextInt(most + 1); i > 0; i--) {
                numbers.add(min + random.nextInt(max - min + 1));
            }
            return numbers;
        }
    }
}
