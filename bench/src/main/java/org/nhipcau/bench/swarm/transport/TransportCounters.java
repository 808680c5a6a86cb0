// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.transport;

/** What went over one transport. Thread: written by the loop's; read by others after the loop handed it over. */
public final class TransportCounters {
    long rtpIn;
    long rtpOut;
    long rtcpIn;
    long rtcpOut;
    long bytesIn;
    long bytesOut;
    long undecipherable;
    long early;
    long unknown;

    TransportCounters() {}

    /** RTP packets that opened. */
    public long rtpIn() {
        return rtpIn;
    }

    /** RTP packets sent. */
    public long rtpOut() {
        return rtpOut;
    }

    /** RTCP compounds that opened. */
    public long rtcpIn() {
        return rtcpIn;
    }

    /** RTCP compounds sent. */
    public long rtcpOut() {
        return rtcpOut;
    }

    /** Bytes of RTP datagrams that came in. */
    public long bytesIn() {
        return bytesIn;
    }

    /** Bytes of RTP datagrams sent. */
    public long bytesOut() {
        return bytesOut;
    }

    /** Packets that did not open with the keys: forged, replayed, or for somebody else. */
    public long undecipherable() {
        return undecipherable;
    }

    /** Packets that came before our end of the handshake was done; the server may be done first. */
    public long early() {
        return early;
    }

    /** Datagrams of no known kind. */
    public long unknown() {
        return unknown;
    }
}
