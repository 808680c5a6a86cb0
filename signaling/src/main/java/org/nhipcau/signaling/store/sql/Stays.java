// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationEvent;
import org.nhipcau.signaling.consultation.Participant;

/**
 * Keeps the list of who was there (C4) true to the consultation: after each change, whoever is in has exactly one open
 * stay, and nobody else has one.
 *
 * <p>Thread: the writer's.
 */
final class Stays {
    private record Open(long id, String role, long fromMs) {}

    private final String node;
    private final Set<String> ghosts = ConcurrentHashMap.newKeySet();

    /** @param node which process those who come in are connected to */
    Stays(String node) {
        this.node = node;
    }

    /**
     * Says that somebody is connected to nothing, though the consultation does not know yet: a crash came between.
     * Until they leave or come anew they get no stay.
     */
    void ghost(String consultation, String pseudonym) {
        ghosts.add(consultation + ' ' + pseudonym);
    }

    /** Takes note of what was committed. */
    void committed(String consultation, List<ConsultationEvent> events) {
        if (!ghosts.isEmpty()) {
            events.forEach(event -> ghosts.remove(consultation + ' ' + moved(event)));
        }
    }

    /** Whose connection began or ended; empty for other events. */
    private static String moved(ConsultationEvent event) {
        return switch (event) {
            case ConsultationEvent.Arrived arrived -> arrived.pseudonym();
            case ConsultationEvent.Left left -> left.pseudonym();
            default -> "";
        };
    }

    void follow(Transaction transaction, List<ConsultationEvent> events, Consultation after)
            throws SQLException {
        Connection connection = transaction.connection();
        Map<String, Open> open = new HashMap<>();
        Sql.each(connection, "SELECT id, person, role, from_ms FROM attendance WHERE consultation = ? "
                + "AND to_ms IS NULL",
                row -> open.put(row.getString(2), new Open(row.getLong(1), row.getString(3),
                row.getLong(4))), after.id());
        Instant at = Instant.ofEpochMilli(events.getLast().atMs());
        for (Participant person : after.list().values()) {
            boolean ghost = ghosts.contains(after.id() + ' ' + person.pseudonym())
                    && events.stream().noneMatch(event -> moved(event).equals(person.pseudonym()));
            boolean in = !ghost && after.seat(person.pseudonym()) == Participant.Seat.IN;
            Open stay = open.remove(person.pseudonym());
            boolean other = stay != null && !stay.role().equals(person.role().name());
            if (stay != null && (!in || other)) {
                close(transaction, new Stay(stay.id(), after.id(), person.pseudonym(), stay.fromMs()), at,
                        reason(events, person.pseudonym(), after));
            }
            if (in && (stay == null || other)) {
                begin(transaction, after.id(), person, at);
            }
        }
        for (Map.Entry<String, Open> gone : open.entrySet()) {
            close(transaction, new Stay(gone.getValue().id(), after.id(), gone.getKey(), gone.getValue().fromMs()), at,
                    "left");
        }
    }

    private void begin(Transaction transaction, String consultation, Participant person, Instant at)
            throws SQLException {
        long id = transaction.next("attendance");
        Sql.update(transaction.connection(),
                "INSERT INTO attendance (id, consultation, person, role, facility, device, "
                + "node, from_ms, ended_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')", id, consultation, person.pseudonym(),
                person.role().name(), person.facility(), person.device().name(), node, at);
        ObjectNode data = SqlJournal.JSON.createObjectNode().put("stay", id).put("person", person.pseudonym())
                .put("role", person.role().name()).put("facility", person.facility())
                .put("device", person.device().name()).put("from", at.toEpochMilli());
        transaction.audit(new AuditEntry(at, "attendance.begun", consultation, "system", data));
    }

    /** An open stay. */
    record Stay(long id, String consultation, String person, long fromMs) {}

    static void close(Transaction transaction, Stay stay, Instant at, String endedBy) throws SQLException {
        // Clocks are set back; no stay ends before it began.
        Instant end = Instant.ofEpochMilli(Math.max(stay.fromMs(), at.toEpochMilli()));
        int closed = Sql.update(transaction.connection(), "UPDATE attendance SET to_ms = ?, ended_by = ? WHERE id = ? "
                + "AND to_ms IS NULL", end, endedBy, stay.id());
        if (closed == 1) {
            ObjectNode data = SqlJournal.JSON.createObjectNode().put("stay", stay.id()).put("person", stay.person())
                    .put("to", end.toEpochMilli()).put("endedBy", endedBy);
            transaction.audit(new AuditEntry(at, "attendance.ended", stay.consultation(), "system", data));
        }
    }

    /** Why somebody is no longer in: what happened to the person, else to the consultation. */
    private static String reason(List<ConsultationEvent> events, String person, Consultation after) {
        String reason = after.state().isFinal() ? "concluded" : "sent-back";
        for (ConsultationEvent event : events) {
            String of = switch (event) {
                case ConsultationEvent.Left left when left.pseudonym().equals(person) -> "left";
                case ConsultationEvent.Removed removed when removed.pseudonym().equals(person) -> "removed";
                case ConsultationEvent.Denied denied when denied.pseudonym().equals(person) -> "removed";
                case ConsultationEvent.ParticipantRevoked revoked when revoked.pseudonym().equals(person) -> "revoked";
                case ConsultationEvent.RoleChanged changed when changed.pseudonym().equals(person) -> "role-changed";
                case ConsultationEvent.SessionSuspended suspended -> "suspended";
                case ConsultationEvent.Concluded concluded -> "concluded";
                default -> "";
            };
            if (!of.isEmpty() && !reason.equals("removed") && !reason.equals("revoked")) {
                reason = of;
            }
        }
        return reason;
    }
}
