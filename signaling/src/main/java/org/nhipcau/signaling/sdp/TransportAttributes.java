// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.List;
import java.util.Locale;

/**
 * ICE and DTLS attributes of a section; those of the session hold where the section has none of its own.
 *
 * <p>Spec: RFC 8839 §4.4 and §5, RFC 8122 §5, RFC 8842 §5.
 *
 * @param iceUfrag empty: absent
 * @param icePwd empty: absent
 * @param candidates values of the a=candidate lines
 */
record TransportAttributes(String iceUfrag, String icePwd, List<FingerprintLine> fingerprints, Setup setup,
        List<String> candidates, boolean endOfCandidates) {
    static final TransportAttributes NONE =
            new TransportAttributes("", "", List.of(), Setup.ABSENT, List.of(), false);

    TransportAttributes {
        fingerprints = List.copyOf(fingerprints);
        candidates = List.copyOf(candidates);
    }

    /** A fingerprint as it is written, whatever its hash. */
    record FingerprintLine(String algorithm, String value) {}

    /** Who begins the DTLS handshake. */
    enum Setup {
        ABSENT,
        ACTPASS,
        ACTIVE,
        PASSIVE,
        HOLDCONN;

        String token() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** These attributes, with the session's in place of absent ones. Candidates belong to a section alone. */
    TransportAttributes orElse(TransportAttributes session) {
        return new TransportAttributes(iceUfrag.isEmpty() ? session.iceUfrag : iceUfrag,
                icePwd.isEmpty() ? session.icePwd : icePwd,
                fingerprints.isEmpty() ? session.fingerprints : fingerprints,
                setup == Setup.ABSENT ? session.setup : setup, candidates, endOfCandidates);
    }
}
