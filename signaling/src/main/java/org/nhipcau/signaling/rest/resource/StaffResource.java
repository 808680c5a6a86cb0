// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.util.List;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.rest.json.BodyProblem;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonChange;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonDraft;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonPage;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonView;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.Cursor;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.store.DirectoryStore;
import org.nhipcau.signaling.store.DirectoryStore.Person;
import org.nhipcau.signaling.store.Page;

/**
 * The staff of facilities, by pseudonym: names go in here and do not come out.
 *
 * <p>Spec: requirements C2, C4, D2. Thread: any that may block.
 */
public final class StaffResource {
    private static final String ROOT = "/staff";

    private final DirectoryStore directory;

    /** Narrows a list of staff. */
    public record StaffQuery(
            @Field(value = "Only of this facility.", optional = true, pattern = ConsultationBodies.FACILITY_CODE)
            String facility,
            @Field(value = Pages.CURSOR, optional = true) String cursor,
            @Field(value = Pages.LIMIT, optional = true, min = 1, max = Pages.MAX_LIMIT) Integer limit) {}

    public StaffResource(DirectoryStore directory) {
        this.directory = directory;
    }

    /** Its routes. */
    public List<Route> routes() {
        return List.of(
                Route.get(ROOT, Scope.STAFF_READ, "List staff, by pseudonym.").query(StaffQuery.class)
                        .answersVersion(200, PersonPage.class, "A page of them.").problems(ProblemType.NOT_FOUND)
                        .by(this::list),
                Route.post(ROOT, Scope.STAFF_WRITE, "Add somebody to a facility's staff.").body(PersonDraft.class)
                        .answersVersion(201, PersonView.class, "Added, under a new pseudonym.").by(this::add),
                Route.get(ROOT + "/{pseudonym}", Scope.STAFF_READ, "Read an entry of the staff.")
                        .answersVersion(200, PersonView.class, "As it is now.").problems(ProblemType.NOT_FOUND)
                        .by(call -> view(200, find(call))),
                Route.put(ROOT + "/{pseudonym}", Scope.STAFF_WRITE,
                        "Change role or facility, or let somebody go (active: false).").body(PersonChange.class)
                        .mustMatch().answersVersion(200, PersonView.class, "Changed.")
                        .problems(ProblemType.NOT_FOUND).by(this::change));
    }

    private static Reply view(int status, Person person) {
        return Reply.of(status, PersonView.of(person)).version(person.version());
    }

    private Person find(Call call) {
        Person person = Consultations.told(() -> directory.person(call.path("pseudonym")).orElse(null));
        if (person == null || !isStaff(person.role()) || !call.principal().covers(person.facility())) {
            throw new ProblemException(ProblemType.NOT_FOUND, null);
        }
        return person;
    }

    /** Whoever is no patient and no caregiver works or learns at a facility. */
    private static boolean isStaff(Role role) {
        return role != Role.PATIENT && role != Role.CAREGIVER;
    }

    private Reply list(Call call) {
        StaffQuery query = call.query(StaffQuery.class);
        if (query.facility() != null) {
            call.needFacility(query.facility());
        }
        String facility = query.facility() != null ? query.facility() : call.principal().facility();
        String asked = ROOT + '?' + facility;
        String after = Cursor.position(asked, query.cursor());
        Page<Person> page = Consultations.told(() -> directory.people(facility, after == null ? "" : after,
                Pages.limit(query.limit())));
        return Reply.of(200, new PersonPage(page.items().stream().filter(person -> isStaff(person.role()))
                .map(PersonView::of).toList(), Pages.next(asked, page))).tagged();
    }

    private Reply add(Call call) {
        PersonDraft draft = call.body(PersonDraft.class);
        check(call, draft.role(), draft.facility());
        Person made = Consultations.told(() -> directory.addPerson(draft.details(), draft.role(), draft.facility(),
                call.principal().id(), call.now()));
        return view(201, made).with("Location", "/api/v1" + ROOT + '/' + made.pseudonym());
    }

    private Reply change(Call call) {
        PersonChange change = call.body(PersonChange.class);
        Person before = find(call);
        check(call, change.role(), change.facility());
        long expected = call.expectedVersion() < 0 ? before.version() : call.expectedVersion();
        return view(200, Consultations.told(() -> directory.changePerson(before.pseudonym(), change.role(),
                change.facility(), change.active(), expected, call.principal().id(), call.now())));
    }

    private void check(Call call, Role role, String facility) {
        if (!isStaff(role)) {
            throw new ProblemException(List.of(new BodyProblem("/role", "a role of staff; for patients and caregivers "
                    + "see /pseudonyms")));
        }
        if (facility == null || Consultations.told(() -> directory.site(facility)).filter(DirectoryStore.Site::active)
                .isEmpty()) {
            throw new ProblemException(List.of(new BodyProblem("/facility", "the code of a facility that is registered "
                    + "and active")));
        }
        if (!call.principal().covers(facility)) {
            throw new ProblemException(ProblemType.FORBIDDEN, "the key is for another facility");
        }
    }
}
