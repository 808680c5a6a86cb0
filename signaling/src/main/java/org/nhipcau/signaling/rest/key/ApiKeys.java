// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.store.ApiKeyStore;
import org.nhipcau.signaling.store.ApiKeyStore.ApiKey;

/**
 * Issues and checks API keys: {@code nck_ID_SECRET}, where the id finds the row and the secret, 256 random bits, is
 * shown once and kept as its SHA-256. A hash made slow against guessing would add nothing: there is nothing to guess.
 *
 * <p>Thread: any; may block for the store.
 */
public final class ApiKeys {
    private static final String ID_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final int ID_CHARS = 12;
    private static final int SECRET_BYTES = 32;
    private static final Duration KNOWN_FOR = Duration.ofSeconds(1);
    private static final Pattern FORM = Pattern.compile("nck_([1-9A-HJ-NP-Za-km-z]{12})_([A-Za-z0-9_-]{43})");

    /** A hash nobody has the secret of: an unknown id costs what a wrong secret costs. */
    private static final String NOBODYS_HASH = "0".repeat(2 * SECRET_BYTES);

    /** For how long a key that worked is known without the store. */
    private static final Duration RECALL = Duration.ofHours(1);
    private static final int MAX_RECALLED = 1_000;

    private record Recalled(ApiKey key, Instant at) {}

    /** Keys that worked, those least used lately first. */
    private final Map<String, Recalled> recalled = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Recalled> eldest) {
            return size() > MAX_RECALLED;
        }
    };
    /** How often a key ended: what was read before that is not to be known after it. */
    private long ended;
    private final ApiKeyStore store;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final ReentrantLock refreshing = new ReentrantLock();
    private volatile Known known;

    /** Hashes by id, as they were not long ago. */
    private record Known(Instant at, Map<String, String> hashes) {}

    /**
     * A key just made.
     *
     * @param text the whole key, with its secret: shown now and never again
     */
    public record Issued(ApiKey key, String text) {
        @Override
        public String toString() {
            return "Issued[" + key.id() + "]";
        }
    }

    /** @param random a cryptographic source, except in tests */
    public ApiKeys(ApiKeyStore store, RandomGenerator random, InstantSource clock) {
        this.store = store;
        this.random = random;
        this.clock = clock;
    }

    /** Whether a credential looks like an API key; its secret is not checked. */
    public static boolean looksLikeOne(String credential) {
        return FORM.matcher(credential).matches();
    }

    /**
     * Makes and keeps a key.
     *
     * @param expiresAt null: it has no end
     * @param by id of who makes it
     */
    public Issued issue(String label, Set<Scope> scopes, String facility, Instant expiresAt, String by) {
        StringBuilder id = new StringBuilder(ID_CHARS);
        for (int i = 0; i < ID_CHARS; i++) {
            id.append(ID_ALPHABET.charAt(random.nextInt(ID_ALPHABET.length())));
        }
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        String secretText = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        Set<String> names = new TreeSet<>();
        scopes.forEach(scope -> names.add(scope.wireName()));
        Instant now = clock.instant();
        ApiKey key = new ApiKey(id.toString(), label, hash(secretText), names, facility, now, expiresAt, null);
        store.add(key, by, now);
        known = null;
        return new Issued(key, "nck_" + id + '_' + secretText);
    }

    /** A key, revoked and expired ones too; null when there is none. */
    public ApiKey find(String id) {
        return store.find(id).orElse(null);
    }

    /** All keys, by id. */
    public List<ApiKey> list() {
        List<ApiKey> keys = store.list();
        Instant now = clock.instant();
        Set<String> usable = new HashSet<>();
        keys.stream().filter(key -> key.usable(now)).forEach(key -> usable.add(key.id()));
        synchronized (recalled) {
            // Another process may have ended some.
            recalled.keySet().retainAll(usable);
        }
        return keys;
    }

    /** Ends a key at once; nothing when it has ended already. */
    public void revoke(String id, String by) {
        end(id);
        try {
            store.revoke(id, by, clock.instant());
        } finally {
            // Somebody may have read it just before, and known it again since, or be about to.
            end(id);
        }
    }

    private void end(String id) {
        synchronized (recalled) {
            ended++;
            recalled.remove(id);
        }
    }

    /**
     * Whether a credential is that of a key which was there at most a second ago, or when the store was last there:
     * tells guesses without asking the store for each. Whether the key works still, {@link #check} tells.
     */
    boolean mayBeOne(String credential) {
        Matcher parts = FORM.matcher(credential);
        return parts.matches() && matches(parts.group(2), known().hashes().get(parts.group(1)));
    }

    private Known known() {
        Known last = known;
        if (fresh(last)) {
            return last;
        }
        if (last == null) {
            // Whoever refreshes leaves something, also when the store is away.
            refreshing.lock();
        } else if (!refreshing.tryLock()) {
            return last;
        }
        try {
            last = known;
            if (!fresh(last)) {
                last = refreshed(last);
                known = last;
            }
            return last;
        } finally {
            refreshing.unlock();
        }
    }

    private boolean fresh(Known last) {
        Instant now = clock.instant();
        return last != null && !now.isBefore(last.at()) && now.isBefore(last.at().plus(KNOWN_FOR));
    }

    private Known refreshed(Known last) {
        Instant now = clock.instant();
        Map<String, String> hashes = new HashMap<>();
        try {
            list().forEach(key -> hashes.put(key.id(), key.secretHash()));
            return new Known(now, hashes);
        } catch (JournalUnavailableException away) {
            // Callers are not to wait for the store one after the other: what was known is good for as long again.
            if (last != null) {
                return new Known(clock.instant(), last.hashes());
            }
            synchronized (recalled) {
                recalled.forEach((id, key) -> hashes.put(id, key.key().secretHash()));
            }
            return new Known(clock.instant(), hashes);
        }
    }

    private static boolean matches(String secret, String hash) {
        byte[] expected = (hash == null ? NOBODYS_HASH : hash).getBytes(StandardCharsets.US_ASCII);
        return MessageDigest.isEqual(hash(secret).getBytes(StandardCharsets.US_ASCII), expected);
    }

    /** Who a credential belongs to; null when it is no key that works. */
    public Principal check(String credential) {
        Matcher parts = FORM.matcher(credential);
        if (!parts.matches()) {
            return null;
        }
        long endedBefore = ended();
        ApiKey key = find(parts.group(1));
        boolean matches = matches(parts.group(2), key == null ? null : key.secretHash());
        if (key == null || !key.usable(clock.instant())) {
            forget(parts.group(1));
            return null;
        }
        if (!matches) {
            // Whoever knows an id only does nothing to its key.
            return null;
        }
        remember(key, endedBefore);
        return principal(key);
    }

    /**
     * Whom a credential belonged to when it was checked last, if that is not long ago and it has not ended since; null
     * otherwise. For when the store is away, and for nothing that opens.
     */
    Principal recall(String credential) {
        Matcher parts = FORM.matcher(credential);
        Recalled last;
        synchronized (recalled) {
            last = parts.matches() ? recalled.get(parts.group(1)) : null;
        }
        Instant now = clock.instant();
        boolean works = last != null && !now.isAfter(last.at().plus(RECALL)) && last.key().usable(now)
                && matches(parts.group(2), last.key().secretHash());
        return works ? principal(last.key()) : null;
    }

    private long ended() {
        synchronized (recalled) {
            return ended;
        }
    }

    private void remember(ApiKey key, long endedBefore) {
        synchronized (recalled) {
            if (ended == endedBefore) {
                recalled.put(key.id(), new Recalled(key, clock.instant()));
            }
        }
    }

    private void forget(String id) {
        synchronized (recalled) {
            recalled.remove(id);
        }
    }

    /** What a key allows; a scope that this version does not know allows nothing. */
    public static Principal principal(ApiKey key) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String name : key.scopes()) {
            Scope scope = Scope.named(name);
            if (scope != null) {
                scopes.add(scope);
            }
        }
        return new Principal(key.id(), scopes, key.facility());
    }

    private static String hash(String secret) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(secret.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
