// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.policy;

import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * How the patient's face is kept from those who may not see it.
 *
 * <p>Spec: requirements C1, C8.
 *
 * @param mode what is done to the face; {@link Mode#COVER} is the default and the only mode called compliant
 * @param subjectRoles whose pictures are under the policy: all video of these roles, whatever its label
 * @param clearFor roles that may see the clear face; everybody else, and every unknown role, is restricted
 * @param level how a cover is proved
 * @param noFace what is sent of a picture in which no face was found
 * @param holdBackMs for how long packets to the restricted wait for a later proof, milliseconds
 * @param onViolation what opens a picture again that was cut
 */
public record FacePolicy(Mode mode, Set<Role> subjectRoles, Set<Role> clearFor, Level level, NoFace noFace,
        int holdBackMs, OnViolation onViolation) {

    /** What is done to the face, from nothing to most. */
    public enum Mode { OFF, BLUR, COVER }

    /** How a cover is proved, from the sender's word to the server's own work. */
    public enum Level {
        /** By the sending client's heartbeats. */
        ATTESTED,
        /** By a worker that looks at the picture. */
        VERIFIED,
        /** By a worker that covers the face itself. */
        APPLIED
    }

    /** What is sent of a picture without a face, from more to less. */
    public enum NoFace { ALLOW_IF_VERIFIED, COVER_ALL }

    /** What opens a picture again that was cut, from easier to harder. */
    public enum OnViolation {
        /** Clean again for a while. */
        HOLD,
        /** Clean again, and released by the chair or the controller. */
        LATCH
    }

    /** The longest hold-back that can be asked for. */
    public static final int MAX_HOLD_BACK_MS = 5_000;

    /**
     * What a consultation has when nobody chose: covered for everybody. The caregiver is a subject too, because the
     * picture of one who holds a child shows the child.
     */
    public static final FacePolicy STANDARD = new FacePolicy(Mode.COVER, EnumSet.of(Role.PATIENT, Role.CAREGIVER),
            EnumSet.noneOf(Role.class), Level.ATTESTED, NoFace.COVER_ALL, 0, OnViolation.HOLD);

    /** Copies the sets; refuses what no policy may say. */
    public FacePolicy {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(noFace, "noFace");
        Objects.requireNonNull(onViolation, "onViolation");
        subjectRoles = copy(subjectRoles);
        clearFor = copy(clearFor);
        if (holdBackMs < 0 || holdBackMs > MAX_HOLD_BACK_MS) {
            throw new IllegalArgumentException("holdBackMs must be 0 to " + MAX_HOLD_BACK_MS);
        }
        for (Role role : clearFor) {
            if (!RoleTable.mayEverSeeClear(role)) {
                throw new IllegalArgumentException(role + " may never see a patient's clear face");
            }
        }
        if (!subjectRoles.contains(Role.PATIENT)) {
            throw new IllegalArgumentException("subjectRoles must contain PATIENT");
        }
    }

    private static Set<Role> copy(Set<Role> roles) {
        return roles == null || roles.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(roles));
    }

    /** Whether pictures of this role are under the policy; an unknown role's are. */
    public boolean isSubject(Role role) {
        return mode != Mode.OFF && (role == null || subjectRoles.contains(role));
    }

    /** Whether this role may see the clear face of a subject; an unknown role may not. */
    public boolean isClear(Role viewer) {
        return viewer != null && (mode == Mode.OFF ? RoleTable.mayEverSeeClear(viewer) : clearFor.contains(viewer));
    }

    /** The same policy for pictures of this role too. */
    public FacePolicy withSubject(Role role) {
        if (subjectRoles.contains(role)) {
            return this;
        }
        EnumSet<Role> more = EnumSet.copyOf(subjectRoles);
        more.add(role);
        return new FacePolicy(mode, more, clearFor, level, noFace, holdBackMs, onViolation);
    }

    private Set<Role> seenClearBy() {
        EnumSet<Role> viewers = EnumSet.noneOf(Role.class);
        for (Role role : Role.values()) {
            if (isClear(role)) {
                viewers.add(role);
            }
        }
        return viewers;
    }

    /** Whether this shows no more than the other in any respect. */
    public boolean isAtLeastAsTightAs(FacePolicy other) {
        return mode.compareTo(other.mode) >= 0
                && subjectRoles.containsAll(other.subjectRoles)
                && other.seenClearBy().containsAll(seenClearBy())
                && level.compareTo(other.level) >= 0
                && noFace.compareTo(other.noFace) >= 0
                && holdBackMs >= other.holdBackMs
                && onViolation.compareTo(other.onViolation) >= 0;
    }

    /**
     * The loosest policy that is at least as tight as both: in each respect the tighter of the two. So orders that
     * tighten can be put together in any sequence, and none undoes another.
     */
    public FacePolicy and(FacePolicy other) {
        Mode tighterMode = tighter(mode, other.mode);
        EnumSet<Role> subjects = EnumSet.copyOf(subjectRoles);
        subjects.addAll(other.subjectRoles);
        // Where nothing is covered the list says nothing yet: it waits for a mode that covers.
        Set<Role> viewers = tighterMode == Mode.OFF ? new HashSet<>(clearFor) : seenClearBy();
        viewers.retainAll(tighterMode == Mode.OFF ? other.clearFor : other.seenClearBy());
        return new FacePolicy(tighterMode, subjects, viewers, tighter(level, other.level), tighter(noFace, other.noFace),
                Math.max(holdBackMs, other.holdBackMs), tighter(onViolation, other.onViolation));
    }

    /** Each of the policy's scales goes from loose to tight. */
    private static <E extends Enum<E>> E tighter(E a, E b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** Whether this shows less than the other in some respect, and more in none. */
    public boolean isTighterThan(FacePolicy other) {
        return isAtLeastAsTightAs(other) && !other.isAtLeastAsTightAs(this);
    }
}
