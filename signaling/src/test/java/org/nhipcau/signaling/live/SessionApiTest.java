// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.Revoke;
import org.nhipcau.signaling.consultation.ConsultationCommand.TightenFacePolicy;
import org.nhipcau.signaling.consultation.ConsultationEvent;
import org.nhipcau.signaling.http.HttpAction;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.policy.Action;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.RoleTable;
import org.nhipcau.signaling.token.StrictJson;
import org.nhipcau.signaling.token.TokenIssuer;
import org.nhipcau.signaling.token.TokenVerifier;

/** The orders of a session: who may give which, and that each is on record before it is answered. */
class SessionApiTest {
    private static final Map<String, String> KEYS = Map.of("key", "0123456789abcdef0123456789abcdef");

    @TempDir
    Path directory;
    private MemoryJournal journal;
    private final InstantSource clock = () -> Instant.ofEpochMilli(1_780_000_000_000L);
    private SampleConsultation sample;
    private LiveConsultations live;
    private SessionApi api;

    @BeforeEach
    void open() throws Exception {
        journal = new MemoryJournal();
        sample = SampleConsultation.on(journal, clock);
        live = new LiveConsultations(sample.service, new MemoryAttendance(), false, directory.resolve("spool"), clock,
                LiveMetrics.NONE, Runnable::run);
        api = new SessionApi(live, null, new TokenVerifier(KEYS));
    }

    private void arrive(Role role) throws Exception {
        live.arrive(sample.attempt(role));
    }

    private HttpAnswer call(Role role, String method, String command, String body) {
        String token = role == null ? "" : new TokenIssuer(KEYS).mint(sample.grants(role), 600);
        HttpAction action = api.route(method, SessionApi.PREFIX + command, token);
        return switch (action) {
            case HttpAction.Answer answer -> answer.answer();
            case HttpAction.Handle handle -> handle.handler().apply(body.getBytes(StandardCharsets.UTF_8));
            case HttpAction.Upgrade upgrade -> throw new AssertionError("no socket here");
        };
    }

    private static JsonNode json(HttpAnswer answer) {
        return StrictJson.read(answer.body());
    }

    private static String code(HttpAnswer answer) {
        assertEquals("application/problem+json", answer.contentType());
        assertEquals(answer.status(), json(answer).get("status").intValue());
        return json(answer).get("code").textValue();
    }

    private String identity(Role role) {
        return "{\"identity\":\"" + sample.of(role) + "\"}";
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void d2EachRoleMayOrderWhatTheTableSays(Role role) throws Exception {
        List<String> wrong = new ArrayList<>();
        check(role, Action.ADMIT, "/admit", identity(Role.TRAINEE), wrong);
        check(role, Action.ADMIT, "/deny", identity(Role.TRAINEE), wrong);
        check(role, Action.REMOVE, "/remove", identity(role == Role.SECRETARY ? Role.EXPERT : Role.SECRETARY), wrong);
        check(role, Action.SET_MAIN_SCREEN, "/main-screen", "{\"identity\":null}", wrong);
        check(role, Action.TIGHTEN_POLICY, "/policy", "{\"mode\":\"cover\"}", wrong);
        check(role, Action.LOOSEN_POLICY, "/policy", "{\"mode\":\"OFF\",\"seenEpoch\":1}", wrong);
        check(role, Action.LOOSEN_POLICY, "/policy", "{\"clearFor\":[\"expert\"],\"seenEpoch\":1}", wrong);
        check(role, Action.WITHDRAW_CONSENT, "/withdraw-consent", "{}", wrong);
        check(role, Action.SUSPEND, "/suspend", "{\"reason\":\"line-down\"}", wrong);
        check(role, Action.CONCLUDE, "/conclude", "{\"outcome\":\"DONE\"}", wrong);
        check(role, Action.RELEASE_TRACK, "/release", "{\"identity\":\"" + sample.of(Role.CHAIR)
                + "\",\"track\":\"TR_VC1\"}", wrong);
        assertEquals(List.of(), wrong);
    }

    private void check(Role role, Action action, String command, String body, List<String> wrong) throws Exception {
        open();
        sample.inSession();
        arrive(Role.CHAIR);
        arrive(role);
        HttpAnswer answer = call(role, "POST", command, body);
        boolean may = RoleTable.may(role, action);
        boolean refused = answer.status() == 403 && code(answer).equals("not-permitted");
        if (may ? answer.status() != 200 : !refused) {
            wrong.add(role + command + body + " " + answer.status() + (may ? " though it may" : " though it may not"));
        }
    }

    @Test
    void anOrderIsOnRecordWhenItIsAnswered() throws Exception {
        sample.inSession();
        arrive(Role.CHAIR);
        assertEquals(200, call(Role.CHAIR, "POST", "/suspend", "{\"reason\":\"line-down\"}").status());
        assertEquals(State.SUSPENDED, sample.now().state());
        assertEquals(sample.of(Role.CHAIR), journal.of(ConsultationEvent.SessionSuspended.class).getFirst().by());
        assertEquals(200, call(Role.CHAIR, "POST", "/resume", "").status());
    }

    @Test
    void c5ConsentIsGivenAndWithdrawnOnThePage() throws Exception {
        sample.approved();
        String body = "{\"textId\":\"consent\",\"version\":\"2\",\"by\":\"" + sample.of(Role.PATIENT)
                + "\",\"means\":\"page\"}";
        assertEquals(200, call(Role.PATIENT, "POST", "/consent", body).status());
        assertTrue(sample.now().consentGiven());
        assertTrue(json(call(Role.PATIENT, "POST", "/withdraw-consent", "")).has("consent"));
        assertFalse(sample.now().consentGiven());
    }

    @Test
    void c5AWithdrawalHoldsAlsoWhileNothingCanBeRecordedAndIsRecordedLater() throws Exception {
        sample.inSession();
        arrive(Role.PATIENT);
        journal.dead = true;
        HttpAnswer answer = call(Role.PATIENT, "POST", "/withdraw-consent", "");
        assertEquals(503, answer.status());
        assertEquals("store-unavailable", code(answer));
        assertFalse(live.load(sample.id).now().consentGiven(), "it holds");
        // A crash now: another process finds it in the spool.
        journal.dead = false;
        live.close();
        LiveConsultations next = new LiveConsultations(sample.service, new MemoryAttendance(), false,
                directory.resolve("spool"), clock, LiveMetrics.NONE, Runnable::run);
        assertTrue(sample.now().consentGiven());
        next.tick();
        assertFalse(sample.now().consentGiven(), "it is on record");
        next.close();
    }

    @Test
    void c5WhatProtectsHoldsWhateverBecomesOfWhoSaidItUntilTheStoreStandsAgainstIt() throws Exception {
        int[] unapplied = new int[1];
        live.close();
        live = new LiveConsultations(sample.service, new MemoryAttendance(), false, directory.resolve("other"), clock,
                new LiveMetrics() {
                    @Override
                    public void unapplied() {
                        unapplied[0]++;
                    }
                }, Runnable::run);
        api = new SessionApi(live, null, new TokenVerifier(KEYS));
        sample.inSession();
        arrive(Role.CAREGIVER);
        journal.dead = true;
        assertEquals(503, call(Role.CAREGIVER, "POST", "/withdraw-consent", "").status());
        journal.dead = false;
        sample.execute(new Revoke(sample.of(Role.CAREGIVER)));
        assertFalse(live.load(sample.id).now().consentGiven(), "who said it may say nothing any more; it holds");
        assertEquals(0, unapplied[0]);
        live.tick();
        assertEquals(1, unapplied[0], "an operator learns that it cannot be recorded");
        live.tick();
        assertEquals(1, unapplied[0]);
    }

    @Test
    void c5AWithdrawalHoldsBeforeTheStoreHasIt() throws Exception {
        sample.inSession();
        arrive(Role.PATIENT);
        List<Boolean> given = new ArrayList<>();
        LiveConsultation one = live.load(sample.id);
        journal.beforeAppend = () -> given.add(one.now().consentGiven());
        assertEquals(200, call(Role.PATIENT, "POST", "/withdraw-consent", "").status());
        assertEquals(List.of(false), given, "however long the store takes");
    }

    @Test
    void whoGivesTooManyOrdersIsHeldUpYetMayAlwaysWithdraw() throws Exception {
        sample.inSession();
        arrive(Role.CHAIR);
        int taken = 0;
        for (int i = 0; i < 100; i++) {
            taken += call(Role.CHAIR, "POST", "/main-screen", "{\"identity\":null}").status() == 200 ? 1 : 0;
        }
        assertTrue(taken >= 30 && taken < 100, taken + " orders");
        assertEquals(200, call(Role.CHAIR, "POST", "/withdraw-consent", "").status());
    }

    @Test
    void aLooseningThatCannotBeRecordedDoesNotHold() throws Exception {
        sample.inSession();
        arrive(Role.CHAIR);
        journal.dead = true;
        assertEquals(503, call(Role.CHAIR, "POST", "/policy", "{\"mode\":\"off\",\"seenEpoch\":1}").status());
        assertEquals("COVER", live.load(sample.id).now().facePolicy().mode().name());
    }

    @Test
    void c1WhoLoosensSaysWhatPolicyHeHasSeen() throws Exception {
        sample.inSession();
        arrive(Role.CHAIR);
        arrive(Role.PATIENT);
        assertEquals("version-conflict", code(call(Role.CHAIR, "POST", "/policy", "{\"mode\":\"off\"}")));
        int seen = json(call(Role.CHAIR, "GET", "", "")).get("facePolicy").get("epoch").intValue();
        String loosen = "{\"clearFor\":[\"expert\"],\"seenEpoch\":" + seen + "}";
        sample.as(Role.PATIENT, new TightenFacePolicy(new FacePolicy(FacePolicy.Mode.COVER,
                EnumSet.of(Role.PATIENT, Role.EXPERT), Set.of(), FacePolicy.Level.ATTESTED, FacePolicy.NoFace.COVER_ALL,
                0, FacePolicy.OnViolation.HOLD)));
        HttpAnswer late = call(Role.CHAIR, "POST", "/policy", loosen);
        assertEquals(409, late.status());
        assertEquals("version-conflict", code(late));
        assertEquals(400, call(Role.CHAIR, "POST", "/policy", "{\"seenEpoch\":2}").status());
        assertEquals(400, call(Role.CHAIR, "POST", "/policy", "{\"mode\":\"off\",\"seenEpoch\":\"2\"}").status());
        assertEquals(200, call(Role.CHAIR, "POST", "/policy", loosen.replace(":1}", ":2}")).status());
        assertEquals(Set.of(Role.EXPERT), sample.now().facePolicy().clearFor());
    }

    @Test
    void c8WhoMayCoverTheFaceIsToldWhoSeesItAndNobodyElse() throws Exception {
        sample.inSession();
        List<Role> toldIt = new ArrayList<>();
        List<Role> expected = new ArrayList<>();
        for (Role role : Role.values()) {
            arrive(role);
        }
        int seen = sample.now().policyEpoch();
        assertEquals(200, call(Role.CHAIR, "POST", "/policy",
                "{\"clearFor\":[\"expert\"],\"seenEpoch\":" + seen + "}").status());
        for (Role role : Role.values()) {
            JsonNode policy = json(call(role, "GET", "", "")).get("facePolicy");
            assertEquals(seen + 1, policy.get("epoch").intValue(), role.name());
            if (policy.has("clearFor")) {
                assertEquals("[\"expert\"]", policy.get("clearFor").toString(), role.name());
                toldIt.add(role);
            }
            if (RoleTable.may(role, Action.TIGHTEN_POLICY)) {
                expected.add(role);
            }
        }
        assertEquals(expected, toldIt);
        assertFalse(toldIt.contains(Role.TRAINEE));
        assertEquals(200, call(Role.PATIENT, "POST", "/policy", "{\"mode\":\"cover\",\"clearFor\":[]}").status());
        assertEquals("[]", json(call(Role.PATIENT, "GET", "", "")).get("facePolicy").get("clearFor").toString());
    }

    @Test
    void theViewTellsEachWhatItMayKnow() throws Exception {
        sample.approved().consented();
        arrive(Role.CHAIR);
        arrive(Role.PATIENT);
        JsonNode chair = json(call(Role.CHAIR, "GET", "", ""));
        assertEquals("waiting", chair.get("state").textValue());
        assertEquals("in", chair.get("seat").textValue());
        assertEquals(sample.of(Role.PATIENT), chair.get("lobby").get(0).get("identity").textValue());
        assertTrue(chair.get("rights").toString().contains("\"admit\""));
        JsonNode patient = json(call(Role.PATIENT, "GET", "", ""));
        assertEquals("lobby", patient.get("seat").textValue());
        assertEquals(0, patient.get("lobby").size());
        assertEquals(0, patient.get("people").size());
        assertEquals(0, patient.get("publishes").size());
    }

    @Test
    void c1WhoMayReleaseAPictureLearnsWhichWaitsForIt() throws Exception {
        sample.inSession();
        for (Role role : List.of(Role.CHAIR, Role.CONTROLLER, Role.EXPERT, Role.PATIENT)) {
            arrive(role);
        }
        live.load(sample.id).latches().waits(sample.of(Role.PATIENT), "TR_cut", true);
        for (Role role : List.of(Role.CHAIR, Role.CONTROLLER, Role.EXPERT)) {
            List<String> told = new ArrayList<>();
            json(call(role, "GET", "", "")).get("people").forEach(each -> {
                if (each.has("latched")) {
                    told.add(each.get("identity").textValue() + each.get("latched").textValue());
                }
            });
            assertEquals(role == Role.EXPERT ? List.of() : List.of(sample.of(Role.PATIENT) + "TR_cut"), told,
                    role.name());
        }
    }

    @Test
    void staffThatRecordsConsentIsToldWhoseWordCountsBeforeTheSessionBegins_C5() throws Exception {
        sample.approved();
        for (Role role : List.of(Role.PRESENTING_DOCTOR, Role.EXPERT, Role.PATIENT)) {
            arrive(role);
            JsonNode view = json(call(role, "GET", "", ""));
            List<String> told = new ArrayList<>();
            view.get("mayConsent").forEach(each -> told.add(each.get("identity").textValue()));
            Set<String> expected = role == Role.PRESENTING_DOCTOR
                    ? Set.of(sample.of(Role.PATIENT), sample.of(Role.CAREGIVER)) : Set.of();
            assertEquals(expected, Set.copyOf(told), role.name());
            assertFalse(view.get("mayConsent").toString().contains("seat"));
            assertEquals(0, view.get("lobby").size(), "who waits is told to those alone who admit");
        }
        String by = "{\"by\":\"" + sample.of(Role.PATIENT)
                + "\",\"textId\":\"consent\",\"version\":\"1\",\"means\":\"PAPER\"}";
        assertEquals(200, call(Role.PRESENTING_DOCTOR, "POST", "/consent", by).status());
        assertTrue(sample.now().consentGiven());
    }

    @Test
    void whoIsNotThereOrdersNothing() {
        sample.inSession();
        assertEquals("not-present", code(call(Role.CHAIR, "POST", "/suspend", "{\"reason\":\"x\"}")));
    }

    @Test
    void anOrderThatDoesNotFitTheStateIsAConflict() throws Exception {
        sample.inSession();
        arrive(Role.CHAIR);
        HttpAnswer answer = call(Role.CHAIR, "POST", "/resume", "");
        assertEquals(409, answer.status());
        assertEquals("wrong-state", code(answer));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "{\"identity\":1}", "{\"identity\":\"\"}",
        "{\"identity\":\"P_1\",\"more\":1}",
        "{\"identity\":\"P_1\",\"identity\":\"P_2\"}", "nonsense"})
    void aBodyThatIsNotWhatTheOrderTakesIsRefused(String body) throws Exception {
        sample.inSession();
        arrive(Role.CHAIR);
        assertEquals("invalid-request", code(call(Role.CHAIR, "POST", "/admit", body)));
    }

    @Test
    void onlyATokenForAConsultationIsHeard() {
        assertEquals(401, call(null, "GET", "", "").status());
        assertEquals(404, call(Role.CHAIR, "GET", "/admit", "").status());
        assertEquals(404, call(Role.CHAIR, "POST", "/fire", "").status());
        assertEquals("not-approved", code(call(Role.CHAIR, "POST", "/conclude", "{\"outcome\":\"DONE\"}")));
    }

    @Test
    void theSessionBeginsOnThePage() throws Exception {
        sample.approved().consented();
        arrive(Role.CHAIR);
        assertEquals(200, call(Role.CHAIR, "POST", "/begin", "").status());
        assertEquals(State.IN_SESSION, sample.now().state());
        assertEquals("wrong-state", code(call(Role.CHAIR, "POST", "/begin", "")));
    }
}
