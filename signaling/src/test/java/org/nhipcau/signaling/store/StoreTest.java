// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationCommand.Conclude;
import org.nhipcau.signaling.consultation.ConsultationCommand.Remove;
import org.nhipcau.signaling.consultation.ConsultationCommand.Resume;
import org.nhipcau.signaling.consultation.ConsultationCommand.Suspend;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.consultation.VersionConflictException;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.store.ApiKeyStore.ApiKey;
import org.nhipcau.signaling.store.AttendanceStore.Stay;
import org.nhipcau.signaling.store.IdempotencyStore.Claim;
import org.nhipcau.signaling.store.OutboxStore.Message;

/** Consultations, stays, messages and keys are kept the same on both databases. */
class StoreTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldGiveBackAConsultationAsItWasAfterARestart(Backend backend) throws Exception {
        Sessions sessions = Sessions.open(backend, directory);
        Consultation there = sessions.inSession();
        Sessions after = sessions.again();
        assertEquals(Optional.of(there), after.store.journal().load(there.id()));
        assertEquals(Optional.empty(), after.store.journal().load("C_Nobody111111"));
        after.close();
    }

    @Test
    void h6ShouldKeepItsFilesFromEverybodyElse() throws Exception {
        try (Sessions sessions = Sessions.open(Backend.SQLITE, directory)) {
            sessions.requested();
            for (String name : List.of("nhipcau.db", "nhipcau.db-wal", "audit-head")) {
                assertEquals("rw-------", PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve(name))), name);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeOnlyOneOfTwoChangesOfOneVersion(Backend backend) throws Exception {
        try (Sessions sessions = Sessions.open(backend, directory)) {
            Consultation there = sessions.requested();
            var events = there.decide(new org.nhipcau.signaling.consultation.ConsultationCommand.Accept(),
                    Sessions.OFFICE,
                    sessions.now);
            Consultation after = there.apply(events);
            sessions.store.journal().append(there.id(), 1, events, after, Sessions.OFFICE, sessions.now);
            assertThrows(VersionConflictException.class, () -> sessions.store.journal().append(there.id(), 1, events,
                    after,
                    Sessions.OFFICE, sessions.now));
            var requested = List.of(new org.nhipcau.signaling.consultation.ConsultationEvent.Requested(
                    there.requestedAtMs(), there.id(), "office-1", there.request()));
            assertThrows(VersionConflictException.class, () -> sessions.store.journal().append(there.id(), 0,
                    List.copyOf(requested), there, Sessions.OFFICE, sessions.now));
            assertEquals(Optional.of(after), sessions.store.journal().load(there.id()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void s3ShouldNameRequestsThatAreDue(Backend backend) throws Exception {
        try (Sessions sessions = Sessions.open(backend, directory)) {
            String first = sessions.requested().id();
            sessions.pass(60);
            String second = sessions.requested().id();
            sessions.pass(239);
            assertEquals(List.of(), sessions.store.journal().due(sessions.now, 10));
            sessions.pass(61);
            assertEquals(List.of(first, second), sessions.store.journal().due(sessions.now, 10));
            assertEquals(List.of(first), sessions.store.journal().due(sessions.now, 1));
            assertEquals(2, sessions.service.expireDue(sessions.now));
            assertEquals(List.of(), sessions.store.journal().due(sessions.now, 10));
        }
    }

    @ParameterizedTest
    @EnumSource
    void c4ShouldRecordWhoWasThereFromWhenToWhen(Backend backend) throws Exception {
        try (Sessions sessions = Sessions.open(backend, directory)) {
            String id = sessions.inSession().id();
            assertEquals(3, sessions.store.attendance().present(id).size());
            sessions.pass(600);
            sessions.does(id, Sessions.OFFICE, new Suspend("power-cut"));
            assertEquals(List.of(), sessions.store.attendance().present(id));
            sessions.pass(60);
            sessions.does(id, Sessions.OFFICE, new Resume());
            sessions.pass(120);
            sessions.does(id, Sessions.OFFICE, new Remove(sessions.patient));
            sessions.pass(60);
            sessions.does(id, Sessions.OFFICE, new Conclude(Consultation.Outcome.DONE));
            List<Stay> stays = sessions.store.attendance().stays(id);
            assertTrue(stays.stream().noneMatch(stay -> stay.to() == null), stays::toString);
            List<Stay> patient = stays.stream().filter(stay -> stay.pseudonym().equals(sessions.patient)).toList();
            assertEquals(List.of("suspended", "removed"), patient.stream().map(Stay::endedBy).toList());
            assertEquals(Role.PATIENT, patient.getFirst().role());
            assertEquals("PHONE", patient.getFirst().device());
            assertEquals(Sessions.START.plusSeconds(600), patient.getFirst().to());
            assertEquals(Sessions.START.plusSeconds(660), patient.getLast().from());
            assertEquals(Sessions.START.plusSeconds(780), patient.getLast().to());
            Stay chair = stays.stream().filter(stay -> stay.pseudonym().equals(sessions.chair)).toList().getLast();
            assertEquals("concluded", chair.endedBy());
            assertEquals(Sessions.UPPER.code(), chair.facility());
        }
    }

    @ParameterizedTest
    @EnumSource
    void c4ShouldCloseOnceWhatACrashLeftOpen(Backend backend) throws Exception {
        Sessions sessions = Sessions.open(backend, directory);
        String id = sessions.inSession().id();
        sessions.store.serve();
        // Served after it opened: those three are of a run before, for the store.
        List<Stay> closed = sessions.store.attendance().stays(id);
        assertEquals(Set.of("recovered"), Set.copyOf(closed.stream().map(Stay::endedBy).toList()));
        sessions.store.clearSeats(sessions.service);
        assertEquals(closed, sessions.store.attendance().stays(id));
        assertTrue(sessions.service.find(id).orElseThrow().list().values().stream().noneMatch(Participant::present));
        sessions.arrives(id, sessions.chair, Participant.Device.COMPUTER);
        assertEquals(1, sessions.store.attendance().present(id).size());
        sessions.close();
    }

    @ParameterizedTest
    @EnumSource
    void s8ShouldTellEachEventOnceAndInOrderThroughARestart(Backend backend) throws Exception {
        Sessions sessions = Sessions.open(backend, directory);
        OutboxStore outbox = sessions.store.outbox();
        assertEquals(0, outbox.cursor("hook", sessions.now).delivered());
        List<Integer> woken = new ArrayList<>();
        outbox.onAdded(() -> woken.add(1));
        Consultation there = sessions.inSession();
        assertFalse(woken.isEmpty());
        List<Message> messages = outbox.after(0, 100);
        assertEquals(there.version(), messages.size());
        assertEquals("consultation.requested", messages.getFirst().type());
        for (int i = 1; i < messages.size(); i++) {
            assertEquals(messages.get(i - 1).id() + 1, messages.get(i).id());
        }
        outbox.delivered("hook", messages.get(2).id());
        outbox.delivered("hook", messages.get(1).id());
        outbox.failed("hook", "503", sessions.now.plusSeconds(9));
        Sessions after = sessions.again();
        OutboxStore.Cursor cursor = after.store.outbox().cursor("hook", after.now);
        assertEquals(new OutboxStore.Cursor("hook", messages.get(2).id(), 1, after.now.plusSeconds(9), "503"), cursor);
        assertEquals(messages.get(3), after.store.outbox().after(cursor.delivered(), 1).getFirst());
        after.store.outbox().giveUp("hook", messages.get(3).id(), "gone", after.now);
        assertEquals(messages.get(3).id(), after.store.outbox().cursor("hook", after.now).delivered());
        assertEquals(messages.get(3), after.store.outbox().dead("hook", 5).getFirst().message());
        long last = messages.getLast().id();
        assertEquals(last + 1, after.store.outbox().add("", "apikey.revoked", "{}", after.now));
        assertEquals(last + 1, after.store.outbox().cursor("new hook", after.now).delivered());
        after.store.outbox().drop("hook");
        assertEquals(last + 1, after.store.outbox().cursor("hook", after.now).delivered());
        after.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldActOnceOnARequestThatComesTwice(Backend backend) throws Exception {
        try (Sessions sessions = Sessions.open(backend, directory)) {
            IdempotencyStore store = sessions.store.idempotency();
            Instant now = sessions.now;
            Instant stale = now.minusSeconds(60);
            assertInstanceOf(Claim.Fresh.class, store.claim("a", "k", "h", now, stale));
            assertEquals(new Claim.Running(now), store.claim("a", "k", "h", now, stale));
            assertInstanceOf(Claim.Mismatch.class, store.claim("a", "k", "other", now, stale));
            assertInstanceOf(Claim.Fresh.class, store.claim("b", "k", "h", now, stale), "another caller's key");
            assertInstanceOf(Claim.Fresh.class, store.claim("a", "k", "h", now.plusSeconds(61), now.plusSeconds(1)));
            byte[] body = "{\"é\":1}".getBytes(StandardCharsets.UTF_8);
            store.complete("a", "k", new Claim.Done(201, "application/json", body, "/x"), now);
            Claim.Done done = assertInstanceOf(Claim.Done.class, store.claim("a", "k", "h", now, stale));
            assertEquals("201 application/json /x " + new String(body, StandardCharsets.UTF_8), done.status() + " "
                    + done.contentType() + " " + done.location() + " " + new String(done.body(),
                    StandardCharsets.UTF_8));
            store.release("a", "k");
            assertInstanceOf(Claim.Done.class, store.claim("a", "k", "h", now, stale), "what is answered stays");
            store.release("b", "k");
            assertInstanceOf(Claim.Fresh.class, store.claim("b", "k", "x", now, stale));
            assertEquals(2, store.forget(now.plusSeconds(100)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepKeysOfOtherPlatformsWithoutTheirSecrets(Backend backend) throws Exception {
        try (Sessions sessions = Sessions.open(backend, directory)) {
            ApiKeyStore keys = sessions.store.apiKeys();
            Instant now = sessions.now;
            ApiKey key = new ApiKey("k1", "Vtelehealth", "ab".repeat(32), Set.of("a:read", "b:write"), "", now,
                    now.plusSeconds(60), null);
            keys.add(key, "operator", now);
            assertThrows(IllegalArgumentException.class, () -> keys.add(key, "operator", now));
            assertEquals(Optional.of(key), keys.find("k1"));
            assertTrue(key.usable(now) && !key.usable(now.plusSeconds(60)));
            assertTrue(keys.revoke("k1", "operator", now.plusSeconds(1)));
            assertTrue(keys.revoke("k1", "operator", now.plusSeconds(2)));
            assertFalse(keys.revoke("k2", "operator", now));
            assertEquals(now.plusSeconds(1), keys.list().getFirst().revokedAt());
            assertFalse(keys.list().getFirst().usable(now));
            ApiKey endless = new ApiKey("k0", "", "cd".repeat(32), Set.of(), "BM-01", now, null, null);
            keys.add(endless, "operator", now);
            assertEquals(List.of("k0", "k1"), keys.list().stream().map(ApiKey::id).toList());
            assertNull(keys.find("k0").orElseThrow().expiresAt());
        }
    }
}
