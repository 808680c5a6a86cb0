// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.api.WebhookDispatcher;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.rest.RestApi;
import org.nhipcau.signaling.rest.RestRoutes;
import org.nhipcau.signaling.rest.key.ApiKeys;
import org.nhipcau.signaling.rest.key.Credentials;
import org.nhipcau.signaling.rest.key.FailedCredentials;
import org.nhipcau.signaling.rest.key.KeyRates;
import org.nhipcau.signaling.rest.key.OperatorTokens;
import org.nhipcau.signaling.rest.replay.IdempotencyFilter;
import org.nhipcau.signaling.rest.route.RouteTable;
import org.nhipcau.signaling.rest.webhook.OutboxDelivery;
import org.nhipcau.signaling.rest.webhook.WebhookBody;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.token.TokenIssuer;
import org.nhipcau.signaling.token.TokenVerifier;

/** What other platforms talk to in this process. Thread: start-up. Owns: the delivery of events. */
final class RestParts implements AutoCloseable {
    /** What the paths of the API begin with. */
    static final String PREFIX = RouteTable.PREFIX;

    private final RestApi api;
    private final OutboxDelivery delivery;

    private RestParts(RestApi api, OutboxDelivery delivery) {
        this.api = api;
        this.delivery = delivery;
    }

    /**
     * @param tightener where orders go that protect people
     * @param outcomes is told what became of each event
     */
    static RestParts open(SignalingConfig config, Wiring.Records records, Tightener tightener, TokenIssuer tokens,
            Consumer<WebhookDispatcher.Outcome> outcomes) {
        InstantSource clock = InstantSource.system();
        Store store = records.store();
        ApiKeys keys = new ApiKeys(store.apiKeys(), new SecureRandom(), clock);
        String signingKey = new TreeSet<>(config.keys().keySet()).first();
        RestApi api = new RestApi(RestRoutes.of(records.consultations(), tightener, store, keys, tokens, signingKey),
                new Credentials(keys, new OperatorTokens(new TokenVerifier(config.keys())),
                        new FailedCredentials(config.limits().failedCredentialsPerSecond(),
                                config.limits().failedCredentialBurst(), System::nanoTime)),
                new KeyRates(config.limits().apiRequestsPerSecond(), config.limits().apiRequestBurst(),
                        System::nanoTime),
                new IdempotencyFilter(store.idempotency()), clock, version(),
                Map.of(WebhookBody.NAME, WebhookBody.class));
        return new RestParts(api, OutboxDelivery.start(config, tokens, store.outbox(), clock, outcomes));
    }

    private static String version() {
        String version = RestParts.class.getPackage().getImplementationVersion();
        return version == null ? "0" : version;
    }

    RestApi api() {
        return api;
    }

    @Override
    public void close() {
        delivery.close();
    }
}
