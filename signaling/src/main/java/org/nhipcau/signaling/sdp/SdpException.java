// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

/** A session description that cannot be used. The message names what is wrong and holds none of its text. */
public final class SdpException extends Exception {
    public SdpException(String message) {
        super(message, null, false, false);
    }
}
