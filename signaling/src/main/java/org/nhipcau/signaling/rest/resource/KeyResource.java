// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.nhipcau.signaling.rest.json.BodyProblem;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.rest.key.ApiKeys;
import org.nhipcau.signaling.rest.key.Principal;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.Cursor;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.store.ApiKeyStore.ApiKey;

/**
 * API keys: made, listed, revoked. A key can make only keys that may no more than itself, and sees and revokes only such
 * keys.
 *
 * <p>Spec: requirement C6. Thread: any that may block.
 */
public final class KeyResource {
    private static final String ROOT = "/api-keys";
    private static final String SCOPE_PATTERN = "[a-z-]+:[a-z]+";

    private final ApiKeys keys;

    /** A key that is wanted. */
    public record KeyBody(
            @Field(value = "What it is for: a system, not a person.", maxLength = 80) String label,
            @Field(value = "What it may, e.g. consultations:read.", pattern = SCOPE_PATTERN) List<String> scopes,
            @Field(value = "Code of the facility it may act for. Absent: all.", optional = true,
                    pattern = ConsultationBodies.FACILITY_CODE) String facility,
            @Field(value = "It does not work from then on. Absent: it has no end.", optional = true)
            Instant expiresAt) {}

    /** A key, without its secret. */
    public record KeyView(
            @Field("Its id, the middle part of the key.") String id,
            @Field("What it is for.") String label,
            @Field(value = "What it may.", pattern = SCOPE_PATTERN) List<String> scopes,
            @Field(value = "Code of the facility it may act for; absent: all.", optional = true) String facility,
            @Field("When it was made.") Instant createdAt,
            @Field(value = "It does not work from then on.", optional = true) Instant expiresAt,
            @Field(value = "When it was revoked.", optional = true) Instant revokedAt) {
        static KeyView of(ApiKey key) {
            return new KeyView(key.id(), key.label(), key.scopes().stream().sorted().toList(),
                    key.facility().isEmpty() ? null : key.facility(), key.createdAt(), key.expiresAt(),
                    key.revokedAt());
        }
    }

    /** A key just made. */
    public record NewKeyView(
            @Field("The whole key: shown now and never again.") String key,
            @Field("The key without its secret.") KeyView details) {}

    /** A page of keys. */
    public record KeyPage(
            @Field(value = "In the order of their ids.", maxItems = Pages.MAX_LIMIT) List<KeyView> items,
            @Field(value = Pages.NEXT, optional = true) String nextCursor) {}

    /** A page. */
    public record KeyQuery(
            @Field(value = Pages.CURSOR, optional = true) String cursor,
            @Field(value = Pages.LIMIT, optional = true, min = 1, max = Pages.MAX_LIMIT) Integer limit) {}

    public KeyResource(ApiKeys keys) {
        this.keys = keys;
    }

    /** Its routes. */
    public List<Route> routes() {
        return List.of(
                Route.get(ROOT, Scope.KEYS_MANAGE, "List API keys.").query(KeyQuery.class)
                        .answersVersion(200, KeyPage.class, "A page of them.").by(this::list),
                Route.post(ROOT, Scope.KEYS_MANAGE, "Make an API key that may no more than the one that makes it.")
                        .body(KeyBody.class).shownOnce().answers(201, NewKeyView.class, "Made; its secret is shown once.")
                        .problems(ProblemType.CONFLICT).by(this::make),
                Route.get(ROOT + "/{key}", Scope.KEYS_MANAGE, "Read an API key, without its secret.")
                        .answersVersion(200, KeyView.class, "As it is now.").problems(ProblemType.NOT_FOUND)
                        .by(call -> view(find(call))),
                Route.delete(ROOT + "/{key}", Scope.KEYS_MANAGE, "Revoke an API key, at once and for good.")
                        .mayMatch().answersNothing("Revoked, or so already.").problems(ProblemType.NOT_FOUND).by(this::revoke));
    }

    private Reply list(Call call) {
        KeyQuery query = call.query(KeyQuery.class);
        int limit = Pages.limit(query.limit());
        String after = Cursor.position(ROOT, query.cursor());
        List<ApiKey> rows = Consultations.told(keys::list).stream()
                .filter(key -> call.principal().includes(ApiKeys.principal(key)))
                .filter(key -> after == null || key.id().compareTo(after) > 0).limit(limit + 1L).toList();
        return Reply.of(200, Pages.page(ROOT, rows, limit, ApiKey::id,
                (shown, next) -> new KeyPage(shown.stream().map(KeyView::of).toList(), next))).tagged();
    }

    private Reply make(Call call) {
        KeyBody body = call.body(KeyBody.class);
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (int i = 0; i < body.scopes().size(); i++) {
            Scope scope = Scope.named(body.scopes().get(i));
            if (scope == null) {
                throw new ProblemException(List.of(new BodyProblem("/scopes/" + i, "a scope of the document")));
            }
            scopes.add(scope);
        }
        if (scopes.isEmpty()) {
            throw new ProblemException(List.of(new BodyProblem("/scopes", "one scope at least")));
        }
        if (body.expiresAt() != null && !body.expiresAt().isAfter(call.now())) {
            throw new ProblemException(List.of(new BodyProblem("/expiresAt", "a moment to come")));
        }
        Principal wanted = new Principal("wanted", scopes, body.facility() == null ? "" : body.facility());
        if (!call.principal().includes(wanted)) {
            throw new ProblemException(ProblemType.FORBIDDEN, "a key cannot make one that may more than itself");
        }
        ApiKey own = Consultations.told(() -> keys.find(call.principal().id()));
        if (own != null && own.expiresAt() != null
                && (body.expiresAt() == null || body.expiresAt().isAfter(own.expiresAt()))) {
            throw new ProblemException(ProblemType.FORBIDDEN, "a key cannot make one that lasts longer than itself");
        }
        ApiKeys.Issued issued = Consultations.told(() -> keys.issue(body.label(), scopes, wanted.facility(),
                body.expiresAt(), call.principal().id()));
        return Reply.of(201, new NewKeyView(issued.text(), KeyView.of(issued.key())))
                .with("Location", "/api/v1" + ROOT + '/' + issued.key().id());
    }

    private static Reply view(ApiKey key) {
        return Reply.of(200, KeyView.of(key)).tagged();
    }

    private ApiKey find(Call call) {
        ApiKey key = Consultations.told(() -> keys.find(call.path("key")));
        if (key == null || !call.principal().includes(ApiKeys.principal(key))) {
            throw new ProblemException(ProblemType.NOT_FOUND, null);
        }
        return key;
    }

    private Reply revoke(Call call) {
        ApiKey key = find(call);
        if (call.expectedVersion() >= 0 && call.expectedVersion() != view(key).version()) {
            throw new ProblemException(ProblemType.VERSION_CHANGED, "read it again, and decide again");
        }
        Consultations.told(() -> {
            keys.revoke(key.id(), call.principal().id());
            return null;
        });
        return Reply.none();
    }
}
