// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.store.sheet.Exports;
import org.nhipcau.signaling.token.StrictJson;

/**
 * One consultation as a document: all that is kept of it as JSON, or the attendance sheet as PDF. People are in it by
 * pseudonym; by name only for keys that may see who is behind one, and when it is asked for.
 *
 * <p>Spec: requirements C2, D3. Thread: any that may block.
 */
public final class ExportResource {
    private static final String PDF = "application/pdf";

    private final Consultations consultations;
    private final Exports exports;

    /** As what an export comes. */
    public enum ExportFormat { JSON, PDF }

    /** What is exported. */
    public record ExportQuery(
            @Field(value = "Absent: JSON.", optional = true) ExportFormat format,
            @Field(value = "With people's names; needs the scope pseudonyms:read too, and is audited. Absent: false.",
                    optional = true) Boolean names) {}

    public ExportResource(ConsultationService service, Exports exports) {
        this.consultations = new Consultations(service);
        this.exports = exports;
    }

    /** Its routes. */
    public List<Route> routes() {
        return List.of(Route.get("/consultations/{id}/export", Scope.EXPORTS_READ,
                "Export a consultation with all that is kept of it, or its attendance sheet.").query(ExportQuery.class)
                .answersFile("JSON of the format nhipcau-consultation-1, or the sheet.", Reply.JSON, PDF)
                .problems(ProblemType.NOT_FOUND).by(this::export));
    }

    private Reply export(Call call) {
        ExportQuery query = call.query(ExportQuery.class);
        boolean names = Boolean.TRUE.equals(query.names());
        if (names && !call.principal().may(Scope.PSEUDONYMS_READ)) {
            throw new ProblemException(ProblemType.FORBIDDEN,
                    "with names it needs the scope " + Scope.PSEUDONYMS_READ.wireName() + " too");
        }
        Consultation consultation = consultations.find(call);
        Exports.Asker asker = new Exports.Asker(call.principal().id(), names, call.principal().facility(),
                call.now());
        String id = consultation.id();
        return query.format() == ExportFormat.PDF
                ? Reply.file(PDF, id + ".pdf", Consultations.told(() -> sheet(id, asker)))
                : Reply.file(Reply.JSON, id + ".json", Consultations.told(() -> StrictJson.write(
                        exports.consultation(id, asker).orElseThrow())));
    }

    private byte[] sheet(String id, Exports.Asker asker) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            exports.sheet(id, asker, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
