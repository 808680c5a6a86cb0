// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.consultation.RefusalCode;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.rest.key.Principal;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.store.JoinToken;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.TokenIssuer;

/**
 * Tokens to join a consultation: for one pseudonym on its list, for minutes, and without a role: what the bearer may is
 * looked up when it is used, not when it was issued.
 *
 * <p>Spec: requirements C4, C6. Thread: any that may block.
 */
public final class TokenResource {
    private static final int DEFAULT_TTL_S = 300;
    private static final int MAX_TTL_S = 600;

    private final Consultations consultations;
    private final TokenIssuer issuer;
    private final String signingKey;
    private final Register register;

    /** Puts tokens on record. */
    @FunctionalInterface
    public interface Register {
        /** On the disk when it returns; the token is given out only then. */
        void issued(JoinToken token, String actor, Instant at);
    }

    /** Whom a token is for. */
    public record TokenBody(
            @Field(value = "On the consultation's list.", pattern = ConsultationBodies.PSEUDONYM) String pseudonym,
            @Field(value = "Seconds it may be used to join. Absent: 300.", optional = true, min = 30, max = MAX_TTL_S)
            Integer ttlS,
            @Field(value = "Pseudonym of a caregiver on the list who sits at the same device.", optional = true,
                    pattern = ConsultationBodies.PSEUDONYM) String caregiver) {}

    /** A token. */
    public record TokenView(
            @Field(value = "For the client that joins; it is a secret.", maxLength = 4_096) String token,
            @Field("It joins nothing from then on; who has joined stays.") Instant expiresAt) {}

    /**
     * @param signingKey the configured key whose secret signs
     * @param register is told of each token
     */
    public TokenResource(ConsultationService service, TokenIssuer issuer, String signingKey, Register register) {
        this.consultations = new Consultations(service);
        this.issuer = issuer;
        this.signingKey = signingKey;
        this.register = register;
    }

    /** Its routes. */
    public List<Route> routes() {
        return List.of(Route.post("/consultations/{id}/tokens", Scope.TOKENS_ISSUE,
                "Issue a token to join, for one pseudonym on the list.").body(TokenBody.class).shownOnce()
                .answers(201, TokenView.class, "The token; it is not kept, that it was given is on record.")
                .problems(ProblemType.NOT_FOUND, ProblemType.REFUSED, ProblemType.CONFLICT).by(this::issue));
    }

    private Reply issue(Call call) {
        TokenBody body = call.body(TokenBody.class);
        Consultation consultation = consultations.find(call);
        requireOwn(call.principal(), consultation, body.pseudonym());
        requireOwn(call.principal(), consultation, body.caregiver());
        if (consultation.state().isFinal()) {
            throw refused(ProblemType.REFUSED, RefusalCode.CONCLUDED);
        }
        Participant participant = entitled(consultation, body.pseudonym());
        if (participant.role() == Role.RECORDER && !call.principal().may(Scope.RECORDER_ALLOW)) {
            throw new ProblemException(ProblemType.FORBIDDEN, "it needs the scope " + Scope.RECORDER_ALLOW.wireName());
        }
        if (body.caregiver() != null && entitled(consultation, body.caregiver()).role() != Role.CAREGIVER) {
            throw refused(ProblemType.INVALID_REQUEST, RefusalCode.NOT_VALID);
        }
        int ttlS = body.ttlS() == null ? DEFAULT_TTL_S : body.ttlS();
        Grants.Video video = new Grants.Video(false, false, false, false, true, consultation.id(), null, null, null,
                List.of(), null, false, false, false, false, "");
        Map<String, String> attributes = body.caregiver() == null ? Map.of()
                : Map.of("nhipcau.caregiver", body.caregiver());
        String token = issuer.mint(new Grants(signingKey, participant.pseudonym(), "", "", attributes, "", 0, 0, "",
                "", "", video), ttlS);
        Instant expiresAt = call.now().plusSeconds(ttlS).truncatedTo(ChronoUnit.SECONDS);
        Consultations.told(() -> {
            register.issued(new JoinToken(consultation.id(), participant.pseudonym(), participant.role(),
                    body.caregiver() == null ? "" : body.caregiver(), expiresAt), call.principal().id(), call.now());
            return null;
        });
        return Reply.of(201, new TokenView(token, expiresAt));
    }

    // Who was merely invited may send its own people, not another hospital's chair: a token is that person.
    private static void requireOwn(Principal caller, Consultation consultation, String pseudonym) {
        Participant participant = pseudonym == null ? null : consultation.list().get(pseudonym);
        if (participant == null) {
            return;
        }
        Facility requester = consultation.request().requester();
        boolean own = participant.facility().isEmpty() ? requester != null && caller.covers(requester.code())
                : caller.covers(participant.facility());
        if (!own && !caller.covers(consultation.request().facility().code())) {
            throw new ProblemException(ProblemType.FORBIDDEN, "the key is for another facility than this person's");
        }
    }

    private static Participant entitled(Consultation consultation, String pseudonym) {
        Participant participant = consultation.list().get(pseudonym);
        if (participant == null) {
            throw refused(ProblemType.REFUSED, RefusalCode.NOT_ON_LIST);
        } else if (!consultation.isEntitled(participant)) {
            throw refused(ProblemType.REFUSED, RefusalCode.NOT_APPROVED);
        }
        return participant;
    }

    private static ProblemException refused(ProblemType type, RefusalCode code) {
        return new ProblemException(type, code.id(), code.en(), code.vi());
    }
}
