// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.Objects;
import java.util.function.Supplier;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.policy.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads rules that may fail: what cannot be read is shut, and its bug is counted and told by class and place. Thread:
 * the room's.
 */
final class GuardedRuling implements Ruling {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedRuling.class);

    private final Ruling rules;
    private final RoomMetrics metrics;

    private GuardedRuling(Ruling rules, RoomMetrics metrics) {
        this.rules = rules;
        this.metrics = metrics;
    }

    /** The rules that hold now. */
    static GuardedRuling of(RoomGovernor governor, RoomMetrics metrics) {
        try {
            return new GuardedRuling(Objects.requireNonNull(governor.ruling()), metrics);
        } catch (RuntimeException bug) {
            fault(metrics, "rules cannot be read", bug);
            return shut(metrics);
        }
    }

    /** Nothing flows. */
    static GuardedRuling shut(RoomMetrics metrics) {
        return new GuardedRuling(Ruling.SHUT, metrics);
    }

    /** Whether there are no rules that could be read: all stay where they are. */
    boolean isShut() {
        return rules == Ruling.SHUT;
    }

    static void fault(RoomMetrics metrics, String what, RuntimeException bug) {
        metrics.fault();
        LOG.error("{}: {}", what, Faults.describe(bug));
    }

    private <T> T read(Supplier<T> question, T otherwise, String fault) {
        try {
            return question.get();
        } catch (RuntimeException bug) {
            fault(metrics, fault, bug);
            return otherwise;
        }
    }

    @Override
    public Standing standing(String identity) {
        return read(() -> rules.standing(identity), null, "a standing cannot be read");
    }

    @Override
    public boolean knows(String viewer, String subject) {
        return read(() -> rules.knows(viewer, subject), false, "it cannot be read who knows of whom");
    }

    @Override
    public View view(String viewer, String publisher, Source source) {
        return read(() -> rules.view(viewer, publisher, source), View.NONE, "a view cannot be read");
    }

    @Override
    public Gate gate(String publisher, Source source) {
        return read(() -> rules.gate(publisher, source), Ruling.SHUT.gate(publisher, source),
                "a face policy cannot be read");
    }

    @Override
    public String metadata() {
        return read(rules::metadata, "", "what is told of a room cannot be read");
    }

    @Override
    public String metadata(String viewer, String provenCover) {
        return read(() -> rules.metadata(viewer, provenCover), "", "what is told of a room cannot be read");
    }

    @Override
    public String mainScreen() {
        return read(rules::mainScreen, null, "it cannot be read who is on the main screen");
    }

    @Override
    public boolean over() {
        return read(rules::over, false, "it cannot be read whether a room is to end");
    }
}
