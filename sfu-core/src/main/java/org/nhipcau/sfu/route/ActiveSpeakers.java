// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nhipcau.sfu.api.MediaEvent.Speaker;

/**
 * Tells who speaks in a room: once per interval the level of each participant, as changes since the last time.
 *
 * <p>Levels are steps of 1/8, so that small movements of a voice send no event. Whoever stops is told once,
 * with level 0.
 * Thread: one. Control path: runs a few times a second per room.
 */
final class ActiveSpeakers {
    private static final int STEPS = 8;
    /** The linear level of -35 dBov: below it nobody is heard. */
    private static final double MIN_LEVEL = 0.0178 * 0.4;

    private final Map<String, Double> told = new HashMap<>();
    private final Map<String, Double> levels = new HashMap<>();

    /**
     * Ends an interval.
     *
     * @param producers all of this part of the room
     * @param mirrored count those that other workers own, or those that this one does
     * @param windowMs length of the interval
     * @return changed speakers, loudest first; often empty
     */
    List<Speaker> endWindow(Collection<Producer> producers, boolean mirrored, double windowMs) {
        levels.clear();
        for (Producer producer : producers) {
            if (producer.speaker() != null && producer.mirrored() != null == mirrored) {
                double level = producer.speaker().endWindow(windowMs);
                levels.merge(producer.endpoint.participantId(), level, Math::max);
            }
        }
        List<Speaker> changed = new ArrayList<>();
        for (String known : List.copyOf(told.keySet())) {
            levels.putIfAbsent(known, 0.0);
        }
        for (Map.Entry<String, Double> entry : levels.entrySet()) {
            double level = quantise(entry.getValue());
            double before = told.getOrDefault(entry.getKey(), 0.0);
            if (level == before) {
                continue;
            }
            changed.add(new Speaker(entry.getKey(), level, level > 0));
            if (level > 0) {
                told.put(entry.getKey(), level);
            } else {
                told.remove(entry.getKey());
            }
        }
        changed.sort((a, b) -> Double.compare(b.level(), a.level()));
        return changed;
    }

    private static double quantise(double level) {
        return level < MIN_LEVEL ? 0 : Math.min(STEPS, Math.ceil(level * STEPS)) / STEPS;
    }
}
