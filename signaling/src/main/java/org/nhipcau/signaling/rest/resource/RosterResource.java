// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.nhipcau.signaling.consultation.Consent;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.rest.json.BodyProblem;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsentView;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationView;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.FacePolicyBody;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.Invitee;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.Cursor;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;

/**
 * Who takes part in a consultation and under what conditions: the list and its approval, consent, the face policy, the
 * recorder.
 *
 * <p>Spec: requirements C1, C3, C4, C5. Thread: any that may block.
 */
public final class RosterResource {
    private static final String CONSULTATION = "/consultations/{id}";
    private static final String LIST = CONSULTATION + "/participants";
    private static final String ONE = LIST + "/{pseudonym}";

    private final Consultations consultations;

    /** A page of a list. */
    public record RosterQuery(
            @Field(value = Pages.CURSOR, optional = true) String cursor,
            @Field(value = Pages.LIMIT, optional = true, min = 1, max = Pages.MAX_LIMIT) Integer limit) {}

    /** One on the list. */
    public record ParticipantView(
            @Field(value = "The person.", pattern = ConsultationBodies.PSEUDONYM) String pseudonym,
            @Field("As what.") Role role,
            @Field(value = "Code of the person's facility.", optional = true) String facility,
            @Field("Whether the facility's leader approved.") Participant.Approval approval,
            @Field(value = "Id of who approved.", optional = true) String approvedBy,
            @Field("What was decided in the lobby.") Participant.Admission admission,
            @Field("Connected.") boolean present,
            @Field("Where the person is.") Participant.Seat seat,
            @Field("On what.") Participant.Device device) {
        static ParticipantView of(Consultation c, Participant p) {
            return new ParticipantView(p.pseudonym(), p.role(), text(p.facility()), p.approval(),
                    text(p.approvedBy()), p.admission(), p.present(), c.seat(p.pseudonym()), p.device());
        }

        private static String text(String value) {
            return value == null || value.isEmpty() ? null : value;
        }
    }

    /** A page of the list. */
    public record ParticipantPage(
            @Field(value = "In the order of pseudonyms.", maxItems = Pages.MAX_LIMIT) List<ParticipantView> items,
            @Field(value = Pages.NEXT, optional = true) String nextCursor) {}

    /** Another role. */
    public record RoleBody(@Field("As what.") Role role) {}

    /** Who is approved. */
    public record ApprovalBody(
            @Field(value = "Pseudonyms on the list.", pattern = ConsultationBodies.PSEUDONYM, maxItems = 1_000)
            List<String> pseudonyms) {}

    /** The patient's agreement, as it is recorded. */
    public record ConsentBody(
            @Field(value = "Pseudonym of who agreed: the patient, or a caregiver as guardian. Absent exactly for the "
                    + "means LEADER_DECISION, which the key's holder takes; it needs participants:approve too.",
                    optional = true, pattern = ConsultationBodies.PSEUDONYM) String by,
            @Field(value = "Which text.", pattern = "[A-Za-z0-9._-]{1,64}") String textId,
            @Field(value = "Which version of it.", pattern = "[A-Za-z0-9._-]{1,64}") String textVersion,
            @Field("How it was given.") Consent.Means means) {}

    /** Whether the recorder may enter. */
    public record RecorderBody(@Field("It may.") boolean allowed) {}

    public RosterResource(ConsultationService service, Tightener tightener) {
        this.consultations = new Consultations(service, tightener);
    }

    /** Its routes. */
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(Route.get(LIST, Scope.CONSULTATIONS_READ, "List who is on a consultation's list.")
                .query(RosterQuery.class).answersVersion(200, ParticipantPage.class, "A page of it.")
                .problems(ProblemType.NOT_FOUND).by(this::list));
        routes.add(writes(Route.post(LIST, Scope.PARTICIPANTS_APPROVE, "Put somebody on the list.")
                .body(Invitee.class)).by(this::enlist));
        routes.add(Route.get(ONE, Scope.CONSULTATIONS_READ, "Read an entry of the list.")
                .answersVersion(200, ParticipantView.class, "As it is now.").problems(ProblemType.NOT_FOUND)
                .by(this::one));
        routes.add(tightens(Route.put(ONE + "/role", Scope.PARTICIPANTS_APPROVE,
                "Give another role; one that may more needs approval again.").body(RoleBody.class))
                .by(this::changeRole));
        routes.add(writes(Route.post(CONSULTATION + "/approvals", Scope.PARTICIPANTS_APPROVE,
                "Approve entries, for the facility's leadership.").body(ApprovalBody.class)).by(this::approve));
        routes.add(tightens(Route.delete(ONE + "/approval", Scope.PARTICIPANTS_APPROVE,
                "Take an approval back, for the facility's leadership.")).by(call -> consultations.tightenAsLeader(call,
                        new ConsultationCommand.Revoke(call.path("pseudonym")))));
        addInSession(routes);
        addConditions(routes);
        return routes;
    }

    private void addInSession(List<Route> routes) {
        routes.add(writes(Route.post(ONE + "/admit", Scope.CONSULTATIONS_WRITE, "Let somebody in from the lobby."))
                .by(call -> view(consultations.execute(call,
                        new ConsultationCommand.Admit(call.path("pseudonym"))))));
        routes.add(tightens(Route.post(ONE + "/deny", Scope.CONSULTATIONS_WRITE, "Do not let somebody in."))
                .by(call -> consultations.tighten(call, new ConsultationCommand.Deny(call.path("pseudonym")))));
        routes.add(tightens(Route.post(ONE + "/remove", Scope.CONSULTATIONS_WRITE, "Send somebody out."))
                .by(call -> consultations.tighten(call, new ConsultationCommand.Remove(call.path("pseudonym")))));
    }

    private void addConditions(List<Route> routes) {
        routes.add(Route.get(CONSULTATION + "/consent", Scope.CONSULTATIONS_READ, "Read the patient's agreement.")
                .answersVersion(200, ConsentView.class, "The last one recorded.").problems(ProblemType.NOT_FOUND)
                .by(this::consent));
        routes.add(writes(Route.put(CONSULTATION + "/consent", Scope.CONSENT_WRITE,
                "Record the agreement of the patient or a guardian.").body(ConsentBody.class)).by(this::record));
        routes.add(tightens(Route.delete(CONSULTATION + "/consent", Scope.CONSENT_WRITE,
                "Withdraw the agreement; the patient's media ends within a second."))
                .by(call -> consultations.tighten(call, new ConsultationCommand.WithdrawConsent())));
        routes.add(Route.get(CONSULTATION + "/face-policy", Scope.CONSULTATIONS_READ, "Read the face policy.")
                .answersVersion(200, FacePolicyBody.class, "As it is now.").problems(ProblemType.NOT_FOUND)
                .by(this::policy));
        routes.add(tightens(Route.put(CONSULTATION + "/face-policy", Scope.POLICY_WRITE,
                "Tighten the face policy; only chair and controller may loosen it, in the session.")
                .body(FacePolicyBody.class)).by(this::changePolicy));
        routes.add(tightens(Route.put(CONSULTATION + "/recorder", Scope.RECORDER_ALLOW,
                "Allow the hospital's own recorder, for the facility's leadership; all in the room see it.")
                .body(RecorderBody.class)).by(this::allowRecorder));
    }

    private static Route writes(Route route) {
        Route conditional = route.method().equals("PUT") ? route.mustMatch() : route.mayMatch();
        return conditional.answersVersion(200, ConsultationView.class, "Done, or so already.")
                .problems(ProblemType.NOT_FOUND, ProblemType.REFUSED);
    }

    private static Route tightens(Route route) {
        return ConsultationResource.mayBeHeld(writes(route));
    }

    private static Reply view(Consultation consultation) {
        return ConsultationResource.view(200, consultation);
    }

    private Reply list(Call call) {
        Consultation consultation = consultations.find(call);
        RosterQuery query = call.query(RosterQuery.class);
        int limit = Pages.limit(query.limit());
        String after = Cursor.position(consultation.id(), query.cursor());
        List<Participant> rows = consultation.list().values().stream()
                .filter(each -> after == null || each.pseudonym().compareTo(after) > 0).limit(limit + 1L).toList();
        return Reply.of(200, Pages.page(consultation.id(), rows, limit, Participant::pseudonym,
                (shown, next) -> new ParticipantPage(shown.stream()
                        .map(each -> ParticipantView.of(consultation, each)).toList(), next)))
                .version(consultation.version());
    }

    private Reply one(Call call) {
        Consultation consultation = consultations.find(call);
        Participant found = consultation.list().get(call.path("pseudonym"));
        if (found == null) {
            throw new ProblemException(ProblemType.NOT_FOUND, null);
        }
        return Reply.of(200, ParticipantView.of(consultation, found)).version(consultation.version());
    }

    private Reply enlist(Call call) {
        Invitee invitee = call.body(Invitee.class);
        ConsultationCommand enlist = new ConsultationCommand.Enlist(invitee.pseudonym(), invitee.role(),
                invitee.facility() == null ? "" : invitee.facility());
        if (invitee.role() != Role.RECORDER) {
            return view(consultations.execute(call, enlist));
        } else if (!call.principal().may(Scope.RECORDER_ALLOW)) {
            throw needs(Scope.RECORDER_ALLOW);
        }
        return view(consultations.executeAsLeader(call, enlist));
    }

    private Reply changePolicy(Call call) {
        FacePolicy policy = call.body(FacePolicyBody.class).policy();
        Consultation now = consultations.findRunning(call);
        return policy.isAtLeastAsTightAs(now.facePolicy())
                ? consultations.tighten(call, new ConsultationCommand.TightenFacePolicy(policy))
                : view(consultations.execute(call,
                        new ConsultationCommand.ChangeFacePolicy(policy, now.policyEpoch())));
    }

    private Reply allowRecorder(Call call) {
        ConsultationCommand command = new ConsultationCommand.AllowRecorder(call.body(RecorderBody.class).allowed());
        return Tightener.tightens(command) ? consultations.tightenAsLeader(call, command)
                : view(consultations.executeAsLeader(call, command));
    }

    private Reply changeRole(Call call) {
        String pseudonym = call.path("pseudonym");
        Role role = call.body(RoleBody.class).role();
        return consultations.findRunning(call).narrows(pseudonym, role)
                ? consultations.tighten(call, new ConsultationCommand.NarrowRole(pseudonym, role))
                : view(consultations.execute(call, new ConsultationCommand.ChangeRole(pseudonym, role)));
    }

    private static ProblemException needs(Scope scope) {
        return new ProblemException(ProblemType.FORBIDDEN, "it needs the scope " + scope.wireName() + " too");
    }

    private Reply approve(Call call) {
        return view(consultations.executeAsLeader(call, new ConsultationCommand.Approve(
                new LinkedHashSet<>(call.body(ApprovalBody.class).pseudonyms()))));
    }

    private Reply consent(Call call) {
        Consultation consultation = consultations.find(call);
        if (consultation.consent() == null) {
            throw new ProblemException(ProblemType.NOT_FOUND, "no consent is recorded");
        }
        return Reply.of(200, ConsentView.of(consultation.consent())).version(consultation.version());
    }

    private Reply record(Call call) {
        ConsentBody body = call.body(ConsentBody.class);
        boolean leader = body.means() == Consent.Means.LEADER_DECISION;
        if (leader == (body.by() != null)) {
            throw new ProblemException(List.of(new BodyProblem("/by", leader ? "absent" : "it is required")));
        }
        if (leader && !call.principal().may(Scope.PARTICIPANTS_APPROVE)) {
            throw needs(Scope.PARTICIPANTS_APPROVE);
        } else if (leader) {
            return view(consultations.executeAsLeader(call, new ConsultationCommand.RecordConsent(
                    call.principal().id(), body.textId(), body.textVersion(), body.means())));
        }
        return view(consultations.execute(call, new ConsultationCommand.RecordConsent(body.by(), body.textId(),
                body.textVersion(), body.means())));
    }

    private Reply policy(Call call) {
        Consultation consultation = consultations.find(call);
        return Reply.of(200, FacePolicyBody.of(consultation.facePolicy())).version(consultation.version());
    }
}
