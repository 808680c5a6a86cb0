// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.Participant.Device;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.store.AttendanceStore.Quality;
import org.nhipcau.signaling.token.StrictJson;

/**
 * Goes by every route of the API once at least, in an order in which each is taken, and leaves for every route a request
 * that it took.
 */
final class RestStory {
    /** A request that was taken. */
    record Sample(String method, String path, String body) {}

    /** Is shown every answer. */
    @FunctionalInterface
    interface Witness {
        void saw(String method, String path, HttpResponse<byte[]> answer);
    }

    private final RestFixture rest;
    private final String key;
    private final Witness witness;
    final Map<String, Sample> samples = new LinkedHashMap<>();
    String consultation;
    String chair;
    String patient;

    RestStory(RestFixture rest, Witness witness) {
        this.rest = rest;
        this.key = rest.allKey();
        this.witness = witness;
    }

    private JsonNode call(int status, String method, String path, String body) throws Exception {
        String[] headers = method.equals("PUT") ? new String[] {"If-Match", "*"} : new String[0];
        HttpResponse<byte[]> answer = rest.send(method, path, key, body, headers);
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertEquals(status, answer.statusCode(), method + ' ' + path + ' ' + text);
        samples.put(method + ' ' + path, new Sample(method, path, body));
        witness.saw(method, path, answer);
        JsonNode node = answer.body().length == 0 ? null : StrictJson.read(answer.body());
        return node;
    }

    private JsonNode get(String path) throws Exception {
        return call(200, "GET", path, null);
    }

    private JsonNode post(String path, String body) throws Exception {
        return call(200, "POST", path, body);
    }

    private JsonNode made(String path, String body) throws Exception {
        return call(201, "POST", path, body);
    }

    private JsonNode put(String path, String body) throws Exception {
        return call(200, "PUT", path, body);
    }

    /** Goes by all routes. */
    void run() throws Exception {
        String expert = directory();
        String caregiver = made("/pseudonyms", """
                {"fullName":"Trần Thị Bình","role":"CAREGIVER"}""").path("pseudonym").textValue();
        request(expert, caregiver);
        roster(expert);
        session(expert, caregiver);
        emergencies();
        records();
        keys();
        call(204, "DELETE", "/pseudonyms/" + patient, null);
        get("/pseudonyms/" + patient + "?reason=request-of-the-person");
    }

    private String directory() throws Exception {
        made("/facilities", """
                {"code":"BV01","name":"Bệnh viện Trung ương","level":"CENTRAL","province":"01"}""");
        made("/facilities", """
                {"code":"TYT9","name":"Trạm y tế xã","level":"COMMUNE","province":"10","district":"082"}""");
        get("/facilities?limit=1");
        get("/facilities/BV01");
        put("/facilities/TYT9", """
                {"name":"Trạm y tế xã Sa Pa","level":"COMMUNE","province":"10","district":"083","active":true}""");
        chair = made("/staff", """
                {"fullName":"Nguyễn Văn An","reference":"NV-7","contact":"0900000000","role":"CHAIR",\
                "facility":"BV01"}""").path("pseudonym").textValue();
        String expert = made("/staff", """
                {"fullName":"Lê Thị Hoa","role":"EXPERT","facility":"BV01"}""").path("pseudonym").textValue();
        get("/staff?limit=1");
        get("/staff?facility=BV01");
        get("/staff/" + chair);
        put("/staff/" + expert, """
                {"role":"EXPERT","facility":"BV01","active":true}""");
        patient = made("/pseudonyms", """
                {"fullName":"Phạm Văn Cường","reference":"BN-3","contact":"0911111111","role":"PATIENT",\
                "facility":"TYT9"}""").path("pseudonym").textValue();
        return expert;
    }

    private void request(String expert, String caregiver) throws Exception {
        Instant wanted = rest.now.get().plus(Duration.ofDays(2));
        consultation = made("/consultations", """
                {"kind":"APPOINTMENT","facility":"BV01","requester":"TYT9","patient":"%s","childUnderSix":false,\
                "wantedAt":"%s","participants":[{"pseudonym":"%s","role":"CHAIR","facility":"BV01"},\
                {"pseudonym":"%s","role":"PATIENT"},{"pseudonym":"%s","role":"CAREGIVER"}],\
                "facePolicy":{"mode":"BLUR","subjectRoles":["PATIENT"],"clearFor":["CHAIR"],"level":"ATTESTED",\
                "noFace":"COVER_ALL","holdBackMs":0,"onViolation":"HOLD"}}""".formatted(patient, wanted, chair,
                        patient, caregiver)).path("id").textValue();
        String declined = made("/consultations", onDemand()).path("id").textValue();
        post("/consultations/" + declined + "/decline", """
                {"reason":"no-doctor-free"}""");
        String cancelled = made("/consultations", onDemand()).path("id").textValue();
        post("/consultations/" + cancelled + "/cancel", null);
        get("/consultations?limit=1");
        get("/consultations?state=REQUESTED&facility=TYT9&from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z");
        get("/consultations/" + consultation);
        post(at("/accept"), null);
        post(at("/schedule"), """
                {"startsAt":"%s"}""".formatted(rest.now.get().plus(Duration.ofMinutes(4))));
        post(at("/participants"), """
                {"pseudonym":"%s","role":"EXPERT","facility":"BV01"}""".formatted(expert));
    }

    private String onDemand() {
        return """
                {"kind":"ON_DEMAND","facility":"BV01","requester":"TYT9","patient":"%s"}""".formatted(patient);
    }

    private String at(String rest) {
        return "/consultations/" + consultation + rest;
    }

    private void roster(String expert) throws Exception {
        get(at("/participants"));
        get(at("/participants?limit=1"));
        put(at("/participants/" + expert + "/role"), """
                {"role":"TRAINEE"}""");
        JsonNode page = get(at("/participants?limit=200"));
        StringBuilder all = new StringBuilder();
        page.path("items").forEach(item -> all.append(all.isEmpty() ? "" : ",").append('"')
                .append(item.path("pseudonym").textValue()).append('"'));
        post(at("/approvals"), "{\"pseudonyms\":[" + all + "]}");
        call(200, "DELETE", at("/participants/" + expert + "/approval"), null);
        post(at("/approvals"), "{\"pseudonyms\":[" + all + "]}");
        get(at("/participants/" + chair));
        get(at("/face-policy"));
        put(at("/face-policy"), """
                {"mode":"COVER","subjectRoles":["PATIENT","CAREGIVER"],"clearFor":["CHAIR"],"level":"ATTESTED",\
                "noFace":"COVER_ALL","holdBackMs":0,"onViolation":"LATCH"}""");
        put(at("/recorder"), """
                {"allowed":true}""");
    }

    private void session(String expert, String caregiver) throws Exception {
        post(at("/test"), null);
        post(at("/test-result"), """
                {"verdict":"GOOD"}""");
        arrive(chair);
        samples.put("POST " + at("/wait"), new Sample("POST", at("/wait"), null));
        String waiting = made("/consultations", onDemand()).path("id").textValue();
        post("/consultations/" + waiting + "/accept", null);
        post("/consultations/" + waiting + "/wait", null);
        put(at("/consent"), """
                {"by":"%s","textId":"consent","textVersion":"2","means":"VOICE"}""".formatted(patient));
        get(at("/consent"));
        if (get("/consultations/" + consultation).path("state").textValue().equals("SCHEDULED")) {
            post(at("/wait"), null);
        }
        arrive(patient);
        arrive(expert);
        post(at("/start"), null);
        post(at("/participants/" + patient + "/admit"), null);
        post(at("/participants/" + caregiver + "/deny"), null);
        made(at("/tokens"), """
                {"pseudonym":"%s","ttlS":60}""".formatted(chair));
        rest.service.execute(consultation, new ConsultationCommand.SetMainScreen(patient), Actor.participant(chair));
        get("/consultations/" + consultation);
        pass(Duration.ofMinutes(10));
        post(at("/participants/" + expert + "/remove"), null);
        post(at("/suspend"), """
                {"reason":"line-lost"}""");
        post(at("/resume"), null);
        call(200, "DELETE", at("/consent"), null);
        get(at("/consent"));
    }

    private void arrive(String pseudonym) {
        rest.service.execute(consultation, new ConsultationCommand.Arrive(pseudonym, Device.COMPUTER, null),
                Actor.system());
    }

    private void pass(Duration time) {
        rest.now.set(rest.now.get().plus(time));
    }

    private void emergencies() throws Exception {
        String declared = made("/consultations", onDemand()).path("id").textValue();
        String other = rest.key(EnumSet.of(Scope.CONSULTATIONS_WRITE));
        HttpResponse<byte[]> answer = rest.send("POST", "/consultations/" + declared + "/emergency", other,
                "{\"reason\":\"stroke\"}");
        assertEquals(200, answer.statusCode());
        witness.saw("POST", "/consultations/" + declared + "/emergency", answer);
        samples.put("POST /consultations/" + declared + "/emergency",
                new Sample("POST", "/consultations/" + declared + "/emergency", "{\"reason\":\"stroke\"}"));
        post("/consultations/" + declared + "/emergency-confirmation", null);
        made("/consultations", """
                {"kind":"EMERGENCY","facility":"BV01","patient":"%s","reason":"stroke"}""".formatted(patient));
    }

    private void records() throws Exception {
        Instant from = rest.now.get();
        rest.store.attendance().addQuality(List.of(
                new Quality(consultation, chair, true, from, from.plusSeconds(5), 1, 2, 40, 3, 24, 900, 0, 430, "none"),
                new Quality(consultation, chair, false, from, from.plusSeconds(5), 1, 2, 40, 3, 24, 900, 0, 430,
                        "none")));
        get(at("/attendance?limit=1"));
        get(at("/quality?limit=1"));
        get(at("/export"));
        get(at("/export?format=PDF&names=true"));
        post(at("/conclude"), """
                {"outcome":"DONE"}""");
        get("/consultations/" + consultation);
        get(at("/attendance"));
        get("/audit?limit=3");
        get("/audit?limit=200");
        get("/reports?from=2026-11-01&to=2026-11-30&by=FACILITY");
        get("/reports?from=2026-11-01&to=2026-11-30&by=DAY&format=CSV&province=10&district=083&facility=TYT9&role=CHAIR");
        get("/pseudonyms/" + patient + "?reason=minutes");
        get("/pseudonyms/" + patient + "/export");
    }

    private void keys() throws Exception {
        JsonNode key = made("/api-keys", """
                {"label":"Vtelehealth","scopes":["consultations:read"],"facility":"BV01",\
                "expiresAt":"2027-01-01T00:00:00Z"}""").path("details");
        get("/api-keys?limit=1");
        call(204, "DELETE", "/api-keys/" + key.path("id").textValue(), null);
        get("/api-keys/" + key.path("id").textValue());
        get("/openapi.json");
    }
}
