// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.route.MediaEndpoint;
import org.nhipcau.sfu.route.PacketSink;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.sim.link.Flow;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.link.VirtualLink;

/**
 * One peer's connection: the endpoint in the room, a link in each direction, and a client at the far end. Encryption is
 * left out, but its bytes and those of IP and UDP count.
 *
 * <p>Thread: one.
 */
public final class SimulatedTransport implements PacketSink {
    /** IPv4 and UDP. */
    static final int HEADER_BYTES = 28;
    /** With the tag of AES-128-GCM. */
    public static final int RTP_OVERHEAD_BYTES = HEADER_BYTES + 16;
    /** With the tag and the index word. */
    static final int RTCP_OVERHEAD_BYTES = HEADER_BYTES + 20;
    private static final long RTP = 0;
    private static final long RTCP = 1;

    /** The far end. */
    interface Client {
        void onRtp(PacketBuffer packet, long nowNs);

        void onRtcp(PacketBuffer packet, long nowNs);
    }

    private final SimulatedRoom room;
    private final MediaEndpoint endpoint;
    private final VirtualLink up;
    private final VirtualLink down;
    private final Client client;
    private final PacketBuffer begun = PacketBuffer.allocate();
    private final RtpPacketFlyweight sent = new RtpPacketFlyweight();
    private long nextTimerNs;
    private boolean touched = true;
    private boolean ready = true;
    private boolean left;

    SimulatedTransport(SimulatedRoom room, String peerId, HeaderExtensions ids, LinkSettings upSettings,
            LinkSettings downSettings, Client client) {
        this(room, peerId, ids, new VirtualLink(room.clock(), upSettings, room.nextSeed(), room.pool()),
                new VirtualLink(room.clock(), downSettings, room.nextSeed(), room.pool()), client);
    }

    /** Over the links of another connection of the same station. */
    SimulatedTransport(SimulatedRoom room, String peerId, HeaderExtensions ids, SimulatedTransport beside,
            Client client) {
        this(room, peerId, ids, beside.up, beside.down, client);
    }

    private SimulatedTransport(SimulatedRoom room, String peerId, HeaderExtensions ids, VirtualLink up,
            VirtualLink down, Client client) {
        this.room = room;
        this.client = client;
        this.up = up;
        this.down = down;
        this.endpoint = room.media().openEndpoint(peerId, "participant-" + peerId, this);
        endpoint.configure(ids);
    }

    /** The handshake is over. */
    void connect() {
        endpoint.onConnected(room.clock().nowNs());
        touched = true;
    }

    /** The transport has no valid path for now, or has one again. */
    void setReady(boolean isReady) {
        ready = isReady;
    }

    /** The server gives it up; what still comes is nobody's. */
    public void leave() {
        room.media().closeEndpoint(endpoint, room.clock().nowNs());
        left = true;
    }

    // The worker's tick.
    void onTick(long nowNs) {
        if (left) {
            return;
        }
        endpoint.release(nowNs);
        if (touched || nowNs >= nextTimerNs) {
            touched = false;
            nextTimerNs = endpoint.onTimer(nowNs);
        }
    }

    void sendRtp(PacketBuffer packet, Flow flow) {
        up.send(this::onArrived, packet, packet.length() + RTP_OVERHEAD_BYTES, flow, RTP);
    }

    void sendRtcp(PacketBuffer packet) {
        up.send(this::onArrived, packet, packet.length() + RTCP_OVERHEAD_BYTES, Flow.RTCP, RTCP);
    }

    private void onArrived(PacketBuffer packet, long kind, long nowNs) {
        if (left) {
            return;
        }
        touched = true;
        if (kind == RTP) {
            endpoint.onRtp(packet, nowNs);
        } else {
            endpoint.onRtcp(packet, nowNs);
        }
        room.forward(nowNs);
    }

    private void onDelivered(PacketBuffer packet, long kind, long nowNs) {
        if (kind == RTP) {
            client.onRtp(packet, nowNs);
        } else {
            client.onRtcp(packet, nowNs);
        }
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public PacketBuffer begin() {
        begun.clear();
        return begun;
    }

    @Override
    public void sendRtp(PacketBuffer packet, int headerLength, long nowNs) {
        down.send(this::onDelivered, packet, packet.length() + RTP_OVERHEAD_BYTES, flowOf(packet), RTP);
    }

    @Override
    public void sendRtp(PacketBuffer packet, int headerLength, PacketBuffer source, int from, int lengthBytes,
            long nowNs) {
        packet.setLength(headerLength + lengthBytes);
        packet.putBytes(headerLength, source, from, lengthBytes);
        sendRtp(packet, headerLength, nowNs);
    }

    private Flow flowOf(PacketBuffer packet) {
        int payloadType = packet.getByte(1) & 0x7f;
        if (payloadType == SimulatedRoom.VIEWER_OPUS.payloadType()
                || payloadType == SimulatedRoom.VIEWER_RED.payloadType()) {
            return Flow.AUDIO;
        }
        if (!sent.wrapPlain(packet)) {
            throw new AssertionError("malformed RTP to a viewer");
        }
        boolean rtx = payloadType == SimulatedRoom.VIEWER_VP8.rtxPayloadType();
        return sent.payloadLength() <= (rtx ? 2 : 1) ? Flow.PADDING : rtx ? Flow.RTX : Flow.VIDEO;
    }

    @Override
    public void sendRtcp(PacketBuffer packet, long nowNs) {
        down.send(this::onDelivered, packet, packet.length() + RTCP_OVERHEAD_BYTES, Flow.RTCP, RTCP);
    }

    @Override
    public void onFault(RuntimeException fault, long nowNs) {
        throw fault;
    }

    /** The server's end. */
    public MediaEndpoint endpoint() {
        return endpoint;
    }

    /** From the client to the server. */
    public VirtualLink up() {
        return up;
    }

    /** From the server to the client. */
    public VirtualLink down() {
        return down;
    }

    void close() {
        up.close();
        down.close();
    }
}
