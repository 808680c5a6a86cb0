// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

/** Decides from a request's head what becomes of it. Thread: the connection's event loop; never blocks. */
@FunctionalInterface
public interface HttpService {
    /** The action for this request. An exception is answered with 500. */
    HttpAction route(RequestHead head);

    /** Whether it answers OPTIONS itself, for it has methods or headers of its own. */
    default boolean answersOptions() {
        return false;
    }
}
