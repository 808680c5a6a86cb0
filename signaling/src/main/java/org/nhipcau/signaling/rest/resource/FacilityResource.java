// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.util.List;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.Cursor;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.store.DirectoryStore;
import org.nhipcau.signaling.store.DirectoryStore.Site;
import org.nhipcau.signaling.store.Page;

/**
 * Facilities: the hospitals and stations that consult, and where they belong. Everybody with the scope reads all of them:
 * to ask another facility one must find it.
 *
 * <p>Spec: requirement D4. Thread: any that may block.
 */
public final class FacilityResource {
    private static final String ROOT = "/facilities";
    private static final String AREA_CODE = "[A-Za-z0-9-]{1,16}";

    private final DirectoryStore directory;

    /** A facility to be added. */
    public record FacilityDraft(
            @Field(value = "Its own code.", pattern = ConsultationBodies.FACILITY_CODE) String code,
            @Field(value = "Its name as on paper.", maxLength = 200) String name,
            @Field("Its level of care.") Facility.Level level,
            @Field(value = "Code of the province.", pattern = AREA_CODE) String province,
            @Field(value = "Code of the district; absent for facilities of none.", optional = true,
                    pattern = AREA_CODE) String district) {}

    /** What may change of a facility. */
    public record FacilityChange(
            @Field(value = "Its name as on paper.", maxLength = 200) String name,
            @Field("Its level of care.") Facility.Level level,
            @Field(value = "Code of the province.", pattern = AREA_CODE) String province,
            @Field(value = "Code of the district; absent for facilities of none.", optional = true,
                    pattern = AREA_CODE) String district,
            @Field("New consultations may name it.") boolean active) {}

    /** A facility. */
    public record FacilityView(
            @Field("Its own code.") String code,
            @Field("Its name as on paper.") String name,
            @Field("Its level of care.") Facility.Level level,
            @Field("Code of the province.") String province,
            @Field(value = "Code of the district.", optional = true) String district,
            @Field("New consultations may name it.") boolean active,
            @Field(value = "Grows with each change; also its ETag.", min = 1) long version) {
        static FacilityView of(Site site) {
            Facility facility = site.facility();
            return new FacilityView(facility.code(), site.name(), facility.level(), facility.province(),
                    facility.district().isEmpty() ? null : facility.district(), site.active(), site.version());
        }
    }

    /** A page of facilities. */
    public record FacilityPage(
            @Field(value = "In the order of their codes.", maxItems = Pages.MAX_LIMIT) List<FacilityView> items,
            @Field(value = Pages.NEXT, optional = true) String nextCursor) {}

    /** A page. */
    public record FacilityQuery(
            @Field(value = Pages.CURSOR, optional = true) String cursor,
            @Field(value = Pages.LIMIT, optional = true, min = 1, max = Pages.MAX_LIMIT) Integer limit) {}

    public FacilityResource(DirectoryStore directory) {
        this.directory = directory;
    }

    /** Its routes. */
    public List<Route> routes() {
        return List.of(
                Route.get(ROOT, Scope.FACILITIES_READ, "List facilities.").query(FacilityQuery.class)
                        .answersVersion(200, FacilityPage.class, "A page of them.").by(this::list),
                Route.post(ROOT, Scope.FACILITIES_WRITE, "Add a facility.").body(FacilityDraft.class)
                        .answersVersion(201, FacilityView.class, "Added.").problems(ProblemType.CONFLICT).by(this::add),
                Route.get(ROOT + "/{code}", Scope.FACILITIES_READ, "Read a facility.")
                        .answersVersion(200, FacilityView.class, "As it is now.").problems(ProblemType.NOT_FOUND)
                        .by(call -> view(200, find(call))),
                Route.put(ROOT + "/{code}", Scope.FACILITIES_WRITE, "Change a facility, or close it (active: false).")
                        .body(FacilityChange.class).mustMatch()
                        .answersVersion(200, FacilityView.class, "Changed.").problems(ProblemType.NOT_FOUND)
                        .by(this::change));
    }

    private static Reply view(int status, Site site) {
        return Reply.of(status, FacilityView.of(site)).version(site.version());
    }

    private Site find(Call call) {
        Site site = Consultations.told(() -> directory.site(call.path("code")).orElse(null));
        if (site == null) {
            throw new ProblemException(ProblemType.NOT_FOUND, null);
        }
        return site;
    }

    private Reply list(Call call) {
        FacilityQuery query = call.query(FacilityQuery.class);
        String after = Cursor.position(ROOT, query.cursor());
        Page<Site> page = Consultations.told(() -> directory.sites(after == null ? "" : after,
                Pages.limit(query.limit())));
        return Reply.of(200, new FacilityPage(page.items().stream().map(FacilityView::of).toList(),
                Pages.next(ROOT, page))).tagged();
    }

    private Reply add(Call call) {
        FacilityDraft draft = call.body(FacilityDraft.class);
        Facility facility = new Facility(draft.code(), draft.level(), draft.province(), draft.district());
        needRight(call, facility.code());
        if (Consultations.told(() -> directory.site(facility.code()).isPresent())) {
            throw new ProblemException(ProblemType.CONFLICT, "there is a facility of that code");
        }
        Site made = Consultations.told(() -> directory.putSite(facility, draft.name(), true, 0,
                call.principal().id(), call.now()));
        return view(201, made).with("Location", "/api/v1" + ROOT + '/' + facility.code());
    }

    private Reply change(Call call) {
        FacilityChange change = call.body(FacilityChange.class);
        Site before = find(call);
        needRight(call, before.facility().code());
        Facility facility = new Facility(before.facility().code(), change.level(), change.province(),
                change.district());
        long expected = call.expectedVersion() < 0 ? before.version() : call.expectedVersion();
        return view(200, Consultations.told(() -> directory.putSite(facility, change.name(), change.active(), expected,
                call.principal().id(), call.now())));
    }

    private static void needRight(Call call, String code) {
        if (!call.principal().covers(code)) {
            throw new ProblemException(ProblemType.FORBIDDEN, "the key is for another facility");
        }
    }
}
