// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.client;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.nhipcau.signaling.client.ApiConnection.Answer;
import org.nhipcau.signaling.client.ApiConnection.Ask;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.rest.resource.AttendanceResource.QualityPage;
import org.nhipcau.signaling.rest.resource.AttendanceResource.StayPage;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsentView;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationDraft;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationPage;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationView;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.FacePolicyBody;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.Invitee;
import org.nhipcau.signaling.rest.resource.ConsultationResource.LineTestBody;
import org.nhipcau.signaling.rest.resource.ConsultationResource.OutcomeBody;
import org.nhipcau.signaling.rest.resource.ConsultationResource.ReasonBody;
import org.nhipcau.signaling.rest.resource.ConsultationResource.ScheduleBody;
import org.nhipcau.signaling.rest.resource.FacilityResource.FacilityChange;
import org.nhipcau.signaling.rest.resource.FacilityResource.FacilityDraft;
import org.nhipcau.signaling.rest.resource.FacilityResource.FacilityPage;
import org.nhipcau.signaling.rest.resource.FacilityResource.FacilityView;
import org.nhipcau.signaling.rest.resource.KeyResource.KeyBody;
import org.nhipcau.signaling.rest.resource.KeyResource.KeyPage;
import org.nhipcau.signaling.rest.resource.KeyResource.KeyView;
import org.nhipcau.signaling.rest.resource.KeyResource.NewKeyView;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonChange;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonDraft;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonPage;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonView;
import org.nhipcau.signaling.rest.resource.PseudonymResource.IdentityView;
import org.nhipcau.signaling.rest.resource.ReportResource.ReportView;
import org.nhipcau.signaling.rest.resource.RosterResource.ApprovalBody;
import org.nhipcau.signaling.rest.resource.RosterResource.ConsentBody;
import org.nhipcau.signaling.rest.resource.RosterResource.ParticipantPage;
import org.nhipcau.signaling.rest.resource.TokenResource.TokenBody;
import org.nhipcau.signaling.rest.resource.TokenResource.TokenView;

/**
 * The REST API as methods: each call is one request, and throws {@link ApiException} when it is refused. What has no
 * method here is asked through {@link #connection}.
 *
 * <p>Thread: any; blocks. Owns: its connection.
 */
public final class NhipcauClient implements AutoCloseable {
    private final ApiConnection connection;

    /**
     * @param base of the server, such as {@code https://host/}
     * @param key an API key, or an operator's token
     */
    public NhipcauClient(URI base, String key) {
        this.connection = new ApiConnection(base, key);
    }

    /** For what has no method here. */
    public ApiConnection connection() {
        return connection;
    }

    // ---- facilities, people, keys ----

    public FacilityPage facilities(Map<String, String> query) {
        return connection.ask(Ask.get("/facilities").query(query), FacilityPage.class);
    }

    public FacilityView facility(String code) {
        return connection.ask(Ask.get("/facilities/" + code), FacilityView.class);
    }

    public FacilityView addFacility(FacilityDraft draft) {
        return connection.ask(Ask.of("POST", "/facilities", draft), FacilityView.class);
    }

    /** @param version that the change is based on; negative: any */
    public FacilityView changeFacility(String code, FacilityChange change, long version) {
        return connection.ask(Ask.of("PUT", "/facilities/" + code, change).ifMatch(version), FacilityView.class);
    }

    public PersonPage staff(Map<String, String> query) {
        return connection.ask(Ask.get("/staff").query(query), PersonPage.class);
    }

    public PersonView staffMember(String pseudonym) {
        return connection.ask(Ask.get("/staff/" + pseudonym), PersonView.class);
    }

    public PersonView addStaff(PersonDraft draft) {
        return connection.ask(Ask.of("POST", "/staff", draft), PersonView.class);
    }

    /** @param version that the change is based on; negative: any */
    public PersonView changeStaff(String pseudonym, PersonChange change, long version) {
        return connection.ask(Ask.of("PUT", "/staff/" + pseudonym, change).ifMatch(version), PersonView.class);
    }

    /** A pseudonym for a patient or a caregiver. */
    public PersonView pseudonym(PersonDraft draft) {
        return connection.ask(Ask.of("POST", "/pseudonyms", draft), PersonView.class);
    }

    /** Who is behind a pseudonym; audited with the reason. */
    public IdentityView identity(String pseudonym, String reason) {
        return connection.ask(Ask.get("/pseudonyms/" + pseudonym).query(Map.of("reason", reason)), IdentityView.class);
    }

    /** Erases who is behind a pseudonym. */
    public void erase(String pseudonym) {
        connection.ask(Ask.of("DELETE", "/pseudonyms/" + pseudonym, null));
    }

    public KeyPage keys(Map<String, String> query) {
        return connection.ask(Ask.get("/api-keys").query(query), KeyPage.class);
    }

    public KeyView key(String id) {
        return connection.ask(Ask.get("/api-keys/" + id), KeyView.class);
    }

    /** A new key; its secret is in the answer and never told again. */
    public NewKeyView addKey(KeyBody body) {
        return connection.ask(Ask.of("POST", "/api-keys", body), NewKeyView.class);
    }

    public void revokeKey(String id) {
        connection.ask(Ask.of("DELETE", "/api-keys/" + id, null));
    }

    // ---- consultations ----

    public ConsultationPage consultations(Map<String, String> query) {
        return connection.ask(Ask.get("/consultations").query(query), ConsultationPage.class);
    }

    public ConsultationView consultation(String id) {
        return connection.ask(Ask.get("/consultations/" + id), ConsultationView.class);
    }

    /** @param idempotencyKey the same for each repetition of this request; null: it is sent for the first time */
    public ConsultationView request(ConsultationDraft draft, String idempotencyKey) {
        return connection.ask(Ask.of("POST", "/consultations", draft).once(idempotencyKey), ConsultationView.class);
    }

    /** Moves a consultation on by a command without a body: accept, test, wait, start, resume, cancel. */
    public ConsultationView command(String id, String name) {
        return act(id, "POST", "/" + name, null);
    }

    public ConsultationView decline(String id, String reason) {
        return act(id, "POST", "/decline", new ReasonBody(reason));
    }

    public ConsultationView schedule(String id, java.time.Instant startsAt) {
        return act(id, "POST", "/schedule", new ScheduleBody(startsAt));
    }

    public ConsultationView testResult(String id, Consultation.LineTest verdict) {
        return act(id, "POST", "/test-result", new LineTestBody(verdict));
    }

    public ConsultationView suspend(String id, String reason) {
        return act(id, "POST", "/suspend", new ReasonBody(reason));
    }

    public ConsultationView conclude(String id, Consultation.Outcome outcome) {
        return act(id, "POST", "/conclude", new OutcomeBody(outcome));
    }

    public ParticipantPage participants(String id, Map<String, String> query) {
        return connection.ask(Ask.get("/consultations/" + id + "/participants").query(query), ParticipantPage.class);
    }

    public ConsultationView enlist(String id, Invitee invitee) {
        return act(id, "POST", "/participants", invitee);
    }

    /** Lets somebody in ({@code admit}), does not ({@code deny}), or sends somebody out ({@code remove}). */
    public ConsultationView decide(String id, String pseudonym, String what) {
        return act(id, "POST", "/participants/" + pseudonym + '/' + what, null);
    }

    /** Approves entries, for the facility's leadership. */
    public ConsultationView approve(String id, List<String> pseudonyms) {
        return act(id, "POST", "/approvals", new ApprovalBody(pseudonyms));
    }

    public ConsentView consent(String id) {
        return connection.ask(Ask.get("/consultations/" + id + "/consent"), ConsentView.class);
    }

    public ConsultationView recordConsent(String id, ConsentBody body) {
        return act(id, "PUT", "/consent", body);
    }

    public ConsultationView withdrawConsent(String id) {
        return act(id, "DELETE", "/consent", null);
    }

    public ConsultationView facePolicy(String id, FacePolicyBody policy) {
        return act(id, "PUT", "/face-policy", policy);
    }

    /** A token to join, for one pseudonym on the list. */
    public TokenView token(String id, TokenBody body) {
        return connection.ask(Ask.of("POST", "/consultations/" + id + "/tokens", body), TokenView.class);
    }

    private ConsultationView act(String id, String method, String rest, Record body) {
        return connection.ask(Ask.of(method, "/consultations/" + id + rest, body), ConsultationView.class);
    }

    // ---- records ----

    public StayPage attendance(String id, Map<String, String> query) {
        return connection.ask(Ask.get("/consultations/" + id + "/attendance").query(query), StayPage.class);
    }

    public QualityPage quality(String id, Map<String, String> query) {
        return connection.ask(Ask.get("/consultations/" + id + "/quality").query(query), QualityPage.class);
    }

    public ReportView report(Map<String, String> query) {
        return connection.ask(Ask.get("/reports").query(query), ReportView.class);
    }

    /** A file: a report as CSV, an export. */
    public Answer file(String path, Map<String, String> query) {
        return connection.ask(Ask.get(path).query(query));
    }

    @Override
    public void close() {
        connection.close();
    }
}
