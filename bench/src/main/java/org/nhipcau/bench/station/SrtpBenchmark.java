// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.nhipcau.bench.alternatives.BouncyCastleSrtp;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.srtp.PacketCipher;
import org.nhipcau.sfu.srtp.SrtpEngine;
import org.nhipcau.sfu.srtp.SrtpEngines;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;
import org.nhipcau.sfu.srtp.SrtpProfile;
import org.nhipcau.sfu.srtp.SrtpResult;
import org.nhipcau.sfu.srtp.SrtpTransform;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of protecting one packet and of unprotecting it, per engine and profile; Bouncy Castle's own ciphers stand
 * behind the same seam, as a rival that no node uses.
 *
 * <p>Fifty receivers with keys of their own take turns, as they do in a room: the keys do not stay in the first cache.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
public class SrtpBenchmark {
    private static final int RECEIVERS = 50;
    private static final int HEADER_BYTES = 12;

    @Param({"ipsec-mb", "libcrypto", "jce", "jitsi", "bouncycastle"})
    private String engine;

    @Param({"AEAD_AES_128_GCM", "AEAD_AES_256_GCM", "AES128_CM_HMAC_SHA1_80"})
    private SrtpProfile profile;

    @Param({"1200", "160"})
    private int lengthBytes;

    private final SrtpTransform[] senders = new SrtpTransform[RECEIVERS];
    private final PacketCipher[] openers = new PacketCipher[RECEIVERS];
    private final PacketBuffer[] sealed = new PacketBuffer[RECEIVERS];
    private PacketBuffer source;
    private PacketBuffer packet;
    private int turn;
    /** Index 0 was taken for the sealed packets. */
    private long index = 1;

    @Setup
    public void setUp() {
        SrtpEngine chosen = engine.equals("bouncycastle") ? new BouncyCastleSrtp() : SrtpEngines.choose(engine);
        if (!chosen.name().startsWith(engine)) {
            throw new IllegalStateException(engine + " does not work here; " + chosen.name() + " was chosen");
        }
        source = PacketBuffer.copyOf(new byte[lengthBytes]);
        source.putByte(0, 0x80);
        source.putByte(1, 96);
        packet = PacketBuffer.copyOf(source.toByteArray());
        for (int i = 0; i < RECEIVERS; i++) {
            byte[] exported = new byte[profile.exportedBytes()];
            Arrays.fill(exported, (byte) i);
            SrtpKeyMaterial keys = SrtpKeyMaterial.ofExported(profile, exported, true);
            senders[i] = SrtpTransform.create(chosen, keys, 8);
            openers[i] = chosen.createCipher(profile, keys.outboundKey(), keys.outboundSalt(), false);
            sealed[i] = PacketBuffer.copyOf(source.toByteArray());
            require(senders[i].protectRtp(sealed[i], HEADER_BYTES));
        }
    }

    @TearDown
    public void tearDown() {
        for (int i = 0; i < RECEIVERS; i++) {
            senders[i].close();
            openers[i].close();
        }
    }

    /** In place, at an index that is told. */
    @Benchmark
    public SrtpResult protect() {
        next();
        packet.setLength(lengthBytes);
        packet.putShort(2, (int) index);
        return require(senders[turn].protectRtp(packet, HEADER_BYTES, index));
    }

    /** As the node forwards: from the source's payload behind a header that stands ready. */
    @Benchmark
    public SrtpResult protectFromSource() {
        next();
        packet.setLength(HEADER_BYTES);
        packet.putShort(2, (int) index);
        return require(senders[turn].protectRtp(packet, HEADER_BYTES, source, HEADER_BYTES,
                lengthBytes - HEADER_BYTES));
    }

    /** One engine's work on a packet that comes in, with the copying that puts the sealed packet there again. */
    @Benchmark
    public boolean unprotect() {
        next();
        packet.copyFrom(sealed[turn]);
        if (!openers[turn].openRtp(packet, HEADER_BYTES, 0, 0)) {
            throw new IllegalStateException("not opened");
        }
        return true;
    }

    private void next() {
        turn++;
        if (turn == RECEIVERS) {
            turn = 0;
            index++;
        }
    }

    private static SrtpResult require(SrtpResult result) {
        if (result != SrtpResult.OK) {
            throw new IllegalStateException(result.name());
        }
        return result;
    }
}
