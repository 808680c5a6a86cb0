// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.time.Instant;
import java.util.List;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.store.DirectoryStore.Details;
import org.nhipcau.signaling.store.DirectoryStore.Person;

/** The bodies in which people go in by name and come out by pseudonym. Thread: any; values only. */
public final class PersonBodies {
    private PersonBodies() {}

    /** Somebody to be given a pseudonym. */
    public record PersonDraft(
            @Field(value = "Name as on paper; kept sealed, and told only by GET /pseudonyms/{pseudonym}.",
                    maxLength = 200) String fullName,
            @Field(value = "Of the hospital's own system, such as a staff number; sealed too.", optional = true,
                    maxLength = 200) String reference,
            @Field(value = "How to reach the person; sealed too.", optional = true, maxLength = 200) String contact,
            @Field("What the person usually is; a consultation's list decides.") Role role,
            @Field(value = "Code of the person's facility; absent for patients and caregivers of none.",
                    optional = true, pattern = ConsultationBodies.FACILITY_CODE) String facility) {
        Details details() {
            return new Details(fullName, reference == null ? "" : reference, contact == null ? "" : contact);
        }

        @Override
        public String toString() {
            return "PersonDraft(hidden)";
        }
    }

    /** What may change of somebody. */
    public record PersonChange(
            @Field("What the person usually is.") Role role,
            @Field(value = "Code of the person's facility.", pattern = ConsultationBodies.FACILITY_CODE)
            String facility,
            @Field("May be invited.") boolean active) {}

    /** Somebody, without anything that identifies. */
    public record PersonView(
            @Field(value = "The pseudonym.", pattern = ConsultationBodies.PSEUDONYM) String pseudonym,
            @Field("What the person usually is.") Role role,
            @Field(value = "Code of the person's facility.", optional = true) String facility,
            @Field("May be invited.") boolean active,
            @Field("When the pseudonym was made.") Instant createdAt,
            @Field(value = "When it was erased: it leads to nobody.", optional = true) Instant erasedAt,
            @Field(value = "Grows with each change; also its ETag.", min = 1) long version) {
        static PersonView of(Person person) {
            return new PersonView(person.pseudonym(), person.role(),
                    person.facility().isEmpty() ? null : person.facility(), person.active(), person.createdAt(),
                    person.erasedAt(), person.version());
        }
    }

    /** A page of people. */
    public record PersonPage(
            @Field(value = "In the order of pseudonyms; may be fewer than asked for, and more to come.",
                    maxItems = Pages.MAX_LIMIT) List<PersonView> items,
            @Field(value = Pages.NEXT, optional = true) String nextCursor) {}
}
