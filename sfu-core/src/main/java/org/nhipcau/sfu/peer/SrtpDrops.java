// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.srtp.SrtpResult;

/** Names the drop of a packet that SRTP did not let pass. */
final class SrtpDrops {
    private SrtpDrops() {}

    /** @param malformed of the packet's protocol */
    static DropReason reason(SrtpResult result, DropReason malformed) {
        return switch (result) {
            case REPLAYED -> DropReason.SRTP_REPLAY;
            case MALFORMED -> malformed;
            case SSRC_LIMIT -> DropReason.SSRC_LIMIT;
            case AUTHENTICATION_FAILED, KEY_EXHAUSTED, OK -> DropReason.SRTP_AUTHENTICATION;
        };
    }
}
