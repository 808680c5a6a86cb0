// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.http.HttpAction;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.http.HttpService;
import org.nhipcau.signaling.http.RequestHead;
import org.nhipcau.signaling.rest.json.BodyReader;
import org.nhipcau.signaling.rest.json.BodyReader.UnfitException;
import org.nhipcau.signaling.rest.key.ApiKeys;
import org.nhipcau.signaling.rest.key.Credentials;
import org.nhipcau.signaling.rest.key.KeyRates;
import org.nhipcau.signaling.rest.key.Principal;
import org.nhipcau.signaling.rest.openapi.OpenApiWriter;
import org.nhipcau.signaling.rest.replay.IdempotencyFilter;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.Problem;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.QueryReader;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.rest.route.RouteTable;
import org.nhipcau.signaling.rest.route.RouteTable.Match;
import org.nhipcau.signaling.token.StrictJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the REST API: finds the route, who calls and what the key allows, reads the request strictly, and turns every
 * refusal into a problem document.
 *
 * <p>The order is that of cost and of what may be told: form of the credential, then (blocking) key, rate, scope, query,
 * condition, body, and only then the resource.
 *
 * <p>Thread: {@link #route} the event loop; the rest a virtual thread per request.
 */
public final class RestApi implements HttpService {
    private static final Logger LOG = LoggerFactory.getLogger(RestApi.class);

    /** The largest request is a consultation with a list of a thousand, three times as much at most. */
    static final int MAX_BODY_BYTES = 262_144;

    private static final String RETRY_AFTER = "Retry-After";
    private static final String RETRY_UNAVAILABLE_S = "5";
    private static final Pattern ETAG = Pattern.compile("\"v([0-9]{1,18})\"");

    private final RouteTable table;
    private final Credentials credentials;
    private final KeyRates rates;
    private final IdempotencyFilter idempotency;
    private final InstantSource clock;
    private final byte[] document;

    /**
     * @param routes without the document's own
     * @param version of the server, told in the document
     * @param webhooks records of the bodies posted to webhooks, by event type
     */
    public RestApi(List<Route> routes, Credentials credentials, KeyRates rates, IdempotencyFilter idempotency,
            InstantSource clock, String version, Map<String, Class<? extends Record>> webhooks) {
        List<Route> all = new ArrayList<>(routes);
        all.add(Route.get("/openapi.json", null, "This document.")
                .answersFile("The document.", Reply.JSON).by(call -> document()));
        this.table = new RouteTable(all);
        this.credentials = credentials;
        this.rates = rates;
        this.idempotency = idempotency;
        this.clock = clock;
        ObjectNode written = OpenApiWriter.write(all, version, webhooks);
        this.document = StrictJson.write(written);
    }

    /** What is served. */
    public List<Route> routes() {
        return table.routes();
    }

    private Reply document() {
        return new Reply(200, Reply.JSON, document, Map.of(), -1);
    }

    @Override
    public HttpAction route(RequestHead head) {
        return switch (table.match(head.method(), head.path())) {
            case Match.Nothing nothing -> refused(ProblemType.NOT_FOUND, "no such path");
            case Match.OtherMethod other -> new HttpAction.Answer(
                    problem(ProblemType.METHOD_NOT_ALLOWED, null).with("Allow", other.methods()).answer());
            case Match.Found found -> found.route().scope() == null
                    ? new HttpAction.Answer(open(found, head)) : guarded(found, head);
        };
    }

    private HttpAnswer open(Match.Found found, RequestHead head) {
        return answer(() -> {
            Record query = QueryReader.read(head.query(), found.route().query());
            return found.route().handler().handle(new Call(null, found.parameters(), query, null, -1,
                    clock.instant(), false));
        });
    }

    private HttpAction guarded(Match.Found found, RequestHead head) {
        String authorization = head.header("authorization");
        String credential = authorization.isEmpty() ? "" : head.token();
        if (!credentials.plausible(credential)) {
            return new HttpAction.Answer(stranger().answer());
        }
        String mediaType = head.header("content-type").split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (found.route().body() != null && !mediaType.equals(Reply.JSON)) {
            return refused(ProblemType.UNSUPPORTED_MEDIA_TYPE, null);
        }
        int maxBytes = found.route().body() == null ? 0 : MAX_BODY_BYTES;
        return new HttpAction.Handle(maxBytes, problem(ProblemType.TOO_LARGE, "at most " + maxBytes + " bytes")
                .answer(), body -> answer(() -> reply(found, head, credential, body)));
    }

    private static HttpAnswer answer(Supplier<Reply> action) {
        Reply reply;
        try {
            reply = action.get();
        } catch (ProblemException e) {
            reply = Reply.problem(e.problem());
        } catch (JournalUnavailableException e) {
            reply = problem(ProblemType.UNAVAILABLE, null);
        } catch (RuntimeException e) {
            LOG.error("a request of the REST API failed", e);
            reply = problem(ProblemType.INTERNAL, null);
        }
        return (reply.status() == ProblemType.UNAVAILABLE.status() ? reply.with(RETRY_AFTER, RETRY_UNAVAILABLE_S)
                : reply).answer();
    }

    private Reply reply(Match.Found found, RequestHead head, String credential, byte[] bytes) {
        Route route = found.route();
        Caller caller = caller(route, credential);
        if (caller == null) {
            return stranger();
        }
        Principal principal = caller.principal();
        long waitS = rates.waitS(principal.id());
        if (waitS > 0) {
            return problem(ProblemType.RATE_LIMITED, null).with(RETRY_AFTER, String.valueOf(waitS));
        }
        if (!principal.may(route.scope())) {
            throw new ProblemException(ProblemType.FORBIDDEN, "it needs the scope " + route.scope().wireName());
        }
        Instant now = clock.instant();
        Record query = QueryReader.read(head.query(), route.query());
        long expected = expectedVersion(head.header("if-match"), route.condition());
        Record body = route.body() == null ? null : body(bytes, route.body());
        Call call = new Call(principal, found.parameters(), query, body, expected, now, caller.recalled());
        if (!route.changes()) {
            return unlessSeen(route.handler().handle(call), head.header("if-none-match"));
        } else if (caller.recalled()) {
            // Done twice it is what it is done once.
            return route.handler().handle(call);
        }
        try {
            return idempotency.apply(principal.id(), head.header("idempotency-key"),
                    fingerprint(head, bytes, credential), route.secret(), now, () -> route.handler().handle(call));
        } catch (JournalUnavailableException away) {
            if (!route.mayBeHeld()) {
                throw away;
            }
            // Done twice it is what it is done once.
            return route.handler().handle(call);
        }
    }

    /** Who calls. @param recalled as it was a short while ago: the store could not be asked */
    private record Caller(Principal principal, boolean recalled) {}

    /** While the store is away, what protects is taken from those who were known a short while ago. */
    private Caller caller(Route route, String credential) {
        try {
            Principal known = credentials.check(credential);
            return known == null ? null : new Caller(known, false);
        } catch (JournalUnavailableException away) {
            Principal known = route.mayBeHeld() ? credentials.recall(credential) : null;
            if (known == null) {
                throw away;
            }
            return new Caller(known, true);
        }
    }

    private static Reply unlessSeen(Reply reply, String seen) {
        return reply.version() >= 0 && seen.equals(Reply.etag(reply.version()))
                ? new Reply(304, "", new byte[0], Map.of(), reply.version()) : reply;
    }

    private static long expectedVersion(String ifMatch, Route.Condition condition) {
        if (ifMatch.isEmpty() && condition != Route.Condition.REQUIRED) {
            return -1;
        } else if (condition == Route.Condition.NONE) {
            throw new ProblemException(ProblemType.INVALID_REQUEST, "If-Match is not heeded here");
        } else if (ifMatch.isEmpty()) {
            throw new ProblemException(ProblemType.VERSION_REQUIRED, "the ETag that was last seen, or *");
        }
        Matcher tag = ETAG.matcher(ifMatch.strip());
        if (ifMatch.strip().equals("*")) {
            return -1;
        } else if (!tag.matches()) {
            throw new ProblemException(ProblemType.INVALID_REQUEST, "If-Match must be one ETag of this API, or *");
        }
        return Long.parseLong(tag.group(1));
    }

    private static Record body(byte[] bytes, Class<? extends Record> type) {
        try {
            return BodyReader.read(bytes, type);
        } catch (UnfitException e) {
            throw new ProblemException(e.problems());
        }
    }

    /**
     * Tells requests apart that share a key: method, target, condition and body. It is kept for days, and a body may
     * hold a name: so that nobody tries names out on it, the secret of the API key goes into it.
     */
    private static String fingerprint(RequestHead head, byte[] body, String credential) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            // An operator's token is another one each time.
            digest.update((ApiKeys.looksLikeOne(credential) ? credential : "").getBytes(StandardCharsets.US_ASCII));
            String line = head.method() + '\n' + head.path() + '\n' + head.query() + '\n' + head.header("if-match")
                    + '\n';
            digest.update(line.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private Reply stranger() {
        long waitS = credentials.failedWaitS();
        return waitS > 0 ? problem(ProblemType.RATE_LIMITED, null).with(RETRY_AFTER, String.valueOf(waitS))
                : problem(ProblemType.UNAUTHENTICATED, null).with("WWW-Authenticate", "Bearer");
    }

    private static Reply problem(ProblemType type, String detail) {
        return Reply.problem(Problem.of(type, detail, List.of()));
    }

    private static HttpAction refused(ProblemType type, String detail) {
        return new HttpAction.Answer(problem(type, detail).answer());
    }
}
