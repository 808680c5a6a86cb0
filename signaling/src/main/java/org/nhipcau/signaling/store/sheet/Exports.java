// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sheet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nhipcau.signaling.audit.AuditRow;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.store.AttendanceStore;
import org.nhipcau.signaling.store.DirectoryStore;
import org.nhipcau.signaling.store.sql.Entries;
import org.nhipcau.signaling.store.sql.SqlAttendance;
import org.nhipcau.signaling.store.sql.SqlDirectory;
import org.nhipcau.signaling.store.sql.SqlJournal;

/** Puts one consultation, or what is kept of one person, into a document. Thread: any; blocks. */
public final class Exports {
    /**
     * Whether people's names are in a document, and who asked for them.
     *
     * @param facility whose people's names alone may be told; empty: all
     */
    public record Asker(String actor, boolean names, String facility, Instant at) {}

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Entries audit;
    private final SqlDirectory directory;
    private final SqlAttendance attendance;
    private final SqlJournal journal;

    public Exports(Entries audit, SqlDirectory directory, SqlAttendance attendance, SqlJournal journal) {
        this.audit = audit;
        this.directory = directory;
        this.attendance = attendance;
        this.journal = journal;
    }

    /** One consultation with everything that is kept of it; empty when there is none of that id. */
    public Optional<ObjectNode> consultation(String id, Asker asker) {
        return journal.load(id).map(consultation -> {
            Map<String, String> names = names(consultation, asker);
            ObjectNode out = JSON.createObjectNode().put("format", "nhipcau-consultation-1").put("id", id)
                    .put("exportedAt", asker.at().toString()).put("version", consultation.version())
                    .put("state", consultation.state().name())
                    .put("outcome", consultation.outcome() == null ? null : consultation.outcome().name())
                    .put("requestedAt", time(consultation.requestedAtMs())).put("startsAt",
                    time(consultation.startsAtMs()))
                    .put("beganAt", time(consultation.beganAtMs())).put("endedAt", time(consultation.endedAtMs()));
            ArrayNode people = out.putArray("people");
            consultation.list().values().forEach(person -> put(people.addObject(), person, names));
            ArrayNode stays = out.putArray("stays");
            attendance.stays(id).forEach(stay -> put(stays.addObject(), stay));
            ArrayNode quality = out.putArray("quality");
            attendance.quality(id).forEach(span -> put(quality.addObject(), span));
            ArrayNode events = out.putArray("events");
            journal.bodies(id).forEach(body -> events.add(read(body)));
            putAudit(out.putArray("audit"), audit.about(id));
            return out;
        });
    }

    private static void put(ObjectNode out, Participant person, Map<String, String> names) {
        out.put("pseudonym", person.pseudonym()).put("role", person.role().name()).put("facility", person.facility())
                .put("approval", person.approval().name()).put("approvedBy", person.approvedBy());
        if (names.containsKey(person.pseudonym())) {
            out.put("name", names.get(person.pseudonym()));
        }
    }

    private static void put(ObjectNode out, AttendanceStore.Stay stay) {
        out.put("consultation", stay.consultation()).put("pseudonym", stay.pseudonym()).put("role", stay.role().name())
                .put("facility", stay.facility()).put("device", stay.device()).put("from", stay.from().toString())
                .put("to", stay.to() == null ? null : stay.to().toString()).put("endedBy", stay.endedBy());
    }

    private static void put(ObjectNode out, AttendanceStore.Quality span) {
        out.put("pseudonym", span.pseudonym()).put("direction", span.uplink() ? "uplink" : "downlink")
                .put("from", span.from().toString()).put("to", span.to().toString())
                .put("audioLossPerMille", span.audioLossPm()).put("videoLossPerMille", span.videoLossPm())
                .put("roundTripMs", span.roundTripMs()).put("jitterMs", span.jitterMs())
                .put("audioKbps", span.audioKbps()).put("videoKbps", span.videoKbps())
                .put("freezePerMille", span.freezePm()).put("audioScoreTimes100", span.audioScore100())
                .put("cause", span.cause());
    }

    private static void putAudit(ArrayNode out, List<AuditRow> rows) {
        for (AuditRow row : rows) {
            out.addObject().put("hash", row.hash()).set("entry", read(row.body()));
        }
    }

    private static JsonNode read(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a kept text is no JSON", e);
        }
    }

    private static String time(long ms) {
        return ms == 0 ? null : Instant.ofEpochMilli(ms).toString();
    }

    private Map<String, String> names(Consultation consultation, Asker asker) {
        Map<String, String> names = new TreeMap<>();
        if (asker.names()) {
            for (String pseudonym : consultation.list().keySet()) {
                if (!asker.facility().isEmpty() && directory.person(pseudonym)
                        .filter(person -> person.facility().equals(asker.facility())).isEmpty()) {
                    continue;
                }
                directory.details(pseudonym, asker.actor(), "export of " + consultation.id(), asker.at())
                        .ifPresent(details -> names.put(pseudonym, details.fullName()));
            }
        }
        return names;
    }

    /**
     * The attendance sheet of one consultation (D3), as PDF.
     *
     * @return false when there is none of that id
     */
    public boolean sheet(String id, Asker asker, OutputStream out) throws IOException {
        Optional<Consultation> found = journal.load(id);
        if (found.isEmpty()) {
            return false;
        }
        Map<String, String> facilities = new TreeMap<>();
        List<AttendanceStore.Stay> stays = attendance.stays(id);
        TreeSet<String> codes = new TreeSet<>();
        stays.forEach(stay -> codes.add(stay.facility()));
        codes.add(found.get().request().facility().code());
        if (found.get().request().requester() != null) {
            codes.add(found.get().request().requester().code());
        }
        for (String code : codes) {
            facilities.put(code, directory.site(code).map(DirectoryStore.Site::name).orElse(code));
        }
        AttendanceSheet.write(new AttendanceSheet.Content(found.get(), stays, names(found.get(), asker), facilities,
                asker.at()), out);
        return true;
    }

    /**
     * Everything that is kept of one person, to be given to that person; empty when there is nobody of that pseudonym.
     */
    public Optional<ObjectNode> person(String pseudonym, Asker asker) {
        return directory.person(pseudonym).map(person -> {
            ObjectNode out = JSON.createObjectNode().put("format", "nhipcau-person-1").put("pseudonym", pseudonym)
                    .put("exportedAt", asker.at().toString()).put("role", person.role().name())
                    .put("facility", person.facility()).put("active", person.active())
                    .put("createdAt", person.createdAt().toString())
                    .put("erasedAt", person.erasedAt() == null ? null : person.erasedAt().toString());
            if (asker.names()) {
                directory.details(pseudonym, asker.actor(), "export of the person", asker.at()).ifPresent(details ->
                        out.putObject("details").put("fullName", details.fullName())
                                .put("reference", details.reference()).put("contact", details.contact()));
            }
            List<String> consultations = new ArrayList<>(journal.naming(pseudonym));
            consultations.forEach(out.putArray("consultations")::add);
            ArrayNode stays = out.putArray("stays");
            attendance.staysOf(pseudonym).forEach(stay -> put(stays.addObject(), stay));
            ArrayNode quality = out.putArray("quality");
            consultations.forEach(id -> attendance.quality(id).stream()
                    .filter(span -> span.pseudonym().equals(pseudonym)).forEach(span -> put(quality.addObject(),
                    span)));
            putAudit(out.putArray("audit"), audit.naming(pseudonym));
            return out;
        });
    }
}
