// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.nhipcau.sfu.api.PathHistory;

/**
 * The paths of those who were connected last, in this process's memory: a bounded number, none older than a limit, each
 * under a keyed hash of the identity.
 *
 * <p>Spec: RFC 2104 (HMAC) with SHA-256, cut to 128 bits. Thread: any, under its monitor for the time of a map look-up.
 */
public final class RecentPaths implements PathMemory {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int PSEUDONYM_BYTES = 16;

    private final SecretKeySpec key;
    private final int maxEntries;
    private final long maxAgeMs;
    private final LongSupplier clockMs;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(PathHistory history, long atMs) {}

    /**
     * @param key of the pseudonyms; who has it can tell whether somebody they know was connected
     * @param clockMs monotonic
     */
    public RecentPaths(byte[] key, int maxEntries, long maxAgeMs, LongSupplier clockMs) {
        this.key = new SecretKeySpec(key, ALGORITHM);
        this.maxEntries = maxEntries;
        this.maxAgeMs = maxAgeMs;
        this.clockMs = clockMs;
    }

    @Override
    public PathHistory recall(String identity) {
        String pseudonym = pseudonym(identity);
        long nowMs = clockMs.getAsLong();
        synchronized (this) {
            Entry entry = entries.get(pseudonym);
            if (entry == null) {
                return PathHistory.NONE;
            }
            PathHistory history = entry.history().older(nowMs - entry.atMs());
            if (history.ageMs() <= maxAgeMs) {
                return history;
            }
            entries.remove(pseudonym);
            return PathHistory.NONE;
        }
    }

    @Override
    public void remember(String identity, PathHistory history) {
        if (!history.known() || history.ageMs() > maxAgeMs) {
            return;
        }
        String pseudonym = pseudonym(identity);
        long nowMs = clockMs.getAsLong();
        synchronized (this) {
            // The latest stands last, so that the first are those to be forgotten.
            entries.remove(pseudonym);
            entries.put(pseudonym, new Entry(history, nowMs));
            var eldest = entries.values().iterator();
            while (eldest.hasNext()) {
                Entry entry = eldest.next();
                if (entries.size() <= maxEntries && nowMs - entry.atMs() <= maxAgeMs) {
                    break;
                }
                eldest.remove();
            }
        }
    }

    /** How many are remembered. */
    public synchronized int size() {
        return entries.size();
    }

    private String pseudonym(String identity) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] hash = mac.doFinal(identity.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(hash, PSEUDONYM_BYTES));
        } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
            throw new IllegalStateException("HMAC with SHA-256 belongs to every JDK", impossible);
        }
    }
}
