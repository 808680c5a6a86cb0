// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.sql.SQLException;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Names what went wrong with the database, in codes that operators and clients are told. Thread: any. */
final class Failures {
    private static final String PG_DISK_FULL = "53100";
    private static final String UNREACHABLE = "store_unreachable";

    private Failures() {}

    static JournalUnavailableException of(SQLException e) {
        return unavailable(code(e), e);
    }

    /** The database was not there, or no more. */
    static boolean unreachable(SQLException e) {
        return UNREACHABLE.equals(code(e));
    }

    static JournalUnavailableException unavailable(String code, Throwable cause) {
        return new JournalUnavailableException(code, cause);
    }

    private static String code(SQLException e) {
        if (e instanceof SQLiteException sqlite) {
            SQLiteErrorCode code = sqlite.getResultCode();
            String name = code.name();
            if (code == SQLiteErrorCode.SQLITE_FULL || name.startsWith("SQLITE_IOERR")) {
                return code == SQLiteErrorCode.SQLITE_FULL ? "store_disk_full" : "store_disk_failed";
            }
            if (name.startsWith("SQLITE_BUSY") || name.startsWith("SQLITE_LOCKED")) {
                return "store_busy";
            }
            if (name.startsWith("SQLITE_READONLY") || name.startsWith("SQLITE_CANTOPEN")
                    || name.startsWith("SQLITE_PERM")) {
                return "store_not_writable";
            }
            return name.startsWith("SQLITE_CORRUPT") || name.startsWith("SQLITE_NOTADB") ? "store_corrupt"
                    : "store_failed";
        }
        String state = e.getSQLState();
        if (PG_DISK_FULL.equals(state)) {
            return "store_disk_full";
        }
        return state == null || state.startsWith("08") || state.startsWith("57") ? UNREACHABLE : "store_failed";
    }

    /** What a person may be told: messages of drivers quote addresses and values. */
    static String cause(Throwable e) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql) {
                return code(sql);
            }
        }
        return e.getClass().getSimpleName();
    }
}
