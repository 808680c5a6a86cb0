// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.time.Instant;
import java.util.List;
import org.nhipcau.signaling.audit.AuditRow;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.Cursor;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;

/**
 * The audit record, entry by entry as it is chained, so that a copy elsewhere can be checked. Only for keys of all
 * facilities: the chain cannot be cut by facility.
 *
 * <p>Spec: requirement C6. Thread: any that may block.
 */
public final class AuditResource {
    private static final String ROOT = "/audit";

    private final Reader reader;

    /** Reads the record. */
    @FunctionalInterface
    public interface Reader {
        /** The entries after that number, in order. */
        List<AuditRow> after(long seq, int limit);
    }

    /** A page. */
    public record AuditQuery(
            @Field(value = Pages.CURSOR, optional = true) String cursor,
            @Field(value = Pages.LIMIT, optional = true, min = 1, max = Pages.MAX_LIMIT) Integer limit) {}

    /** An entry. */
    public record AuditView(
            @Field(value = "Its number; 1 for the first.", min = 1) long seq,
            @Field("When.") Instant at,
            @Field("What was done.") String kind,
            @Field(value = "The consultation it concerns.", optional = true) String consultation,
            @Field("Pseudonym, key id or system.") String actor,
            @Field(value = "The chained text, canonical JSON.", maxLength = 1_000_000) String entry,
            @Field("Hexadecimal, over the hash before and the entry.") String hash,
            @Field("Hexadecimal, over the hash, with the store's key.") String mac,
            @Field("Which key made the mac.") String keyId) {
        static AuditView of(AuditRow row) {
            return new AuditView(row.seq(), Instant.ofEpochMilli(row.atMs()), row.kind(),
                    row.consultation().isEmpty() ? null : row.consultation(), row.actor(), row.body(), row.hash(),
                    row.mac(), row.keyId());
        }
    }

    /** A page of entries. */
    public record AuditPage(
            @Field(value = "In the order of their numbers.", maxItems = Pages.MAX_LIMIT) List<AuditView> items,
            @Field(value = Pages.NEXT, optional = true) String nextCursor) {}

    public AuditResource(Reader reader) {
        this.reader = reader;
    }

    /** Its routes. */
    public List<Route> routes() {
        return List.of(Route.get(ROOT, Scope.AUDIT_READ, "Export the audit record.").query(AuditQuery.class)
                .answers(200, AuditPage.class, "A page of it.").by(this::list));
    }

    private Reply list(Call call) {
        if (!call.principal().everywhere()) {
            throw new ProblemException(ProblemType.FORBIDDEN, "it needs a key for all facilities");
        }
        AuditQuery query = call.query(AuditQuery.class);
        int limit = Pages.limit(query.limit());
        String position = Cursor.position(ROOT, query.cursor());
        if (position != null && !position.matches("[0-9]{1,18}")) {
            throw new ProblemException(ProblemType.INVALID_REQUEST, "no cursor of this list");
        }
        long after = position == null ? 0 : Long.parseLong(position);
        List<AuditRow> rows = Consultations.told(() -> reader.after(after, limit + 1));
        return Reply.of(200, Pages.page(ROOT, rows, limit, row -> String.valueOf(row.seq()),
                (shown, next) -> new AuditPage(shown.stream().map(AuditView::of).toList(), next)));
    }
}
