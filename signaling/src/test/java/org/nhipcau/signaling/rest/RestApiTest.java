// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.audit.AuditRow;
import org.nhipcau.signaling.live.LiveConsultations;
import org.nhipcau.signaling.live.LiveMetrics;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.store.Backend;
import org.nhipcau.signaling.token.StrictJson;
import org.nhipcau.signaling.token.TokenVerifier;

/** How the API behaves whatever it serves: repetitions, versions, pages, rates, problems. */
class RestApiTest {
    @TempDir
    Path directory;

    private RestFixture rest;
    private String key;

    /** What it runs over; another database has a class of its own, so that its tests are counted, or told as skipped. */
    Backend backend() {
        return Backend.SQLITE;
    }

    @BeforeEach
    void open() throws Exception {
        rest = new RestFixture(backend().url(directory), directory, 1_000);
        key = rest.allKey();
    }

    @AfterEach
    void close() throws Exception {
        if (rest != null) {
            rest.close();
        }
    }

    private static JsonNode json(HttpResponse<byte[]> answer) {
        return StrictJson.read(answer.body());
    }

    private static String facility(String code) {
        return """
                {"code":"%s","name":"Bệnh viện %s","level":"PROVINCE","province":"31"}""".formatted(code, code);
    }

    private String consultation() throws Exception {
        rest.send("POST", "/facilities", key, facility("BV01"));
        String patient = json(rest.send("POST", "/pseudonyms", key, """
                {"fullName":"Phạm Văn Cường","role":"PATIENT"}""")).path("pseudonym").textValue();
        return json(rest.send("POST", "/consultations", key, """
                {"kind":"ON_DEMAND","facility":"BV01","patient":"%s"}""".formatted(patient))).path("id").textValue();
    }

    @Test
    void shouldAnswerARepetitionAsTheFirstAndActOnce() throws Exception {
        HttpResponse<byte[]> first = rest.send("POST", "/facilities", key, facility("BV01"), "Idempotency-Key",
                "the-same-key");
        HttpResponse<byte[]> second = rest.send("POST", "/facilities", key, facility("BV01"), "Idempotency-Key",
                "the-same-key");
        assertEquals(201, first.statusCode());
        assertEquals(201, second.statusCode());
        assertEquals(new String(first.body(), StandardCharsets.UTF_8), new String(second.body(),
                StandardCharsets.UTF_8));
        for (String header : List.of("Location", "ETag", "Content-Type")) {
            assertEquals(first.headers().firstValue(header), second.headers().firstValue(header), header);
            assertTrue(first.headers().firstValue(header).isPresent(), header);
        }
        assertTrue(first.headers().firstValue("Idempotency-Replayed").isEmpty());
        assertEquals("true", second.headers().firstValue("Idempotency-Replayed").orElse(""));
        assertEquals(422, rest.send("POST", "/facilities", key, facility("BV02"), "Idempotency-Key", "the-same-key")
                .statusCode());
        assertEquals(201, rest.send("POST", "/facilities", rest.allKey(), facility("BV02"), "Idempotency-Key",
                "the-same-key").statusCode(), "another caller's keys are its own");
        assertEquals(409, rest.send("POST", "/facilities", key, facility("BV01")).statusCode());
        assertEquals(400, rest.send("POST", "/facilities", key, facility("BV03"), "Idempotency-Key", "short")
                .statusCode());
    }

    @Test
    void shouldActOnRunningMediaAlsoWhileNothingCanBeRecorded_C5() throws Exception {
        String id = consultation();
        String path = "/consultations/" + id;
        String patient = json(rest.send("GET", path, key, null)).path("patient").textValue();
        assertEquals(200, rest.send("PUT", path + "/consent", key, """
                {"by":"%s","textId":"t","textVersion":"1","means":"PAPER"}""".formatted(patient), "If-Match", "*")
                .statusCode());
        try (LiveConsultations live = new LiveConsultations(rest.service, rest.store.attendance(), true,
                directory.resolve("live-spool"), rest.now::get, LiveMetrics.NONE, Runnable::run)) {
            assertNull(live.refusalOf(id), "somebody asks to come in");
            rest.running = live;
            rest.away.set(true);
            HttpResponse<byte[]> held = rest.send("DELETE", path + "/consent", key, null, "Idempotency-Key",
                    "withdraw-once");
            assertEquals(202, held.statusCode());
            assertFalse(json(held).path("consentGiven").booleanValue());
            assertTrue(held.headers().firstValue("ETag").isEmpty(), "it has no version yet");
            assertFalse(live.running(id).consentGiven(), "it holds");
            assertEquals(202, rest.send("DELETE", path + "/consent", key, null).statusCode());
            assertEquals(503, rest.send("POST", path + "/accept", key, null).statusCode());
            assertEquals(503, rest.send("PUT", path + "/recorder", key, "{\"allowed\":true}", "If-Match", "*")
                    .statusCode(), "nothing opens");
            String unknown = key.substring(0, key.length() - 8) + "AAAAAAAA";
            assertEquals(503, rest.send("DELETE", path + "/consent", unknown, null).statusCode());
            rest.away.set(false);
            assertTrue(rest.service.find(id).orElseThrow().consentGiven());
            live.tick();
            assertFalse(rest.service.find(id).orElseThrow().consentGiven(), "it is on record");
            assertEquals(200, rest.send("DELETE", path + "/consent", key, null).statusCode());
        }
    }

    @Test
    void shouldNarrowARoleInARunningRoomAlsoWhileNothingCanBeRecorded_D2() throws Exception {
        String id = consultation();
        String path = "/consultations/" + id;
        String expert = json(rest.send("POST", "/pseudonyms", key, """
                {"fullName":"Trần Thị Bình","role":"CAREGIVER"}""")).path("pseudonym").textValue();
        assertEquals(200, rest.send("POST", path + "/participants", key, """
                {"pseudonym":"%s","role":"EXPERT","facility":"BV01"}""".formatted(expert)).statusCode());
        String role = path + "/participants/" + expert + "/role";
        rest.away.set(true);
        assertEquals(503, rest.send("PUT", role, key, "{\"role\":\"TRAINEE\"}", "If-Match", "*").statusCode(),
                "there is no room in which it could hold");
        rest.away.set(false);
        try (LiveConsultations live = new LiveConsultations(rest.service, rest.store.attendance(), true,
                directory.resolve("live-spool"), rest.now::get, LiveMetrics.NONE, Runnable::run)) {
            assertNull(live.refusalOf(id), "somebody asks to come in");
            rest.running = live;
            rest.away.set(true);
            assertEquals(503, rest.send("PUT", role, key, "{\"role\":\"CHAIR\"}", "If-Match", "*").statusCode(),
                    "nothing opens");
            assertEquals(202, rest.send("PUT", role, key, "{\"role\":\"TRAINEE\"}", "If-Match", "*").statusCode());
            assertEquals(Role.TRAINEE, live.running(id).roleOf(expert), "it holds");
            assertEquals(503, rest.send("PUT", role, key, "{\"role\":\"EXPERT\"}", "If-Match", "*").statusCode());
            rest.away.set(false);
            assertEquals(Role.EXPERT, rest.service.find(id).orElseThrow().roleOf(expert));
            live.tick();
            assertEquals(Role.TRAINEE, rest.service.find(id).orElseThrow().roleOf(expert), "it is on record");
        }
    }

    @Test
    void shouldOpenNothingForACallerWhoseKeyCouldNotBeLookedUp_C3() throws Exception {
        String path = "/consultations/" + consultation();
        String loose = """
                {"mode":"OFF","subjectRoles":["PATIENT"],"clearFor":[],"level":"ATTESTED","noFace":"COVER_ALL",\
                "holdBackMs":0,"onViolation":"HOLD"}""";
        String[] once = {"If-Match", "*", "Idempotency-Key", "allow-it-once"};
        rest.keysAway.set(true);
        assertEquals(503, rest.send("PUT", path + "/recorder", key, "{\"allowed\":true}", once).statusCode());
        assertEquals(503, rest.send("PUT", path + "/face-policy", key, loose, "If-Match", "*").statusCode());
        assertEquals(200, rest.send("PUT", path + "/recorder", key, "{\"allowed\":false}", "If-Match", "*")
                .statusCode(), "what protects is taken");
        rest.keysAway.set(false);
        assertEquals(200, rest.send("PUT", path + "/recorder", key, "{\"allowed\":true}", once).statusCode(),
                "the same again, now that it is known who asks");
    }

    @Test
    void shouldFreeTheKeyOfARequestThatWasRefused() throws Exception {
        String id = consultation();
        String[] once = {"Idempotency-Key", "start-it-once"};
        assertEquals(409, rest.send("POST", "/consultations/" + id + "/wait", key, null, once).statusCode());
        rest.send("POST", "/consultations/" + id + "/accept", key, null);
        HttpResponse<byte[]> waiting = rest.send("POST", "/consultations/" + id + "/wait", key, null, once);
        assertEquals("WAITING", json(waiting).path("state").textValue());
    }

    @Test
    void shouldActOnceWhenTheSameComesAtOnce() throws Exception {
        consultation();
        String body = """
                {"fullName":"Lê Thị Hoa","role":"EXPERT","facility":"BV01"}""";
        Set<String> pseudonyms = new HashSet<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<HttpResponse<byte[]>> call = () -> rest.send("POST", "/staff", key, body, "Idempotency-Key",
                    "all-at-once-1");
            for (Future<HttpResponse<byte[]>> each : executor.invokeAll(List.of(call, call, call, call, call, call))) {
                HttpResponse<byte[]> answer = each.get();
                assertTrue(answer.statusCode() == 201 || answer.statusCode() == 409, "" + answer.statusCode());
                if (answer.statusCode() == 201) {
                    pseudonyms.add(json(answer).path("pseudonym").textValue());
                }
            }
        }
        assertEquals(1, pseudonyms.size());
        assertEquals(1, json(rest.send("GET", "/staff", key, null)).path("items").size());
    }

    @Test
    void shouldShowAKeyOnceAndKeepItsHash() throws Exception {
        String[] once = {"Idempotency-Key", "make-one-key"};
        String body = "{\"label\":\"Vtelehealth\",\"scopes\":[\"staff:read\"]}";
        HttpResponse<byte[]> made = rest.send("POST", "/api-keys", key, body, once);
        String secret = json(made).path("key").textValue();
        assertEquals(200, rest.send("GET", "/staff", secret, null).statusCode());
        HttpResponse<byte[]> again = rest.send("POST", "/api-keys", key, body, once);
        assertEquals(409, again.statusCode());
        String id = json(made).path("details").path("id").textValue();
        String tail = secret.substring(secret.length() - 43);
        assertFalse(new String(rest.send("GET", "/api-keys/" + id, key, null).body(), StandardCharsets.UTF_8)
                .contains(tail));
        assertFalse(rest.store.apiKeys().find(id).orElseThrow().secretHash().contains(tail));
        try (var files = java.nio.file.Files.walk(directory)) {
            for (Path file : files.filter(java.nio.file.Files::isRegularFile).toList()) {
                assertFalse(new String(java.nio.file.Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                        .contains(tail), file.getFileName().toString());
            }
        }
        assertEquals(204, rest.send("DELETE", "/api-keys/" + id, key, null).statusCode());
        assertEquals(401, rest.send("GET", "/staff", secret, null).statusCode());
    }

    @Test
    void shouldChangeOnlyWhatTheCallerHasSeen() throws Exception {
        String id = consultation();
        HttpResponse<byte[]> seen = rest.send("GET", "/consultations/" + id, key, null);
        String tag = seen.headers().firstValue("ETag").orElseThrow();
        assertEquals("\"v" + json(seen).path("version").longValue() + '"', tag);
        assertEquals(304, rest.send("GET", "/consultations/" + id, key, null, "If-None-Match", tag).statusCode());
        assertEquals(200, rest.send("POST", "/consultations/" + id + "/accept", key, null, "If-Match", tag)
                .statusCode());
        assertEquals(412, rest.send("POST", "/consultations/" + id + "/wait", key, null, "If-Match", tag)
                .statusCode());
        assertEquals(200, rest.send("GET", "/consultations/" + id, key, null, "If-None-Match", tag).statusCode());
        assertEquals(200, rest.send("POST", "/consultations/" + id + "/wait", key, null, "If-Match", "*")
                .statusCode());
        for (String wrong : List.of("v1", "\"1\"", "W/\"v1\"", "\"v1\", \"v2\"")) {
            assertEquals(400, rest.send("POST", "/consultations/" + id + "/start", key, null, "If-Match", wrong)
                    .statusCode(), wrong);
        }
    }

    @Test
    void shouldTellARefusalOfTheRulesInBothLanguages() throws Exception {
        String id = consultation();
        HttpResponse<byte[]> refused = rest.send("POST", "/consultations/" + id + "/start", key, null);
        assertEquals(409, refused.statusCode());
        assertEquals("application/problem+json", refused.headers().firstValue("Content-Type").orElse(""));
        assertEquals("urn:nhipcau:problem:refused", json(refused).path("type").textValue());
        assertEquals("wrong-state", json(refused).path("code").textValue());
        assertEquals("Không thực hiện được ở bước này.", json(refused).path("detailVi").textValue());
    }

    @Test
    void s3_aRequestOnDemandShouldBeRefusedAfterFiveMinutes() throws Exception {
        String id = consultation();
        rest.now.set(rest.now.get().plus(Duration.ofMinutes(5)));
        HttpResponse<byte[]> late = rest.send("POST", "/consultations/" + id + "/accept", key, null);
        assertEquals(409, late.statusCode());
        assertEquals("expired", json(late).path("code").textValue());
        rest.service.expireDue(rest.now.get());
        assertEquals("EXPIRED", json(rest.send("GET", "/consultations/" + id, key, null)).path("state").textValue());
    }

    @Test
    void shouldPageThroughEverythingOnce() throws Exception {
        List<String> codes = new ArrayList<>();
        for (int i = 10; i < 17; i++) {
            codes.add("BV" + i);
            assertEquals(201, rest.send("POST", "/facilities", key, facility("BV" + i)).statusCode());
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = json(rest.send("GET", "/facilities?limit=3" + cursor, key, null));
            assertTrue(page.path("items").size() <= 3);
            page.path("items").forEach(item -> seen.add(item.path("code").textValue()));
            cursor = page.has("nextCursor") ? "&cursor=" + page.path("nextCursor").textValue() : "";
        } while (!cursor.isEmpty());
        assertEquals(codes, seen);
        String other = json(rest.send("GET", "/facilities?limit=3", key, null)).path("nextCursor").textValue();
        assertEquals(400, rest.send("GET", "/staff?cursor=" + other, key, null).statusCode());
        for (String query : List.of("limit=0", "limit=201", "limit=x", "limit=1&limit=2", "cursor=x", "other=1")) {
            assertEquals(400, rest.send("GET", "/facilities?" + query, key, null).statusCode(), query);
        }
    }

    @Test
    void shouldHoldEachKeyToItsRateAndSayHowLongToWait() throws Exception {
        String slow = rest.key(Set.of(Scope.STAFF_READ));
        for (int i = 0; i < 1_000; i++) {
            assertEquals(0, rest.rates.waitS(slow.split("_")[1]));
        }
        HttpResponse<byte[]> refused = rest.send("GET", "/staff", slow, null);
        assertEquals(429, refused.statusCode());
        assertEquals("1", refused.headers().firstValue("Retry-After").orElse(""));
        assertEquals(200, rest.send("GET", "/staff", key, null).statusCode());
    }

    @Test
    void shouldHoldFailedCredentialsOfAllSourcesToOneRateAndNeverAValidKey() throws Exception {
        String unknown = "nck_" + "1".repeat(12) + '_' + "A".repeat(43);
        String guessed = key.substring(0, key.length() - 43) + "A".repeat(43);
        assertEquals(401, rest.send("GET", "/staff", unknown, null).statusCode());
        for (int i = 1; i < 1_000; i++) {
            assertEquals(0, rest.failures.waitS());
        }
        for (String wrong : new String[] {unknown, guessed, "no-key-at-all", null}) {
            HttpResponse<byte[]> refused = rest.send("GET", "/staff", wrong, null);
            assertEquals(429, refused.statusCode(), wrong);
            assertEquals("1", refused.headers().firstValue("Retry-After").orElse(""));
        }
        int asked = rest.keysAsked.get();
        for (int i = 0; i < 5; i++) {
            assertEquals(429, rest.send("GET", "/staff", unknown, null).statusCode());
            assertEquals(429, rest.send("GET", "/staff", guessed, null).statusCode());
        }
        assertEquals(asked, rest.keysAsked.get(), "the store is not asked for guesses");
        assertEquals(200, rest.send("GET", "/staff", key, null).statusCode());
        String made = rest.allKey();
        assertEquals(200, rest.send("GET", "/staff", made, null).statusCode(), "made in the flood");
        rest.send("DELETE", "/api-keys/" + made.split("_")[1], key, null);
        assertEquals(429, rest.send("GET", "/staff", made, null).statusCode(), "revoked in the flood");
    }

    @Test
    void shouldTagListsByTheirContent() throws Exception {
        String id = consultation();
        rest.send("POST", "/staff", key, """
                {"fullName":"Lê Thị Hoa","role":"EXPERT","facility":"BV01"}""");
        String own = "/api-keys/" + key.split("_")[1];
        for (String list : List.of("/facilities", "/staff", "/api-keys", "/consultations", own,
                "/consultations/" + id + "/face-policy")) {
            HttpResponse<byte[]> seen = rest.send("GET", list, key, null);
            String tag = seen.headers().firstValue("ETag").orElse("none");
            assertTrue(tag.matches("\"v[0-9]{1,18}\""), list + ": " + tag);
            HttpResponse<byte[]> same = rest.send("GET", list, key, null, "If-None-Match", tag);
            assertEquals(304, same.statusCode(), list);
            assertEquals(0, same.body().length);
        }
        List<String> before = new ArrayList<>();
        List<String> lists = List.of("/facilities", "/staff", "/api-keys");
        for (String list : lists) {
            before.add(rest.send("GET", list, key, null).headers().firstValue("ETag").orElseThrow());
        }
        rest.send("POST", "/facilities", key, facility("BV02"));
        rest.send("POST", "/staff", key, """
                {"fullName":"Lò Văn Sĩ","role":"EXPERT","facility":"BV01"}""");
        String other = rest.allKey();
        for (String list : lists) {
            assertEquals(200, rest.send("GET", list, key, null, "If-None-Match", before.get(lists.indexOf(list)))
                    .statusCode(), list + " changed");
        }
        String path = "/api-keys/" + other.split("_")[1];
        String seen = rest.send("GET", path, key, null).headers().firstValue("ETag").orElseThrow();
        assertEquals(412, rest.send("DELETE", path, key, null, "If-Match", "\"v1\"").statusCode());
        assertEquals(204, rest.send("DELETE", path, key, null, "If-Match", seen).statusCode());
        assertEquals(412, rest.send("DELETE", path, key, null, "If-Match", seen).statusCode());
    }

    @Test
    void shouldTellMethodsAndPathsItDoesNotHave() throws Exception {
        HttpResponse<byte[]> other = rest.send("DELETE", "/facilities", key, null);
        assertEquals(405, other.statusCode());
        assertEquals("GET, HEAD, POST", other.headers().firstValue("Allow").orElse(""));
        assertEquals(404, rest.send("GET", "/no-such-thing", key, null).statusCode());
        assertEquals("Bearer", rest.send("GET", "/staff", null, null).headers().firstValue("WWW-Authenticate")
                .orElse(""));
        assertEquals(0, rest.send("HEAD", "/staff", key, null).body().length);
    }

    @Test
    void c4_aTokenShouldBeForOneApprovedPseudonymAndCarryNoRole() throws Exception {
        String id = consultation();
        rest.send("POST", "/consultations/" + id + "/accept", key, null);
        String expert = json(rest.send("POST", "/staff", key, """
                {"fullName":"Lê Thị Hoa","role":"EXPERT","facility":"BV01"}""")).path("pseudonym").textValue();
        String path = "/consultations/" + id + "/tokens";
        String body = "{\"pseudonym\":\"" + expert + "\"}";
        assertEquals("not-on-list", json(rest.send("POST", path, key, body)).path("code").textValue());
        rest.send("POST", "/consultations/" + id + "/participants", key, """
                {"pseudonym":"%s","role":"EXPERT","facility":"BV01"}""".formatted(expert));
        assertEquals("not-approved", json(rest.send("POST", path, key, body)).path("code").textValue());
        rest.send("POST", "/consultations/" + id + "/approvals", key, "{\"pseudonyms\":[\"" + expert + "\"]}");
        HttpResponse<byte[]> issued = rest.send("POST", path, key, body);
        assertEquals(201, issued.statusCode());
        var grants = new TokenVerifier(RestFixture.SECRETS).verify(json(issued).path("token").textValue());
        assertEquals(expert, grants.identity());
        assertEquals(id, grants.video().room());
        assertTrue(grants.video().roomJoin() && !grants.video().roomAdmin());
        assertEquals("", grants.role());
        assertEquals("", grants.name());
        assertEquals(300, grants.expiresAtS() - grants.issuedAtS());
        String token = json(issued).path("token").textValue();
        List<JsonNode> told = new ArrayList<>();
        for (AuditRow row : rest.store.audit(0, 1_000)) {
            assertFalse(row.body().contains(token.substring(token.lastIndexOf('.'))), "never the token");
            if (row.kind().equals("token.issued")) {
                told.add(StrictJson.read(row.body().getBytes(StandardCharsets.UTF_8)));
            }
        }
        assertEquals(1, told.size(), "those that were refused are not issued");
        assertEquals(id, told.getFirst().path("consultation").textValue());
        assertEquals(key.split("_")[1], told.getFirst().path("actor").textValue());
        JsonNode data = told.getFirst().path("data");
        assertEquals(expert, data.path("person").textValue());
        assertEquals("EXPERT", data.path("role").textValue());
        assertEquals(Instant.parse(json(issued).path("expiresAt").textValue()).toEpochMilli(),
                data.path("expires").longValue());
        HttpResponse<byte[]> again = rest.send("POST", path, key, body);
        assertNotEquals(0, again.body().length);
        assertEquals(400, rest.send("POST", path, key, body.replace("}", ",\"ttlS\":601}")).statusCode());
    }
}
