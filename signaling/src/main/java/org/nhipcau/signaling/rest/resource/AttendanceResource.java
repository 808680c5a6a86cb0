// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.Cursor;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.store.AttendanceStore;
import org.nhipcau.signaling.store.AttendanceStore.Quality;
import org.nhipcau.signaling.store.AttendanceStore.Stay;

/**
 * Who was in a consultation from when to when, and how their links were.
 *
 * <p>Spec: requirements C4, D3. Thread: any that may block.
 */
public final class AttendanceResource {
    private final Consultations consultations;
    private final AttendanceStore store;

    /** A page. */
    public record StayQuery(
            @Field(value = Pages.CURSOR, optional = true) String cursor,
            @Field(value = Pages.LIMIT, optional = true, min = 1, max = Pages.MAX_LIMIT) Integer limit) {}

    /** Somebody's time in a consultation, not in its lobby. */
    public record StayView(
            @Field("Grows from one stay to the next.") long id,
            @Field(value = "Who.", pattern = ConsultationBodies.PSEUDONYM) String pseudonym,
            @Field("As what; another role begins another stay.") Role role,
            @Field(value = "Code of the person's facility.", optional = true) String facility,
            @Field("On what, as a kind of device.") String device,
            @Field("From when.") Instant from,
            @Field(value = "To when; absent while the person is there.", optional = true) Instant to,
            @Field(value = "How it ended; absent while the person is there.", optional = true) String endedBy) {
        static StayView of(Stay stay) {
            return new StayView(stay.id(), stay.pseudonym(), stay.role(), text(stay.facility()), stay.device(),
                    stay.from(), stay.to(), text(stay.endedBy()));
        }

        private static String text(String value) {
            return value.isEmpty() ? null : value;
        }
    }

    /** A page of stays. */
    public record StayPage(
            @Field(value = "In the order of their beginnings.", maxItems = Pages.MAX_LIMIT) List<StayView> items,
            @Field(value = Pages.NEXT, optional = true) String nextCursor) {}

    /** One direction of one person's link over a span; what is unknown is absent. */
    public record QualityView(
            @Field(value = "Who.", pattern = ConsultationBodies.PSEUDONYM) String pseudonym,
            @Field("What the person sent; else what the person was sent.") boolean uplink,
            @Field("Begin of the span.") Instant from,
            @Field("End of the span.") Instant to,
            @Field(value = "Sound lost, before repair, per mille.", optional = true) Integer audioLossPm,
            @Field(value = "Pictures lost, before repair, per mille.", optional = true) Integer videoLossPm,
            @Field(value = "Milliseconds.", optional = true) Integer roundTripMs,
            @Field(value = "Milliseconds.", optional = true) Integer jitterMs,
            @Field(value = "Of sound, kilobits a second.", optional = true) Integer audioKbps,
            @Field(value = "Of pictures, kilobits a second.", optional = true) Integer videoKbps,
            @Field(value = "Share of the span in which the worst picture stood still, per mille.", optional = true)
            Integer freezePm,
            @Field(value = "E-model index of sound, times 100.", optional = true) Integer audioScore100,
            @Field("What cost most.") String cause) {
        static QualityView of(Quality q) {
            return new QualityView(q.pseudonym(), q.uplink(), q.from(), q.to(), known(q.audioLossPm()),
                    known(q.videoLossPm()), known(q.roundTripMs()), known(q.jitterMs()), known(q.audioKbps()),
                    known(q.videoKbps()), known(q.freezePm()), known(q.audioScore100()), q.cause());
        }

        private static Integer known(int value) {
            return value < 0 ? null : value;
        }
    }

    /** A page of spans. */
    public record QualityPage(
            @Field(value = "In the order of their beginnings.", maxItems = Pages.MAX_LIMIT) List<QualityView> items,
            @Field(value = Pages.NEXT, optional = true) String nextCursor) {}

    public AttendanceResource(ConsultationService service, AttendanceStore store) {
        this.consultations = new Consultations(service);
        this.store = store;
    }

    /** Its routes. */
    public List<Route> routes() {
        return List.of(
                Route.get("/consultations/{id}/attendance", Scope.ATTENDANCE_READ,
                        "List who was there, from when to when.").query(StayQuery.class)
                        .answers(200, StayPage.class, "A page of stays.").problems(ProblemType.NOT_FOUND)
                        .by(this::stays),
                Route.get("/consultations/{id}/quality", Scope.QUALITY_READ, "List how links were.")
                        .query(StayQuery.class).answers(200, QualityPage.class, "A page of spans.")
                        .problems(ProblemType.NOT_FOUND).by(this::quality));
    }

    private Reply stays(Call call) {
        Consultation consultation = consultations.find(call);
        List<Stay> all = Consultations.told(() -> store.stays(consultation.id()));
        return Reply.of(200, page(call, "stays " + consultation.id(), all, (shown, next) ->
                new StayPage(shown.stream().map(StayView::of).toList(), next)));
    }

    private Reply quality(Call call) {
        Consultation consultation = consultations.find(call);
        List<Quality> all = Consultations.told(() -> store.quality(consultation.id()));
        return Reply.of(200, page(call, "quality " + consultation.id(), all, (shown, next) ->
                new QualityPage(shown.stream().map(QualityView::of).toList(), next)));
    }

    /** Pages of a list that only grows at its end: a position is a count. */
    private static <T, P> P page(Call call, String asked, List<T> all,
            java.util.function.BiFunction<List<T>, String, P> page) {
        StayQuery query = call.query(StayQuery.class);
        String after = Cursor.position(asked, query.cursor());
        if (after != null && !after.matches("[0-9]{1,9}")) {
            throw new ProblemException(ProblemType.INVALID_REQUEST, "no cursor of this list");
        }
        int from = after == null ? 0 : Math.min(all.size(), Integer.parseInt(after));
        int to = Math.min(all.size(), from + Pages.limit(query.limit()));
        List<T> shown = IntStream.range(from, to).mapToObj(all::get).toList();
        return page.apply(shown, to < all.size() ? Cursor.of(asked, String.valueOf(to)) : null);
    }
}
