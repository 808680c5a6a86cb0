// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the engine once at start: the fastest that this machine has and that passes a self-test. A missing library
 * costs speed and one line in the log, never the start.
 *
 * <p>The order is a fact of the engines and not of the hour: ipsec-mb, libcrypto, the Java runtime, jitsi-srtp. The
 * native ones are timed, only so that one that is out of place on this processor (no vector instructions for it, an
 * emulator) gives way: it must be slower than a later one by {@link #CLEAR_FACTOR}. So noise does not move the choice.
 *
 * <p>The system property {@code nhipcau.srtp.engine} names one to try first: {@code ipsec-mb}, {@code libcrypto},
 * {@code jce}, {@code jitsi}; {@code auto} or nothing: as above. Thread: any.
 */
public final class SrtpEngines {
    /** Names the engine to try first. */
    public static final String PROPERTY = "nhipcau.srtp.engine";

    /** How much slower than a later one an engine must be to lose its place. */
    static final int CLEAR_FACTOR = 2;

    private static final String AUTO = "auto";
    private static final Logger LOG = LoggerFactory.getLogger(SrtpEngines.class);
    // Not as Engine::new, which would load every engine's class, and with it a library that is not used.
    private static final List<Supplier<SrtpEngine>> NATIVE =
            List.of(() -> new IpsecMbEngine(), () -> new LibCryptoEngine());
    private static final List<Supplier<SrtpEngine>> PORTABLE = List.of(() -> new JceEngine(), () -> new JitsiEngine());

    private static SrtpEngine best;

    private SrtpEngines() {}

    /**
     * The engine to use on this machine; chosen and logged at the first call.
     *
     * @param clockNs a monotonic clock to time engines by
     */
    public static synchronized SrtpEngine best(LongSupplier clockNs) {
        if (best == null) {
            String wanted = System.getProperty(PROPERTY, AUTO);
            best = isAuto(wanted) ? fastest(clockNs) : choose(wanted);
            LOG.info("SRTP engine: {}", best.name());
        }
        return best;
    }

    /**
     * Loads the native libraries and makes the calls to them, quietly: what takes the longest of {@link #best}. For a
     * thread beside those that start the process.
     */
    public static void prepare() {
        for (Supplier<SrtpEngine> candidate : NATIVE) {
            try {
                candidate.get();
            } catch (RuntimeException | LinkageError absent) {
                // Told by best(), which tries it again.
                continue;
            }
        }
    }

    /** The engine to use on this machine, by order alone where none was chosen yet; for peers that are not a node. */
    public static synchronized SrtpEngine best() {
        if (best == null) {
            best = choose(System.getProperty(PROPERTY, AUTO));
            LOG.info("SRTP engine: {}", best.name());
        }
        return best;
    }

    /**
     * Chooses anew, by order alone; for measurements and tests of one engine.
     *
     * @param wanted ipsec-mb, libcrypto, jce, jitsi or auto
     * @throws IllegalArgumentException for another name
     */
    public static SrtpEngine choose(String wanted) {
        List<Supplier<SrtpEngine>> candidates = new ArrayList<>(NATIVE);
        candidates.addAll(PORTABLE);
        int first = isAuto(wanted) ? 0 : switch (wanted.toLowerCase(Locale.ROOT)) {
            case "ipsec-mb" -> 0;
            case "libcrypto" -> 1;
            case "jce" -> 2;
            case "jitsi" -> 3;
            default -> throw new IllegalArgumentException(
                    PROPERTY + " is " + wanted + "; allowed: auto, ipsec-mb, libcrypto, jce, jitsi");
        };
        candidates.addFirst(candidates.remove(first));
        return firstWorking(candidates);
    }

    private static SrtpEngine fastest(LongSupplier clockNs) {
        SrtpEngine fastest = fastest(NATIVE, engine -> EngineSpeed.measureNs(engine, clockNs));
        return fastest != null ? fastest : firstWorking(PORTABLE);
    }

    private static boolean isAuto(String wanted) {
        return wanted.isEmpty() || wanted.equalsIgnoreCase(AUTO);
    }

    /** The first candidate that works, unless a later one is faster by a clear factor; null when none works. */
    static SrtpEngine fastest(List<Supplier<SrtpEngine>> candidates, ToLongFunction<SrtpEngine> clockNs) {
        SrtpEngine fastest = null;
        long fastestNs = 0;
        for (Supplier<SrtpEngine> candidate : candidates) {
            SrtpEngine engine = workingOrNull(candidate);
            if (engine != null) {
                long ns = clockNs.applyAsLong(engine);
                LOG.info("SRTP engine {} works: {} ns for the bytes of a packet of {}", engine.name(), ns,
                        EngineSpeed.PACKET_BYTES);
                if (fastest == null || ns * CLEAR_FACTOR <= fastestNs) {
                    fastest = engine;
                    fastestNs = ns;
                }
            }
        }
        return fastest;
    }

    /** The first candidate that can be made and passes the self-test with every profile. */
    static SrtpEngine firstWorking(List<Supplier<SrtpEngine>> candidates) {
        for (Supplier<SrtpEngine> candidate : candidates) {
            SrtpEngine engine = workingOrNull(candidate);
            if (engine != null) {
                return engine;
            }
        }
        throw new IllegalStateException("no SRTP engine passes its self-test");
    }

    private static SrtpEngine workingOrNull(Supplier<SrtpEngine> candidate) {
        try {
            SrtpEngine engine = candidate.get();
            SrtpSelfTest.run(engine);
            return engine;
        } catch (RuntimeException | LinkageError e) {
            Throwable root = rootOf(e);
            if (root instanceof NativeLibrary.Absent || root instanceof UnsupportedOperationException) {
                LOG.info("SRTP goes without an optional engine: {}", root.getMessage());
            } else {
                LOG.warn("SRTP engine not usable, the next one is tried: {}: {}", root.getClass().getSimpleName(),
                        root.getMessage());
            }
            return null;
        }
    }

    private static Throwable rootOf(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
