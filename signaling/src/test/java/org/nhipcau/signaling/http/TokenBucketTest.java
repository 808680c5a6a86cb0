// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long S = 1_000_000_000L;

    private static int take(TokenBucket bucket, long nowNs) {
        int taken = 0;
        while (bucket.take(nowNs)) {
            taken++;
        }
        return taken;
    }

    @Test
    void shouldAllowTheBurstThenTheRate() {
        long start = Long.MAX_VALUE - 2 * S;
        TokenBucket bucket = new TokenBucket(10, 30, start);
        assertEquals(30, take(bucket, start));
        assertEquals(0, take(bucket, start + S / 20));
        assertEquals(1, take(bucket, start + S / 10));
        // The clock's origin is arbitrary: it may wrap.
        assertEquals(29, take(bucket, start + 3 * S));
        assertEquals(30, take(bucket, start + 1_000 * S));
    }

    @Test
    void shouldTakeSeveralAtOnceOrNone() {
        TokenBucket bucket = new TokenBucket(10, 30, 0);
        assertTrue(bucket.take(29, 0));
        assertFalse(bucket.take(2, 0));
        assertTrue(bucket.take(1, 0));
        assertFalse(bucket.take(Integer.MAX_VALUE, 2 * S));
        assertTrue(bucket.take(Integer.MAX_VALUE, 3 * S), "a full bucket is enough for anything");
        assertFalse(bucket.take(1, 3 * S));
    }

    @Test
    void shouldNotFillWhenTheClockStandsOrGoesBack() {
        TokenBucket bucket = new TokenBucket(1, 1, 100);
        assertTrue(bucket.take(100));
        assertFalse(bucket.take(100));
        assertFalse(bucket.take(50));
        assertTrue(bucket.take(50 + S));
    }
}
