// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.key;

import java.util.Set;

/**
 * Who calls: what a key or an operator's token allows.
 *
 * @param id the key's id, which the audit names; never its secret
 * @param facility code of the facility it may act for; empty: all
 */
public record Principal(String id, Set<Scope> scopes, String facility) {
    public Principal {
        scopes = Set.copyOf(scopes);
    }

    public boolean may(Scope scope) {
        return scopes.contains(scope);
    }

    /** Whether it may act for every facility. */
    public boolean everywhere() {
        return facility.isEmpty();
    }

    /** Whether it may act for this facility; for what belongs to none, only who may act for all. */
    public boolean covers(String code) {
        return facility.isEmpty() || facility.equals(code);
    }

    /** Whether all that another may is allowed to this one too, so that it may hand it out. */
    public boolean includes(Principal other) {
        return scopes.containsAll(other.scopes) && (everywhere() || facility.equals(other.facility));
    }
}
