// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.nhipcau.signaling.SignalingConfig;

/**
 * What a participant shows of itself to all others: display name, metadata, attributes. Those with the server's own keys
 * ({@link PictureNotes#RESERVED}) are left out.
 */
public record Profile(String name, String metadata, Map<String, String> attributes) {
    /** Shows nothing. */
    public static final Profile NONE = new Profile("", "", Map.of());

    public Profile {
        Map<String, String> own = new TreeMap<>(attributes);
        own.keySet().removeIf(key -> key.startsWith(PictureNotes.RESERVED));
        attributes = Map.copyOf(own);
    }

    /** This profile after a change: an empty name or metadata changes nothing, an empty attribute value deletes. */
    public Profile changedBy(String newName, String newMetadata, Map<String, String> changes) {
        Map<String, String> merged = new TreeMap<>(attributes);
        changes.forEach((key, value) -> {
            if (value.isEmpty()) {
                merged.remove(key);
            } else {
                merged.put(key, value);
            }
        });
        return new Profile(newName.isEmpty() ? name : newName, newMetadata.isEmpty() ? metadata : newMetadata,
                merged);
    }

    /** Whether every part keeps to its limit. */
    public boolean fits(SignalingConfig.Limits limits) {
        return name.length() <= limits.maxNameChars() && bytes(metadata) <= limits.maxMetadataBytes()
                && attributeBytes() <= limits.maxAttributesBytes();
    }

    private long attributeBytes() {
        long sum = 0;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            sum += bytes(attribute.getKey()) + bytes(attribute.getValue());
        }
        return sum;
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
