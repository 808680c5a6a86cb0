// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.time.Instant;
import java.util.Optional;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.policy.Role;

/**
 * Who and where: facilities, and people by pseudonym. A name comes out of here in one way, {@link #details}, and each
 * time that is audited.
 *
 * <p>Thread: any; blocks.
 */
public interface DirectoryStore {
    /**
     * A place that consults.
     *
     * @param name as on paper; of an institution, not of a person
     * @param active false: no new consultation may name it
     * @param version grows with each change; for ETags
     */
    record Site(Facility facility, String name, boolean active, long version) {
        public Site {
            if (name.isBlank() || name.length() > 200) {
                throw new IllegalArgumentException("a facility needs a name of at most 200 characters");
            }
        }
    }

    /**
     * Somebody, without anything that identifies.
     *
     * @param pseudonym {@code P_} and 12 characters
     * @param role what they usually are; a consultation's list decides
     * @param facility code; empty for patients and caregivers of none
     * @param erasedAt null while the mapping is there
     */
    record Person(String pseudonym, Role role, String facility, boolean active, Instant createdAt, Instant erasedAt,
            long version) {}

    /**
     * What identifies somebody.
     *
     * @param fullName as on paper
     * @param reference of the hospital's own system, such as a staff number; may be empty
     * @param contact may be empty
     */
    record Details(String fullName, String reference, String contact) {
        public Details {
            if (fullName.isBlank() || fullName.length() > 200 || reference.length() > 200 || contact.length() > 200) {
                throw new IllegalArgumentException("a person needs a name; name, reference and contact have at most "
                        + "200 characters");
            }
        }

        @Override
        public String toString() {
            return "Details(hidden)";
        }
    }

    /**
     * Adds a facility, or changes the one of that code.
     *
     * @param expectedVersion 0 to add; else the version that the change is based on
     * @throws org.nhipcau.signaling.consultation.VersionConflictException when it is at another version
     */
    Site putSite(Facility facility, String name, boolean active, long expectedVersion, String actor, Instant at);

    Optional<Site> site(String code);

    /** By code. */
    Page<Site> sites(String after, int limit);

    /** Adds somebody under a new pseudonym. */
    Person addPerson(Details details, Role role, String facility, String actor, Instant at);

    /**
     * Changes role, facility and whether they may be invited.
     *
     * @throws org.nhipcau.signaling.consultation.VersionConflictException when the person is at another version
     */
    Person changePerson(String pseudonym, Role role, String facility, boolean active, long expectedVersion,
            String actor, Instant at);

    Optional<Person> person(String pseudonym);

    /**
     * By pseudonym.
     *
     * @param facility empty: of all
     */
    Page<Person> people(String facility, String after, int limit);

    /**
     * Who that is. Audited before it is told.
     *
     * @param reason why it is asked, without names
     * @return empty when there is nobody of that pseudonym or the mapping is erased
     */
    Optional<Details> details(String pseudonym, String actor, String reason, Instant at);

    /**
     * Destroys the key of the mapping: from then on the pseudonym leads to nobody, and the record stays whole.
     *
     * @return false when there is nobody of that pseudonym; true also when it was erased before
     */
    boolean erase(String pseudonym, String actor, Instant at);
}
