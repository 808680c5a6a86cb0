// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.whip;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.admin.SignalingMetrics;
import org.nhipcau.signaling.http.HttpAction;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.http.HttpService;
import org.nhipcau.signaling.http.OriginPolicy;
import org.nhipcau.signaling.http.RequestHead;
import org.nhipcau.signaling.rest.key.FailedCredentials;
import org.nhipcau.signaling.rest.key.KeyRates;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.sdp.IceFragment;
import org.nhipcau.signaling.sdp.SdpException;
import org.nhipcau.signaling.sdp.SdpLimits;
import org.nhipcau.signaling.sdp.SendingOffer;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.session.SignalingService;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.InvalidTokenException;
import org.nhipcau.signaling.token.TokenVerifier;
import org.nhipcau.signaling.whip.WhipJoin.Shown;
import org.nhipcau.signaling.whip.WhipSession.Ice;
import org.nhipcau.signaling.whip.WhipSession.Round;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The WHIP endpoint and the resources of its sessions.
 *
 * <p>Who the bearer is and what the token may is asked exactly as for a join over WebSocket; the token never stands in
 * a URL, and only the one who began a session may change or end it.
 *
 * <p>Spec: RFC 9725 §4. Thread: {@link #route} the event loop, the rest a virtual thread per request. Owns: its
 * sessions and the thread that keeps them alive.
 */
public final class WhipEndpoint implements HttpService, AutoCloseable {
    /** What the paths of the endpoint begin with. */
    public static final String PREFIX = "/whip/v1";

    static final String SDP = "application/sdp";
    static final String FRAGMENT = "application/trickle-ice-sdpfrag";

    private static final Logger LOG = LoggerFactory.getLogger(WhipEndpoint.class);
    private static final String SESSIONS = PREFIX + "/sessions/";
    private static final String SOURCE = "source";
    /** Longer than the room waits for the media node. */
    private static final long ANSWER_TIMEOUT_S = 12;
    /** A device that begins again and again, each of which costs a seat and a handshake. */
    private static final int BEGINS_PER_SECOND = 1;
    private static final int BEGIN_BURST = 5;
    private static final int CHANGES_PER_SECOND = 5;
    private static final int CHANGE_BURST = 50;

    private final SignalingService service;
    private final TokenVerifier verifier;
    private final SignalingMetrics metrics;
    private final OriginPolicy origins;
    private final SdpLimits sdpLimits;
    private final int maxSdpBytes;
    private final WhipSessions sessions;
    private final FailedCredentials failures;
    private final KeyRates begins;
    private final KeyRates changes;
    private final Thread keeper;

    /** Begins to keep sessions alive; there are none yet. */
    public WhipEndpoint(SignalingConfig config, SignalingService service, TokenVerifier verifier,
            SignalingMetrics metrics) {
        this.service = service;
        this.verifier = verifier;
        this.metrics = metrics;
        this.origins = new OriginPolicy(config.http().allowedOrigins());
        this.maxSdpBytes = config.limits().maxSdpBytes();
        this.sdpLimits = SdpLimits.ofChars(maxSdpBytes);
        this.sessions = new WhipSessions(config.limits().maxWhipSessions());
        this.failures = new FailedCredentials(config.limits().failedCredentialsPerSecond(),
                config.limits().failedCredentialBurst(), System::nanoTime);
        this.begins = new KeyRates(BEGINS_PER_SECOND, BEGIN_BURST, System::nanoTime);
        this.changes = new KeyRates(CHANGES_PER_SECOND, CHANGE_BURST, System::nanoTime);
        metrics.bindWhip(sessions::count);
        Duration interval = Duration.ofSeconds(config.rooms().pingIntervalS());
        this.keeper = Thread.ofVirtual().name("whip-keeper").start(() -> keepAlive(interval));
    }

    /** Lets every room hear from its sessions. */
    void keepAlive() {
        sessions.keepAlive();
    }

    private void keepAlive(Duration interval) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(interval);
            } catch (InterruptedException e) {
                return;
            }
            keepAlive();
        }
    }

    @Override
    public boolean answersOptions() {
        return true;
    }

    @Override
    public HttpAction route(RequestHead head) {
        boolean endpoint = head.path().equals(PREFIX) || head.path().equals(PREFIX + '/');
        if (!endpoint && !head.path().startsWith(SESSIONS)) {
            return refused(WhipProblem.NOT_FOUND);
        }
        if (!origins.allows(head.header("origin"), head.header("host"))) {
            return refused(WhipProblem.ORIGIN_NOT_ALLOWED);
        }
        String allowed = endpoint ? "OPTIONS, POST" : "DELETE, OPTIONS, PATCH";
        return switch (head.method()) {
            case "OPTIONS" -> new HttpAction.Answer(options(endpoint, allowed));
            case "POST" -> endpoint ? create(head) : otherMethod(allowed);
            case "PATCH" -> endpoint ? otherMethod(allowed) : patch(head);
            case "DELETE" -> endpoint ? otherMethod(allowed) : delete(head);
            default -> otherMethod(allowed);
        };
    }

    private static HttpAnswer options(boolean endpoint, String allowed) {
        HttpAnswer answer = exposed(HttpAnswer.empty(200)).with("Allow", allowed)
                .with("Access-Control-Allow-Methods", allowed)
                .with("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match")
                .with("Access-Control-Max-Age", "7200");
        return endpoint ? answer.with("Accept-Post", SDP) : answer.with("Accept-Patch", FRAGMENT);
    }

    /** Which headers a page of another origin may read. */
    private static HttpAnswer exposed(HttpAnswer answer) {
        return answer.with("Access-Control-Expose-Headers",
                "Location, ETag, Link, Accept-Post, Accept-Patch, Retry-After");
    }

    private static HttpAction refused(WhipProblem problem) {
        return new HttpAction.Answer(exposed(problem.answer()));
    }

    private static HttpAction refused(WhipProblem problem, String detail) {
        return new HttpAction.Answer(exposed(problem.answer(detail)));
    }

    private static HttpAction otherMethod(String allowed) {
        return new HttpAction.Answer(exposed(WhipProblem.METHOD_NOT_ALLOWED.answer().with("Allow", allowed)));
    }

    private static HttpAction handle(int maxBytes, Function<byte[], HttpAnswer> handler) {
        return new HttpAction.Handle(maxBytes, exposed(WhipProblem.TOO_LARGE.answer("at most " + maxBytes + " bytes")),
                body -> {
                    try {
                        return exposed(handler.apply(body));
                    } catch (RuntimeException bug) {
                        LOG.error("a WHIP request failed: {}", describe(bug));
                        return exposed(WhipProblem.INTERNAL.answer());
                    }
                });
    }

    /** A bug by class and place alone: its message may quote what a client sent. */
    static String describe(RuntimeException bug) {
        StackTraceElement[] frames = bug.getStackTrace();
        return bug.getClass().getName() + (frames.length == 0 ? "" : " at " + frames[0]);
    }

    private static boolean hasType(RequestHead head, String type) {
        return head.header("content-type").split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(type);
    }

    /** Of the header alone: what stands in a URL ends up in logs. */
    private static String token(RequestHead head) {
        return head.header("authorization").isEmpty() ? "" : head.token();
    }

    /** The bearer's rights; null when the token is not right. */
    private Grants bearer(RequestHead head) {
        try {
            return verifier.verify(token(head));
        } catch (InvalidTokenException e) {
            return null;
        }
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private HttpAction stranger() {
        return refused(failures.waitS() > 0 ? WhipProblem.RATE_LIMITED : WhipProblem.UNAUTHENTICATED);
    }

    private HttpAction create(RequestHead head) {
        if (!Set.of(SOURCE).containsAll(head.query().keySet())) {
            return refused(WhipProblem.INVALID_REQUEST, "the only parameter is source; a token goes into the header");
        }
        Shown shown = Shown.of(head.query(SOURCE));
        if (shown == null) {
            return refused(WhipProblem.INVALID_REQUEST, "source is camera or screen_share");
        }
        Grants grants = bearer(head);
        if (grants == null) {
            metrics.refused(WhipProblem.UNAUTHENTICATED.status());
            return stranger();
        }
        byte[] tokenDigest = digest(token(head));
        return hasType(head, SDP) ? handle(maxSdpBytes, body -> counted(create(grants, tokenDigest, shown, body)))
                : refused(WhipProblem.UNSUPPORTED_MEDIA_TYPE);
    }

    private HttpAnswer counted(HttpAnswer answer) {
        if (answer.status() >= 400) {
            metrics.refused(answer.status());
        }
        return answer;
    }

    private HttpAnswer create(Grants grants, byte[] tokenDigest, Shown shown, byte[] body) {
        if (begins.waitS(grants.video().room() + '\n' + grants.identity()) > 0) {
            return WhipProblem.RATE_LIMITED.answer();
        }
        String sdp = new String(body, StandardCharsets.UTF_8);
        SendingOffer offer;
        try {
            offer = SendingOffer.read(sdp, sdpLimits);
        } catch (SdpException e) {
            return WhipProblem.INVALID_OFFER.answer(e.getMessage());
        }
        if (offer.flaw().isPresent()) {
            return WhipProblem.NOT_ACCEPTABLE.answer(reason(offer.flaw().get()));
        }
        JoinAttempt attempt = WhipJoin.attempt(grants, shown, offer, WhipSession.FIRST_ROUND);
        try {
            service.check(attempt);
        } catch (JoinRefusedException e) {
            return WhipProblem.of(e);
        }
        Ice ice = new Ice(offer.sdp(), offer.credentials(), newTag());
        String id = sessions.newId();
        WhipSession session = sessions.open(id, onOver -> new WhipSession(service, attempt, tokenDigest, ice, onOver));
        return session == null ? WhipProblem.UNAVAILABLE.answer("there are too many WHIP sessions")
                : begin(id, session);
    }

    private static String reason(SendingOffer.Flaw flaw) {
        return switch (flaw) {
            case NOT_SENDING -> "every section must send a track";
            case NOT_MEDIA -> "sound and picture only";
            case SEVERAL_OF_A_KIND -> "one track of sound and one picture at most";
            case NO_COMMON_FORMAT -> "a section is outside the bundle or in no format that is taken here";
        };
    }

    private String newTag() {
        return '"' + sessions.newId() + '"';
    }

    private HttpAnswer begin(String id, WhipSession session) {
        Round round;
        try {
            round = await(session, session.begin());
        } catch (RuntimeException bug) {
            session.end();
            throw bug;
        }
        if (round.problem() != null) {
            session.end();
            return round.problem().answer();
        }
        return new Reply(201, SDP, round.answer().getBytes(StandardCharsets.UTF_8), Map.of("Location", SESSIONS + id,
                "ETag", session.etag(), "Accept-Patch", FRAGMENT), -1).answer();
    }

    private static Round await(WhipSession session, CompletableFuture<Round> asked) {
        try {
            return asked.get(ANSWER_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            session.giveUp(asked);
            return new Round(null, WhipProblem.UNAVAILABLE);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new Round(null, WhipProblem.UNAVAILABLE);
        } catch (ExecutionException bug) {
            throw new IllegalStateException("no round fails", bug);
        }
    }

    /** The bearer's own session; else a refusal that is the same whether there is one or not. */
    private HttpAction onSession(RequestHead head, Function<WhipSession, HttpAction> action) {
        String id = head.path().substring(SESSIONS.length());
        WhipSession session = sessions.find(id);
        boolean own = session != null && session.begunWith(digest(token(head)));
        Grants grants = own ? null : bearer(head);
        if (!own && grants == null) {
            return stranger();
        }
        if (!own && (session == null || !session.belongsTo(grants))) {
            return refused(WhipProblem.NOT_FOUND);
        }
        return changes.waitS(id) > 0 ? refused(WhipProblem.RATE_LIMITED) : action.apply(session);
    }

    private HttpAction delete(RequestHead head) {
        return onSession(head, session -> handle(0, body -> {
            session.end();
            return HttpAnswer.empty(200);
        }));
    }

    private HttpAction patch(RequestHead head) {
        if (!hasType(head, FRAGMENT)) {
            return refused(WhipProblem.UNSUPPORTED_MEDIA_TYPE);
        }
        String ifMatch = head.header("if-match").strip();
        return onSession(head, session -> handle(IceFragment.MAX_CHARS, body -> patch(session, ifMatch,
                new String(body, StandardCharsets.UTF_8))));
    }

    private HttpAnswer patch(WhipSession session, String ifMatch, String text) {
        IceFragment fragment;
        try {
            fragment = IceFragment.read(text);
        } catch (SdpException e) {
            return WhipProblem.INVALID_OFFER.answer(e.getMessage());
        }
        if (ifMatch.isEmpty()) {
            return WhipProblem.VERSION_REQUIRED.answer();
        }
        if (!ifMatch.equals("*") && !ifMatch.equals(session.etag())) {
            return WhipProblem.VERSION_CHANGED.answer();
        }
        if (session.goesOnWith(fragment)) {
            // ICE lite: the node answers checks from wherever they come.
            return Reply.none().answer();
        }
        CompletableFuture<Round> asked = session.restart(fragment, newTag());
        if (asked == null) {
            return WhipProblem.RESTART_UNDER_WAY.answer();
        }
        Round round = await(session, asked);
        if (round.problem() != null) {
            return round.problem().answer();
        }
        try {
            return new Reply(200, FRAGMENT, IceFragment.of(round.answer()).getBytes(StandardCharsets.UTF_8),
                    Map.of("ETag", session.etag()), -1).answer();
        } catch (SdpException bug) {
            throw new IllegalStateException("the server's own answer cannot be read", bug);
        }
    }

    /** Keeps no session alive any more; the rooms end them. Idempotent. */
    @Override
    public void close() {
        keeper.interrupt();
    }
}
