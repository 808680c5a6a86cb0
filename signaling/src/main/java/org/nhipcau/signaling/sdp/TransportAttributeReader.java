// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nhipcau.signaling.sdp.TransportAttributes.FingerprintLine;
import org.nhipcau.signaling.sdp.TransportAttributes.Setup;

/** Collects the ICE and DTLS attributes of a session or section. */
final class TransportAttributeReader {
    private static final int MAX_FINGERPRINTS = 16;
    private static final int MAX_CANDIDATES = 256;

    private String iceUfrag = "";
    private String icePwd = "";
    private Setup setup = Setup.ABSENT;
    private final List<FingerprintLine> fingerprints = new ArrayList<>();
    private final List<String> candidates = new ArrayList<>();
    private boolean endOfCandidates;

    void take(SdpLine line) throws SdpException {
        switch (line.name()) {
            case "ice-ufrag" -> iceUfrag = iceChars(line, 4, "the ICE user name fragment");
            case "ice-pwd" -> icePwd = iceChars(line, 22, "the ICE password");
            case "fingerprint" -> fingerprint(line);
            case "setup" -> setup = setup(line);
            case "candidate" -> candidate(line);
            case "end-of-candidates" -> endOfCandidates = true;
            default -> { }
        }
    }

    TransportAttributes finish() {
        return new TransportAttributes(iceUfrag, icePwd, fingerprints, setup, candidates, endOfCandidates);
    }

    /** RFC 8839 §5.4: letters, digits, plus and slash; up to 256 of them. */
    private static String iceChars(SdpLine line, int least, String what) throws SdpException {
        String text = line.value();
        boolean fits = text.length() >= least && text.length() <= 256 && text.chars().allMatch(
                c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/'
                        // Browsers of some vendors write these two, which the grammar leaves out.
                        || c == '-' || c == '_');
        if (!fits) {
            throw line.wrong(what + " is not of " + least + " to 256 ICE characters");
        }
        return text;
    }

    private void fingerprint(SdpLine line) throws SdpException {
        String[] words = line.words(2, 2, "the fingerprint");
        if (fingerprints.size() >= MAX_FINGERPRINTS) {
            throw line.wrong("there are more than " + MAX_FINGERPRINTS + " fingerprints");
        }
        fingerprints.add(new FingerprintLine(line.token(words[0], 32, "the fingerprint's hash")
                .toLowerCase(Locale.ROOT), words[1].strip().toUpperCase(Locale.ROOT)));
    }

    private static Setup setup(SdpLine line) throws SdpException {
        return switch (line.value()) {
            case "actpass" -> Setup.ACTPASS;
            case "active" -> Setup.ACTIVE;
            case "passive" -> Setup.PASSIVE;
            case "holdconn" -> Setup.HOLDCONN;
            default -> throw line.wrong("setup is not actpass, active, passive or holdconn");
        };
    }

    private void candidate(SdpLine line) throws SdpException {
        if (candidates.size() >= MAX_CANDIDATES) {
            throw line.wrong("there are more than " + MAX_CANDIDATES + " candidates");
        }
        candidates.add("candidate:" + line.value());
    }
}
