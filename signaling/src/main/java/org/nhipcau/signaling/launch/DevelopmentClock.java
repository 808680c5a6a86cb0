// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.nhipcau.signaling.http.HttpAction;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.http.HttpService;
import org.nhipcau.signaling.http.RequestHead;
import org.nhipcau.signaling.token.StrictJson;

/**
 * The clock by which consultations are judged in development, which can be set ahead: so that a request expires and doors
 * open without anybody waiting for it. It never goes back, as nothing that was recorded may. Only in development mode,
 * which runs on loopback alone; elsewhere time is the machine's, and the path does not exist.
 *
 * <pre>
 *   POST /dev/clock {"aheadMs": 300000}
 * </pre>
 *
 * <p>Thread: any.
 */
final class DevelopmentClock implements InstantSource, HttpService {
    static final String PATH = "/dev/clock";
    private static final int MAX_BODY_BYTES = 256;
    /** Beyond a year nothing is left to be tried out. */
    static final long MAX_AHEAD_MS = 366L * 24 * 3_600_000;

    private final InstantSource machine;
    private volatile long aheadMs;

    DevelopmentClock(InstantSource machine) {
        this.machine = machine;
    }

    @Override
    public Instant instant() {
        return machine.instant().plusMillis(aheadMs);
    }

    @Override
    public HttpAction route(RequestHead head) {
        return head.method().equals("POST") && head.path().equals(PATH)
                ? new HttpAction.Handle(MAX_BODY_BYTES, this::set) : new HttpAction.Answer(HttpAnswer.empty(404));
    }

    synchronized HttpAnswer set(byte[] body) {
        JsonNode asked = StrictJson.read(body);
        JsonNode ahead = asked == null || asked.size() != 1 ? null : asked.get("aheadMs");
        boolean fits = ahead != null && ahead.isIntegralNumber() && ahead.canConvertToLong()
                && ahead.longValue() >= aheadMs && ahead.longValue() <= MAX_AHEAD_MS;
        if (!fits) {
            return HttpAnswer.text(400, "allowed: {\"aheadMs\": " + aheadMs + " to " + MAX_AHEAD_MS + "}");
        }
        aheadMs = ahead.longValue();
        byte[] answer = StrictJson.write(JsonNodeFactory.instance.objectNode().put("now", instant().toString()));
        return new HttpAnswer(200, "application/json", answer, Map.of("Cache-Control", "no-store"));
    }
}
