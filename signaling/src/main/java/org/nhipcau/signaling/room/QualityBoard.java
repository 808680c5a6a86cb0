// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.HashMap;
import java.util.Map;
import livekit.LivekitModels.ConnectionQuality;
import livekit.LivekitRtc.ConnectionQualityInfo;
import livekit.LivekitRtc.ConnectionQualityUpdate;
import livekit.LivekitRtc.SignalResponse;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaEvent.PeerStatistics;
import org.nhipcau.signaling.session.ConnectionScore;

/**
 * Collects each participant's figures and tells marks every few seconds, where they changed, to the participant itself
 * and to those who receive something from it. That somebody is away is told at once, and to all who may know of it.
 *
 * <p>Two views of one participant. Others see LOST while its transport is disconnected or its seat is held without a
 * socket: their clients call it reconnecting. They see at best POOR while a track
 * that they should see or hear brings nothing (silent or frozen at the node). The participant itself never sees LOST:
 * JavaScript clients would reconnect fully after ten seconds of it, and lose a call that a resume would save; nor does
 * a stalled track of its own lower its mark, since the network may be fine and the device at fault.
 *
 * <p>Thread: the room's.
 */
final class QualityBoard {
    private final Room room;
    private final Map<String, Meter> meters = new HashMap<>();
    private final Map<String, Map<String, ConnectionQuality>> told = new HashMap<>();

    QualityBoard(Room room) {
        this.room = room;
    }

    /** One participant's figures since the last round. */
    private static final class Meter {
        private final ConnectionScore score = new ConnectionScore();
        private final Map<String, double[]> byPeer = new HashMap<>();
        private double last = ConnectionScore.BEST;
        private ConnectionQuality mark = ConnectionQuality.EXCELLENT;

        void add(String peerId, double value) {
            double[] sum = byPeer.computeIfAbsent(peerId, key -> new double[2]);
            sum[0] += value;
            sum[1]++;
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

    void statistics(Participant participant, PeerStatistics figures) {
        double up = ConnectionScore.of(figures.uplink(), figures.roundTripTimeMs());
        double down = ConnectionScore.of(figures.downlink(), figures.roundTripTimeMs());
        meters.computeIfAbsent(participant.sid(), key -> new Meter()).add(figures.peerId(), Math.min(up, down));
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
        boolean concerns = self || subject.visible()
                && (away || wasAway(viewer, subject) || room.subscribing().hears(viewer, subject));
        if (!concerns || meter == null && !away && !wasAway(viewer, subject)) {
            return;
        }
        ConnectionQuality mark = meter == null ? ConnectionQuality.EXCELLENT : meter.mark;
        double score = meter == null ? ConnectionScore.BEST : meter.last;
        if (away) {
            mark = self ? ConnectionQuality.POOR : ConnectionQuality.LOST;
            score = ConnectionScore.NOTHING_ARRIVES;
        } else if (!self && stalled(subject)) {
            mark = ConnectionQuality.POOR;
            score = ConnectionScore.NOTHING_ARRIVES;
        }
        Map<String, ConnectionQuality> heard = told.computeIfAbsent(viewer.sid(), key -> new HashMap<>());
        if (viewer.session() != null && heard.put(subject.sid(), mark) != mark) {
            update.addUpdates(ConnectionQualityInfo.newBuilder().setParticipantSid(subject.sid()).setQuality(mark)
                    .setScore((float) score));
        }
    }

    private boolean wasAway(Participant viewer, Participant subject) {
        return told.getOrDefault(viewer.sid(), Map.of()).get(subject.sid()) == ConnectionQuality.LOST;
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
        told.remove(participant.sid());
        told.values().forEach(heard -> heard.remove(participant.sid()));
    }
}
