// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.io.IOException;
import java.util.Optional;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.audit.AuditSigner;

/**
 * Finds a key in use that the record has left behind: whatever it signed next would break the record for ever, so
 * nothing may be written.
 *
 * <p>Thread: any; blocks.
 */
public final class ReturnedKey {
    private ReturnedKey() {}

    /**
     * Refuses a key that signed entries before another signed the last one.
     *
     * @throws IOException telling what to do
     */
    public static void refuse(Database database, AuditSigner signer, AuditHead.Mark mark) throws IOException {
        boolean returned = database.readLong(connection -> {
            Optional<String> last = Sql.first(connection, "SELECT key_id FROM audit WHERE seq = ?",
                    row -> row.getString(1), mark.seq());
            return last.isPresent() && !last.get().equals(signer.keyId()) && Sql.first(connection,
                    "SELECT seq FROM audit WHERE seq > ? AND seq <= ? AND key_id = ? LIMIT 1",
                    row -> row.getLong(1), mark.baseSeq(), mark.seq(), signer.keyId()).isPresent();
        });
        if (returned) {
            throw new IOException("the first of the configured keys, " + signer.keyId() + ", signed the audit record "
                    + "before another did, and no key comes back: put a new key first and leave the others after it");
        }
    }
}
