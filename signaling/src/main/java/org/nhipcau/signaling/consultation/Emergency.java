// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

/**
 * That a consultation skipped waiting and approval, by whom and why, and who confirmed it afterwards.
 *
 * <p>Spec: requirements D1.
 *
 * @param declaredBy the id of who declared it
 * @param declaredAtMs when, milliseconds since the epoch
 * @param reason a code
 * @param confirmedBy the id of who confirmed it, another person, or empty
 * @param confirmedAtMs when it was confirmed, or 0
 */
public record Emergency(String declaredBy, long declaredAtMs, String reason, String confirmedBy, long confirmedAtMs) {
    /** Whether somebody has confirmed it. */
    public boolean confirmed() {
        return confirmedAtMs != 0;
    }

    Emergency confirmed(String by, long nowMs) {
        return new Emergency(declaredBy, declaredAtMs, reason, by, nowMs);
    }
}
