// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Objects;

/**
 * One deed, before it is chained.
 *
 * <p>It says who did what to which consultation by pseudonyms alone: entries outlive the erasure of a person.
 *
 * @param kind what was done, such as {@code consultation.consent-given}
 * @param consultation empty when it concerns none
 * @param actor pseudonym, API key id or {@code system}
 * @param data what else is to be known; no names, no addresses
 */
public record AuditEntry(Instant at, String kind, String consultation, String actor, ObjectNode data) {
    public AuditEntry {
        Objects.requireNonNull(at);
        if (kind.isEmpty() || actor.isEmpty()) {
            throw new IllegalArgumentException("an audit entry needs a kind and an actor");
        }
        Objects.requireNonNull(consultation);
        data = data.deepCopy();
    }
}
