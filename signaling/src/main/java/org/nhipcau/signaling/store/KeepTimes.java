// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

/**
 * How long each kind is kept.
 *
 * @param consultationDays consultations, their events and stays, after their end
 * @param patientNameDays who a patient or caregiver is, after their last stay
 * @param qualityDays figures of links, after the end of their consultation
 * @param auditDays the record; no less than consultations
 * @param outboxDays messages to other platforms, delivered or not
 * @param idempotencyHours answers to requests that may be repeated
 */
public record KeepTimes(int consultationDays, int patientNameDays, int qualityDays, int auditDays, int outboxDays,
        int idempotencyHours) {
    /** As the configuration's defaults say. */
    public static final KeepTimes DEFAULT = new KeepTimes(3_650, 3_650, 730, 3_650, 30, 48);
}
