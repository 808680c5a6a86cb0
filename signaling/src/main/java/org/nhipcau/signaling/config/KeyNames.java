// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.config;

import java.util.Collection;
import java.util.Locale;

/** Names of keys: from record components, and the nearest one to a mistyped one. */
final class KeyNames {
    private static final int MAX_DISTANCE = 3;

    private KeyNames() {}

    /** {@code maxFrameBytes} to {@code max-frame-bytes}. */
    static String kebab(String component) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < component.length(); i++) {
            char c = component.charAt(i);
            if (Character.isUpperCase(c)) {
                name.append('-');
            }
            name.append(Character.toLowerCase(c));
        }
        return name.toString();
    }

    /** The known key that was probably meant; null when none is near. */
    static String nearest(String key, Collection<String> known) {
        String nearest = null;
        int best = MAX_DISTANCE + 1;
        for (String candidate : known) {
            int distance = sameLastName(key, candidate) ? 1
                    : distance(key.toLowerCase(Locale.ROOT), candidate);
            if (distance < best || distance == best && nearest != null && candidate.compareTo(nearest) < 0) {
                best = distance;
                nearest = candidate;
            }
        }
        return best <= MAX_DISTANCE ? nearest : null;
    }

    /** A key put into the wrong section, or written in camel case. */
    private static boolean sameLastName(String key, String candidate) {
        String last = kebab(key.substring(key.lastIndexOf('.') + 1)).replace('_', '-');
        return last.equals(candidate.substring(candidate.lastIndexOf('.') + 1));
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replace, Math.min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[b.length()];
    }
}
