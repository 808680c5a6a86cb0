// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.quality;

import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;
import org.nhipcau.sfu.api.QualityCause;

/**
 * How the call goes for one participant right now: the last report of each direction.
 *
 * @param participant its session id, never its identity
 * @param uplink null before the first report
 * @param downlink null before the first report
 * @param uplinkRoundTripMs of the transport it sends on; -1 unknown
 * @param downlinkRoundTripMs of the transport it is sent on; -1 unknown
 */
public record LiveQuality(String participant, DirectionQuality uplink, DirectionQuality downlink,
        double uplinkRoundTripMs, double downlinkRoundTripMs) {

    /**
     * Why the picture and sound of one participant are bad at another, or why its own connection is.
     *
     * @param viewer the other; the same: its own connection
     */
    public static QualityCause causeSeenBy(LiveQuality viewer, LiveQuality subject) {
        DirectionQuality sent = subject.uplink;
        DirectionQuality received = viewer.downlink;
        QualityCause there = sent == null ? QualityCause.NONE : sent.cause();
        // A viewer's downlink may suffer from the uplink of somebody else: that is nothing to be shown here.
        boolean own = received != null && (received.cause() == QualityCause.VIEWER_DOWNLINK
                || received.cause() == QualityCause.SERVER);
        return own && (there == QualityCause.NONE || received.impairment() > sent.impairment()) ? received.cause()
                : there;
    }
}
