// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.pipe.PipePort;

/**
 * A peer of another worker whose producers are mirrored here, for the viewers of this worker.
 *
 * <p>Feedback about its packets and its figures are its own worker's business. Here its packets only
 * arrive.
 *
 * <p>Thread: the worker's that owns this part of the room.
 */
final class RemotePublisher implements Publisher {
    private final Room room;
    private final String participantId;
    private final PipePort toPublisher;
    private final PipePort toViewers;
    private final PublisherClock clock = new PublisherClock();
    private final Map<String, Producer> producers = new LinkedHashMap<>();
    private final UplinkFigures figures;
    private HeaderExtensions extensions;

    RemotePublisher(Room room, RemotePeer peer, PipePort toPublisher, PipePort toViewers) {
        this.room = room;
        this.participantId = peer.participantId();
        this.extensions = peer.extensions();
        this.toPublisher = toPublisher;
        this.toViewers = toViewers;
        this.figures = new UplinkFigures(room);
    }

    /** Finds out what is wrong with its tracks, for the viewers here; its own worker tells of the peer itself. */
    void watch(long intervalNs, long nowNs) {
        figures.take(producers.values(), 0, -1, intervalNs, nowNs);
    }

    /** Makes its producers those that the peer has now. */
    MediaReply update(RemotePeer peer, long nowNs) {
        if (!extensions.equals(peer.extensions())) {
            extensions = peer.extensions();
            for (Producer producer : producers.values()) {
                producer.forgetReaders();
            }
        }
        List<String> kept = peer.producers().stream().map(ProducerParameters::trackId).toList();
        for (String trackId : List.copyOf(producers.keySet())) {
            if (!kept.contains(trackId)) {
                room.removeProducer(trackId, nowNs);
            }
        }
        for (ProducerParameters parameters : peer.producers()) {
            Producer existing = room.producer(parameters.trackId());
            if (existing != null && existing.endpoint != this) {
                return MediaEndpoint.refuse(MediaReply.Reason.CONFLICT, "the track id is in use on another worker");
            }
            if (existing == null) {
                add(parameters, nowNs);
            } else {
                existing.renegotiate(parameters, nowNs);
                existing.setMuted(parameters.muted(), nowNs);
            }
        }
        return new MediaReply.Done();
    }

    private void add(ProducerParameters parameters, long nowNs) {
        Crossing crossing = new Crossing(room.id(), parameters.trackId(), toPublisher, toViewers);
        Producer producer = new Producer(room, this, parameters, crossing, nowNs);
        producer.setMuted(parameters.muted(), nowNs);
        producers.put(parameters.trackId(), producer);
        room.onProducerAdded(producer, nowNs);
    }

    @Override
    public String participantId() {
        return participantId;
    }

    @Override
    public HeaderExtensions extensions() {
        return extensions;
    }

    @Override
    public PublisherClock clock() {
        return clock;
    }

    @Override
    public boolean heard(long nowNs) {
        return true;
    }

    @Override
    public void sendKeyframeRequest(Encoding encoding, long nowNs) {
        encoding.producer.mirrored().sendKeyframeRequest(encoding, nowNs);
    }

    @Override
    public void release(Encoding encoding) {
        encoding.close();
    }

    @Override
    public void removeProducer(Producer producer) {
        producers.remove(producer.trackId());
        producer.mirrored().close();
        for (Encoding encoding : producer.encodings()) {
            encoding.close();
        }
    }
}
