// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.audit.CanonicalJson;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationEvent;
import org.nhipcau.signaling.consultation.ConsultationJournal;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.consultation.VersionConflictException;
import org.nhipcau.signaling.store.sql.Sql.Millis;

/**
 * Keeps consultations as their events; beside them a row to search by, the stays, an audit entry and a message for each
 * event, all in one transaction.
 *
 * <p>An audit entry carries its event whole, so that the chain proves the events too.
 *
 * <p>Thread: any; blocks.
 */
public final class SqlJournal implements ConsultationJournal {
    /** What audit entries and messages about a consultation's events are called before the event's type. */
    public static final String KIND = "consultation.";

    static final JsonMapper JSON = JsonMapper.builder()
            // A newer version may have added fields.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private final Database database;
    private final AuditLog audit;
    private final Stays stays;

    public SqlJournal(Database database, AuditLog audit, String node) {
        this.database = database;
        this.audit = audit;
        stays = new Stays(node);
    }

    @Override
    public Optional<Consultation> load(String id) {
        List<ConsultationEvent> events = database.read(connection -> events(connection, id));
        return events.isEmpty() ? Optional.empty() : Optional.of(Consultation.replay(events));
    }

    static List<ConsultationEvent> events(Connection connection, String id) throws SQLException {
        return Sql.list(connection, "SELECT body FROM consultation_event WHERE consultation = ? ORDER BY version",
                row -> event(row.getString(1)), id);
    }

    /** Says that this process has just begun: whoever a consultation holds for present is connected to nothing. */
    public void nobodyIsHere() {
        List<String> open = database.read(connection -> Sql.list(connection,
                "SELECT id FROM consultation WHERE ended_ms IS NULL", row -> row.getString(1)));
        for (String id : open) {
            load(id).ifPresent(there -> there.list().values().stream().filter(Participant::present)
                    .forEach(person -> stays.ghost(id, person.pseudonym())));
        }
    }

    /** Consultations whose list has ever named somebody. */
    public List<String> naming(String pseudonym) {
        return database.read(connection -> Sql.list(connection, "SELECT DISTINCT consultation FROM consultation_event "
                + "WHERE body LIKE ? ESCAPE '!' ORDER BY consultation", row -> row.getString(1),
                "%\"" + pseudonym.replace("_", "!_") + "\"%"));
    }

    /** The events of one consultation as they are kept, in order. */
    public List<String> bodies(String id) {
        return database.read(connection -> Sql.list(connection, "SELECT body FROM consultation_event "
                + "WHERE consultation = ? ORDER BY version", row -> row.getString(1), id));
    }

    private static ConsultationEvent event(String body) {
        try {
            return JSON.readValue(body, ConsultationEvent.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("an event of this consultation cannot be read", e);
        }
    }

    @Override
    public void append(String id, long expectedVersion, List<ConsultationEvent> events, Consultation after, Actor actor,
            Instant at) {
        if (events.isEmpty() || after.version() != expectedVersion + events.size() || !after.id().equals(id)) {
            throw new IllegalArgumentException("the snapshot is not what the events lead to");
        }
        audit.change(transaction -> {
            boolean ends = after.endedAtMs() != 0 && !ended(transaction.connection(), id);
            putRow(transaction.connection(), expectedVersion, after, at);
            transaction.bind(Bound.CONSULTATION, id);
            if (ends) {
                transaction.bindFigures(id);
            }
            if (list(transaction.connection(), after)) {
                transaction.bind(Bound.CONSULTATION_FACILITY, id);
            }
            long version = expectedVersion;
            for (ConsultationEvent event : events) {
                putEvent(transaction, id, ++version, event, actor);
            }
            stays.follow(transaction, events, after);
            return null;
        });
        stays.committed(id, events);
    }

    private static boolean ended(Connection connection, String id) throws SQLException {
        return Sql.first(connection, "SELECT 1 FROM consultation WHERE id = ? AND ended_ms IS NOT NULL",
                row -> true, id).orElse(false);
    }

    private static void putEvent(Transaction transaction, String id, long version, ConsultationEvent event,
            Actor actor) throws SQLException {
        ObjectNode fields = fields(event);
        String type = fields.path("type").asText();
        Instant at = Instant.ofEpochMilli(event.atMs());
        Sql.update(transaction.connection(),
                "INSERT INTO consultation_event (consultation, version, at_ms, type, actor, "
                + "body) VALUES (?, ?, ?, ?, ?, ?)", id, version, at, type, actor.id(), CanonicalJson.write(fields));
        ObjectNode data = JSON.createObjectNode().put("version", version).put("actorKind", actor.kind().name());
        data.set("event", fields);
        transaction.audit(new AuditEntry(at, KIND + type, id, actor.id(), data));
        ObjectNode message = JSON.createObjectNode().put("consultation", id).put("version", version)
                .put("actor", actor.id()).put("actorKind", actor.kind().name());
        message.set("event", fields);
        transaction.tell(at, id, KIND + type, CanonicalJson.write(message));
    }

    static ObjectNode fields(ConsultationEvent event) {
        // By way of the interface, which carries the annotation with the type's name.
        JsonNode node = JSON.convertValue(event, JsonNode.class);
        return (ObjectNode) node;
    }

    private static void putRow(Connection connection, long expectedVersion, Consultation after, Instant at)
            throws SQLException {
        Millis scheduled = new Millis(time(after.startsAtMs()));
        Millis started = new Millis(time(after.beganAtMs()));
        Millis ended = new Millis(time(after.endedAtMs()));
        Millis due = new Millis(after.dueAtMs().isPresent() ? Instant.ofEpochMilli(after.dueAtMs().getAsLong()) : null);
        String outcome = after.outcome() == null ? "" : after.outcome().name();
        if (expectedVersion == 0) {
            // The asking facility is what reports count by; a person at home counts for the answering one.
            Facility asking = after.request().requester();
            Facility place = asking == null ? after.request().facility() : asking;
            int made = Sql.update(connection,
                    "INSERT INTO consultation (id, version, state, emergency, facility, level, "
                    + "province, district, created_ms, scheduled_ms, started_ms, ended_ms, due_ms, outcome, "
                    + "changed_ms) "
                    + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING", after.id(),
                    after.version(), after.state().name(), after.onEmergencyPath(), place.code(), place.level().name(),
                    place.province(), place.district(), after.requestedAtMs(), scheduled, started, ended, due, outcome,
                    at);
            if (made == 0) {
                throw new VersionConflictException(expectedVersion);
            }
            return;
        }
        int changed = Sql.update(connection, "UPDATE consultation SET version = ?, state = ?, emergency = ?, "
                + "scheduled_ms = ?, started_ms = ?, ended_ms = ?, due_ms = ?, outcome = ?, changed_ms = ? "
                + "WHERE id = ? AND version = ?", after.version(), after.state().name(), after.onEmergencyPath(),
                scheduled, started, ended, due, outcome, at, after.id(), expectedVersion);
        if (changed == 0) {
            throw new VersionConflictException(expectedVersion);
        }
    }

    /** Lists a consultation under the facilities that have to do with it; whether that changed anything. */
    static boolean list(Connection connection, Consultation after) throws SQLException {
        Set<String> wanted = new TreeSet<>();
        wanted.add(after.request().facility().code());
        if (after.request().requester() != null) {
            wanted.add(after.request().requester().code());
        }
        after.list().values().forEach(person -> wanted.add(person.facility()));
        wanted.remove("");
        Set<String> listed = Set.copyOf(Sql.list(connection, "SELECT facility FROM consultation_facility "
                + "WHERE consultation = ?", row -> row.getString(1), after.id()));
        for (String facility : listed) {
            if (!wanted.contains(facility)) {
                Sql.update(connection, "DELETE FROM consultation_facility WHERE consultation = ? AND facility = ?",
                        after.id(), facility);
            }
        }
        for (String facility : wanted) {
            if (!listed.contains(facility)) {
                Sql.update(connection, "INSERT INTO consultation_facility (consultation, facility, created_ms) "
                        + "VALUES (?, ?, ?)", after.id(), facility, after.requestedAtMs());
            }
        }
        return !listed.equals(wanted);
    }

    private static Instant time(long ms) {
        return ms == 0 ? null : Instant.ofEpochMilli(ms);
    }

    @Override
    public List<String> due(Instant now, int limit) {
        return database.read(connection -> Sql.list(connection,
                "SELECT id FROM consultation WHERE due_ms <= ? ORDER BY due_ms, id LIMIT ?", row -> row.getString(1),
                now, limit));
    }
}
