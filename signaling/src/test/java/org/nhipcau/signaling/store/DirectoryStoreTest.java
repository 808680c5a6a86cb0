// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.VersionConflictException;
import org.nhipcau.signaling.policy.Role;

/** Facilities and people are kept, sealed and erased the same on both databases. */
class DirectoryStoreTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void c2ShouldKeepNamesSealedAndForgetThemOnDemand(Backend backend) throws Exception {
        Sessions sessions = Sessions.open(backend, directory);
        DirectoryStore people = sessions.store.directory();
        String patient = sessions.patient;
        assertEquals("Giàng A Bệnh", people.details(patient, "doctor-1", "ward round", sessions.now).orElseThrow()
                .fullName());
        try (Connection connection = Backend.connect(sessions.url, directory);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT wrapped_key, details FROM person")) {
            while (rows.next()) {
                String row = rows.getString(1) + rows.getString(2);
                assertFalse(row.contains("Giàng") || row.contains("A B"), "sealed");
            }
        }
        Consultation there = sessions.inSession();
        assertTrue(people.erase(patient, "operator", sessions.now));
        assertTrue(people.erase(patient, "operator", sessions.now));
        assertFalse(people.erase("P_Nobody111111", "operator", sessions.now));
        assertEquals(Optional.empty(), people.details(patient, "doctor-1", "again", sessions.now));
        assertNotNull(people.person(patient).orElseThrow().erasedAt());
        Sessions after = sessions.again();
        assertEquals(Optional.of(there), after.store.journal().load(there.id()), "the record stays");
        after.close();
    }

    @Test
    void c2ShouldKeepAnErasureThatFollowsAnUnfinishedOne() throws Exception {
        ErasedList list = ErasedList.in(directory);
        list.add("P_Abcdefghijkm");
        Files.write(directory.resolve("erased"), new byte[] {'P', '_', 'A', 'b', (byte) 0xc3}, APPEND);
        list.add("P_Bcdefghijkmn");
        assertEquals(Set.of("P_Abcdefghijkm", "P_Bcdefghijkmn"), list.all());
    }

    @ParameterizedTest
    @EnumSource
    void c2ShouldEraseAtTheStartWhoIsOnTheListAndBack(Backend backend) throws Exception {
        Sessions sessions = Sessions.open(backend, directory);
        // As after a crash in a restore: on the list, and in the table as before the erasure.
        ErasedList.in(directory).add(sessions.patient);
        try (Sessions after = sessions.again()) {
            after.store.serve();
            DirectoryStore people = after.store.directory();
            assertNotNull(people.person(after.patient).orElseThrow().erasedAt());
            assertEquals(Optional.empty(), people.details(after.patient, "doctor-1", "again", after.now));
            assertNull(people.person(after.doctor).orElseThrow().erasedAt(), "nobody else");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepFacilitiesAndPeopleInPagesAndVersions(Backend backend) throws Exception {
        try (Sessions sessions = Sessions.open(backend, directory)) {
            DirectoryStore store = sessions.store.directory();
            Instant now = sessions.now;
            DirectoryStore.Site site = store.site("BM-01").orElseThrow();
            assertEquals(1, site.version());
            assertEquals(2, store.putSite(site.facility(), "Bạch Mai", true, 1, "x", now).version());
            assertThrows(VersionConflictException.class,
                    () -> store.putSite(site.facility(), "Bạch Mai", true, 1, "x", now));
            assertThrows(VersionConflictException.class,
                    () -> store.putSite(site.facility(), "Bạch Mai", true, 0, "x", now));
            Page<DirectoryStore.Site> first = store.sites("", 1);
            assertEquals(List.of("BM-01", "BM-01"), List.of(first.items().getFirst().facility().code(), first.next()));
            assertEquals("", store.sites(first.next(), 1).next());
            assertEquals(3, store.people("", "", 500).items().size());
            assertEquals(List.of(sessions.doctor), store.people("YT-27", "", 9).items().stream()
                    .map(DirectoryStore.Person::pseudonym).toList());
            Page<DirectoryStore.Person> two = store.people("", "", 2);
            assertEquals(1, store.people("", two.next(), 2).items().size());
            assertEquals(Role.EXPERT, store.changePerson(sessions.doctor, Role.EXPERT, "BM-01", false, 1, "x", now)
                    .role());
            assertThrows(VersionConflictException.class,
                    () -> store.changePerson(sessions.doctor, Role.CHAIR, "BM-01", true, 1, "x", now));
            assertThrows(IllegalArgumentException.class, () -> store.addPerson(
                    new DirectoryStore.Details("A", "", ""), Role.EXPERT, "none", "x", now));
            assertThrows(IllegalArgumentException.class, () -> new DirectoryStore.Details(" ", "", ""));
        }
    }
}
