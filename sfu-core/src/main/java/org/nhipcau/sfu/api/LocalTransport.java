// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

import java.util.List;

/**
 * The node's side of a transport. ICE lite (RFC 8445 §2.5): the description must carry {@code a=ice-lite}.
 *
 * @param iceUfrag at least 32 random bits
 * @param icePwd at least 128 random bits
 */
public record LocalTransport(String iceUfrag, String icePwd, Fingerprint fingerprint, List<IceCandidate> candidates) {
    public LocalTransport {
        candidates = List.copyOf(candidates);
    }
}
