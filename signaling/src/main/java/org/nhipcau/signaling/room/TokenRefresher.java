// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import org.nhipcau.signaling.token.Grants;

/** Makes a new access token for a participant that is in a room. Thread: any; does not block. */
@FunctionalInterface
public interface TokenRefresher {
    /**
     * @param grants what the token shall say; its times are set anew, with a life never shorter than the original's
     */
    String refresh(Grants grants);
}
