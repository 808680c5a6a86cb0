// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.audit.AuditSigner;
import org.nhipcau.signaling.audit.AuditVerifier;

/**
 * Moves the head over entries that a crash left after it, once their own codes have proved them. A record that ends
 * before its head is never taken over: somebody has cut it.
 *
 * <p>Thread: start-up, with the lock on the head.
 */
final class Recovery {
    private Recovery() {}

    /** @throws IOException when the record does not fit the head */
    static void run(Database database, AuditSigner signer, AuditHead head, AuditHead.State state) throws IOException {
        AuditHead.Mark known = state.mark();
        AuditVerifier verifier = new AuditVerifier(signer,
                new AuditHead.State(new AuditHead.Mark(known.seq(), known.hash(), known.seq(), known.hash()),
                state.torn(), state.retired()));
        Optional<String> problem = database.readLong(connection -> check(connection, verifier, known.seq()))
                .or(verifier::finish).or(() -> headEntry(database, known)).or(() -> tip(database, verifier));
        if (problem.isPresent()) {
            throw new IOException("the audit record is broken: " + problem.get());
        }
        if (verifier.seq() > known.seq() || state.torn()) {
            head.write(new AuditHead.Mark(verifier.seq(), verifier.hash(), known.baseSeq(), known.baseHash()));
        }
    }

    private static Optional<String> check(Connection connection, AuditVerifier verifier, long after)
            throws SQLException {
        String[] problem = new String[1];
        Entries.each(connection, after, row -> {
            if (problem[0] == null) {
                problem[0] = verifier.accept(row).orElse(null);
            }
        });
        return Optional.ofNullable(problem[0]);
    }

    // The entry of the head itself must still be the one it was.
    private static Optional<String> headEntry(Database database, AuditHead.Mark known) {
        String there = known.seq() == known.baseSeq() ? known.hash() : database.read(connection -> Sql.first(connection,
                "SELECT hash FROM audit WHERE seq = ?", row -> row.getString(1), known.seq()).orElse(""));
        return there.equals(known.hash()) ? Optional.empty() : Optional.of("entry " + known.seq()
                + " is missing or another one than the head says: the end was cut, or an older copy was put back");
    }

    private static Optional<String> tip(Database database, AuditVerifier verifier) {
        Entries.Tip tip = database.read(Entries::tip);
        return tip.seq() == verifier.seq() && tip.hash().equals(verifier.hash()) ? Optional.empty()
                : Optional.of("the end of the record is not where the tip says");
    }
}
