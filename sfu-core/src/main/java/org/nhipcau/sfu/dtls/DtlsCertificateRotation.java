// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Hands out the certificate for new sessions and replaces it when it is old; running sessions keep theirs.
 *
 * <p>Thread: any.
 */
public final class DtlsCertificateRotation {
    /** The longest that one certificate serves new sessions. */
    public static final Duration MAX_AGE = Duration.ofHours(24);

    private final SecureRandom random;
    private final Clock clock;
    private final Duration age;
    private DtlsCertificate current;
    private Instant madeAt;

    /** @param age more than zero, at most {@link #MAX_AGE} */
    public DtlsCertificateRotation(SecureRandom random, Clock clock, Duration age) {
        if (age.isNegative() || age.isZero() || age.compareTo(MAX_AGE) > 0) {
            throw new IllegalArgumentException("certificate age " + age + "; allowed: up to " + MAX_AGE);
        }
        this.random = random;
        this.clock = clock;
        this.age = age;
    }

    /** The certificate for a session that begins now. */
    public synchronized DtlsCertificate current() {
        Instant now = clock.instant();
        // A clock set back must not keep an old certificate alive.
        if (current == null || now.isBefore(madeAt) || !now.isBefore(madeAt.plus(age))) {
            current = DtlsCertificate.generate(random, now);
            madeAt = now;
        }
        return current;
    }
}
