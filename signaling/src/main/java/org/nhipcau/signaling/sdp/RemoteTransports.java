// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.List;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.RemoteTransport;
import org.nhipcau.signaling.sdp.TransportAttributes.FingerprintLine;

/**
 * Reads the client's side of the transport from the section that the bundle hangs on.
 *
 * <p>Spec: RFC 8839 §5.4, RFC 8122 §5, RFC 8842 §5.
 */
final class RemoteTransports {
    private RemoteTransports() {}

    /** @throws SdpException when there is nothing to authenticate the client's checks or certificate with */
    static RemoteTransport of(TransportAttributes attributes, DtlsRole localRole) throws SdpException {
        if (attributes.iceUfrag().isEmpty() || attributes.icePwd().isEmpty()) {
            throw new SdpException("the ICE user name fragment or password is missing");
        }
        List<Fingerprint> usable = new ArrayList<>();
        for (FingerprintLine line : attributes.fingerprints()) {
            // Weak hashes may stand beside a strong one (RFC 8122 §5.1); only the strong ones count.
            if (line.algorithm().equals("sha-256") || line.algorithm().equals("sha-384")
                    || line.algorithm().equals("sha-512")) {
                try {
                    usable.add(new Fingerprint(line.algorithm(), line.value()));
                } catch (IllegalArgumentException e) {
                    throw new SdpException(e.getMessage());
                }
            }
        }
        if (usable.isEmpty()) {
            throw new SdpException("no certificate fingerprint with an accepted hash (sha-256, sha-384, sha-512)");
        }
        return new RemoteTransport(attributes.iceUfrag(), attributes.icePwd(), usable, localRole);
    }

    /** The part the server takes when the client's offer says this. The server prefers to wait for the client. */
    static DtlsRole roleForOffer(TransportAttributes attributes) throws SdpException {
        return switch (attributes.setup()) {
            case ABSENT, ACTPASS, ACTIVE -> DtlsRole.SERVER;
            case PASSIVE -> DtlsRole.CLIENT;
            case HOLDCONN -> throw new SdpException("setup:holdconn asks for no connection");
        };
    }

    /** The part the server takes when the client's answer says this. */
    static DtlsRole roleForAnswer(TransportAttributes attributes) throws SdpException {
        return switch (attributes.setup()) {
            // RFC 8842 §5.3: an answer without the attribute is active.
            case ABSENT, ACTIVE -> DtlsRole.SERVER;
            case PASSIVE -> DtlsRole.CLIENT;
            case ACTPASS, HOLDCONN -> throw new SdpException("an answer must say setup:active or setup:passive");
        };
    }
}
