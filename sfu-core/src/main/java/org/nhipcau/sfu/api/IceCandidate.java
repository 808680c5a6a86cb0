// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/**
 * A local UDP candidate of component 1. Spec: RFC 8445 §5.1, RFC 8839 §5.1.
 *
 * @param foundation 1 to 32 ICE characters
 * @param priority 1 to 2^31 - 1
 * @param address IPv4 or IPv6 literal
 * @param port 1 to 65535
 * @param type host or srflx
 */
public record IceCandidate(String foundation, long priority, String address, int port, String type) {
    /** The value of an {@code a=candidate} line, beginning with {@code candidate:}. */
    public String toSdp() {
        String base = "candidate:" + foundation + " 1 udp " + priority + " " + address + " " + port + " typ " + type;
        // RFC 8839 wants related address and port on reflexive candidates; the inner address stays private.
        return "host".equals(type) ? base : base + " raddr 0.0.0.0 rport 0";
    }
}
