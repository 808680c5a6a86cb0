// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.nhipcau.sfu.buffer.PacketBuffer;
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
 * The cost of protecting one packet, and of protecting and unprotecting it, per engine and profile.
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

    @Param({"libcrypto", "jce", "jitsi"})
    private String engine;

    @Param({"AEAD_AES_128_GCM", "AEAD_AES_256_GCM", "AES128_CM_HMAC_SHA1_80"})
    private SrtpProfile profile;

    @Param({"1200", "160"})
    private int lengthBytes;

    private final SrtpTransform[] senders = new SrtpTransform[RECEIVERS];
    private final SrtpTransform[] receivers = new SrtpTransform[RECEIVERS];
    private PacketBuffer packet;
    private int turn;
    private long index;

    @Setup
    public void setUp() {
        SrtpEngine chosen = SrtpEngines.choose(engine);
        if (!chosen.name().startsWith(engine)) {
            throw new IllegalStateException(engine + " does not work here; " + chosen.name() + " was chosen");
        }
        for (int i = 0; i < RECEIVERS; i++) {
            byte[] exported = new byte[profile.exportedBytes()];
            Arrays.fill(exported, (byte) i);
            SrtpKeyMaterial keys = SrtpKeyMaterial.ofExported(profile, exported, true);
            senders[i] = SrtpTransform.create(chosen, keys, 8);
            receivers[i] = SrtpTransform.create(chosen, keys.mirrored(), 8);
        }
        packet = PacketBuffer.copyOf(new byte[lengthBytes]);
        packet.putByte(0, 0x80);
        packet.putByte(1, 96);
    }

    @TearDown
    public void tearDown() {
        for (int i = 0; i < RECEIVERS; i++) {
            senders[i].close();
            receivers[i].close();
        }
    }

    @Benchmark
    public SrtpResult protect() {
        return protectNext();
    }

    @Benchmark
    public SrtpResult protectAndUnprotect() {
        protectNext();
        return require(receivers[turn].unprotectRtp(packet, HEADER_BYTES));
    }

    private SrtpResult protectNext() {
        turn++;
        if (turn == RECEIVERS) {
            turn = 0;
            index++;
        }
        packet.setLength(lengthBytes);
        packet.putShort(2, (int) index);
        return require(senders[turn].protectRtp(packet, HEADER_BYTES, index));
    }

    private static SrtpResult require(SrtpResult result) {
        if (result != SrtpResult.OK) {
            throw new IllegalStateException(result.name());
        }
        return result;
    }
}
