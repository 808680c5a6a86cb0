// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.quality;

import java.util.Arrays;
import org.nhipcau.sfu.api.QualityCause;

/**
 * Weighs causes against one another, in points of the E-model's rating, and settles on one.
 *
 * <p>The dearest cause is the cause, once it costs as much as a listener notices; it stays until it costs clearly less,
 * or another clearly more, so that the label does not flicker. The bounds are by taste: ten points are about a third of
 * the way from very good to poor.
 *
 * <p>Thread: one.
 */
public final class Blame {
    /** From here on something suffers. */
    public static final double FELT = 10;
    /** Below this nothing does any more. */
    private static final double OVER = 6;
    private static final double CLEARLY = 1.25;
    private static final QualityCause[] CAUSES = QualityCause.values();

    private final double[] points = new double[CAUSES.length];
    private final double[][] frozen = new double[DirectionMeter.WINDOW][CAUSES.length];
    private int at;
    private QualityCause cause = QualityCause.NONE;

    /** An interval ended: weighs anew. Freezes of the last intervals and the cause found last stay in mind. */
    public void begin() {
        Arrays.fill(points, 0);
        at = (at + 1) % frozen.length;
        Arrays.fill(frozen[at], 0);
    }

    /** A picture stood still for a share of the interval: costs as many points as percent of the window. */
    public void addFreeze(QualityCause of, double share) {
        frozen[at][of.ordinal()] = Math.max(frozen[at][of.ordinal()], share);
    }

    /** A cause costs so much. Of several tellings about one the largest counts. */
    public void add(QualityCause of, double cost) {
        if (of != QualityCause.NONE) {
            points[of.ordinal()] = Math.max(points[of.ordinal()], Math.min(cost, 100));
        }
    }

    /** Settles on a cause. */
    public QualityCause settle() {
        QualityCause worst = QualityCause.NONE;
        for (QualityCause each : CAUSES) {
            double sum = 0;
            for (double[] interval : frozen) {
                sum += interval[each.ordinal()];
            }
            add(each, 100 * sum / frozen.length);
        }
        for (QualityCause each : CAUSES) {
            if (points(each) > points(worst)) {
                worst = each;
            }
        }
        boolean holds = cause != QualityCause.NONE && points(cause) >= OVER
                && points(worst) < points(cause) * CLEARLY;
        if (!holds) {
            cause = points(worst) >= FELT ? worst : QualityCause.NONE;
        }
        return cause;
    }

    /** The cause settled on last. */
    public QualityCause cause() {
        return cause;
    }

    /** What a cause costs. */
    public double points(QualityCause of) {
        return points[of.ordinal()];
    }
}
