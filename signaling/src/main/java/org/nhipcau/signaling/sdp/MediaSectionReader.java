// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nhipcau.signaling.sdp.MediaSection.Msid;
import org.nhipcau.signaling.sdp.MediaSection.Rid;
import org.nhipcau.signaling.sdp.MediaSection.Simulcast;
import org.nhipcau.signaling.sdp.MediaSection.Ssrc;
import org.nhipcau.signaling.sdp.MediaSection.SsrcGroup;

/** Collects the lines of one m= section. */
final class MediaSectionReader {
    /** A mid or rid travels in a one-byte header extension, which holds 16 bytes at most. */
    static final int MAX_ID_CHARS = 16;

    private static final int MAX_PAYLOAD_TYPE = 127;
    private static final int MAX_FORMATS = 128;
    private static final int MAX_ATTRIBUTES_OF_A_KIND = 256;
    private static final int MAX_TEXT_CHARS = 4_096;
    private static final long MAX_SSRC = 0xFFFF_FFFFL;

    private final MediaSection.Builder section;
    private final Map<Integer, Format> formats = new LinkedHashMap<>();
    private final List<String> commonFeedback = new ArrayList<>();
    private final TransportAttributeReader transport = new TransportAttributeReader();
    private Optional<Direction> direction = Optional.empty();

    /** Lines about one payload type. */
    private static final class Format {
        private boolean mapped;
        private String name = "";
        private int clockRate;
        private int channels;
        private String parameters = "";
        private final List<String> feedback = new ArrayList<>();
    }

    MediaSectionReader(SdpLine line) throws SdpException {
        String[] words = line.words(4, MAX_FORMATS + 4, "the m= line");
        String port = words[1];
        int slash = port.indexOf('/');
        section = new MediaSection.Builder(line.token(words[0], 32, "the kind of media"),
                (int) line.number(slash < 0 ? port : port.substring(0, slash), 0, 65_535, "the port"),
                bounded(line, words[2]));
        if (words.length > MAX_FORMATS + 3) {
            throw line.wrong("there are more than " + MAX_FORMATS + " formats");
        }
        List<String> other = new ArrayList<>();
        for (int i = 3; i < words.length; i++) {
            if (MediaSection.isRtp(section.media)) {
                if (formats.put(payloadType(line, words[i]), new Format()) != null) {
                    throw line.wrong("a payload type stands twice");
                }
            } else {
                other.add(line.token(words[i], 64, "the format"));
            }
        }
        section.otherFormats = other;
    }

    void take(SdpLine line) throws SdpException {
        if (line.type() != 'a') {
            return;
        }
        switch (line.name()) {
            case "mid" -> section.mid = line.token(line.value(), MAX_ID_CHARS, "the mid");
            case "bundle-only" -> section.bundleOnly = true;
            case "sendrecv", "sendonly", "recvonly", "inactive" -> direction = Optional.of(direction(line.name()));
            case "rtcp-mux" -> section.rtcpMux = true;
            case "rtcp-rsize" -> section.rtcpReducedSize = true;
            case "extmap-allow-mixed" -> section.extmapAllowMixed = true;
            case "extmap" -> add(line, section.extensions, extension(line));
            case "rtpmap" -> rtpmap(line);
            case "fmtp" -> fmtp(line);
            case "rtcp-fb" -> feedback(line);
            case "msid" -> msid(line);
            case "rid" -> rid(line);
            case "simulcast" -> simulcast(line);
            case "ssrc" -> ssrc(line);
            case "ssrc-group" -> ssrcGroup(line);
            case "sctp-port" -> section.sctpPort = (int) line.number(line.value(), 1, 65_535, "the SCTP port");
            case "max-message-size" -> section.maxMessageSizeBytes =
                    line.number(line.value(), 0, Long.MAX_VALUE, "the message size");
            default -> transport.take(line);
        }
    }

    MediaSection finish(TransportAttributes ofSession, List<HeaderExtension> sessionExtensions,
            Optional<Direction> sessionDirection) throws SdpException {
        section.transport = transport.finish().orElse(ofSession);
        section.direction = direction.or(() -> sessionDirection).orElse(Direction.SENDRECV);
        section.extensions.addAll(sessionExtensions);
        if (section.extensions.size() > MAX_ATTRIBUTES_OF_A_KIND) {
            throw new SdpException("a section has more than " + MAX_ATTRIBUTES_OF_A_KIND + " header extensions");
        }
        Set<Integer> ids = new HashSet<>();
        for (HeaderExtension extension : section.extensions) {
            if (!ids.add(extension.id())) {
                throw new SdpException("a section uses a header extension id twice");
            }
        }
        section.formats = formats();
        return section.build();
    }

    private List<PayloadFormat> formats() throws SdpException {
        List<PayloadFormat> read = new ArrayList<>(formats.size());
        for (Map.Entry<Integer, Format> entry : formats.entrySet()) {
            Format format = entry.getValue();
            format.feedback.addAll(commonFeedback);
            if (format.feedback.size() > MAX_ATTRIBUTES_OF_A_KIND) {
                throw new SdpException("a format has more than " + MAX_ATTRIBUTES_OF_A_KIND + " kinds of feedback");
            }
            read.add(new PayloadFormat(entry.getKey(), format.name, format.clockRate, format.channels,
                    format.parameters, format.feedback));
        }
        return read;
    }

    static Direction direction(String name) {
        return switch (name) {
            case "sendonly" -> Direction.SENDONLY;
            case "recvonly" -> Direction.RECVONLY;
            case "inactive" -> Direction.INACTIVE;
            default -> Direction.SENDRECV;
        };
    }

    static HeaderExtension extension(SdpLine line) throws SdpException {
        String[] words = line.words(2, 3, "the header extension");
        int slash = words[0].indexOf('/');
        String id = slash < 0 ? words[0] : words[0].substring(0, slash);
        Optional<Direction> direction = Optional.empty();
        if (slash >= 0) {
            String token = words[0].substring(slash + 1);
            direction = Optional.of(direction(token));
            if (!direction.get().token().equals(token)) {
                throw line.wrong("the direction of the header extension is unknown");
            }
        }
        return new HeaderExtension((int) line.number(id, 1, HeaderExtension.MAX_ID, "the header extension id"),
                direction, bounded(line, words[1]), words.length > 2 ? bounded(line, words[2]) : "");
    }

    private static int payloadType(SdpLine line, String text) throws SdpException {
        return (int) line.number(text, 0, MAX_PAYLOAD_TYPE, "the payload type");
    }

    private static String bounded(SdpLine line, String text) throws SdpException {
        if (text.length() > MAX_TEXT_CHARS) {
            throw line.wrong("a field is longer than " + MAX_TEXT_CHARS + " characters");
        }
        return text;
    }

    static <T> void add(SdpLine line, List<T> list, T item) throws SdpException {
        if (list.size() >= MAX_ATTRIBUTES_OF_A_KIND) {
            throw line.wrong("there are more than " + MAX_ATTRIBUTES_OF_A_KIND + " of this attribute");
        }
        list.add(item);
    }

    private void rtpmap(SdpLine line) throws SdpException {
        String[] words = line.words(2, 2, "the payload format");
        Format format = formats.get(payloadType(line, words[0]));
        if (format == null) {
            return;
        }
        if (format.mapped) {
            throw line.wrong("a payload type is mapped twice");
        }
        String[] parts = words[1].strip().split("/", 3);
        if (parts.length < 2) {
            throw line.wrong("the payload format is incomplete");
        }
        format.mapped = true;
        format.name = line.token(parts[0], 64, "the encoding name");
        format.clockRate = (int) line.number(parts[1], 1, Integer.MAX_VALUE, "the clock rate");
        format.channels = parts.length < 3 ? 0 : (int) line.number(parts[2], 0, 255, "the channel count");
    }

    private void fmtp(SdpLine line) throws SdpException {
        String[] words = line.words(2, 2, "the format parameters");
        Format format = formats.get(payloadType(line, words[0]));
        if (format != null) {
            String more = words[1].strip();
            format.parameters = bounded(line, format.parameters.isEmpty() ? more : format.parameters + ";" + more);
        }
    }

    private void feedback(SdpLine line) throws SdpException {
        String[] words = line.words(2, 2, "the feedback");
        if (words[0].equals("*")) {
            add(line, commonFeedback, bounded(line, words[1].strip()));
            return;
        }
        Format format = formats.get(payloadType(line, words[0]));
        if (format != null) {
            add(line, format.feedback, bounded(line, words[1].strip()));
        }
    }

    private void msid(SdpLine line) throws SdpException {
        String[] words = line.words(1, 3, "the media stream id");
        add(line, section.msids, new Msid(bounded(line, words[0]), words.length > 1 ? bounded(line, words[1]) : ""));
    }

    private void rid(SdpLine line) throws SdpException {
        String[] words = line.words(2, 3, "the RTP stream id");
        if (!words[1].equals("send") && !words[1].equals("recv")) {
            throw line.wrong("the direction of the RTP stream id is not send or recv");
        }
        Rid rid = new Rid(ridName(line, words[0]), words[1].equals("send"));
        if (section.rids.stream().anyMatch(other -> other.id().equals(rid.id()))) {
            throw line.wrong("an RTP stream id stands twice");
        }
        add(line, section.rids, rid);
    }

    /** RFC 8851 §10: letters, digits, hyphen and underscore. */
    private static String ridName(SdpLine line, String text) throws SdpException {
        boolean fits = !text.isEmpty() && text.length() <= MAX_ID_CHARS && text.chars().allMatch(
                c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_');
        if (!fits) {
            throw line.wrong("an RTP stream id is not of 1 to " + MAX_ID_CHARS + " letters and digits");
        }
        return text;
    }

    private void simulcast(SdpLine line) throws SdpException {
        String[] words = line.words(2, 5, "the simulcast description");
        if (words.length % 2 != 0) {
            throw line.wrong("the simulcast description is incomplete");
        }
        List<String> send = List.of();
        List<String> receive = List.of();
        for (int i = 0; i < words.length; i += 2) {
            List<String> streams = streams(line, words[i + 1]);
            switch (words[i]) {
                case "send" -> send = streams;
                case "recv" -> receive = streams;
                default -> throw line.wrong("the direction of the simulcast description is not send or recv");
            }
        }
        section.simulcast = new Simulcast(send, receive);
    }

    private static List<String> streams(SdpLine line, String list) throws SdpException {
        List<String> streams = new ArrayList<>();
        for (String alternatives : list.split(";", MAX_ATTRIBUTES_OF_A_KIND)) {
            String first = alternatives.split(",", 2)[0];
            // A tilde marks a stream that begins paused; it is a stream all the same.
            streams.add(ridName(line, first.startsWith("~") ? first.substring(1) : first));
        }
        if (new HashSet<>(streams).size() != streams.size()) {
            throw line.wrong("a simulcast stream stands twice");
        }
        return streams;
    }

    private void ssrc(SdpLine line) throws SdpException {
        String[] words = line.words(2, 2, "the SSRC");
        long ssrc = line.number(words[0], 0, MAX_SSRC, "the SSRC");
        String attribute = words[1].strip();
        int colon = attribute.indexOf(':');
        add(line, section.ssrcs, colon < 0
                ? new Ssrc(ssrc, bounded(line, attribute), "")
                : new Ssrc(ssrc, bounded(line, attribute.substring(0, colon)),
                        bounded(line, attribute.substring(colon + 1))));
    }

    private void ssrcGroup(SdpLine line) throws SdpException {
        String[] words = line.words(2, 34, "the SSRC group");
        if (words.length > 33) {
            throw line.wrong("the SSRC group is larger than 32");
        }
        List<Long> ssrcs = new ArrayList<>(words.length);
        for (int i = 1; i < words.length; i++) {
            ssrcs.add(line.number(words[i], 0, MAX_SSRC, "the SSRC"));
        }
        add(line, section.ssrcGroups, new SsrcGroup(line.token(words[0], 32, "the meaning of the group"), ssrcs));
    }
}
