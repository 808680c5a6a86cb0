// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Where datagrams go: an address in the form that a socket wants it, and what was learned about the way there.
 *
 * <p>Thread: the worker's.
 */
public final class Path {
    private static final long MAPPED_PREFIX = 0xffff_0000_0000L;

    private final InetSocketAddress address;
    private final long high;
    private final long low;
    private final int scopeId;
    private final boolean ipv4;
    private boolean trains = true;

    /** @param address resolved */
    public Path(InetSocketAddress address) {
        this.address = address;
        InetAddress ip = address.getAddress();
        this.ipv4 = ip instanceof Inet4Address;
        if (ipv4) {
            this.high = 0;
            this.low = MAPPED_PREFIX | ByteBuffer.wrap(ip.getAddress()).getInt() & 0xffff_ffffL;
            this.scopeId = 0;
        } else {
            ByteBuffer bytes = ByteBuffer.wrap(ip.getAddress());
            this.high = bytes.getLong();
            this.low = bytes.getLong();
            this.scopeId = ((Inet6Address) ip).getScopeId();
        }
    }

    public InetSocketAddress address() {
        return address;
    }

    public int port() {
        return address.getPort();
    }

    public boolean ipv4() {
        return ipv4;
    }

    /** First eight bytes of the IPv6 address, in network order; of an IPv4 address in its mapped form. */
    public long high() {
        return high;
    }

    /** Last eight bytes of the IPv6 address; the low half of them is the IPv4 address. */
    public long low() {
        return low;
    }

    /** Zone of a link-local IPv6 address, else 0. */
    public int scopeId() {
        return scopeId;
    }

    /** Datagrams may be handed to the kernel as trains (UDP_SEGMENT). */
    public boolean trains() {
        return trains;
    }

    /** The kernel refused a train on this way: from now on datagrams go singly. */
    public void stopTrains() {
        trains = false;
    }
}
