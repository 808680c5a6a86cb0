// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.Arrays;
import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;
import org.nhipcau.sfu.api.MediaEvent.QualityReport;
import org.nhipcau.sfu.quality.StandingDelay;

/**
 * The figures of one peer over an interval: first {@link #takeUplink} of all peers, then {@link #take}, since a viewer's
 * figures look at those of its publishers.
 *
 * <p>The round trip has a part that is the way, half of it each way, and one that is a queue. What the peer's own packets
 * show of a queue is on its uplink; what is left is on its downlink. Reports and packets are not of the same moment, so
 * the least of three intervals counts.
 *
 * <p>Thread: one. Control path: once a second per peer.
 */
final class PeerFigures {
    private static final int SETTLING = 3;

    private final MediaEndpoint endpoint;
    private final UplinkFigures uplink;
    private final DownlinkFigures downlink;
    private final StandingDelay roundTrip = new StandingDelay();
    private final double[] queuesMs = new double[SETTLING];
    private int at;
    private long lastNs = Long.MIN_VALUE;
    private long intervalNs;
    private double roundTripMs = -1;
    private double oneWayMs = -1;
    private DirectionQuality received;

    PeerFigures(MediaEndpoint endpoint) {
        this.endpoint = endpoint;
        this.uplink = new UplinkFigures(endpoint.room());
        this.downlink = new DownlinkFigures(endpoint);
    }

    /** Sums up what the peer sent since the last call. */
    void takeUplink(long nowNs) {
        intervalNs = lastNs == Long.MIN_VALUE ? 0 : nowNs - lastNs;
        lastNs = nowNs;
        FeedbackReceiver feedback = endpoint.feedback();
        if (feedback.roundTripKnown()) {
            long leastNs = feedback.takeLeastRoundTripNs();
            if (leastNs >= 0) {
                roundTripMs = leastNs / 1e6;
                roundTrip.add(roundTripMs, nowNs);
            }
            oneWayMs = (roundTripMs - roundTrip.excessMs()) / 2;
        }
        received = uplink.take(Arrays.asList(endpoint.producers()), feedback.heardNs(), oneWayMs, intervalNs, nowNs);
        queuesMs[at] = Math.max(0, roundTrip.excessMs() - uplink.queueMs());
        at = (at + 1) % SETTLING;
    }

    /** All figures since the last call; after {@link #takeUplink} of all peers. */
    QualityReport take(long nowNs) {
        double standingMs = Double.MAX_VALUE;
        for (double queueMs : queuesMs) {
            standingMs = Math.min(standingMs, queueMs);
        }
        DirectionQuality sent = downlink.take(oneWayMs, standingMs, heardNs(), intervalNs, nowNs);
        FeedbackReceiver feedback = endpoint.feedback();
        return new QualityReport(endpoint.room().id(), endpoint.peerId(), received, sent,
                feedback.roundTripKnown() ? feedback.roundTripNs() / 1e6 : -1);
    }

    private long heardNs() {
        return endpoint.feedback().heardNs();
    }
}
