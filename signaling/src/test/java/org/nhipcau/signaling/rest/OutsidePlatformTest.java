// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.client.ApiException;
import org.nhipcau.signaling.client.NhipcauClient;
import org.nhipcau.signaling.client.SignedEvents;
import org.nhipcau.signaling.config.ConfigLoader;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consent;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationRequest;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationDraft;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationView;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.Invitee;
import org.nhipcau.signaling.rest.resource.FacilityResource.FacilityDraft;
import org.nhipcau.signaling.rest.resource.KeyResource.KeyBody;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonDraft;
import org.nhipcau.signaling.rest.resource.RosterResource.ConsentBody;
import org.nhipcau.signaling.rest.resource.TokenResource.TokenBody;
import org.nhipcau.signaling.rest.webhook.OutboxDelivery;
import org.nhipcau.signaling.rest.webhook.WebhookBody;
import org.nhipcau.signaling.store.Backend;
import org.nhipcau.signaling.token.TokenIssuer;

/** Another platform, such as the Ministry's, drives a whole consultation by API and webhooks alone. */
class OutsidePlatformTest {
    private static final Set<String> PLATFORM_SCOPES = new TreeSet<>(List.of("facilities:read", "consultations:read",
            "consultations:write", "pseudonyms:write", "participants:approve", "consent:write", "tokens:issue",
            "attendance:read", "exports:read", "reports:read"));

    @TempDir
    Path directory;

    private final BlockingQueue<WebhookBody> events = new LinkedBlockingQueue<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final List<String> texts = new ArrayList<>();
    private RestFixture rest;
    private HttpServer receiver;
    private OutboxDelivery delivery;
    private SignedEvents signed;

    /** What it runs over. */
    Backend backend() {
        return Backend.SQLITE;
    }

    @BeforeEach
    void open() throws Exception {
        rest = new RestFixture(backend().url(directory), directory, 1_000);
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/events", this::receive);
        receiver.start();
        SignalingConfig config = new ConfigLoader(Map.of()).dev(true).set("signaling.webhooks.consultation-urls=[\""
                + "http://127.0.0.1:" + receiver.getAddress().getPort() + "/events\"]").load().signaling();
        signed = new SignedEvents(config.keys());
        delivery = OutboxDelivery.start(config, new TokenIssuer(config.keys()), rest.store.outbox(),
                InstantSource.system(), outcome -> { });
    }

    @AfterEach
    void close() throws Exception {
        if (rest == null) {
            return;
        }
        delivery.close();
        receiver.stop(0);
        rest.close();
    }

    /** Fails now and then, as platforms do: what is repeated has the same id. */
    private void receive(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        WebhookBody event = signed.read(exchange.getRequestHeaders().getFirst("Authorization"), body);
        boolean fails = failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        if (event != null && !fails) {
            texts.add(new String(body, StandardCharsets.UTF_8));
            events.add(event);
        }
        exchange.sendResponseHeaders(event == null ? 401 : fails ? 503 : 204, -1);
        exchange.close();
    }

    /** Waits for an event of this type; those before it are taken too, and remembered. */
    private JsonNode await(String type, List<String> seen) throws InterruptedException {
        while (true) {
            WebhookBody event = events.poll(30, TimeUnit.SECONDS);
            assertNotNull(event, "no " + type + " after " + seen);
            assertFalse(seen.contains(event.id()), "twice: " + event.id());
            seen.add(event.id());
            if (event.type().equals("consultation." + type)) {
                return event.data();
            }
        }
    }

    private NhipcauClient platform() {
        try (NhipcauClient operator = new NhipcauClient(rest.base(), rest.key(Set.of(Scope.values())))) {
            operator.addFacility(new FacilityDraft("BV01", "Bệnh viện Đại học Y Hà Nội", Facility.Level.CENTRAL, "01",
                    null));
            operator.addFacility(new FacilityDraft("TYT9", "Trạm y tế xã Sa Pa", Facility.Level.COMMUNE, "10",
                    "083"));
            String key = operator.addKey(new KeyBody("Vtelehealth", List.copyOf(PLATFORM_SCOPES), null, null)).key();
            return new NhipcauClient(rest.base(), key);
        }
    }

    private String doctor(String name, Role role, String facility) {
        try (NhipcauClient operator = new NhipcauClient(rest.base(), rest.key(Set.of(Scope.STAFF_WRITE)))) {
            return operator.addStaff(new PersonDraft(name, null, null, role, facility)).pseudonym();
        }
    }

    @Test
    void s8_anOutsidePlatformShouldDriveAWholeConsultation() throws Exception {
        List<String> seen = new ArrayList<>();
        try (NhipcauClient platform = platform()) {
            String chair = doctor("Nguyễn Văn An", Role.CHAIR, "BV01");
            String presenting = doctor("Lê Thị Hoa", Role.PRESENTING_DOCTOR, "TYT9");
            String patient = platform.pseudonym(new PersonDraft("Phạm Văn Cường", "BN-3", null, Role.PATIENT, null))
                    .pseudonym();
            failures.set(1);
            ConsultationDraft draft = new ConsultationDraft(ConsultationRequest.Kind.APPOINTMENT, "BV01", "TYT9",
                    patient, null, rest.now.get().plus(Duration.ofDays(2)),
                    List.of(new Invitee(chair, Role.CHAIR, "BV01"),
                            new Invitee(presenting, Role.PRESENTING_DOCTOR, "TYT9"),
                            new Invitee(patient, Role.PATIENT, null)), null, null);
            ConsultationView made = platform.request(draft, "platform-case-4711");
            assertEquals(made, platform.request(draft, "platform-case-4711"));
            String id = made.id();
            assertEquals(id, await("requested", seen).path("consultation").textValue());
            platform.command(id, "accept");
            platform.approve(id, List.of(chair, presenting, patient));
            platform.schedule(id, rest.now.get().plus(Duration.ofMinutes(4)));
            platform.command(id, "test");
            platform.testResult(id, Consultation.LineTest.GOOD);
            assertEquals("GOOD", await("test-ended", seen).path("event").path("verdict").textValue());
            platform.command(id, "wait");
            ApiException withoutConsent = assertThrows(ApiException.class, () -> platform.command(id, "start"));
            assertEquals("consent-missing", withoutConsent.problem().code());
            platform.recordConsent(id, new ConsentBody(patient, "tele-2", "1", Consent.Means.PAPER));
            String token = platform.token(id, new TokenBody(chair, 60, null)).token();
            assertFalse(token.isEmpty());
            for (String present : List.of(chair, presenting, patient)) {
                rest.service.execute(id, new ConsultationCommand.Arrive(present, Participant.Device.COMPUTER, null),
                        Actor.system());
            }
            platform.command(id, "start");
            await("session-begun", seen);
            platform.decide(id, patient, "admit");
            rest.now.set(rest.now.get().plus(Duration.ofMinutes(20)));
            platform.suspend(id, "line-lost");
            platform.command(id, "resume");
            ConsultationView ended = platform.conclude(id, Consultation.Outcome.DONE);
            assertEquals(Consultation.State.CONCLUDED, ended.state());
            assertEquals("DONE", await("concluded", seen).path("event").path("outcome").textValue());
            records(platform, id, List.of(chair, presenting, patient));
        }
        assertEquals(seen.stream().sorted(Comparator.comparingLong(each ->
                Long.parseLong(each.substring(3)))).toList(), seen, "in order");
        for (String name : List.of("Nguyễn Văn An", "Lê Thị Hoa", "Phạm Văn Cường", "BN-3")) {
            assertTrue(texts.stream().noneMatch(text -> text.contains(name)), "C2: a webhook names " + name);
        }
    }

    private static void records(NhipcauClient platform, String id, List<String> people) {
        Set<String> present = new TreeSet<>();
        platform.attendance(id, Map.of()).items().forEach(stay -> present.add(stay.pseudonym()));
        assertEquals(new TreeSet<>(people), present);
        assertEquals(1, platform.report(Map.of("from", "2026-11-01", "to", "2026-11-30", "by", "FACILITY")).rows()
                .getFirst().sessions());
        byte[] sheet = platform.file("/consultations/" + id + "/export", Map.of("format", "PDF")).body();
        assertEquals("%PDF-", new String(sheet, 0, 5, StandardCharsets.US_ASCII));
        assertEquals(403, assertThrows(ApiException.class, () -> platform.identity(people.getFirst(), "curious"))
                .status());
    }
}
