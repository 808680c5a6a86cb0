// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.key;

import java.util.Locale;

/** What a key may be allowed. One right never includes another. */
public enum Scope {
    FACILITIES_READ("Read facilities."),
    FACILITIES_WRITE("Add, change and remove facilities."),
    STAFF_READ("Read staff, without names."),
    STAFF_WRITE("Add, change and remove staff; their names go in and do not come out."),
    CONSULTATIONS_READ("Read consultations, their participants, consent and face policy."),
    CONSULTATIONS_WRITE("Request consultations and move them through their life."),
    PARTICIPANTS_APPROVE("Put people on a consultation's list, approve them and take them off."),
    CONSENT_WRITE("Record and withdraw the patient's consent."),
    POLICY_WRITE("Set the face policy."),
    TOKENS_ISSUE("Issue short-lived tokens to join a consultation."),
    RECORDER_ALLOW("Allow the recorder of the hospital's own system, and put it on a list."),
    ATTENDANCE_READ("Read who took part, from when to when."),
    QUALITY_READ("Read how calls went."),
    AUDIT_READ("Export the audit record."),
    REPORTS_READ("Read the counts of sessions, participants and minutes."),
    EXPORTS_READ("Export a whole consultation as JSON or PDF."),
    PSEUDONYMS_WRITE("Get a pseudonym for a patient or caregiver; what it stands for goes in and does not come out."),
    PSEUDONYMS_READ("See who is behind a pseudonym."),
    PSEUDONYMS_ERASE("Erase who is behind a pseudonym."),
    KEYS_MANAGE("Make, list and revoke API keys.");

    private final String description;

    Scope(String description) {
        this.description = description;
    }

    /** What it allows, for those who give keys out. */
    public String description() {
        return description;
    }

    /** Its name in requests and answers, {@code resource:right}. */
    public String wireName() {
        int last = name().lastIndexOf('_');
        return name().substring(0, last).toLowerCase(Locale.ROOT) + ':'
                + name().substring(last + 1).toLowerCase(Locale.ROOT);
    }

    /** The scope of this name; null when there is none. */
    public static Scope named(String wireName) {
        for (Scope scope : values()) {
            if (scope.wireName().equals(wireName)) {
                return scope;
            }
        }
        return null;
    }
}
