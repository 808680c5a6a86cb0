// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.signal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A session description as text cut into sections and attributes. Strict in form and bounded: what is not a description
 * is refused, whatever its size; what an attribute means is asked later, and only of those that are needed.
 *
 * <p>Spec: RFC 8866 §5, §9. Thread: any; immutable.
 *
 * @param attributes of the session, each without {@code a=}
 */
public record SdpDescription(List<String> attributes, List<Section> sections) {
    /** Longest text. */
    public static final int MAX_CHARS = 4 << 20;
    private static final int MAX_LINE_CHARS = 65_536;
    private static final int MAX_SECTIONS = 4_096;
    private static final int MAX_ATTRIBUTES = 1_024;
    private static final int MAX_FORMATS = 256;
    private static final int MAX_PORT = 65_535;

    public SdpDescription {
        attributes = List.copyOf(attributes);
        sections = List.copyOf(sections);
    }

    /**
     * One m= section.
     *
     * @param media audio, video, application or another word
     * @param formats as they stand on the m= line: payload types for audio and video
     */
    public record Section(String media, int port, String protocol, List<String> formats, List<String> attributes) {
        public Section {
            formats = List.copyOf(formats);
            attributes = List.copyOf(attributes);
        }

        /** Value of the first attribute of this name; empty text for one without a value. */
        public Optional<String> first(String name) {
            return SdpDescription.first(attributes, name);
        }

        /** Values of all attributes of this name. */
        public List<String> all(String name) {
            return SdpDescription.all(attributes, name);
        }

        public boolean has(String name) {
            return first(name).isPresent();
        }

        /** Empty when there is none. */
        public String mid() {
            return first("mid").orElse("");
        }

        public boolean isMedia() {
            return media.equals("audio") || media.equals("video");
        }

        /** Whether the describing side sends here. */
        public boolean sends() {
            return has("sendrecv") || has("sendonly") || !has("recvonly") && !has("inactive");
        }
    }

    /** Reads a text. @throws SdpException naming what is wrong and where */
    public static SdpDescription read(String text) throws SdpException {
        if (text.length() > MAX_CHARS) {
            throw new SdpException("the description is longer than " + MAX_CHARS + " characters");
        }
        Reader reader = new Reader();
        int start = 0;
        while (start < text.length()) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            int last = end > start && text.charAt(end - 1) == '\r' ? end - 1 : end;
            reader.take(text.substring(start, last));
            start = end + 1;
        }
        return reader.finish();
    }

    private static Optional<String> first(List<String> attributes, String name) {
        for (String attribute : attributes) {
            if (isNamed(attribute, name)) {
                return Optional.of(value(attribute, name));
            }
        }
        return Optional.empty();
    }

    private static List<String> all(List<String> attributes, String name) {
        List<String> values = new ArrayList<>();
        for (String attribute : attributes) {
            if (isNamed(attribute, name)) {
                values.add(value(attribute, name));
            }
        }
        return values;
    }

    private static boolean isNamed(String attribute, String name) {
        return attribute.startsWith(name)
                && (attribute.length() == name.length() || attribute.charAt(name.length()) == ':');
    }

    private static String value(String attribute, String name) {
        return attribute.length() == name.length() ? "" : attribute.substring(name.length() + 1).strip();
    }

    /** Value of the first session attribute of this name. */
    public Optional<String> first(String name) {
        return first(attributes, name);
    }

    public boolean isIceLite() {
        return first("ice-lite").isPresent();
    }

    /** The attribute of the first section that carries the transport, or of the session. */
    public Optional<String> ofTransport(String name) {
        for (Section section : sections) {
            Optional<String> value = section.port() == 0 ? Optional.empty() : section.first(name);
            if (value.isPresent()) {
                return value;
            }
        }
        return first(name);
    }

    /** The values of an attribute in all sections and the session. */
    public List<String> allOfTransport(String name) {
        List<String> values = new ArrayList<>(all(attributes, name));
        for (Section section : sections) {
            values.addAll(section.all(name));
        }
        return values.stream().distinct().toList();
    }

    /** One reading of one text. */
    private static final class Reader {
        private final List<String> sessionAttributes = new ArrayList<>();
        private final List<Section> sections = new ArrayList<>();
        private final Set<String> mids = new HashSet<>();
        private List<String> attributes = sessionAttributes;
        private String[] media;
        private int line;

        void take(String text) throws SdpException {
            line++;
            if (text.isEmpty()) {
                return;
            }
            if (text.length() > MAX_LINE_CHARS) {
                throw wrong("is longer than " + MAX_LINE_CHARS + " characters");
            }
            if (text.length() < 2 || text.charAt(1) != '=' || text.charAt(0) < 'a' || text.charAt(0) > 'z') {
                throw wrong("has no type");
            }
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) < ' ') {
                    throw wrong("holds a control character");
                }
            }
            char type = text.charAt(0);
            String value = text.substring(2);
            if (line == 1 && !text.equals("v=0")) {
                throw wrong("is not v=0");
            }
            if (type == 'm') {
                endSection();
                beginSection(value);
            } else if (type == 'a') {
                if (attributes.size() >= MAX_ATTRIBUTES) {
                    throw wrong("is one attribute too many");
                }
                attributes.add(value);
            }
        }

        private void beginSection(String value) throws SdpException {
            media = value.strip().split(" +", MAX_FORMATS + 4);
            if (media.length < 4) {
                throw wrong("has less than four words");
            }
            if (media.length == MAX_FORMATS + 4 || sections.size() >= MAX_SECTIONS) {
                throw wrong("has too many formats or is one section too many");
            }
            attributes = new ArrayList<>();
        }

        private void endSection() throws SdpException {
            if (media == null) {
                return;
            }
            int port = number(media[1], MAX_PORT);
            Section section = new Section(media[0], port, media[2], List.of(media).subList(3, media.length),
                    attributes);
            if (section.isMedia()) {
                for (String format : section.formats()) {
                    number(format, 127);
                }
            }
            if (!section.mid().isEmpty() && !mids.add(section.mid())) {
                throw wrong("ends a section that repeats a mid");
            }
            sections.add(section);
            media = null;
        }

        private int number(String text, int max) throws SdpException {
            if (text.isEmpty() || text.length() > 9) {
                throw wrong("ends a section with a bad number");
            }
            int value = 0;
            for (int i = 0; i < text.length(); i++) {
                int digit = text.charAt(i) - '0';
                if (digit < 0 || digit > 9) {
                    throw wrong("ends a section with a bad number");
                }
                value = value * 10 + digit;
            }
            if (value > max) {
                throw wrong("ends a section with a number above " + max);
            }
            return value;
        }

        SdpDescription finish() throws SdpException {
            endSection();
            if (line == 0) {
                throw new SdpException("the description is empty");
            }
            return new SdpDescription(sessionAttributes, sections);
        }

        private SdpException wrong(String what) {
            return new SdpException("line " + line + " " + what);
        }
    }
}
