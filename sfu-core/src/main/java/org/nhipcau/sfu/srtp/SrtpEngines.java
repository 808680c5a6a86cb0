// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the engine once at start: the fastest that this machine has and that passes a self-test. A missing or broken
 * library costs speed and one line in the log, never the start.
 *
 * <p>The system property {@code nhipcau.srtp.engine} names one to try first: {@code libcrypto}, {@code jce},
 * {@code jitsi}; {@code auto} or nothing: by speed. Thread: any.
 */
public final class SrtpEngines {
    /** Names the engine to try first. */
    public static final String PROPERTY = "nhipcau.srtp.engine";

    private static final Logger LOG = LoggerFactory.getLogger(SrtpEngines.class);

    private SrtpEngines() {}

    /** The engine to use on this machine; chosen and logged at the first call. */
    public static SrtpEngine best() {
        return Holder.BEST;
    }

    /**
     * Chooses anew; for measurements and tests of one engine.
     *
     * @param wanted libcrypto, jce, jitsi or auto
     * @throws IllegalArgumentException for another name
     */
    public static SrtpEngine choose(String wanted) {
        List<Supplier<SrtpEngine>> candidates = new ArrayList<>(
                List.of(LibCryptoEngine::new, JceEngine::new, JitsiEngine::new));
        int first = switch (wanted.toLowerCase(Locale.ROOT)) {
            case "", "auto", "libcrypto" -> 0;
            case "jce" -> 1;
            case "jitsi" -> 2;
            default -> throw new IllegalArgumentException(
                    PROPERTY + " is " + wanted + "; allowed: auto, libcrypto, jce, jitsi");
        };
        candidates.addFirst(candidates.remove(first));
        return firstWorking(candidates);
    }

    /** The first candidate that can be made and passes the self-test with every profile. */
    static SrtpEngine firstWorking(List<Supplier<SrtpEngine>> candidates) {
        for (Supplier<SrtpEngine> candidate : candidates) {
            try {
                SrtpEngine engine = candidate.get();
                selfTest(engine);
                return engine;
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("SRTP engine not usable, the next one is tried: {}", rootOf(e));
            }
        }
        throw new IllegalStateException("no SRTP engine passes its self-test");
    }

    /** Seals a packet of each profile and compares it with what the Java runtime makes of it. */
    private static void selfTest(SrtpEngine engine) {
        JceEngine reference = new JceEngine();
        for (SrtpProfile profile : SrtpProfile.values()) {
            if (!engine.supports(profile)) {
                throw new UnsupportedOperationException(engine.name() + " lacks " + profile);
            }
            byte[] key = pattern(profile.keyBytes(), 3);
            byte[] salt = pattern(profile.saltBytes(), 11);
            byte[] plain = pattern(100, 7);
            plain[0] = (byte) 0x80;
            PacketBuffer sealed = PacketBuffer.copyOf(plain);
            PacketBuffer expected = PacketBuffer.copyOf(plain);
            long index = 1L << 16 | sealed.getUnsignedShort(2);
            try (PacketCipher ours = engine.createCipher(profile, key, salt, true);
                    PacketCipher theirs = reference.createCipher(profile, key, salt, true);
                    PacketCipher opener = engine.createCipher(profile, key, salt, false)) {
                ours.sealRtp(sealed, 12, sealed.getInt(8), index);
                theirs.sealRtp(expected, 12, expected.getInt(8), index);
                boolean same = Arrays.equals(sealed.toByteArray(), expected.toByteArray());
                boolean opened = opener.openRtp(sealed, 12, sealed.getInt(8), index);
                if (!same || !opened || !Arrays.equals(sealed.toByteArray(), plain)) {
                    throw new IllegalStateException(engine.name() + " fails its self-test with " + profile);
                }
            }
        }
    }

    private static byte[] pattern(int length, int step) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * step + 1);
        }
        return bytes;
    }

    private static String rootOf(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    /** Made by the first call of {@link #best()}. */
    private static final class Holder {
        private static final SrtpEngine BEST = choose(System.getProperty(PROPERTY, "auto"));

        static {
            LOG.info("SRTP engine: {}", BEST.name());
        }
    }
}
