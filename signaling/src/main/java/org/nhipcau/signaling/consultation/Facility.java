// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A hospital or station, and where it belongs: what reports count by.
 *
 * <p>Spec: requirements D4.
 *
 * @param code the facility's own code, 1 to 32 letters, digits, dots, dashes or underscores
 * @param level its level of care
 * @param province the province's code, 1 to 16 letters, digits or dashes
 * @param district the district's code, or empty: not every facility is in one
 */
public record Facility(String code, Level level, String province, String district) {
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9._-]{1,32}");
    private static final Pattern AREA = Pattern.compile("[A-Za-z0-9-]{1,16}");

    /** Levels of care, from the top. */
    public enum Level { CENTRAL, PROVINCE, DISTRICT, COMMUNE }

    /** Refuses codes of another form. */
    public Facility {
        Objects.requireNonNull(level, "level");
        district = district == null ? "" : district;
        if (!isCode(code)) {
            throw new IllegalArgumentException("facility code must match " + CODE);
        }
        if (province == null || !AREA.matcher(province).matches()) {
            throw new IllegalArgumentException("province must match " + AREA);
        }
        if (!district.isEmpty() && !AREA.matcher(district).matches()) {
            throw new IllegalArgumentException("district must be empty or match " + AREA);
        }
    }

    /** Whether this has the form of a facility's code. */
    public static boolean isCode(String code) {
        return code != null && CODE.matcher(code).matches();
    }
}
