// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.policy;

import java.util.Optional;

/**
 * As what a person takes part in a consultation. What a role may is in {@link RoleTable} alone.
 *
 * <p>Spec: requirements D2; {@link #RECORDER} C3.
 */
public enum Role {
    CHAIR("chủ tọa", "chair"),
    SECRETARY("thư ký", "secretary"),
    EXPERT("chuyên gia", "expert"),
    PRESENTING_DOCTOR("bác sĩ trình bày", "presenting doctor"),
    PATIENT("người bệnh", "patient"),
    CAREGIVER("người chăm sóc", "caregiver"),
    TRAINEE("học viên", "trainee"),
    IT_TECHNICIAN("kỹ thuật viên", "IT technician"),
    CONTROLLER("điều khiển", "controller"),
    /** The hospital's own recording system: by API only, off until a leader allows it, seen by all. */
    RECORDER("hệ thống ghi hình", "recorder");

    private final String vi;
    private final String en;

    Role(String vi, String en) {
        this.vi = vi;
        this.en = en;
    }

    /** The role of that name; nothing for a name that is not known, which everywhere means: no rights at all. */
    public static Optional<Role> named(String name) {
        for (Role role : values()) {
            if (role.name().equals(name)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }

    /** Whether the person works for a site of the consultation, and needs no one to be let in from the lobby. */
    public boolean isStaff() {
        return switch (this) {
            case CHAIR, SECRETARY, EXPERT, PRESENTING_DOCTOR, IT_TECHNICIAN, CONTROLLER -> true;
            case PATIENT, CAREGIVER, TRAINEE, RECORDER -> false;
        };
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
