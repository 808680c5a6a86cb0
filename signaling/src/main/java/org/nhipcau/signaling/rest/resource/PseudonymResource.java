// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.rest.json.BodyProblem;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonDraft;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonView;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.store.DirectoryStore;
import org.nhipcau.signaling.store.DirectoryStore.Details;
import org.nhipcau.signaling.store.DirectoryStore.Person;
import org.nhipcau.signaling.store.sheet.Exports;
import org.nhipcau.signaling.token.StrictJson;

/**
 * Pseudonyms of patients and caregivers, and the one place where a pseudonym leads to a person: each look is audited
 * with its reason before it is answered.
 *
 * <p>Spec: requirement C2. Thread: any that may block.
 */
public final class PseudonymResource {
    private static final String ROOT = "/pseudonyms";

    private final DirectoryStore directory;
    private final Exports exports;

    /** Why somebody is looked up. */
    public record LookQuery(
            @Field(value = "Why, as a code; it is audited.", pattern = ConsultationBodies.REASON_CODE)
            String reason) {}

    /** Who is behind a pseudonym. */
    public record IdentityView(
            @Field("What every key may see of the person.") PersonView person,
            @Field(value = "Name as on paper; absent once erased.", optional = true) String fullName,
            @Field(value = "Of the hospital's own system.", optional = true) String reference,
            @Field(value = "How to reach the person.", optional = true) String contact) {
        static IdentityView of(Person person, Details details) {
            return details == null ? new IdentityView(PersonView.of(person), null, null, null)
                    : new IdentityView(PersonView.of(person), details.fullName(), text(details.reference()),
                            text(details.contact()));
        }

        private static String text(String value) {
            return value.isEmpty() ? null : value;
        }

        @Override
        public String toString() {
            return "IdentityView(hidden)";
        }
    }

    public PseudonymResource(DirectoryStore directory, Exports exports) {
        this.directory = directory;
        this.exports = exports;
    }

    /** Its routes. */
    public List<Route> routes() {
        return List.of(
                Route.post(ROOT, Scope.PSEUDONYMS_WRITE, "Get a pseudonym for a patient or a caregiver.")
                        .body(PersonDraft.class).answersVersion(201, PersonView.class, "Made.").by(this::add),
                Route.get(ROOT + "/{pseudonym}", Scope.PSEUDONYMS_READ, "See who is behind a pseudonym; audited.")
                        .query(LookQuery.class).answers(200, IdentityView.class, "All that is kept of the person.")
                        .problems(ProblemType.NOT_FOUND).by(this::look),
                Route.get(ROOT + "/{pseudonym}/export", Scope.PSEUDONYMS_READ,
                        "Export all that is kept of a person, to be given to that person; audited.")
                        .answersFile("JSON of the format nhipcau-person-1.", Reply.JSON)
                        .problems(ProblemType.NOT_FOUND).by(this::export),
                Route.delete(ROOT + "/{pseudonym}", Scope.PSEUDONYMS_ERASE,
                        "Erase who is behind a pseudonym, for good; the record stays whole.")
                        .answersNothing("Erased, or so already.").problems(ProblemType.NOT_FOUND).by(this::erase));
    }

    private Reply add(Call call) {
        PersonDraft draft = call.body(PersonDraft.class);
        if (draft.role() != Role.PATIENT && draft.role() != Role.CAREGIVER) {
            throw new ProblemException(List.of(new BodyProblem("/role", "patient or caregiver; for others see /staff")));
        }
        String facility = draft.facility() == null ? "" : draft.facility();
        if (!facility.isEmpty() && Consultations.told(() -> directory.site(facility))
                .filter(DirectoryStore.Site::active).isEmpty()) {
            throw new ProblemException(List.of(new BodyProblem("/facility", "the code of a facility that is registered "
                    + "and active")));
        }
        if (!call.principal().covers(facility)) {
            throw new ProblemException(ProblemType.FORBIDDEN, "the key is for one facility, which must be named");
        }
        Person made = Consultations.told(() -> directory.addPerson(draft.details(), draft.role(), facility,
                call.principal().id(), call.now()));
        return Reply.of(201, PersonView.of(made)).version(made.version())
                .with("Location", "/api/v1" + ROOT + '/' + made.pseudonym());
    }

    private Person find(Call call) {
        Person person = Consultations.told(() -> directory.person(call.path("pseudonym")).orElse(null));
        if (person == null || !call.principal().covers(person.facility())) {
            throw new ProblemException(ProblemType.NOT_FOUND, null);
        }
        return person;
    }

    private Reply look(Call call) {
        Person person = find(call);
        Details details = Consultations.told(() -> directory.details(person.pseudonym(), call.principal().id(),
                call.query(LookQuery.class).reason(), call.now()).orElse(null));
        return Reply.of(200, IdentityView.of(person, details));
    }

    private Reply export(Call call) {
        Person person = find(call);
        Exports.Asker asker = new Exports.Asker(call.principal().id(), true, call.principal().facility(), call.now());
        return Reply.file(Reply.JSON, person.pseudonym() + ".json", Consultations.told(() -> {
            ObjectNode document = exports.person(person.pseudonym(), asker).orElseThrow();
            if (!call.principal().everywhere()) {
                // Entries of the audit name others too, of every facility.
                document.remove("audit");
            }
            return StrictJson.write(document);
        }));
    }

    private Reply erase(Call call) {
        Person person = find(call);
        Consultations.told(() -> directory.erase(person.pseudonym(), call.principal().id(), call.now()));
        return Reply.none();
    }
}
