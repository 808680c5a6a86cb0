// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which pages may open a WebSocket or publish: those of the allow-list and those served under the same host. Programs
 * that are no browsers send no origin.
 *
 * <p>Spec: RFC 6454 §6.2, RFC 6455 §10.2. Thread: any.
 */
public final class OriginPolicy {
    private final boolean any;
    private final Set<String> allowed;

    /** @param allowedOrigins {@code *}: any */
    public OriginPolicy(List<String> allowedOrigins) {
        any = allowedOrigins.contains("*");
        allowed = allowedOrigins.stream().map(OriginPolicy::normal).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Whether a page of this origin may connect.
     *
     * @param origin the Origin header; empty when there is none
     * @param host the Host header
     */
    public boolean allows(String origin, String host) {
        if (any || origin.isEmpty()) {
            return true;
        }
        String normal = normal(origin);
        int authority = normal.indexOf("://");
        boolean sameHost = authority > 0 && !host.isEmpty()
                && normal.substring(authority + 3).equals(host.toLowerCase(Locale.ROOT));
        return sameHost || allowed.contains(normal);
    }

    private static String normal(String origin) {
        String lower = origin.toLowerCase(Locale.ROOT);
        return lower.endsWith("/") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
