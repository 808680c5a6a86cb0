// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import java.util.function.Function;
import java.util.function.Supplier;

/** What becomes of a request. */
public sealed interface HttpAction {
    /** Answered at once. */
    record Answer(HttpAnswer answer) implements HttpAction {}

    /**
     * The body is read, then handed over on a virtual thread, where the handler may block.
     *
     * @param maxBytes longest body
     * @param tooLong what a longer one gets
     */
    record Handle(int maxBytes, HttpAnswer tooLong, Function<byte[], HttpAnswer> handler) implements HttpAction {
        /** A longer body gets a bare 413. */
        public Handle(int maxBytes, Function<byte[], HttpAnswer> handler) {
            this(maxBytes, HttpAnswer.empty(413), handler);
        }
    }

    /** The connection becomes a WebSocket if it is admitted; asked on a virtual thread, where it may block. */
    record Upgrade(Supplier<Admission> admission) implements HttpAction {}

    /** Whether a WebSocket is let in. */
    sealed interface Admission {
        /** Not let in. */
        record Refused(HttpAnswer answer) implements Admission {}

        /**
         * Let in.
         *
         * @param maxFrameBytes longest frame; a longer one closes the socket with 1009
         * @param socket makes the handler of its frames
         */
        record Accepted(int maxFrameBytes, Supplier<UpgradedHandler> socket) implements Admission {}
    }
}
