// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationJournal;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.http.HttpLimits;
import org.nhipcau.signaling.http.HttpListener;
import org.nhipcau.signaling.rest.key.ApiKeys;
import org.nhipcau.signaling.rest.key.Credentials;
import org.nhipcau.signaling.rest.key.FailedCredentials;
import org.nhipcau.signaling.rest.key.KeyRates;
import org.nhipcau.signaling.rest.key.OperatorTokens;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.replay.IdempotencyFilter;
import org.nhipcau.signaling.rest.webhook.WebhookBody;
import org.nhipcau.signaling.store.ApiKeyStore;
import org.nhipcau.signaling.store.IdempotencyStore;
import org.nhipcau.signaling.store.KeepTimes;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;
import org.nhipcau.signaling.store.keys.KeyRing;
import org.nhipcau.signaling.token.TokenIssuer;
import org.nhipcau.signaling.token.TokenVerifier;

/** The REST API on a loopback port over a real store, with clocks that the test moves. */
public final class RestFixture implements AutoCloseable {
    static final Map<String, String> SECRETS = Map.of("testkey", "0123456789abcdef0123456789abcdef");
    private static final String STORE_KEY = Base64.getEncoder()
            .encodeToString("0123456789abcdef0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII));

    final Store store;
    final ConsultationService service;
    final ApiKeys keys;
    final RestApi api;
    final TokenIssuer issuer = new TokenIssuer(SECRETS);
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T08:00:00Z"));
    final AtomicBoolean broken = new AtomicBoolean();
    final AtomicBoolean idempotencyBusy = new AtomicBoolean();
    /** Whether the store can be reached no more. */
    final AtomicBoolean away = new AtomicBoolean();
    /** Whether it cannot be asked for keys alone, as when it heals while a request is under way. */
    final AtomicBoolean keysAway = new AtomicBoolean();
    /** The rooms; null: none run. */
    volatile Tightener running;
    /** A key that may not ask any more, once {@link #idle} was called. */
    String idleKey;
    private final int burst;
    final KeyRates rates;
    final FailedCredentials failures;
    final AtomicInteger keysAsked = new AtomicInteger();
    private final HttpListener listener;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Over SQLite. */
    public RestFixture(Path directory, int burst) throws Exception {
        this("", directory, burst);
    }

    /**
     * @param url of the database; empty: SQLite in the directory
     * @param burst requests that a key may make, and credentials that may fail: the clock of rates stands still
     */
    public RestFixture(String url, Path directory, int burst) throws Exception {
        this.burst = burst;
        InstantSource clock = () -> {
            if (broken.get()) {
                throw new IllegalStateException("the test broke the clock");
            }
            return now.get();
        };
        store = Store.open(new StoreSettings(url, directory, null, KeepTimes.DEFAULT), KeyRing.parse(STORE_KEY), clock);
        service = new ConsultationService(journal(), clock, new SecureRandom(), fault -> {
            throw fault;
        });
        rates = new KeyRates(1, burst, () -> 0);
        failures = new FailedCredentials(1, burst, () -> 0);
        keys = new ApiKeys(counted(unlessAway(ApiKeyStore.class, store.apiKeys())), new SecureRandom(), clock);
        api = new RestApi(RestRoutes.of(service, tightener(), store, keys, issuer, "testkey"),
                new Credentials(keys, new OperatorTokens(new TokenVerifier(SECRETS)), failures), rates,
                new IdempotencyFilter(idempotency()), clock, "test", Map.of(WebhookBody.NAME, WebhookBody.class));
        listener = HttpListener.open("rest-test", "127.0.0.1", 0, 1,
                new HttpLimits(65_536, 10_000, 100_000, 100, 10, 10), api);
    }

    /** Counts how often the store is asked for a key. */
    private ApiKeyStore counted(ApiKeyStore real) {
        return new ApiKeyStore() {
            @Override
            public void add(ApiKey key, String actor, Instant at) {
                real.add(key, actor, at);
            }

            @Override
            public Optional<ApiKey> find(String id) {
                keysAsked.incrementAndGet();
                if (keysAway.get()) {
                    throw new JournalUnavailableException("told to be away", null);
                }
                return real.find(id);
            }

            @Override
            public List<ApiKey> list() {
                keysAsked.incrementAndGet();
                return real.list();
            }

            @Override
            public boolean revoke(String id, String actor, Instant at) {
                return real.revoke(id, actor, at);
            }
        };
    }

    /** The rooms, if the test has any. */
    private Tightener tightener() {
        return new Tightener() {
            @Override
            public Consultation running(String id) {
                return running == null ? null : running.running(id);
            }

            @Override
            public Tightened tighten(String id, ConsultationCommand command, Actor actor) {
                return (running == null ? Tightener.over(service) : running).tighten(id, command, actor);
            }

            @Override
            public void settle(String id) {
                if (running != null) {
                    running.settle(id);
                }
            }
        };
    }

    private ConsultationJournal journal() {
        return unlessAway(ConsultationJournal.class, store.journal());
    }

    /** The real one, unless the test says that nothing can be written or read. */
    private <T> T unlessAway(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            if (away.get()) {
                throw new JournalUnavailableException("told to be away", null);
            }
            try {
                return method.invoke(real, args);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        }));
    }

    /** The real one, unless the test says that all keys are taken by requests under way. */
    private IdempotencyStore idempotency() {
        IdempotencyStore real = unlessAway(IdempotencyStore.class, store.idempotency());
        return new IdempotencyStore() {
            @Override
            public Claim claim(String caller, String key, String requestHash, Instant at, Instant staleBefore) {
                return idempotencyBusy.get() ? new Claim.Running(at)
                        : real.claim(caller, key, requestHash, at, staleBefore);
            }

            @Override
            public void complete(String caller, String key, Claim.Done answer, Instant at) {
                real.complete(caller, key, answer, at);
            }

            @Override
            public void release(String caller, String key) {
                real.release(caller, key);
            }

            @Override
            public int forget(Instant before) {
                return real.forget(before);
            }
        };
    }

    /** Uses up what a new key may ask. */
    void idle() {
        idleKey = allKey();
        for (int i = 0; i < burst; i++) {
            rates.waitS(idleKey.split("_")[1]);
        }
    }

    /** Where it is served. */
    public URI base() {
        return URI.create("http://127.0.0.1:" + listener.port() + '/');
    }

    /** A new key with these scopes, for all facilities. */
    String key(Set<Scope> scopes) {
        return key(scopes, "");
    }

    String key(Set<Scope> scopes, String facility) {
        return keys.issue("test", scopes, facility, null, "test").text();
    }

    /** A new key that may do everything. */
    public String allKey() {
        return key(EnumSet.allOf(Scope.class));
    }

    HttpResponse<byte[]> send(String method, String path, String key, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(base().resolve("/api/v1" + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(body.getBytes(StandardCharsets.UTF_8)));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        boolean typed = false;
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
            typed |= headers[i].equals("Content-Type");
        }
        if (body != null && !typed) {
            request.header("Content-Type", "application/json");
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Override
    public void close() throws Exception {
        listener.close();
        client.shutdownNow();
        store.close();
    }
}
