// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.signal;

/** A session description that a client cannot go on with. The message names the place, never the content. */
public final class SdpException extends Exception {
    private static final long serialVersionUID = 1;

    public SdpException(String message) {
        super(message);
    }
}
