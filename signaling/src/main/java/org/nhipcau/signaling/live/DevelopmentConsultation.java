// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consent;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationRequest;
import org.nhipcau.signaling.consultation.ConsultationRequest.Invitee;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.consultation.PublicId;
import org.nhipcau.signaling.http.HttpAction;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.http.HttpService;
import org.nhipcau.signaling.http.RequestHead;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.StrictJson;
import org.nhipcau.signaling.token.TokenIssuer;

/**
 * Makes a consultation to try things out with, on demand and approved, with a person and a token of each role. Only in
 * development mode, whose keys are known to everybody and which runs on loopback alone; elsewhere the path is none.
 *
 * <pre>
 *   POST /dev/consultation {"trainees": 1, "consent": false, "begin": false}      every member may be left out
 *   {"consultation": "C_…", "people": [{"role": "chair", "identity": "P_…", "token": "…"}, …]}
 * </pre>
 *
 * <p>Thread: any; blocks for the store.
 */
public final class DevelopmentConsultation implements HttpService {
    /** Where it is served. */
    public static final String PATH = "/dev/consultation";
    private static final int MAX_BODY_BYTES = 1_024;
    private static final int MAX_TRAINEES = 200;
    private static final long TTL_S = 6 * 3_600;
    private static final Facility HOSPITAL = new Facility("DEV-1", Facility.Level.CENTRAL, "01", "");
    private static final Facility STATION = new Facility("DEV-2", Facility.Level.COMMUNE, "14", "D-3");
    private static final Actor LEADER = Actor.leader("development", HOSPITAL.code());

    private final ConsultationService consultations;
    private final TokenIssuer issuer;
    private final String apiKey;
    private final RandomGenerator random;

    /** @param apiKey in whose name tokens are made */
    public DevelopmentConsultation(ConsultationService consultations, TokenIssuer issuer, String apiKey,
            RandomGenerator random) {
        this.consultations = consultations;
        this.issuer = issuer;
        this.apiKey = apiKey;
        this.random = random;
    }

    @Override
    public HttpAction route(RequestHead head) {
        return head.method().equals("POST") && head.path().equals(PATH)
                ? new HttpAction.Handle(MAX_BODY_BYTES, this::answer) : new HttpAction.Answer(HttpAnswer.empty(404));
    }

    HttpAnswer answer(byte[] body) {
        JsonNode asked = StrictJson.read(body.length == 0 ? new byte[] {'{', '}'} : body);
        if (!fits(asked)) {
            return HttpAnswer.text(400, "allowed: {\"trainees\": 0 to " + MAX_TRAINEES
                    + ", \"consent\": true or false, \"begin\": true or false}");
        }
        boolean begin = asked.path("begin").asBoolean();
        Consultation made = make(people(asked.path("trainees").asInt(1)), begin || asked.path("consent").asBoolean(),
                begin);
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("consultation", made.id());
        ArrayNode people = answer.putArray("people");
        for (Invitee invitee : made.request().participants()) {
            people.addObject().put("role", invitee.role().name().toLowerCase(Locale.ROOT))
                    .put("identity", invitee.pseudonym()).put("token", token(made.id(), invitee.pseudonym()));
        }
        return new HttpAnswer(200, "application/json", StrictJson.write(answer), Map.of("Cache-Control", "no-store"));
    }

    private static boolean fits(JsonNode asked) {
        if (asked == null || !asked.isObject()) {
            return false;
        }
        for (Iterator<Map.Entry<String, JsonNode>> all = asked.fields(); all.hasNext();) {
            Map.Entry<String, JsonNode> each = all.next();
            boolean fits = switch (each.getKey()) {
                case "trainees" -> each.getValue().isInt() && each.getValue().intValue() >= 0
                        && each.getValue().intValue() <= MAX_TRAINEES;
                case "consent", "begin" -> each.getValue().isBoolean();
                default -> false;
            };
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private List<Invitee> people(int trainees) {
        List<Invitee> people = new ArrayList<>();
        for (Role role : Role.values()) {
            if (role == Role.TRAINEE) {
                for (int i = 0; i < trainees; i++) {
                    people.add(person(role, HOSPITAL));
                }
            } else if (role != Role.RECORDER) {
                boolean below = role == Role.PRESENTING_DOCTOR || role == Role.PATIENT || role == Role.CAREGIVER;
                people.add(person(role, below ? STATION : HOSPITAL));
            }
        }
        return people;
    }

    private Invitee person(Role role, Facility facility) {
        return new Invitee(PublicId.random(PublicId.PERSON, random), role, facility.code());
    }

    private Consultation make(List<Invitee> people, boolean consent, boolean begin) {
        String patient = people.stream().filter(each -> each.role() == Role.PATIENT).findFirst().orElseThrow()
                .pseudonym();
        Consultation made = consultations.create(new ConsultationRequest(ConsultationRequest.Kind.ON_DEMAND, HOSPITAL,
                STATION, patient, false, 0, people, null, ""), LEADER);
        Set<String> all = people.stream().map(Invitee::pseudonym).collect(Collectors.toSet());
        order(made, new ConsultationCommand.Accept());
        order(made, new ConsultationCommand.Approve(all));
        order(made, new ConsultationCommand.OpenWaiting());
        if (consent) {
            order(made, new ConsultationCommand.RecordConsent(patient, "development", "1", Consent.Means.PAPER));
        }
        if (begin) {
            order(made, new ConsultationCommand.Begin());
        }
        return made;
    }

    private void order(Consultation made, ConsultationCommand command) {
        consultations.execute(made.id(), command, LEADER);
    }

    private String token(String room, String identity) {
        Grants.Video video = new Grants.Video(false, false, false, false, true, room, null, null, null, List.of(), null,
                false, false, false, false, "");
        return issuer.mint(new Grants(apiKey, identity, "", "", Map.of(), "", 0, 0, "", "", "", video), TTL_S);
    }
}
