// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;
import org.nhipcau.sfu.api.QualityCause;
import org.nhipcau.signaling.quality.LiveQuality;
import org.nhipcau.signaling.quality.MemoryTimeline;
import org.nhipcau.signaling.quality.QualitySample;
import org.nhipcau.signaling.quality.QualityTimeline;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.StrictJson;
import org.nhipcau.signaling.token.TokenIssuer;
import org.nhipcau.signaling.token.TokenVerifier;

class QualityHandlerTest {
    private static final Map<String, String> KEYS = Map.of("key", "0123456789abcdef0123456789abcdef");
    private static final String ROOM = "hội chẩn/1";

    private final MemoryTimeline timeline = new MemoryTimeline(60_000, 1 << 20, () -> 10_000);
    private final QualityHandler handler = new QualityHandler(new QualityService() {
        @Override
        public Live live(String roomName) {
            if (!roomName.equals(ROOM)) {
                throw new ServiceException(ServiceException.Code.NOT_FOUND, "requested room does not exist");
            }
            DirectionQuality up = new DirectionQuality(0.2, -1, 0.1, 1.25, 7, 30_000, 0, 50, -1, 0, 60, 3.1, 3.2,
                    QualityCause.PUBLISHER_UPLINK, 31.5);
            return new Live("RM_1", 10_000, List.of(new LiveQuality("PA_a", up, null, 80, -1)));
        }

        @Override
        public QualityTimeline timeline() {
            return timeline;
        }
    }, new TokenVerifier(KEYS));

    private static String token(boolean admin, String room) {
        Grants.Video video = new Grants.Video(false, true, false, admin, true, room, null, null, null, List.of(), null,
                false, false, false, false, "");
        return new TokenIssuer(KEYS).refresh(new Grants("key", "operator", "", "", Map.of(), "", 0, 0, "", "", "",
                video), 600);
    }

    private static QualityHandler.Request request(String path, Map<String, String> query) {
        return QualityHandler.request(path, name -> query.getOrDefault(name, ""));
    }

    private static JsonNode json(QualityHandler.Reply reply) {
        return StrictJson.read(reply.body());
    }

    @Test
    void shouldAnswerOnlyAnAdministratorOfThatRoom() {
        QualityHandler.Request request = request(ROOM, Map.of());
        assertEquals(401, handler.refusal(request, "GET", "").status());
        assertEquals(401, handler.refusal(request, "GET", token(true, ROOM) + "x").status());
        assertEquals(403, handler.refusal(request, "GET", token(false, ROOM)).status());
        assertEquals(403, handler.refusal(request, "GET", token(true, "another")).status());
        assertEquals(403, handler.refusal(request(ROOM + "x/timeline", Map.of()), "GET", token(true, ROOM)).status());
        assertEquals(405, handler.refusal(request, "POST", token(true, ROOM)).status());
        assertNull(handler.refusal(request, "GET", token(true, ROOM)));
        assertNull(handler.refusal(request(ROOM + "/timeline", Map.of()), "GET", token(true, ROOM)));
    }

    @Test
    void shouldTellHowTheCallGoesRightNow() {
        JsonNode live = json(handler.answer(request(ROOM, Map.of())));
        assertEquals("RM_1", live.get("session").textValue());
        JsonNode participant = live.get("participants").get(0);
        assertEquals("PA_a", participant.get("participant").textValue());
        assertEquals("publisher_uplink", participant.get("uplink").get("cause").textValue());
        assertEquals(0.2, participant.get("uplink").get("audioLossRatio").doubleValue());
        assertTrue(participant.get("uplink").get("videoLossRatio").isNull());
        assertEquals(80, participant.get("uplink").get("roundTripMs").doubleValue());
        assertTrue(participant.get("downlink").isNull());
        assertEquals(404, handler.answer(request("nowhere", Map.of())).status());
    }

    @Test
    void shouldTellHowACallWentAsJsonAndCsv() {
        assertEquals(404, handler.answer(request(ROOM + "/timeline", Map.of())).status());
        timeline.begin(ROOM, "RM_0", 1_000);
        timeline.end("RM_0", 2_000);
        timeline.begin(ROOM, "RM_1", 5_000);
        timeline.add("RM_1", List.of(
                new QualitySample(6_000, "PA_a", true, 0.05, -1, 0.01, 3, 42.04, 30_000, 0, -1, 0, 3.9, 4.1,
                        QualityCause.NONE, 0),
                new QualitySample(7_000, "PA_b", false, 0, 0.1, 0, 3, -1, 30_000, 500_000, 0.5, 1, 4.1, 3.1,
                        QualityCause.VIEWER_DOWNLINK, 50)));
        JsonNode latest = json(handler.answer(request(ROOM + "/timeline", Map.of())));
        assertEquals("RM_1", latest.get("session").textValue());
        assertTrue(latest.get("endedAtMs").isNull());
        assertEquals(2_000, latest.get("sessions").get(0).get("endedAtMs").longValue());
        assertEquals(2, latest.get("samples").size());
        assertEquals("viewer_downlink", latest.get("samples").get(1).get("cause").textValue());
        assertEquals(0, json(handler.answer(request(ROOM + "/timeline", Map.of("session", "RM_0")))).get("samples")
                .size());
        assertEquals(1, json(handler.answer(request(ROOM + "/timeline", Map.of("from", "6500", "to", "7000"))))
                .get("samples").size());
        QualityHandler.Reply csv = handler.answer(request(ROOM + "/timeline", Map.of("format", "csv")));
        assertEquals("text/csv; charset=utf-8", csv.contentType());
        List<String> lines = new String(csv.body(), StandardCharsets.UTF_8).lines().toList();
        assertEquals("6000,PA_a,uplink,none,0.0,3.9,4.1,0.05,0.01,,,0,3.0,42.0,30000,0", lines.get(1));
        assertEquals("7000,PA_b,downlink,viewer_downlink,50.0,4.1,3.1,0.0,0.0,0.1,0.5,1,3.0,,30000,500000",
                lines.get(2));
        for (String line : lines) {
            assertEquals(lines.getFirst().split(",", -1).length, line.split(",", -1).length, line);
        }
        assertFalse(new String(csv.body(), StandardCharsets.UTF_8).contains("hội"));
    }

    @Test
    void shouldRefuseWhatItDoesNotUnderstand() {
        timeline.begin(ROOM, "RM_1", 5_000);
        for (Map<String, String> query : List.of(Map.of("format", "xml"), Map.of("from", "now"), Map.of("to", "-1"),
                Map.of("from", "99999999999999999999"))) {
            assertEquals(400, handler.answer(request(ROOM + "/timeline", query)).status(), query::toString);
        }
        assertEquals(404, handler.answer(request(ROOM + "/timeline", Map.of("session", "RM_9"))).status());
    }
}
