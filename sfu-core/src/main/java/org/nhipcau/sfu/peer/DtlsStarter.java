// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import org.nhipcau.sfu.api.RemoteTransport;
import org.nhipcau.sfu.dtls.DtlsEndpoint;

/** Makes the DTLS endpoint of a peer, its callbacks wired back to the worker. Thread: the worker's. */
@FunctionalInterface
public interface DtlsStarter {
    /** An endpoint in the role and with the fingerprints of {@code remote}; not started. */
    DtlsEndpoint create(Peer peer, RemoteTransport remote);
}
