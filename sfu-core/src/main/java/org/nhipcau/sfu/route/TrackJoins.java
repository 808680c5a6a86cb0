// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins each consumer of a room with the producer that it is to be sent: the one that it asks for by track id, whichever
 * of the two comes first; or that one's covered variant, where the viewer is not cleared for the other.
 *
 * <p>Thread: one.
 */
final class TrackJoins {
    private final Map<String, Producer> producers;
    private final Shedder shedder;
    private final Map<String, List<Consumer>> consumersByTrack = new LinkedHashMap<>();

    /** @param producers the room's, by track id */
    TrackJoins(Map<String, Producer> producers, Shedder shedder) {
        this.producers = producers;
        this.shedder = shedder;
    }

    void add(Consumer consumer, long nowNs) {
        consumersByTrack.computeIfAbsent(consumer.parameters().trackId(), t -> new ArrayList<>()).add(consumer);
        join(consumer, nowNs);
    }

    void remove(Consumer consumer) {
        consumer.detach();
        consumersByTrack.computeIfPresent(consumer.parameters().trackId(), (track, list) -> {
            list.remove(consumer);
            return list.isEmpty() ? null : list;
        });
    }

    /** A producer came or went: for who asks for it, and who asks for what it is the covered variant of. */
    void onProducer(String trackId, long nowNs) {
        join(trackId, nowNs);
        for (Producer producer : producers.values()) {
            if (producer.gate().coveredTrackId().equals(trackId)) {
                join(producer.trackId(), nowNs);
            }
        }
    }

    /** A producer's policy may be another. */
    void join(String trackId, long nowNs) {
        for (Consumer consumer : consumersByTrack.getOrDefault(trackId, List.of())) {
            join(consumer, nowNs);
        }
    }

    /** A consumer is new, or its viewer is cleared for something else than before. */
    void join(Consumer consumer, long nowNs) {
        Producer asked = producers.get(consumer.parameters().trackId());
        // A participant never receives what is its own, also when the producer came after the consumer.
        if (asked == null || asked.endpoint.participantId().equals(consumer.endpoint.participantId())) {
            consumer.detach();
            return;
        }
        boolean cleared = consumer.gate().clearedFor(asked.endpoint.participantId());
        Producer shown = cleared ? asked : coveredVariant(asked);
        if (consumer.producer() == shown) {
            consumer.restrict(cleared, nowNs);
            return;
        }
        consumer.detach();
        consumer.attach(shown, cleared, nowNs);
        consumer.endpoint.onAttached();
        shedder.onAttached(consumer.endpoint, nowNs);
    }

    private Producer coveredVariant(Producer asked) {
        Producer covered = producers.get(asked.gate().coveredTrackId());
        return covered != null && covered.kind() == asked.kind()
                && covered.endpoint.participantId().equals(asked.endpoint.participantId()) ? covered : asked;
    }
}
