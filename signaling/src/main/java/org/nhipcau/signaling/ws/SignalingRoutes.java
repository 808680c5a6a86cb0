// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.admin.SignalingMetrics;
import org.nhipcau.signaling.api.QualityHandler;
import org.nhipcau.signaling.api.TwirpHandler;
import org.nhipcau.signaling.http.HttpAction;
import org.nhipcau.signaling.http.HttpAction.Admission;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.http.HttpService;
import org.nhipcau.signaling.http.OriginPolicy;
import org.nhipcau.signaling.http.RequestHead;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.session.SignalingService;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.InvalidTokenException;
import org.nhipcau.signaling.token.TokenVerifier;

/** Says what each request of the public port becomes. Thread: any; never blocks in {@link #route}. */
final class SignalingRoutes implements HttpService {
    private static final String TWIRP_PREFIX = "/twirp/";
    private static final String QUALITY_PREFIX = "/quality/rooms/";

    /** Whoever else may connect, development tokens are for the server's own page. */
    private static final OriginPolicy OWN_PAGE = new OriginPolicy(List.of());

    private final SignalingConfig config;
    private final SignalingService service;
    private final TokenVerifier verifier;
    private final TwirpHandler twirp;
    private final QualityHandler quality;
    private final SignalingMetrics metrics;
    private final OriginPolicy origins;
    private final PageAssets assets;
    private final Map<String, HttpService> sites;
    /** Null outside development mode. */
    private final DevelopmentTokens developmentTokens;

    SignalingRoutes(SignalingConfig config, SignalingService service, TokenVerifier verifier, TwirpHandler twirp,
            QualityHandler quality, SignalingMetrics metrics, PageAssets assets,
            Map<String, HttpService> sites) {
        this.config = config;
        this.service = service;
        this.verifier = verifier;
        this.twirp = twirp;
        this.quality = quality;
        this.metrics = metrics;
        this.origins = new OriginPolicy(config.http().allowedOrigins());
        this.assets = assets;
        this.sites = Map.copyOf(sites);
        this.developmentTokens = config.dev() ? new DevelopmentTokens(config) : null;
    }

    @Override
    public HttpAction route(RequestHead head) {
        String method = head.method();
        String path = head.path();
        HttpService site = siteOf(path);
        if (method.equals("OPTIONS") && (site == null || !site.answersOptions())) {
            return answer(HttpAnswer.empty(204)
                    .with("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS")
                    .with("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, X-Requested-With")
                    .with("Access-Control-Max-Age", "7200"));
        }
        if (path.startsWith(TWIRP_PREFIX)) {
            return twirp(head);
        }
        if (path.startsWith(QUALITY_PREFIX)) {
            return quality(head);
        }
        if (site != null) {
            // What development offers is for the server's own page.
            return path.startsWith("/dev/") && !OWN_PAGE.allows(head.header("origin"), head.header("host"))
                    ? answer(HttpAnswer.empty(404)) : site.route(head);
        }
        return switch (path) {
            case "/rtc", "/rtc/" -> join(head, false);
            case "/rtc/v1", "/rtc/v1/" -> join(head, true);
            case "/rtc/validate" -> validate(head, false);
            case "/rtc/v1/validate" -> validate(head, true);
            case "/dev/token" -> developmentToken(head);
            case "/settings/regions" -> answer(HttpAnswer.empty(404));
            case "/agent" -> answer(HttpAnswer.text(501, "agent workers are not supported"));
            default -> method.equals("GET") || method.equals("HEAD") ? assets.answer(head)
                    : answer(HttpAnswer.empty(404));
        };
    }

    private HttpService siteOf(String path) {
        for (Map.Entry<String, HttpService> site : sites.entrySet()) {
            if (path.equals(site.getKey()) || path.startsWith(site.getKey() + '/')) {
                return site.getValue();
            }
        }
        return null;
    }

    private static HttpAction answer(HttpAnswer answer) {
        return new HttpAction.Answer(answer);
    }

    private HttpAction twirp(RequestHead head) {
        TwirpHandler.Call call = twirp.begin(head.method(), head.path().substring(TWIRP_PREFIX.length()),
                head.header("content-type"), head.token());
        return call.refusal() != null ? answer(http(call.refusal()))
                : new HttpAction.Handle(config.limits().maxFrameBytes(), body -> http(twirp.carryOut(call, body)));
    }

    private HttpAction quality(RequestHead head) {
        String path = decoded(head.path().substring(QUALITY_PREFIX.length()));
        if (path == null) {
            return answer(HttpAnswer.empty(400));
        }
        QualityHandler.Request request = QualityHandler.request(path, head::query);
        QualityHandler.Reply refusal = quality.refusal(request, head.method(), head.token());
        return refusal != null ? answer(http(refusal)) : new HttpAction.Handle(0, body -> http(quality.answer(request)));
    }

    /** A path without its percent-encoding; null when that is malformed. */
    private static String decoded(String path) {
        try {
            // In a path a plus is a plus.
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static HttpAnswer http(QualityHandler.Reply reply) {
        return new HttpAnswer(reply.status(), reply.contentType(), reply.body(), reply.headers());
    }

    private HttpAction developmentToken(RequestHead head) {
        boolean offered = developmentTokens != null && head.method().equals("POST")
                && OWN_PAGE.allows(head.header("origin"), head.header("host"));
        return offered ? new HttpAction.Handle(DevelopmentTokens.MAX_BODY_BYTES, developmentTokens::answer)
                : answer(HttpAnswer.empty(404));
    }

    private static HttpAnswer http(TwirpHandler.Reply reply) {
        return new HttpAnswer(reply.status(), reply.contentType(), reply.body(), Map.of());
    }

    private HttpAction join(RequestHead head, boolean v1) {
        if (!head.wantsWebSocket()) {
            return answer(HttpAnswer.empty(404));
        }
        if (!origins.allows(head.header("origin"), head.header("host"))) {
            return refused(403, "this origin may not connect");
        }
        long requestedAtNs = System.nanoTime();
        JoinAttempt attempt;
        try {
            attempt = attempt(head, v1, v1);
        } catch (JoinRefusedException e) {
            return refused(e.status(), e.getMessage());
        }
        SignalingConfig.Limits limits = config.limits();
        return new HttpAction.Upgrade(() -> {
            try {
                service.check(attempt);
            } catch (JoinRefusedException e) {
                metrics.refused(e.status());
                return new Admission.Refused(HttpAnswer.text(e.status(), e.getMessage()));
            }
            return new Admission.Accepted(limits.maxFrameBytes(),
                    () -> new SignalSocket(service, attempt, limits, metrics, requestedAtNs));
        });
    }

    private HttpAction refused(int status, String message) {
        metrics.refused(status);
        return answer(HttpAnswer.text(status, message));
    }

    private HttpAction validate(RequestHead head, boolean v1) {
        if (!head.method().equals("GET")) {
            return answer(HttpAnswer.empty(404));
        }
        JoinAttempt attempt;
        try {
            // Browsers ask without the request when an upgrade failed, to learn why.
            attempt = attempt(head, v1, false);
        } catch (JoinRefusedException e) {
            return answer(HttpAnswer.text(e.status(), e.getMessage()));
        }
        return new HttpAction.Handle(0, body -> {
            try {
                service.check(attempt);
                return HttpAnswer.text(200, "success");
            } catch (JoinRefusedException e) {
                return HttpAnswer.text(e.status(), e.getMessage());
            }
        });
    }

    private JoinAttempt attempt(RequestHead head, boolean v1, boolean requestRequired) throws JoinRefusedException {
        Grants grants = grants(head);
        String packed = head.query("join_request");
        if (packed.isEmpty()) {
            if (requestRequired) {
                throw new JoinRefusedException(400, "join_request is required");
            }
            return v1 ? new JoinAttempt(grants, JoinRequest.newBuilder()
                    .setConnectionSettings(ConnectionSettings.getDefaultInstance()).build(), true) : old(head, grants);
        }
        JoinRequest request = JoinRequestReader.packed(packed, config.limits().maxJoinRequestBytes());
        if (request == null) {
            throw new JoinRefusedException(400, "join_request is malformed");
        }
        return new JoinAttempt(grants, request, true);
    }

    private static JoinAttempt old(RequestHead head, Grants grants) throws JoinRefusedException {
        JoinRequest request = JoinRequestReader.parameters(head);
        if (request == null) {
            throw new JoinRefusedException(400, "a parameter is malformed");
        }
        String publish = head.query("publish");
        return new JoinAttempt(publish.isEmpty() ? grants : publishOnly(grants, publish), request, false);
    }

    /** Old clients joined a second time to publish: under a name of its own, and seeing nothing. */
    private static Grants publishOnly(Grants grants, String publish) {
        Grants.Video v = grants.video();
        return grants.withIdentity(grants.identity() + '#' + publish).withVideo(new Grants.Video(v.roomCreate(),
                v.roomList(), v.roomRecord(), v.roomAdmin(), v.roomJoin(), v.room(), v.canPublish(), false,
                v.canPublishData(), List.copyOf(v.canPublishSources()), v.canUpdateOwnMetadata(), v.ingressAdmin(),
                v.hidden(), v.recorder(), v.agent(), v.destinationRoom()));
    }

    private Grants grants(RequestHead head) throws JoinRefusedException {
        String token = head.token();
        if (token.isEmpty()) {
            throw new JoinRefusedException(401, "no authorization token");
        }
        try {
            return verifier.verify(token);
        } catch (InvalidTokenException e) {
            throw new JoinRefusedException(401, e.getMessage());
        }
    }
}
