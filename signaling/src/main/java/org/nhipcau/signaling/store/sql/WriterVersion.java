// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.nhipcau.signaling.consultation.JournalUnavailableException;

/**
 * Keeps a program away from a database that a newer one has taken over: what it would write there without knowing the
 * newer rules would pass for a hand in the record.
 *
 * <p>The database says what a program has to be, to write there ({@code audit_tip.minimum_writer}). It is asked when the
 * database is opened, with each change and with each pulse, since a newer program may come while an older one runs.
 *
 * <p>Thread: any.
 */
final class WriterVersion {
    /** What this program is; raised together with the database's minimum, by a migration of that number. */
    static final int NUMBER = 4;
    /** What a change is refused with, once a newer program has taken over. */
    static final String NEWER = "store_newer";

    private WriterVersion() {}

    /**
     * Refuses to open.
     *
     * @throws IOException saying what to do
     */
    static void refuse(Database database) throws IOException {
        long minimum = database.read(WriterVersion::minimum);
        if (minimum > NUMBER) {
            throw new IOException("the store belongs to a newer version of nhipcau by now: it takes a program of "
                    + "number " + minimum + ", this one is " + NUMBER + ". Start the newer version; to go back, "
                    + "restore a backup that this version made");
        }
    }

    /** Waits for the queue of all writers, and refuses the change where a newer program has taken over. */
    static void queue(Connection connection) throws SQLException {
        int mine = Sql.update(connection, "UPDATE audit_tip SET turns = turns + 1 WHERE id = 1 "
                + "AND minimum_writer <= ?", NUMBER);
        if (mine == 0) {
            throw newer();
        }
    }

    /** Refuses a write that is no change of the record. */
    static void check(Connection connection) throws SQLException {
        if (minimum(connection) > NUMBER) {
            throw newer();
        }
    }

    /** Makes the database's minimum at least this program's: its tables are this program's. */
    static void claim(Connection connection) throws SQLException {
        Sql.update(connection, "UPDATE audit_tip SET minimum_writer = ? WHERE minimum_writer < ?", NUMBER, NUMBER);
    }

    static long minimum(Connection connection) throws SQLException {
        return Sql.first(connection, "SELECT minimum_writer FROM audit_tip WHERE id = 1", row -> row.getLong(1))
                .orElseThrow();
    }

    private static JournalUnavailableException newer() {
        return Failures.unavailable(NEWER, null);
    }
}
