// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationRequest;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.rest.json.BodyProblem;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.rest.key.Principal;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationDraft;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationPage;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationView;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.Invitee;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.Cursor;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.store.DirectoryStore;
import org.nhipcau.signaling.store.DirectoryStore.Site;
import org.nhipcau.signaling.store.Page;
import org.nhipcau.signaling.store.ReportQueries;
import org.nhipcau.signaling.store.ReportQueries.ConsultationFilter;
import org.nhipcau.signaling.store.ReportQueries.Summary;

/**
 * Consultations from the request to the end: asked for, read, and moved through their life.
 *
 * <p>Spec: requirements S3, S5, S8, D, D1. Thread: any that may block.
 */
public final class ConsultationResource {
    private static final String ROOT = "/consultations";

    private final Consultations consultations;
    private final ConsultationService service;
    private final DirectoryStore directory;
    private final ReportQueries queries;

    /** Narrows a list of consultations. */
    public record ConsultationQuery(
            @Field(value = "Only in this state.", optional = true) Consultation.State state,
            @Field(value = "Only of this facility, answering or asking.", optional = true,
                    pattern = ConsultationBodies.FACILITY_CODE) String facility,
            @Field(value = "Only those asked for at this moment or later.", optional = true) Instant from,
            @Field(value = "Only those asked for before this moment.", optional = true) Instant to,
            @Field(value = Pages.CURSOR, optional = true) String cursor,
            @Field(value = Pages.LIMIT, optional = true, min = 1, max = Pages.MAX_LIMIT) Integer limit) {}

    /** Why, as a code. */
    public record ReasonBody(
            @Field(value = "A code, never a diagnosis or a name.", pattern = ConsultationBodies.REASON_CODE)
            String reason) {}

    /** When. */
    public record ScheduleBody(@Field("When it is to begin, or to go on.") Instant startsAt) {}

    /** The verdict of a test. */
    public record LineTestBody(@Field("The verdict on line, sound and picture.") Consultation.LineTest verdict) {}

    /** How it ended. */
    public record OutcomeBody(@Field("How it ended.") Consultation.Outcome outcome) {}

    public ConsultationResource(ConsultationService service, Tightener tightener, DirectoryStore directory,
            ReportQueries queries) {
        this.consultations = new Consultations(service, tightener);
        this.service = service;
        this.directory = directory;
        this.queries = queries;
    }

    /** Its routes. */
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(Route.post(ROOT, Scope.CONSULTATIONS_WRITE, "Request a consultation.")
                .body(ConsultationDraft.class).answersVersion(201, ConsultationView.class, "Requested.")
                .problems(ProblemType.REFUSED).by(this::create));
        routes.add(Route.get(ROOT, Scope.CONSULTATIONS_READ, "List consultations.").query(ConsultationQuery.class)
                .answersVersion(200, ConsultationPage.class, "A page of them.").problems(ProblemType.NOT_FOUND).by(this::list));
        routes.add(Route.get(ROOT + "/{id}", Scope.CONSULTATIONS_READ, "Read a consultation.")
                .answersVersion(200, ConsultationView.class, "As it is now.").problems(ProblemType.NOT_FOUND)
                .by(call -> view(200, consultations.find(call))));
        plain(routes, "accept", "Accept the request.", new ConsultationCommand.Accept());
        with(routes, "decline", "Decline the request.", ReasonBody.class,
                body -> new ConsultationCommand.Decline(body.reason()));
        with(routes, "schedule", "Set when it begins, or goes on.", ScheduleBody.class,
                body -> new ConsultationCommand.Schedule(body.startsAt().toEpochMilli()));
        plain(routes, "test", "Begin the test of line, sound and picture.", new ConsultationCommand.BeginTest());
        with(routes, "test-result", "Record the test's verdict.", LineTestBody.class,
                body -> new ConsultationCommand.EndTest(body.verdict()));
        plain(routes, "wait", "Open the lobby.", new ConsultationCommand.OpenWaiting());
        plain(routes, "start", "Begin the session.", new ConsultationCommand.Begin());
        routes.add(mayBeHeld(command("suspend", Scope.CONSULTATIONS_WRITE, "Interrupt the session, to go on later.")
                .body(ReasonBody.class)).by(call -> consultations.tighten(call,
                        new ConsultationCommand.Suspend(call.body(ReasonBody.class).reason()))));
        plain(routes, "resume", "Go on after an interruption.", new ConsultationCommand.Resume());
        with(routes, "conclude", "End it.", OutcomeBody.class,
                body -> new ConsultationCommand.Conclude(body.outcome()));
        plain(routes, "cancel", "Cancel it, free of charge, before it has begun.",
                new ConsultationCommand.Conclude(Consultation.Outcome.CANCELLED_FREE));
        with(routes, "emergency", "Skip waiting and approval; to be confirmed afterwards.", ReasonBody.class,
                body -> new ConsultationCommand.DeclareEmergency(body.reason()));
        routes.add(command("emergency-confirmation", Scope.PARTICIPANTS_APPROVE,
                "Confirm, for the facility's leadership, that it was an emergency.")
                .by(call -> view(200, consultations.executeAsLeader(call,
                        new ConsultationCommand.ConfirmEmergency()))));
        return routes;
    }

    private static Route command(String name, Scope scope, String summary) {
        return Route.post(ROOT + "/{id}/" + name, scope, summary).mayMatch()
                .answersVersion(200, ConsultationView.class, "Done, or so already.")
                .problems(ProblemType.NOT_FOUND, ProblemType.REFUSED);
    }

    /** For what protects: it is not held up by a store that cannot be written. */
    static Route mayBeHeld(Route route) {
        return route.answers(Consultations.HELD, ConsultationView.class, "Nothing can be recorded now: it holds for "
                + "those in the room from this moment, and is recorded when the store can be written again. The "
                + "consultation as it holds; there is no ETag yet.");
    }

    private void plain(List<Route> routes, String name, String summary, ConsultationCommand command) {
        routes.add(command(name, Scope.CONSULTATIONS_WRITE, summary)
                .by(call -> view(200, consultations.execute(call, command))));
    }

    private <B extends Record> void with(List<Route> routes, String name, String summary, Class<B> type,
            Function<B, ConsultationCommand> command) {
        routes.add(command(name, Scope.CONSULTATIONS_WRITE, summary).body(type)
                .by(call -> view(200, consultations.execute(call, command.apply(call.body(type))))));
    }

    static Reply view(int status, Consultation consultation) {
        return Reply.of(status, ConsultationView.of(consultation)).version(consultation.version());
    }

    private Reply create(Call call) {
        ConsultationDraft draft = call.body(ConsultationDraft.class);
        Facility facility = facility(draft.facility(), "/facility");
        Facility requester = draft.requester() == null ? null : facility(draft.requester(), "/requester");
        ConsultationRequest request = request(draft, facility, requester);
        Consultation made = Consultations.told(() -> service.create(request,
                requesting(call.principal(), facility, requester)));
        return view(201, made).with("Location", "/api/v1" + ROOT + '/' + made.id());
    }

    private static ConsultationRequest request(ConsultationDraft draft, Facility facility, Facility requester) {
        try {
            return new ConsultationRequest(draft.kind(), facility, requester, draft.patient(),
                    Boolean.TRUE.equals(draft.childUnderSix()),
                    draft.wantedAt() == null ? 0 : draft.wantedAt().toEpochMilli(),
                    draft.participants().stream().map(Invitee::invitee).toList(),
                    draft.facePolicy() == null ? null : draft.facePolicy().policy(), draft.reason());
        } catch (IllegalArgumentException e) {
            throw new ProblemException(List.of(new BodyProblem("", e.getMessage())));
        }
    }

    private static Actor requesting(Principal principal, Facility facility, Facility requester) {
        if (principal.everywhere()) {
            return Actor.platform(principal.id());
        } else if (requester != null && principal.covers(requester.code())) {
            return Actor.office(principal.id(), requester.code());
        } else if (principal.covers(facility.code())) {
            return Actor.office(principal.id(), facility.code());
        }
        throw new ProblemException(ProblemType.FORBIDDEN, "the key is for neither facility");
    }

    private Facility facility(String code, String pointer) {
        Site site = Consultations.told(() -> directory.site(code).orElse(null));
        if (site == null || !site.active()) {
            throw new ProblemException(List.of(new BodyProblem(pointer, "the code of a facility that is registered "
                    + "and active")));
        }
        return site.facility();
    }

    private Reply list(Call call) {
        ConsultationQuery query = call.query(ConsultationQuery.class);
        if (query.facility() != null) {
            call.needFacility(query.facility());
        }
        String facility = query.facility() != null ? query.facility() : call.principal().facility();
        ConsultationFilter filter = new ConsultationFilter(query.state() == null ? "" : query.state().name(), facility,
                "", "", query.from(), query.to());
        String asked = filter.toString();
        String after = Cursor.position(asked, query.cursor());
        return Reply.of(200, Consultations.told(() -> page(filter, asked, after == null ? "" : after,
                Pages.limit(query.limit())))).tagged();
    }

    private ConsultationPage page(ConsultationFilter filter, String asked, String after, int limit) {
        Page<Summary> rows = queries.consultations(filter, after, limit);
        List<ConsultationView> shown = rows.items().stream().flatMap(row -> service.find(row.id()).stream())
                .map(ConsultationView::of).toList();
        return new ConsultationPage(shown, Pages.next(asked, rows));
    }
}
