// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.QualityCause;

/**
 * What is wrong with one track before it reaches any viewer: told by the publisher's figures, read by those of the viewers,
 * so that none of them is blamed for it.
 *
 * <p>Thread: one.
 */
final class SourceWatch {
    private double frozenShare = -1;
    private QualityCause frozenCause = QualityCause.NONE;
    private double lossRatio;
    private double audioPoints;
    private QualityCause lossCause = QualityCause.NONE;

    /** The picture's last interval. @param share -1: no picture was due */
    void picture(double share, QualityCause cause) {
        frozenShare = share;
        frozenCause = cause;
    }

    /**
     * What its link does to it.
     *
     * @param unrepairedRatio lost for good, over some seconds
     * @param points what that costs, for sound
     */
    void link(double unrepairedRatio, double points, QualityCause cause) {
        lossRatio = unrepairedRatio;
        audioPoints = points;
        lossCause = cause;
    }

    /** Share of the last interval in which no new frame came; -1: none was due. */
    double frozenShare() {
        return frozenShare;
    }

    /** Why no new frame came. */
    QualityCause frozenCause() {
        return frozenCause;
    }

    double lossRatio() {
        return lossRatio;
    }

    double audioPoints() {
        return audioPoints;
    }

    /** Whose matter the loss is. */
    QualityCause lossCause() {
        return lossCause;
    }
}
