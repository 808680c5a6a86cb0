// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.route;

import java.time.Instant;
import java.util.Map;
import org.nhipcau.signaling.rest.key.Principal;

/**
 * A request that has passed every check that needs no resource.
 *
 * @param path parameters of the path, by name
 * @param query as the route's record; null when it has none
 * @param body as the route's record; null when it has none
 * @param expectedVersion of {@code If-Match}; negative: any
 * @param recalled the store could not be asked who calls: nothing is taken but what protects
 */
public record Call(Principal principal, Map<String, String> path, Record query, Record body, long expectedVersion,
        Instant now, boolean recalled) {
    public Call {
        path = Map.copyOf(path);
    }

    /** A parameter of the path. */
    public String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no parameter " + name);
        }
        return value;
    }

    /** The query, as the type its route names. */
    public <T extends Record> T query(Class<T> type) {
        return type.cast(query);
    }

    /** The body, as the type its route names. */
    public <T extends Record> T body(Class<T> type) {
        return type.cast(body);
    }

    /** Refuses callers whose key is not for this facility, as if there were nothing there. */
    public void needFacility(String facility) {
        if (!principal.covers(facility)) {
            throw new ProblemException(ProblemType.NOT_FOUND, null);
        }
    }

    @Override
    public String toString() {
        return "Call";
    }
}
