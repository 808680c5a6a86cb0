// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.sctp.receive.Receiver;
import org.nhipcau.sfu.sctp.send.OutboundMessage;

/** Whatever the bytes are, nothing is thrown and memory stays bounded. By seeds. */
class AssociationFuzzTest {
    private static final int SEEDS = Integer.getInteger("nhipcau.sctp.seeds", 150);

    @Test
    void alteredPacketsShouldNeverThrow() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            SctpPair pair = new SctpPair(seed);
            pair.a.association.connect(pair.nowNs);
            pair.run(100);
            List<byte[]> packets = new ArrayList<>();
            try {
                for (int i = 0; i < 200; i++) {
                    drive(pair, random);
                    for (SctpPair.Side side : List.of(pair.a, pair.b)) {
                        byte[] packet;
                        while ((packet = side.association.poll(pair.nowNs, true)) != null) {
                            packets.add(packet);
                        }
                    }
                    pair.nowNs += random.nextInt(300) * SctpPair.MS;
                    pair.a.association.onTimer(pair.nowNs);
                    pair.b.association.onTimer(pair.nowNs);
                    for (int n = 0; n < 10 && !packets.isEmpty(); n++) {
                        byte[] packet = packets.get(random.nextInt(packets.size())).clone();
                        alter(packet, random);
                        pair.a.association.onPacket(packet, packet.length, pair.nowNs);
                        pair.b.association.onPacket(packet, packet.length, pair.nowNs);
                    }
                    assertTrue(pair.a.association.heldBytes() <= Receiver.MAX_HELD_BYTES, "seed " + seed);
                    assertTrue(pair.b.association.heldBytes() <= Receiver.MAX_HELD_BYTES, "seed " + seed);
                }
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static void drive(SctpPair pair, Random random) {
        SctpPair.Side from = random.nextBoolean() ? pair.a : pair.b;
        switch (random.nextInt(4)) {
            case 0 -> from.association.send(OutboundMessage.reliable(random.nextInt(3), 53, random.nextBoolean(),
                    new byte[1 + random.nextInt(4_000)]));
            case 1 -> from.association.send(OutboundMessage.partiallyReliable(random.nextInt(3), 53,
                    random.nextBoolean(), new byte[1 + random.nextInt(4_000)], random.nextInt(2), pair.nowNs));
            case 2 -> from.association.resetStream(random.nextInt(3));
            default -> from.association.connect(pair.nowNs);
        }
    }

    // Mostly behind the tag, the checksum right, so that it is looked at.
    private static void alter(byte[] packet, Random random) {
        for (int n = random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(8) == 0 ? random.nextInt(packet.length) : 12 + random.nextInt(packet.length - 12);
            packet[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : packet[at] + random.nextInt(3) - 1);
        }
        RawPacket.seal(packet);
    }

    @Test
    void noiseShouldNeverThrow() {
        Random random = new Random(5);
        SctpPair pair = new SctpPair(5);
        pair.a.association.connect(pair.nowNs);
        pair.run(100);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(100)];
            random.nextBytes(noise);
            if (noise.length >= 12) {
                noise[0] = 0x13;
                noise[1] = (byte) 0x89;
                noise[2] = 0x13;
                noise[3] = (byte) 0x88;
                RawPacket.seal(noise);
            }
            pair.a.association.onPacket(noise, noise.length, pair.nowNs);
        }
        assertTrue(pair.a.association.established());
    }

    @Test
    void partsWithoutEndShouldEndTheAssociationWithinItsMemory() {
        for (int kind = 0; kind < 4; kind++) {
            SctpPair pair = new SctpPair(kind);
            pair.a.association.connect(pair.nowNs);
            byte[] init = pair.a.association.poll(pair.nowNs, true);
            pair.b.association.onPacket(init, init.length, pair.nowNs);
            byte[] initAck = pair.b.association.poll(pair.nowNs, true);
            pair.a.association.onPacket(initAck, initAck.length, pair.nowNs);
            byte[] echo = pair.a.association.poll(pair.nowNs, true);
            pair.b.association.onPacket(echo, echo.length, pair.nowNs);
            int tag = java.nio.ByteBuffer.wrap(initAck).getInt(16);
            int tsn = java.nio.ByteBuffer.wrap(init).getInt(28);
            for (int i = 0; i < 200_000 && pair.b.end == null; i++) {
                byte[] part = switch (kind) {
                    // One message that never ends, in order; then in parts of a byte.
                    case 0 -> RawPacket.data(i == 0 ? 2 : 0, tsn + i, 1, 0, 53, new byte[1_000]);
                    case 1 -> RawPacket.data(i == 0 ? 2 : 0, tsn + i, 1, 0, 53, new byte[1]);
                    // Whole messages that wait for one before them, which never comes.
                    case 2 -> RawPacket.data(3, tsn + i, 1, 1 + i, 53, new byte[1_000]);
                    // As many streams as there are.
                    default -> RawPacket.data(3, tsn + i, i & 0xffff, 0, 53, new byte[1]);
                };
                byte[] packet = RawPacket.of(5000, 5001, tag, part);
                pair.b.association.onPacket(packet, packet.length, pair.nowNs);
                pair.b.association.poll(pair.nowNs, true);
                assertTrue(pair.b.association.heldBytes() <= Receiver.MAX_HELD_BYTES, "kind " + kind);
            }
            assertTrue(pair.b.end == AssociationEnd.OUT_OF_ROOM, "kind " + kind + ": " + pair.b.end);
        }
    }
}
