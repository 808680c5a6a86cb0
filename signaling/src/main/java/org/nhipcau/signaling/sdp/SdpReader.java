// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the text of a session description that a client sent. Unknown lines and attributes are passed over; known
 * ones must be right, for a guess would surface later as silence on somebody's call.
 *
 * <p>Spec: RFC 8866 §5 and §9. Lines may end in CRLF or LF.
 *
 * <p>Thread: any; keeps no state between calls.
 */
final class SdpReader {
    private final SdpLimits limits;

    SdpReader(SdpLimits limits) {
        this.limits = limits;
    }

    SessionDescription read(String text) throws SdpException {
        if (text == null || text.isBlank()) {
            throw new SdpException("the description is empty");
        }
        if (text.length() > limits.maxChars()) {
            throw new SdpException("the description is longer than " + limits.maxChars() + " characters");
        }
        Pass pass = new Pass(limits);
        int number = 0;
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            int next = end < 0 ? text.length() : end + 1;
            int last = end < 0 ? text.length() : end;
            if (last > start && text.charAt(last - 1) == '\r') {
                last--;
            }
            if (++number > limits.maxLines()) {
                throw new SdpException("the description has more than " + limits.maxLines() + " lines");
            }
            if (last > start) {
                pass.take(SdpLine.of(number, text.substring(start, last)));
            }
            start = next;
        }
        return pass.finish();
    }

    /** One reading of one text. */
    private static final class Pass {
        private static final int MAX_BUNDLE_WORDS = 1_024;

        private final SdpLimits limits;
        private final TransportAttributeReader transport = new TransportAttributeReader();
        private final List<HeaderExtension> extensions = new ArrayList<>();
        private final List<MediaSectionReader> sections = new ArrayList<>();
        private final List<String> bundle = new ArrayList<>();
        private boolean begun;
        private String originUser = "-";
        private long sessionId;
        private long version;
        private boolean iceLite;
        private boolean extmapAllowMixed;
        private Optional<Direction> direction = Optional.empty();

        Pass(SdpLimits limits) {
            this.limits = limits;
        }

        void take(SdpLine line) throws SdpException {
            if (!begun) {
                if (line.type() != 'v' || !line.value().strip().equals("0")) {
                    throw line.wrong("a description begins with v=0");
                }
                begun = true;
            } else if (line.type() == 'm') {
                if (sections.size() >= limits.maxSections()) {
                    throw new SdpException("the description has more than " + limits.maxSections() + " sections");
                }
                sections.add(new MediaSectionReader(line));
            } else if (!sections.isEmpty()) {
                sections.getLast().take(line);
            } else if (line.type() == 'o') {
                origin(line);
            } else if (line.type() == 'a') {
                sessionAttribute(line);
            }
        }

        private void origin(SdpLine line) throws SdpException {
            String[] words = line.words(6, 7, "the origin");
            originUser = words[0];
            sessionId = line.number(words[1], 0, Long.MAX_VALUE, "the session id");
            version = line.number(words[2], 0, Long.MAX_VALUE, "the session version");
        }

        private void sessionAttribute(SdpLine line) throws SdpException {
            switch (line.name()) {
                case "group" -> group(line);
                case "ice-lite" -> iceLite = true;
                case "extmap-allow-mixed" -> extmapAllowMixed = true;
                case "extmap" -> MediaSectionReader.add(line, extensions, MediaSectionReader.extension(line));
                case "sendrecv", "sendonly", "recvonly", "inactive" ->
                        direction = Optional.of(MediaSectionReader.direction(line.name()));
                default -> transport.take(line);
            }
        }

        private void group(SdpLine line) throws SdpException {
            String[] words = line.words(1, MAX_BUNDLE_WORDS, "the group");
            if (!words[0].equalsIgnoreCase("BUNDLE") || !bundle.isEmpty()) {
                return;
            }
            for (int i = 1; i < words.length; i++) {
                String mid = line.token(words[i], MediaSectionReader.MAX_ID_CHARS, "a mid of the group");
                if (bundle.contains(mid)) {
                    throw line.wrong("a mid stands twice in the group");
                }
                bundle.add(mid);
            }
        }

        SessionDescription finish() throws SdpException {
            if (!begun) {
                throw new SdpException("the description is empty");
            }
            TransportAttributes ofSession = transport.finish();
            List<MediaSection> read = new ArrayList<>(sections.size());
            Set<String> mids = new HashSet<>();
            for (MediaSectionReader reader : sections) {
                MediaSection section = reader.finish(ofSession, extensions, direction);
                if (!section.mid().isEmpty() && !mids.add(section.mid())) {
                    throw new SdpException("section " + (read.size() + 1) + " repeats a mid");
                }
                read.add(section);
            }
            if (!mids.containsAll(bundle)) {
                throw new SdpException("the BUNDLE group names a mid that no section has");
            }
            return new SessionDescription(originUser, sessionId, version, iceLite, extmapAllowMixed, bundle, read);
        }
    }
}
