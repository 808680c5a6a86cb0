// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which announced track each section of the client carries. Immutable; a round makes the next one.
 *
 * @param intents by mid
 */
record PublishBindings(Map<String, PublishIntent> intents) {
    static final PublishBindings NONE = new PublishBindings(Map.of());

    PublishBindings {
        intents = Map.copyOf(intents);
    }

    Optional<PublishIntent> at(String mid) {
        return Optional.ofNullable(intents.get(mid));
    }

    /**
     * Binds sections that can carry a track: a bound one keeps its track as long as both are there, unless the
     * client has put another announced track on it; then the msid's track id finds the track; what is left goes to
     * sections in order, for some clients rename their tracks.
     *
     * @param candidates sections on which the client sends a track, in a format the server takes
     */
    PublishBindings next(List<MediaSection> candidates, List<PublishIntent> announced) {
        Map<String, PublishIntent> next = new LinkedHashMap<>();
        List<PublishIntent> pending = new ArrayList<>(announced);
        for (MediaSection section : candidates) {
            at(section.mid()).flatMap(bound -> take(pending, section, i -> i.trackId().equals(bound.trackId())))
                    .ifPresent(intent -> next.put(section.mid(), intent));
        }
        for (MediaSection section : candidates) {
            PublishIntent bound = next.get(section.mid());
            if (bound == null || !names(section, bound)) {
                take(pending, section, intent -> names(section, intent))
                        .ifPresent(intent -> next.put(section.mid(), intent));
            }
        }
        for (MediaSection section : candidates) {
            if (!next.containsKey(section.mid())) {
                take(pending, section, intent -> true).ifPresent(intent -> next.put(section.mid(), intent));
            }
        }
        return new PublishBindings(next);
    }

    private static boolean names(MediaSection section, PublishIntent intent) {
        return section.msids().stream().anyMatch(msid -> intent.cids().contains(msid.trackId()));
    }

    private static Optional<PublishIntent> take(List<PublishIntent> pending, MediaSection section,
            Predicate<PublishIntent> wanted) {
        Optional<PublishIntent> found = pending.stream()
                .filter(intent -> section.isKind(intent.kind()) && wanted.test(intent)).findFirst();
        found.ifPresent(pending::remove);
        return found;
    }
}
