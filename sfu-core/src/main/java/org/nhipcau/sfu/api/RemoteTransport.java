// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

import java.util.List;

/**
 * The client's side of a transport, from its session description.
 *
 * @param iceUfrag 4 to 256 ICE characters
 * @param icePwd 22 to 256 ICE characters
 * @param fingerprints one or more; the certificate must match one of them
 * @param localRole the role that the node plays in DTLS (answering {@code passive} is SERVER)
 */
public record RemoteTransport(String iceUfrag, String icePwd, List<Fingerprint> fingerprints, DtlsRole localRole) {
    public RemoteTransport {
        fingerprints = List.copyOf(fingerprints);
    }
}
