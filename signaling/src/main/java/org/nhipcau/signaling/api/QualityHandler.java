// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.nhipcau.signaling.quality.QualitySample;
import org.nhipcau.signaling.quality.QualityTimeline.Session;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.InvalidTokenException;
import org.nhipcau.signaling.token.StrictJson;
import org.nhipcau.signaling.token.TokenVerifier;

/**
 * Answers operators who ask how a room's call goes or went.
 *
 * <pre>
 *  GET /quality/rooms/NAME                                               right now, JSON
 *  GET /quality/rooms/NAME/timeline[?session=&amp;format=json|csv&amp;from=&amp;to=]   the samples of a session, by
 *                                                                        default the latest
 * </pre>
 *
 * <p>The token must carry {@code roomAdmin} for that room. Answers hold session ids of rooms and participants, never a
 * name or an identity.
 *
 * <p>Thread: any; {@link #answer} may block for a room.
 */
public final class QualityHandler {
    private static final String JSON = "application/json";
    private static final String CSV = "text/csv; charset=utf-8";
    private static final String TIMELINE = "/timeline";

    private final QualityService quality;
    private final TokenVerifier verifier;

    /** What goes back. */
    public record Reply(int status, String contentType, byte[] body, Map<String, String> headers) {}

    /** A request without its head: what the handler needs to know of it. */
    public record Request(String room, boolean timeline, UnaryOperator<String> query) {}

    public QualityHandler(QualityService quality, TokenVerifier verifier) {
        this.quality = quality;
        this.verifier = verifier;
    }

    /**
     * Takes the path apart.
     *
     * @param decodedPath what follows {@code /quality/rooms/}, percent-decoded
     * @param query the value of a parameter; empty when absent
     */
    public static Request request(String decodedPath, UnaryOperator<String> query) {
        boolean timeline = decodedPath.endsWith(TIMELINE);
        return new Request(timeline ? decodedPath.substring(0, decodedPath.length() - TIMELINE.length())
                : decodedPath, timeline, query);
    }

    /** Whoever may not ask gets this; null: the request may be answered. */
    public Reply refusal(Request request, String method, String token) {
        Grants.Video video;
        try {
            video = verifier.verify(token).video();
        } catch (InvalidTokenException e) {
            return error(401, "unauthenticated", "permissions denied");
        }
        if (!video.roomAdmin() || video.room().isEmpty() || !video.room().equals(request.room())) {
            return error(403, "permission_denied", "the token must carry roomAdmin for this room");
        }
        return method.equals("GET") || method.equals("HEAD") ? null
                : error(405, "bad_route", "only GET is allowed");
    }

    /** Answers a request that may be answered. */
    public Reply answer(Request request) {
        try {
            return request.timeline() ? timeline(request) : live(quality.live(request.room()));
        } catch (ServiceException e) {
            return error(e.code().status(), e.code().wireName(), e.getMessage());
        }
    }

    private static Reply live(QualityService.Live live) {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("session", live.session())
                .put("atMs", live.atEpochMs());
        ArrayNode participants = root.putArray("participants");
        live.participants().forEach(each -> participants.add(QualityFields.live(each)));
        return json(root);
    }

    private Reply timeline(Request request) {
        String format = request.query().apply("format");
        if (!List.of("", "json", "csv").contains(format)) {
            return error(400, "invalid_argument", "format must be json or csv");
        }
        long fromMs = moment(request.query().apply("from"), 0);
        long toMs = moment(request.query().apply("to"), Long.MAX_VALUE);
        if (fromMs < 0 || toMs < 0) {
            return error(400, "invalid_argument", "from and to must be milliseconds since the epoch");
        }
        List<Session> sessions = quality.timeline().sessions(request.room());
        String wanted = request.query().apply("session");
        Session session = sessions.reversed().stream().filter(each -> wanted.isEmpty() || each.id().equals(wanted))
                .findFirst().orElse(null);
        if (session == null) {
            return error(404, "not_found", "no session of this room is kept");
        }
        List<QualitySample> samples = quality.timeline().samples(session.id(), fromMs, toMs);
        return format.equals("csv") ? csv(session, samples) : json(sessions, session, samples);
    }

    private static long moment(String text, long otherwise) {
        if (text.isEmpty()) {
            return otherwise;
        }
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
    }

    private static Reply json(List<Session> sessions, Session session, List<QualitySample> samples) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.setAll(describe(session));
        ArrayNode all = root.putArray("sessions");
        sessions.forEach(each -> all.add(describe(each)));
        ArrayNode list = root.putArray("samples");
        samples.forEach(each -> list.add(QualityFields.json(each)));
        return json(root);
    }

    private static ObjectNode describe(Session session) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("session", session.id())
                .put("beganAtMs", session.beganAtEpochMs());
        return session.endedAtEpochMs() > 0 ? node.put("endedAtMs", session.endedAtEpochMs())
                : node.putNull("endedAtMs");
    }

    private static Reply csv(Session session, List<QualitySample> samples) {
        StringBuilder text = new StringBuilder(QualityFields.CSV_HEADER).append("\r\n");
        samples.forEach(each -> QualityFields.csv(each, text));
        return new Reply(200, CSV, text.toString().getBytes(StandardCharsets.UTF_8),
                Map.of("Content-Disposition", "attachment; filename=\"quality-" + session.id() + ".csv\"",
                        "Cache-Control", "no-store"));
    }

    private static Reply json(ObjectNode root) {
        return new Reply(200, JSON, StrictJson.write(root), Map.of("Cache-Control", "no-store"));
    }

    private static Reply error(int status, String code, String message) {
        return new Reply(status, JSON, StrictJson.write(JsonNodeFactory.instance.objectNode().put("code", code)
                .put("msg", message)), Map.of());
    }
}
