// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.nhipcau.signaling.policy.Action.*;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.nhipcau.signaling.policy.Action;

/**
 * Who gives a command. A participant's role is looked up in the consultation's list and never carried along.
 *
 * @param kind in which capacity
 * @param id a pseudonym ({@code P_…}) for a participant; for others an opaque id (of an API key or a staff account),
 *         never a name
 * @param facility the code of the facility for which an office or a leader speaks; empty for the other kinds
 */
public record Actor(Kind kind, String id, String facility) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
    private static final Set<Action> OFFICE_ACTIONS = EnumSet.of(ENLIST, CHANGE_ROLE, ANSWER, SCHEDULE, TEST, OPEN,
            BEGIN, ADMIT, REMOVE, MUTE, RECORD_CONSENT, WITHDRAW_CONSENT, TIGHTEN_POLICY, SUSPEND, RESUME, CANCEL,
            CONCLUDE, DECLARE_EMERGENCY);

    /** In which capacity somebody acts. */
    public enum Kind {
        /** One on the consultation's list, with the rights of the role there. */
        PARTICIPANT("người tham gia", "participant", EnumSet.noneOf(Action.class)),
        /** The office of a facility that is part of the consultation: requests, schedules, keeps the list. */
        OFFICE("văn phòng cơ sở", "facility's office", OFFICE_ACTIONS),
        /** The leadership of a facility: all that the office may, and approval. */
        LEADER("lãnh đạo cơ sở", "facility's leader", with(APPROVE, ALLOW_RECORDER, CONFIRM_EMERGENCY)),
        /** Another platform, trusted for all facilities: what an office may. */
        PLATFORM("nền tảng kết nối", "outside platform", OFFICE_ACTIONS),
        /** This server: timers, connections that ended, the gate. */
        SYSTEM("hệ thống", "the server", EnumSet.of(OPEN, KEEP_TIME));

        private final String vi;
        private final String en;
        private final Set<Action> actions;

        Kind(String vi, String en, Set<Action> actions) {
            this.vi = vi;
            this.en = en;
            this.actions = actions;
        }

        private static Set<Action> with(Action... more) {
            EnumSet<Action> all = EnumSet.copyOf(OFFICE_ACTIONS);
            all.addAll(Set.of(more));
            return all;
        }

        /** Whether this kind may do this; for participants the role table answers instead. */
        public boolean may(Action action) {
            return actions.contains(action);
        }

        /** As it is read on a Vietnamese screen. */
        public String vi() {
            return vi;
        }

        /** As it is read on an English screen. */
        public String en() {
            return en;
        }
    }

    /** Refuses ids of another form. */
    public Actor {
        Objects.requireNonNull(kind, "kind");
        facility = facility == null ? "" : facility;
        if (id == null || !ID.matcher(id).matches()) {
            throw new IllegalArgumentException("an actor's id must match " + ID);
        }
        boolean bound = kind == Kind.OFFICE || kind == Kind.LEADER;
        if (bound ? !Facility.isCode(facility) : !facility.isEmpty()) {
            throw new IllegalArgumentException("exactly an office and a leader speak for a facility");
        }
    }

    /** One on the consultation's list. */
    public static Actor participant(String pseudonym) {
        return new Actor(Kind.PARTICIPANT, pseudonym, "");
    }

    /** The office of a facility. */
    public static Actor office(String id, String facility) {
        return new Actor(Kind.OFFICE, id, facility);
    }

    /** The leadership of a facility. */
    public static Actor leader(String id, String facility) {
        return new Actor(Kind.LEADER, id, facility);
    }

    /** Another platform. */
    public static Actor platform(String id) {
        return new Actor(Kind.PLATFORM, id, "");
    }

    /** This server. */
    public static Actor system() {
        return new Actor(Kind.SYSTEM, "system", "");
    }
}
