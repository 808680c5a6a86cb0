// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.nhipcau.signaling.audit.AuditRow;
import org.nhipcau.signaling.audit.AuditVerifier;

/**
 * Goes along the record, proves each entry and takes note of what it tells, up to the first that is not as it was
 * written.
 *
 * <p>Thread: one. Owns: verifier and notes.
 */
final class ChainWalk {
    private final AuditVerifier verifier;
    private final Told told;
    private long entries;
    private Optional<String> problem = Optional.empty();

    ChainWalk(AuditVerifier verifier, Told told) {
        this.verifier = verifier;
        this.told = told;
    }

    /** Goes on to the end; tells what is wrong. */
    Optional<String> go(Connection connection) throws SQLException {
        Entries.each(connection, verifier.seq(), this::step);
        return problem;
    }

    private void step(AuditRow row) throws SQLException {
        if (problem.isPresent()) {
            return;
        }
        problem = verifier.accept(row);
        if (problem.isEmpty()) {
            problem = told.note(row);
            entries++;
        }
    }

    long entries() {
        return entries;
    }

    Told told() {
        return told;
    }
}
