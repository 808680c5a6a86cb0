// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

/** What became of one packet. After anything but OK its bytes are undefined: drop it and count why. */
public enum SrtpResult {
    OK,
    /** The tag is wrong: forged, damaged, or of another key. */
    AUTHENTICATION_FAILED,
    /** This index was seen before or lies behind the replay window; when protecting: was sent before. */
    REPLAYED,
    /** Too short for header and tag, or SRTCP that is not encrypted. */
    MALFORMED,
    /** A further SSRC beyond the configured number. */
    SSRC_LIMIT,
    /** The key has protected as many packets as it may (RFC 3711 §9.2): only a new transport helps. */
    KEY_EXHAUSTED
}
