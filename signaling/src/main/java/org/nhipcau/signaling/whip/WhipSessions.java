// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.whip;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions there are, by the id in their URL, up to a bound.
 *
 * <p>Thread: any. Owns: their ids.
 */
final class WhipSessions {
    private static final Logger LOG = LoggerFactory.getLogger(WhipSessions.class);
    private static final int ID_BYTES = 16;

    private final Map<String, WhipSession> byId = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final SecureRandom random = new SecureRandom();
    private final int max;

    WhipSessions(int max) {
        this.max = max;
    }

    /** A name that nobody guesses: of a session, or of what it is at. */
    String newId() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Makes a session, if there is room for one.
     *
     * @param made given what the session must run when it is over
     * @return null when there is no room
     */
    WhipSession open(String id, Function<Runnable, WhipSession> made) {
        if (count.incrementAndGet() > max) {
            count.decrementAndGet();
            return null;
        }
        WhipSession session = made.apply(() -> {
            if (byId.remove(id) != null) {
                count.decrementAndGet();
            }
        });
        byId.put(id, session);
        return session;
    }

    /** Null when there is none. */
    WhipSession find(String id) {
        return byId.get(id);
    }

    int count() {
        return count.get();
    }

    /** Lets every room hear from its sessions; a bug in one must not silence the others. */
    void keepAlive() {
        for (WhipSession session : byId.values()) {
            try {
                session.keepAlive();
            } catch (RuntimeException bug) {
                LOG.error("a WHIP session could not be kept alive: {}", WhipEndpoint.describe(bug));
            }
        }
    }
}
