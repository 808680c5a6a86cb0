// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

/**
 * Bounds on a session description of a client; one that exceeds any of them is refused whole.
 *
 * @param maxChars length of the text
 * @param maxLines lines of the text
 * @param maxSections m= lines
 */
public record SdpLimits(int maxChars, int maxLines, int maxSections) {
    /** Room for a participant who sees a whole ward: 256 sections of the size that browsers write. */
    public static final SdpLimits DEFAULT = new SdpLimits(2 << 20, 60_000, 256);

    /** @throws IllegalArgumentException when a bound is not positive */
    public SdpLimits {
        if (maxChars < 1 || maxLines < 1 || maxSections < 1) {
            throw new IllegalArgumentException("every bound of a session description must be at least 1");
        }
    }

    /** The default bounds with another bound on the text. */
    public static SdpLimits ofChars(int maxChars) {
        return new SdpLimits(maxChars, DEFAULT.maxLines, DEFAULT.maxSections);
    }
}
