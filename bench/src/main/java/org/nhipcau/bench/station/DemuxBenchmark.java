// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.peer.DatagramKind;
import org.nhipcau.sfu.peer.Peer;
import org.nhipcau.sfu.worker.DirectoryStation;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What kind a datagram is, and whose: the worker's first two questions, with so many peers on it. */
public class DemuxBenchmark extends Station {
    private static final int DATAGRAMS = 1 << 10;

    @Param({"10", "500"})
    private int peers;

    private final PacketBuffer[] kinds = {
        PacketBuffer.copyOf(new byte[] {(byte) 0x90, 96, 0, 1}), PacketBuffer.copyOf(new byte[] {(byte) 0x80, 111, 0, 1}),
        PacketBuffer.copyOf(new byte[] {(byte) 0x81, (byte) 201, 0, 1}), PacketBuffer.copyOf(new byte[] {0, 1, 0, 8})
    };
    private final InetSocketAddress[] from = new InetSocketAddress[DATAGRAMS];
    private final PacketBuffer[] datagrams = new PacketBuffer[DATAGRAMS];
    private DirectoryStation directory;
    private int next;

    @Setup
    public void prepare() throws UnknownHostException {
        Random random = new Random(1);
        InetSocketAddress[] known = new InetSocketAddress[peers];
        for (int i = 0; i < peers; i++) {
            byte[] address = {10, (byte) random.nextInt(), (byte) random.nextInt(), (byte) random.nextInt()};
            known[i] = new InetSocketAddress(InetAddress.getByAddress(address), 1_024 + random.nextInt(60_000));
        }
        directory = new DirectoryStation(known);
        for (int i = 0; i < DATAGRAMS; i++) {
            from[i] = known[random.nextInt(peers)];
            datagrams[i] = kinds[random.nextInt(kinds.length)];
        }
    }

    @Benchmark
    public DatagramKind kind() {
        return DatagramKind.of(datagrams[next++ & DATAGRAMS - 1]);
    }

    @Benchmark
    public Peer peer() {
        return directory.byAddress(from[next++ & DATAGRAMS - 1]);
    }
}
