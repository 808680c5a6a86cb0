// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nhipcau.sfu.api.MediaEvent.QualityReport;
import org.nhipcau.signaling.quality.QualitySample;
import org.nhipcau.signaling.quality.QualityTimeline;
import org.nhipcau.signaling.quality.SampleSum;

/**
 * Puts the room's quality into the timeline: a sample per participant and direction, each few seconds, under session ids
 * alone.
 *
 * <p>Thread: the room's.
 */
final class QualityRecorder {
    private final Room room;
    private final Map<String, Sums> sums = new LinkedHashMap<>();
    private RoomTimers.Timer timer;

    private static final class Sums {
        private final SampleSum uplink = new SampleSum();
        private final SampleSum downlink = new SampleSum();
    }

    QualityRecorder(Room room) {
        this.room = room;
    }

    private QualityTimeline timeline() {
        return room.services().timeline();
    }

    void open() {
        timeline().begin(room.name(), room.id(), room.services().clock().epochMs());
    }

    /** Somebody is there: samples are taken until {@link #stop}. */
    void start() {
        if (timer == null) {
            timer = room.timers().after(intervalMs(), this::record);
        }
    }

    /** Nobody is there any more: what was summed up is kept. */
    void stop() {
        timer = RoomTimers.cancel(timer);
        write();
    }

    void close() {
        stop();
        timeline().end(room.id(), room.services().clock().epochMs());
    }

    private long intervalMs() {
        return room.services().config().quality().sampleIntervalS() * 1000L;
    }

    void report(Participant participant, QualityReport report) {
        Sums of = sums.computeIfAbsent(participant.sid(), key -> new Sums());
        if (participant.answering().peer().peerId().equals(report.peerId())) {
            of.uplink.add(report.uplink(), report.roundTripTimeMs());
        }
        if (participant.receivingPeer().peerId().equals(report.peerId())) {
            of.downlink.add(report.downlink(), report.roundTripTimeMs());
        }
    }

    private void record() {
        timer = room.timers().after(intervalMs(), this::record);
        write();
    }

    private void write() {
        long atMs = room.services().clock().epochMs();
        List<QualitySample> samples = new ArrayList<>();
        sums.forEach((sid, of) -> add(sid, of, atMs, samples));
        sums.clear();
        keep(samples);
    }

    private static void add(String sid, Sums of, long atMs, List<QualitySample> samples) {
        if (of.uplink.worthKeeping()) {
            samples.add(of.uplink.sample(atMs, sid, true));
        }
        if (of.downlink.worthKeeping()) {
            samples.add(of.downlink.sample(atMs, sid, false));
        }
    }

    /** A participant is gone: its last seconds are kept. */
    void forget(Participant participant) {
        Sums of = sums.remove(participant.sid());
        if (of != null) {
            List<QualitySample> samples = new ArrayList<>();
            add(participant.sid(), of, room.services().clock().epochMs(), samples);
            keep(samples);
        }
    }

    private void keep(List<QualitySample> samples) {
        if (!samples.isEmpty()) {
            timeline().add(room.id(), samples);
            samples.forEach(room.oversight()::quality);
        }
    }
}
