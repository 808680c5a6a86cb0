// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.signal;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.nhipcau.bench.swarm.signal.SdpDescription.Section;
import org.nhipcau.sfu.api.HeaderExtensions;

/** Reads what a section of a description says about its formats, extensions and streams. Pure. */
public final class SdpMedia {
    static final String MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
    static final String RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    static final String REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    static final String AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    static final String TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
    /** The extensions that a client of ours understands. */
    static final Set<String> EXTENSIONS = Set.of(MID, RID, REPAIRED_RID, AUDIO_LEVEL, TRANSPORT_CC);

    private SdpMedia() {}

    /** Ids of the extensions that a client of ours understands; 0 for the others. */
    public static HeaderExtensions extensions(Section section) {
        return new HeaderExtensions(id(section, MID), id(section, RID), id(section, REPAIRED_RID),
                id(section, AUDIO_LEVEL), id(section, TRANSPORT_CC), 0, 0, 0, 0, 0);
    }

    private static int id(Section section, String uri) {
        for (String line : section.all("extmap")) {
            String[] words = line.split(" +", 3);
            if (words.length >= 2 && words[1].equals(uri)) {
                return number(words[0].split("/", 2)[0], 0, 255);
            }
        }
        return 0;
    }

    /** The payload type of a codec; -1 when the section does not have it. @param name as in rtpmap, with clock rate */
    public static int payloadType(Section section, String name) {
        for (String line : section.all("rtpmap")) {
            String[] words = line.split(" +", 2);
            if (words.length == 2 && words[1].toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT))
                    && section.formats().contains(words[0])) {
                return number(words[0], -1, 127);
            }
        }
        return -1;
    }

    /** The payload type of the retransmissions of a payload type; 0: none. */
    public static int rtxPayloadType(Section section, int payloadType) {
        for (String line : section.all("fmtp")) {
            String[] words = line.split(" +", 2);
            if (words.length == 2 && words[1].strip().equals("apt=" + payloadType)
                    && section.formats().contains(words[0])) {
                return number(words[0], 0, 127);
            }
        }
        return 0;
    }

    /** The SSRC of the section's stream and that of its retransmissions, 0 where there is none. */
    public static long[] ssrcs(Section section) {
        for (String group : section.all("ssrc-group")) {
            String[] words = group.split(" +", 4);
            if (words.length >= 3 && words[0].equals("FID")) {
                return new long[] {ssrc(words[1]), ssrc(words[2])};
            }
        }
        List<String> lines = section.all("ssrc");
        return new long[] {lines.isEmpty() ? 0 : ssrc(lines.getFirst().split(" ", 2)[0]), 0};
    }

    private static long ssrc(String digits) {
        try {
            long value = Long.parseLong(digits);
            return value < 0 || value > 0xffff_ffffL ? 0 : value;
        } catch (NumberFormatException wrong) {
            return 0;
        }
    }

    /** The track that the section carries, as its msid names it; empty when it names none. */
    public static String trackId(Section section) {
        String[] words = section.first("msid").orElse("").split(" +", 2);
        return words.length < 2 ? "" : words[1].strip();
    }

    private static int number(String digits, int otherwise, int max) {
        try {
            int value = Integer.parseInt(digits);
            return value < 0 || value > max ? otherwise : value;
        } catch (NumberFormatException wrong) {
            return otherwise;
        }
    }
}
