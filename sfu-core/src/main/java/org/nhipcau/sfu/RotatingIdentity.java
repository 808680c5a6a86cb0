// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.nhipcau.sfu.dtls.DtlsCertificate;
import org.nhipcau.sfu.worker.DtlsIdentity;

/**
 * The node's DTLS certificate: made in memory at start, replaced for new transports before it is a day old, never
 * written anywhere (security requirement R8). Thread: any.
 */
final class RotatingIdentity implements DtlsIdentity {
    private static final long LIFE_NS = TimeUnit.HOURS.toNanos(23);

    private final SecureRandom random;
    private DtlsCertificate certificate;
    private long madeNs;

    RotatingIdentity(SecureRandom random) {
        this.random = random;
        renew();
    }

    @Override
    public synchronized DtlsCertificate current() {
        if (System.nanoTime() - madeNs > LIFE_NS) {
            renew();
        }
        return certificate;
    }

    private void renew() {
        certificate = DtlsCertificate.generate(random);
        madeNs = System.nanoTime();
    }
}
