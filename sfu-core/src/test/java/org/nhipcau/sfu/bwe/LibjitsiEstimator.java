// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import org.jitsi.service.neomedia.rtp.RemoteBitrateEstimator;
import org.jitsi.utils.logging.DiagnosticContext;

/**
 * libjitsi's receive-side estimator under a clock of our own: the delay-based estimate of absolute send times, with the
 * rate control that it ships with.
 *
 * <p>libjitsi asks the system for the time in the middle of its arithmetic, which a simulation cannot have. Its classes
 * are loaded here with that one call, {@code System.currentTimeMillis()}, replaced by {@link #currentTimeMillis()};
 * nothing else of them changes. Thread: one, for the clock is static.
 */
public final class LibjitsiEstimator {
    private static final String PACKAGE = "org.jitsi.impl.neomedia.rtp.remotebitrateestimator.";
    private static final long SSRC = 1;
    private static long nowMs;

    private final RemoteBitrateEstimator estimator;

    LibjitsiEstimator() {
        try {
            Class<?> loaded = new VirtualTimeLoader().loadClass(PACKAGE + "RemoteBitrateEstimatorAbsSendTime");
            Class<?> observer = loaded.getClassLoader().loadClass(PACKAGE + "RemoteBitrateObserver");
            estimator = (RemoteBitrateEstimator) loaded.getConstructor(observer, DiagnosticContext.class)
                    .newInstance(null, new DiagnosticContext());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("libjitsi's estimator is not what this test knows", e);
        }
    }

    /** What the loaded classes take for the time. */
    public static long currentTimeMillis() {
        return nowMs;
    }

    /** One packet came in; {@code sentNs} is what its abs-send-time extension says. */
    void onArrived(long sentNs, long arrivedNs, int lengthBytes) {
        nowMs = arrivedNs / 1_000_000;
        // 6.18 fixed point seconds of 24 bits: the form of the header extension.
        long absSendTime = sentNs / 1_000 * (1 << 18) / 1_000_000 & 0xffffff;
        estimator.incomingPacketInfo(nowMs, absSendTime, lengthBytes, SSRC);
    }

    void onRoundTrip(long roundTripMs) {
        estimator.onRttUpdate(roundTripMs, roundTripMs);
    }

    /** Bits per second; not above 0 while it has none. */
    long estimateBps() {
        return estimator.getLatestEstimate();
    }

    private static final class VirtualTimeLoader extends ClassLoader {
        private static final ClassDesc SYSTEM = ClassDesc.of("java.lang.System");
        private static final ClassDesc CLOCK = ClassDesc.of(LibjitsiEstimator.class.getName());
        private static final MethodTypeDesc TIME = MethodTypeDesc.ofDescriptor("()J");

        VirtualTimeLoader() {
            super(LibjitsiEstimator.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(PACKAGE)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                ClassFile file = ClassFile.of();
                byte[] bytes = file.transformClass(file.parse(in.readAllBytes()), transform());
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }

        private static ClassTransform transform() {
            CodeTransform clock = (code, element) -> {
                if (element instanceof InvokeInstruction call && call.owner().asSymbol().equals(SYSTEM)
                        && call.name().equalsString("currentTimeMillis")) {
                    code.invokestatic(CLOCK, "currentTimeMillis", TIME);
                } else {
                    code.with(element);
                }
            };
            return ClassTransform.transformingMethodBodies(clock);
        }
    }
}
