// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** Which engine is chosen, and which is refused. */
class SrtpEnginesTest {

    @ParameterizedTest
    @EnumSource
    void shouldPassTheSelfTest(EngineUnderTest engine) {
        SrtpSelfTest.run(engine.make());
    }

    /** Every way in which an engine can be wrong: the self-test must see each. */
    enum Fault {
        SEALS_IN_PLACE, SEALS_FROM_SOURCE, SPOILS_SOURCE, OPENS, OPENS_ANYTHING, SEALS_RTCP, OPENS_RTCP, OPENS_ANY_RTCP
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseAnEngineThatIsWrong(Fault fault) {
        SrtpEngine wrong = engine("wrong", cipher -> new FaultyCipher(cipher, fault));
        assertThrows(IllegalStateException.class, () -> SrtpEngines.firstWorking(List.of(() -> wrong)));
        assertEquals("jitsi-srtp", SrtpEngines.firstWorking(List.of(() -> wrong, JitsiEngine::new)).name());
    }

    @Test
    void shouldRefuseAnEngineWithoutAllProfilesAndOneThatIsMissing() {
        SrtpEngine poor = new SrtpEngine() {
            @Override
            public String name() {
                return "poor";
            }

            @Override
            public boolean supports(SrtpProfile profile) {
                return profile.isAead();
            }

            @Override
            public PacketCipher createCipher(SrtpProfile profile, byte[] key, byte[] salt, boolean outbound) {
                return new JceEngine().createCipher(profile, key, salt, outbound);
            }
        };
        Supplier<SrtpEngine> missing = () -> {
            throw new UnsatisfiedLinkError("no such library");
        };
        assertEquals("jce", SrtpEngines.firstWorking(List.of(missing, () -> poor, JceEngine::new)).name());
        assertNull(SrtpEngines.fastest(List.of(missing, () -> poor), engine -> 1));
    }

    @Test
    void shouldKeepTheOrderUnlessALaterEngineIsFasterByAClearFactor() {
        SrtpEngine first = engine("first", cipher -> cipher);
        SrtpEngine second = engine("second", cipher -> cipher);
        assertEquals(first, fastest(first, 199, second, 100));
        assertEquals(second, fastest(first, 200, second, 100));
        assertEquals(first, fastest(first, 100, second, 300));
    }

    private static SrtpEngine fastest(SrtpEngine first, long firstNs, SrtpEngine second, long secondNs) {
        Map<SrtpEngine, Long> ns = Map.of(first, firstNs, second, secondNs);
        return SrtpEngines.fastest(List.of(() -> first, () -> second), ns::get);
    }

    @Test
    void shouldTakeTheEngineThatIsAskedFor() {
        assertThrows(IllegalArgumentException.class, () -> SrtpEngines.choose("openssl"));
        assertEquals("jce", SrtpEngines.choose("jce").name());
        assertEquals("jitsi-srtp", SrtpEngines.choose("JITSI").name());
        List<SrtpEngine> present = EngineUnderTest.present();
        for (SrtpEngine engine : present) {
            String wanted = engine.name().split("[ -]")[0].replace("ipsec", "ipsec-mb");
            assertEquals(engine.name(), SrtpEngines.choose(wanted).name());
        }
        String chosen = SrtpEngines.choose("auto").name();
        assertTrue(present.stream().anyMatch(engine -> engine.name().equals(chosen)), chosen);
    }

    @ParameterizedTest
    @EnumSource(names = {"IPSEC_MB", "LIBCRYPTO"})
    void shouldTimeANativeEngine(EngineUnderTest engine) {
        AtomicLong nowNs = new AtomicLong();
        AtomicLong looks = new AtomicLong();
        // A round looks three times; the long payload takes 35 µs, the empty one 3.
        long[] stepsNs = {100, 35_000, 3_000};
        long ns = EngineSpeed.measureNs(engine.make(),
                () -> nowNs.addAndGet(stepsNs[(int) looks.getAndIncrement() % 3]));
        assertEquals(32_000 * EngineSpeed.PACKET_BYTES / (32 * 1024), ns);
    }

    @ParameterizedTest
    @EnumSource(names = {"IPSEC_MB", "LIBCRYPTO"})
    void shouldRefuseAClosedCipher(EngineUnderTest engine) {
        SrtpEngine made = engine.make();
        for (SrtpProfile profile : SrtpProfile.values()) {
            SrtpKeyMaterial keys = SrtpPackets.keys(profile, new Random(4));
            PacketCipher cipher = made.createCipher(profile, keys.outboundKey(), keys.outboundSalt(), true);
            PacketBuffer packet = PacketBuffer.copyOf(new byte[40]);
            cipher.sealRtp(packet, 12, 0, 0);
            cipher.close();
            cipher.close();
            assertThrows(IllegalStateException.class, () -> cipher.sealRtp(packet, 12, 0, 1));
            assertThrows(IllegalStateException.class, () -> cipher.sealRtcp(packet, 0, 1));
        }
    }

    private static SrtpEngine engine(String name, UnaryOperator<PacketCipher> change) {
        return new SrtpEngine() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public boolean supports(SrtpProfile profile) {
                return true;
            }

            @Override
            public PacketCipher createCipher(SrtpProfile profile, byte[] key, byte[] salt, boolean outbound) {
                return change.apply(new JceEngine().createCipher(profile, key, salt, outbound));
            }
        };
    }

    /** Right in everything but one thing. */
    private record FaultyCipher(PacketCipher right, Fault fault) implements PacketCipher {

        @Override
        public void sealRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
            right.sealRtp(packet, headerLength, ssrc, index);
            spoil(packet, Fault.SEALS_IN_PLACE);
        }

        @Override
        public void sealRtp(PacketBuffer target, int headerLength, int ssrc, long index, PacketBuffer source, int from,
                int length) {
            right.sealRtp(target, headerLength, ssrc, index, source, from, length);
            spoil(target, Fault.SEALS_FROM_SOURCE);
            spoil(source, Fault.SPOILS_SOURCE);
        }

        @Override
        public boolean openRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
            boolean opened = right.openRtp(packet, headerLength, ssrc, index);
            spoil(packet, Fault.OPENS);
            return opened || fault == Fault.OPENS_ANYTHING;
        }

        @Override
        public void sealRtcp(PacketBuffer packet, int ssrc, int index) {
            right.sealRtcp(packet, ssrc, index);
            spoil(packet, Fault.SEALS_RTCP);
        }

        @Override
        public boolean openRtcp(PacketBuffer packet, int ssrc, int index) {
            boolean opened = right.openRtcp(packet, ssrc, index);
            spoil(packet, Fault.OPENS_RTCP);
            return opened || fault == Fault.OPENS_ANY_RTCP;
        }

        private void spoil(PacketBuffer packet, Fault when) {
            if (fault == when) {
                packet.putByte(packet.length() - 1, packet.getByte(packet.length() - 1) + 1);
            }
        }

        @Override
        public void close() {
            right.close();
        }
    }
}
