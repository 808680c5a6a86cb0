// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaReply;

/**
 * The tracks that one peer is sent: adds, changes and removes them, and finds one by the SSRC that a packet or a report
 * of it bears.
 *
 * <p>Thread: one. Owns: the consumers. Their array is replaced, never changed, so that loops over it need no care about
 * changes made from within them.
 */
final class ViewerTracks {
    private static final Consumer[] NO_CONSUMERS = {};
    private static final int MAX_RETIRED = 256;

    private final MediaEndpoint endpoint;
    private final Room room;
    private final SinkGuard sink;
    private final SsrcTable<Consumer> bySsrc;
    private final Map<String, Consumer> byId = new LinkedHashMap<>();
    /**
     * Numbers of SSRCs whose consumer is gone. A renegotiation may bring it back under the same SSRC: its numbers must
     * go on, since the keys' state would take those below for repetitions and nothing would be sent.
     */
    private final Map<Long, Numbering> retired = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Numbering> eldest) {
            return size() > MAX_RETIRED;
        }
    };
    private Consumer[] consumers = NO_CONSUMERS;

    ViewerTracks(MediaEndpoint endpoint, SinkGuard sink) {
        this.endpoint = endpoint;
        this.room = endpoint.room();
        this.sink = sink;
        this.bySsrc = new SsrcTable<>(room.config.maxConsumersPerPeer() * 2);
    }

    /** Adds a track, whether its producer exists already or not. */
    MediaReply add(ConsumerParameters parameters, long nowNs) {
        MediaReply.Refused refused = check(parameters);
        if (refused != null) {
            return refused;
        }
        endpoint.outlet().configure(parameters.codecs());
        Consumer consumer = new Consumer(endpoint, parameters, takeNumbering(parameters), nowNs);
        bySsrc.put((int) parameters.ssrc(), consumer);
        if (parameters.rtxSsrc() != 0) {
            bySsrc.put((int) parameters.rtxSsrc(), consumer);
        }
        sink.forget();
        byId.put(parameters.consumerId(), consumer);
        consumers = byId.values().toArray(NO_CONSUMERS);
        room.onConsumerAdded(consumer, nowNs);
        return new MediaReply.Done();
    }

    private MediaReply.Refused check(ConsumerParameters parameters) {
        if (parameters.ssrc() <= 0 || parameters.ssrc() > 0xffff_ffffL || parameters.rtxSsrc() < 0
                || parameters.rtxSsrc() > 0xffff_ffffL || parameters.ssrc() == parameters.rtxSsrc()) {
            return MediaEndpoint.refuse(MediaReply.Reason.INVALID,
                    "ssrc and rtxSsrc must differ and have 32 bits, ssrc not 0");
        }
        if (parameters.codecs().isEmpty()) {
            return MediaEndpoint.refuse(MediaReply.Reason.INVALID, "a consumer without codecs");
        }
        if (byId.containsKey(parameters.consumerId())) {
            return MediaEndpoint.refuse(MediaReply.Reason.CONFLICT, "the consumer id is in use");
        }
        if (bySsrc.get((int) parameters.ssrc()) != null || bySsrc.get((int) parameters.rtxSsrc()) != null
                && parameters.rtxSsrc() != 0) {
            return MediaEndpoint.refuse(MediaReply.Reason.CONFLICT, "the ssrc or rtxSsrc is in use on this peer");
        }
        if (byId.size() >= room.config.maxConsumersPerPeer()) {
            return MediaEndpoint.refuse(MediaReply.Reason.CAPACITY, "maxConsumersPerPeer is reached");
        }
        Producer producer = room.producer(parameters.trackId());
        if (producer != null && producer.endpoint.participantId().equals(endpoint.participantId())) {
            return MediaEndpoint.refuse(MediaReply.Reason.CONFLICT,
                    "a participant does not receive its own producers");
        }
        return null;
    }

    private Numbering takeNumbering(ConsumerParameters parameters) {
        Numbering earlier = retired.remove(parameters.ssrc());
        return earlier != null && earlier.stream().rtxSsrc() == (int) parameters.rtxSsrc() ? earlier : null;
    }

    MediaReply remove(String consumerId) {
        Consumer consumer = byId.remove(consumerId);
        if (consumer != null) {
            consumers = byId.values().toArray(NO_CONSUMERS);
            bySsrc.remove(consumer.stream().ssrc());
            if (consumer.stream().rtxSsrc() != 0) {
                bySsrc.remove(consumer.stream().rtxSsrc());
            }
            sink.forget();
            room.onConsumerRemoved(consumer);
            retired.put(consumer.parameters().ssrc(), consumer.sender().retire());
            endpoint.outlet().forget(consumer.stream());
        }
        return new MediaReply.Done();
    }

    /** Changes what the viewer wants of a track. */
    MediaReply update(String consumerId, ConsumerSettings settings, long nowNs) {
        Consumer consumer = byId.get(consumerId);
        if (consumer == null) {
            return MediaEndpoint.refuse(MediaReply.Reason.NOT_FOUND, "no such consumer");
        }
        consumer.share().update(settings, nowNs);
        return new MediaReply.Done();
    }

    /** The consumer that an SSRC, RTX included, belongs to; null when none. */
    Consumer of(int ssrc) {
        return bySsrc.get(ssrc);
    }

    Consumer[] all() {
        return consumers;
    }
}
