// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest;

import java.util.ArrayList;
import java.util.List;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.rest.key.ApiKeys;
import org.nhipcau.signaling.rest.resource.AttendanceResource;
import org.nhipcau.signaling.rest.resource.AuditResource;
import org.nhipcau.signaling.rest.resource.ConsultationResource;
import org.nhipcau.signaling.rest.resource.ExportResource;
import org.nhipcau.signaling.rest.resource.FacilityResource;
import org.nhipcau.signaling.rest.resource.KeyResource;
import org.nhipcau.signaling.rest.resource.PseudonymResource;
import org.nhipcau.signaling.rest.resource.ReportResource;
import org.nhipcau.signaling.rest.resource.RosterResource;
import org.nhipcau.signaling.rest.resource.StaffResource;
import org.nhipcau.signaling.rest.resource.TokenResource;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.token.TokenIssuer;

/** Puts the resources together: all that the API serves. Thread: start-up. */
public final class RestRoutes {
    private RestRoutes() {}

    /**
     * The routes over this service and its store.
     *
     * @param tightener where what protects goes: to running rooms first
     * @param signingKey the configured key whose secret signs tokens to join
     */
    public static List<Route> of(ConsultationService service, Tightener tightener, Store store, ApiKeys keys, TokenIssuer issuer,
            String signingKey) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(new FacilityResource(store.directory()).routes());
        routes.addAll(new StaffResource(store.directory()).routes());
        routes.addAll(new ConsultationResource(service, tightener, store.directory(), store.reports()).routes());
        routes.addAll(new RosterResource(service, tightener).routes());
        routes.addAll(new TokenResource(service, issuer, signingKey, store::noteToken).routes());
        routes.addAll(new AttendanceResource(service, store.attendance()).routes());
        routes.addAll(new ExportResource(service, store.exports()).routes());
        routes.addAll(new AuditResource(store::audit).routes());
        routes.addAll(new ReportResource(store.reports()).routes());
        routes.addAll(new PseudonymResource(store.directory(), store.exports()).routes());
        routes.addAll(new KeyResource(keys).routes());
        return routes;
    }
}
