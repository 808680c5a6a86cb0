// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.util.regex.Pattern;

/** Tells whether a reason is a code; free text is refused, because it could say who somebody is (C2). */
public final class ReasonCode {
    private static final Pattern CODE = Pattern.compile("[a-z0-9-]{1,40}");

    private ReasonCode() {
    }

    /** Whether this is a code: 1 to 40 of {@code a-z 0-9 -}. */
    public static boolean isValid(String reason) {
        return reason != null && CODE.matcher(reason).matches();
    }
}
