// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

/**
 * The ICE part of a description when it is sent alone: by a client that trickles candidates or restarts ICE, and by the
 * server as the answer to a restart. A client's candidates are passed over, for the server is ICE lite.
 *
 * <p>Spec: RFC 8840 §9 (the media type), RFC 9725 §4.3, RFC 8839 §5.4. Pure.
 *
 * @param iceUfrag empty, with the password: the fragment names no credentials
 */
public record IceFragment(String iceUfrag, String icePwd) {
    /** Longest fragment of a client, in characters: hundreds of candidates fit. */
    public static final int MAX_CHARS = 32_768;

    private static final int MAX_LINES = 1_000;
    private static final String UFRAG = "a=ice-ufrag:";
    private static final String PWD = "a=ice-pwd:";

    /**
     * Reads a client's fragment.
     *
     * @throws SdpException when it is malformed, or names two ICE sessions
     */
    public static IceFragment read(String text) throws SdpException {
        if (text.isBlank() || text.length() > MAX_CHARS) {
            throw new SdpException("the fragment is empty or too long");
        }
        String[] lines = text.split("\r?\n", MAX_LINES + 1);
        if (lines.length > MAX_LINES) {
            throw new SdpException("the fragment has more than " + MAX_LINES + " lines");
        }
        String ufrag = "";
        String pwd = "";
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].isEmpty()) {
                TransportAttributes named = attributes(SdpLine.of(i + 1, lines[i]));
                ufrag = one(ufrag, named.iceUfrag());
                pwd = one(pwd, named.icePwd());
            }
        }
        if (ufrag.isEmpty() != pwd.isEmpty()) {
            throw new SdpException("a user name fragment without a password, or the other way round");
        }
        return new IceFragment(ufrag, pwd);
    }

    private static TransportAttributes attributes(SdpLine line) throws SdpException {
        TransportAttributeReader reader = new TransportAttributeReader();
        if (line.type() == 'a') {
            reader.take(line);
        }
        return reader.finish();
    }

    private static String one(String before, String named) throws SdpException {
        if (!before.isEmpty() && !named.isEmpty() && !before.equals(named)) {
            throw new SdpException("the fragment names two ICE sessions");
        }
        return named.isEmpty() ? before : named;
    }

    /** Whether it names credentials. */
    public boolean hasCredentials() {
        return !iceUfrag.isEmpty();
    }

    /** The description with these credentials in place of its own. */
    public String in(String sdp) {
        StringBuilder changed = new StringBuilder(sdp.length() + 64);
        sdp.lines().forEach(line -> changed.append(line.startsWith(UFRAG) ? UFRAG + iceUfrag
                : line.startsWith(PWD) ? PWD + icePwd : line).append("\r\n"));
        return changed.toString();
    }

    /** The fragment that answers a restart: what ICE needs of the server's answer. */
    public static String of(String answerSdp) throws SdpException {
        SessionDescription answer = new SdpReader(SdpLimits.DEFAULT).read(answerSdp);
        MediaSection head = answer.sections().stream()
                .filter(section -> !section.transport().candidates().isEmpty()).findFirst()
                .orElse(answer.sections().getFirst());
        StringBuilder text = new StringBuilder(512);
        text.append("a=ice-lite\r\n").append(UFRAG).append(head.transport().iceUfrag()).append("\r\n")
                .append(PWD).append(head.transport().icePwd()).append("\r\n")
                .append("m=").append(head.media()).append(" 9 ").append(head.protocol()).append(" 0\r\n")
                .append("a=mid:").append(head.mid()).append("\r\n");
        head.transport().candidates().forEach(candidate -> text.append("a=").append(candidate).append("\r\n"));
        return text.append("a=end-of-candidates\r\n").toString();
    }

    @Override
    public String toString() {
        return "IceFragment";
    }
}
