// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.transport;

import java.net.InetSocketAddress;
import java.util.List;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.ice.IceCredentials;

/**
 * The server's side of a transport, as its session description or its control contract tells it.
 *
 * @param fingerprints one or more; its certificate must match one
 * @param candidates UDP addresses, the best first; more may come later
 * @param lite the server does not check by itself, so the client controls
 */
public record RemoteEnd(IceCredentials credentials, List<Fingerprint> fingerprints,
        List<InetSocketAddress> candidates, boolean lite) {
    public RemoteEnd {
        fingerprints = List.copyOf(fingerprints);
        candidates = List.copyOf(candidates);
    }

    /** What a media node of ours answers to an opened peer. */
    public static RemoteEnd of(LocalTransport node) {
        return new RemoteEnd(new IceCredentials(node.iceUfrag(), node.icePwd()), List.of(node.fingerprint()),
                node.candidates().stream().map(c -> new InetSocketAddress(c.address(), c.port())).toList(), true);
    }
}
