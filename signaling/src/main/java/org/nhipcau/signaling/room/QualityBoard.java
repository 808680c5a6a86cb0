// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import livekit.LivekitModels.ConnectionQuality;
import livekit.LivekitRtc.ConnectionQualityInfo;
import livekit.LivekitRtc.ConnectionQualityUpdate;
import livekit.LivekitRtc.SignalResponse;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaEvent.QualityReport;
import org.nhipcau.sfu.api.QualityCause;
import org.nhipcau.signaling.quality.LiveQuality;
import org.nhipcau.signaling.session.ConnectionScore;

/**
 * Collects each participant's figures and tells marks and causes, where they changed, to the participant itself and to
 * those who receive something from it. That somebody is away is told at once, and to all who may know of it.
 *
 * <p>Two views of one participant. Others see LOST while its transport is disconnected or its seat is held without a
 * socket: their clients call it reconnecting. They see at best POOR while a track
 * that they should see or hear brings nothing (silent or frozen at the node). The participant itself never sees LOST:
 * JavaScript clients would reconnect fully after ten seconds of it, and lose a call that a resume would save; nor does
 * a stalled track of its own lower its mark, since the network may be fine and the device at fault.
 *
 * <p>The cause goes along in a field that the protocol does not know ({@link #CAUSE_FIELD}): other clients pass over it.
 * So do a participant's own figures ({@link OwnFigures}), which nobody else is told.
 *
 * <p>Thread: the room's.
 */
final class QualityBoard {
    /** Of ConnectionQualityInfo: a varint, {@link OwnFigures#wire}. Far from the numbers that the protocol may come to use. */
    static final int CAUSE_FIELD = 1000;

    private final Room room;
    private final Map<String, Meter> meters = new HashMap<>();
    private final Map<String, Map<String, Told>> told = new HashMap<>();
    private final QualityRecorder recorder;

    QualityBoard(Room room) {
        this.room = room;
        this.recorder = new QualityRecorder(room);
    }

    /** What a viewer was told last of somebody. */
    private record Told(ConnectionQuality mark, QualityCause cause) {}

    /** One participant's figures since the last round. */
    private static final class Meter {
        private final ConnectionScore score = new ConnectionScore();
        private final Map<String, double[]> byPeer = new HashMap<>();
        private double last = ConnectionScore.BEST;
        private ConnectionQuality mark = ConnectionQuality.EXCELLENT;
        private final OwnFigures own;
        private LiveQuality live;

        Meter(String sid) {
            own = new OwnFigures(sid);
            live = new LiveQuality(sid, null, null, -1, -1);
        }

        void add(String peerId, double value) {
            double[] sum = byPeer.computeIfAbsent(peerId, key -> new double[2]);
            sum[0] += value;
            sum[1]++;
        }

        // One transport carries both directions, or one each.
        void live(Participant participant, QualityReport report) {
            boolean sends = participant.answering().peer().peerId().equals(report.peerId());
            boolean receives = participant.receivingPeer().peerId().equals(report.peerId());
            if (sends) {
                own.addUplink(report.uplink(), report.roundTripTimeMs());
            }
            if (receives) {
                own.addDownlink(report.downlink(), report.roundTripTimeMs());
            }
            live = new LiveQuality(live.participant(), sends ? report.uplink() : live.uplink(),
                    receives ? report.downlink() : live.downlink(),
                    sends ? report.roundTripTimeMs() : live.uplinkRoundTripMs(),
                    receives ? report.roundTripTimeMs() : live.downlinkRoundTripMs());
        }

        /** The worst transport speaks for the participant; without figures the last mark stays. */
        void close() {
            double worst = Double.MAX_VALUE;
            for (double[] sum : byPeer.values()) {
                worst = Math.min(worst, sum[0] / sum[1]);
            }
            byPeer.clear();
            if (worst != Double.MAX_VALUE) {
                last = worst;
                mark = score.update(worst);
            }
        }
    }

    void report(Participant participant, QualityReport report) {
        Meter meter = meters.computeIfAbsent(participant.sid(), Meter::new);
        meter.add(report.peerId(), ConnectionScore.of(report.uplink(), report.downlink()));
        meter.live(participant, report);
        recorder.report(participant, report);
    }

    /** How the call goes for everybody here. */
    List<LiveQuality> live() {
        List<LiveQuality> all = new ArrayList<>();
        for (Participant participant : room.admitted()) {
            Meter meter = meters.get(participant.sid());
            if (meter != null) {
                all.add(meter.live);
            }
        }
        return all;
    }

    QualityRecorder recorder() {
        return recorder;
    }

    /** Closes the interval and tells what changed. */
    void round() {
        meters.values().forEach(Meter::close);
        for (Participant viewer : room.admitted()) {
            ConnectionQualityUpdate.Builder update = ConnectionQualityUpdate.newBuilder();
            for (Participant subject : room.admitted()) {
                report(viewer, subject, update);
            }
            send(viewer, update);
        }
    }

    /** A participant lost its way to the room, or found it again: nobody has to wait for the round. */
    void changed(Participant subject) {
        for (Participant viewer : room.admitted()) {
            ConnectionQualityUpdate.Builder update = ConnectionQualityUpdate.newBuilder();
            if (viewer != subject) {
                report(viewer, subject, update);
            }
            send(viewer, update);
        }
    }

    private static void send(Participant viewer, ConnectionQualityUpdate.Builder update) {
        if (update.getUpdatesCount() > 0) {
            viewer.send(SignalResponse.newBuilder().setConnectionQuality(update).build());
        }
    }

    private void report(Participant viewer, Participant subject, ConnectionQualityUpdate.Builder update) {
        boolean self = subject == viewer;
        boolean away = subject.away || disconnected(subject);
        Meter meter = meters.get(subject.sid());
        boolean concerns = self || room.oversight().knows(viewer, subject)
                && (away || wasAway(viewer, subject) || room.subscribing().hears(viewer, subject));
        if (!concerns || meter == null && !away && !wasAway(viewer, subject)) {
            return;
        }
        ConnectionQuality mark = meter == null ? ConnectionQuality.EXCELLENT : meter.mark;
        double score = meter == null ? ConnectionScore.BEST : meter.last;
        QualityCause cause = cause(viewer, subject);
        if (away) {
            mark = self ? ConnectionQuality.POOR : ConnectionQuality.LOST;
            score = ConnectionScore.NOTHING_ARRIVES;
            cause = QualityCause.PUBLISHER_UPLINK;
        } else if (!self && stalled(subject)) {
            mark = ConnectionQuality.POOR;
            score = ConnectionScore.NOTHING_ARRIVES;
        }
        if (viewer.session() != null) {
            Told now = new Told(mark, cause);
            Map<String, Told> heard = told.computeIfAbsent(viewer.sid(), key -> new HashMap<>());
            tell(subject, now, score, !now.equals(heard.put(subject.sid(), now)), self ? meter : null, update);
        }
    }

    // Own figures at their own pace: also while nothing else is new, and not with everything that is.
    private void tell(Participant subject, Told now, double score, boolean news, Meter self,
            ConnectionQualityUpdate.Builder update) {
        long nowMs = room.services().clock().nowMs();
        boolean figures = self != null && self.own.due(nowMs);
        if (!news && !figures) {
            return;
        }
        UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder().addField(CAUSE_FIELD,
                UnknownFieldSet.Field.newBuilder().addVarint(OwnFigures.wire(now.cause())).build());
        if (figures) {
            self.own.take(fields, nowMs);
        }
        update.addUpdates(ConnectionQualityInfo.newBuilder().setParticipantSid(subject.sid()).setQuality(now.mark())
                .setScore((float) score).setUnknownFields(fields.build()));
    }

    private boolean wasAway(Participant viewer, Participant subject) {
        return told.getOrDefault(viewer.sid(), Map.of()).get(subject.sid()) instanceof Told last
                && last.mark() == ConnectionQuality.LOST;
    }

    private QualityCause cause(Participant viewer, Participant subject) {
        Meter of = meters.get(subject.sid());
        Meter at = meters.getOrDefault(viewer.sid(), of);
        return of == null ? QualityCause.NONE : LiveQuality.causeSeenBy(at.live, of.live);
    }

    private static boolean disconnected(Participant subject) {
        return lost(subject.answering().peer())
                || subject.offering() != null && lost(subject.offering().peer());
    }

    private static boolean lost(MediaPeer peer) {
        return peer.state() == PeerState.DISCONNECTED || peer.state() == PeerState.FAILED;
    }

    private static boolean stalled(Participant subject) {
        for (PublishedTrack track : subject.tracks().values()) {
            if (track.stalled()) {
                return true;
            }
        }
        return false;
    }

    /** A client on a new socket hears all marks again. */
    void resumed(Participant viewer) {
        told.remove(viewer.sid());
    }

    void forget(Participant participant) {
        meters.remove(participant.sid());
        recorder.forget(participant);
        told.remove(participant.sid());
        told.values().forEach(heard -> heard.remove(participant.sid()));
    }
}
