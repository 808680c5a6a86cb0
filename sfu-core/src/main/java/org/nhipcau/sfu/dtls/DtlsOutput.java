// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

/** Takes the datagrams of a handshake to the network. Thread: the endpoint's own, not the worker's. */
@FunctionalInterface
public interface DtlsOutput {

    /** Sends at once or drops; must not block. The array is the callee's. */
    void send(byte[] datagram);
}
