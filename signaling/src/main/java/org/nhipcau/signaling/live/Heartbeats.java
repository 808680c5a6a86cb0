// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.room.Heartbeat;
import org.nhipcau.signaling.token.StrictJson;

/**
 * Judges what publishers say of the pictures they cover. Each cover of a client counts its heartbeats from 1; another
 * camera or another cover is another epoch of the client. What is not exactly as agreed, out of order or too frequent
 * counts for nothing, so that the lease runs out.
 *
 * <pre>
 *   {"epoch":2,"seq":17,"mode":"cover","state":"covering",
 *    "in":120,"out":120,"covered":118,"whole":2,"lastDetectAgeMs":80}
 * </pre>
 *
 * <p>Thread: one at a time. Owns: the counts of each track.
 */
final class Heartbeats {
    static final int MAX_BYTES = 512;
    /** Twice as often as agreed, and a few at once after a stutter. */
    private static final int PER_SECOND = 4;
    private static final int BURST = 8;
    /** Older than this, a search for faces tells nothing of the picture that is sent now. */
    private static final long MAX_DETECT_AGE_MS = 500;

    private static final List<String> NUMBERS = List.of("epoch", "seq", "in", "out", "covered", "whole",
            "lastDetectAgeMs");
    private static final Set<String> NAMES = Set.of("epoch", "seq", "mode", "state", "in", "out", "covered", "whole",
            "lastDetectAgeMs");

    private final Map<String, Track> tracks = new HashMap<>();

    private static final class Track {
        long epoch = -1;
        long seq;
        double tokens = BURST;
        long atMs = Long.MIN_VALUE;

        boolean takes(long nowMs) {
            if (atMs != Long.MIN_VALUE) {
                tokens = Math.min(BURST, tokens + (nowMs - atMs) * PER_SECOND / 1_000.0);
            }
            atMs = nowMs;
            if (tokens < 1) {
                return false;
            }
            tokens--;
            return true;
        }
    }

    /** What the policy asks for decides what is good enough; null when the heartbeat counts for nothing. */
    Heartbeat judge(FacePolicy policy, String trackSid, String json, long nowMs) {
        JsonNode said = read(json);
        if (said == null) {
            return null;
        }
        Track track = tracks.computeIfAbsent(trackSid, key -> new Track());
        Heartbeat beat = verdict(policy, said, track);
        if (beat == null) {
            return null;
        }
        // What shuts is heard however often it is said; what opens is not, nor what begins anew: that goes on record.
        boolean paid = track.takes(nowMs);
        boolean shuts = beat.proof() != null && beat.proof() != Proof.CLEAN && beat.proof() != Proof.WHOLE;
        if (!paid && !shuts) {
            return null;
        }
        if (!paid && beat.restarted()) {
            beat = new Heartbeat(beat.proof(), false, beat.covers());
        }
        track.epoch = said.get("epoch").longValue();
        track.seq = said.get("seq").longValue();
        return beat;
    }

    private static JsonNode read(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        JsonNode said = bytes.length > MAX_BYTES ? null : StrictJson.read(bytes);
        if (said == null || !said.isObject() || said.size() != NAMES.size()) {
            return null;
        }
        for (Iterator<String> names = said.fieldNames(); names.hasNext();) {
            if (!NAMES.contains(names.next())) {
                return null;
            }
        }
        for (String name : NUMBERS) {
            JsonNode number = said.get(name);
            if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
                return null;
            }
        }
        return said.get("mode").isTextual() && said.get("state").isTextual() && said.get("seq").longValue() > 0
                ? said : null;
    }

    private static Heartbeat verdict(FacePolicy policy, JsonNode said, Track track) {
        long epoch = said.get("epoch").longValue();
        boolean first = track.epoch < 0;
        boolean restarted = !first && epoch > track.epoch;
        if (!first && (epoch < track.epoch || epoch == track.epoch && said.get("seq").longValue() <= track.seq)) {
            return null;
        }
        String mode = said.get("mode").textValue();
        FacePolicy.Mode done = switch (mode) {
            case "cover" -> FacePolicy.Mode.COVER;
            case "blur" -> FacePolicy.Mode.BLUR;
            case "off" -> FacePolicy.Mode.OFF;
            default -> null;
        };
        if (done == null) {
            return null;
        }
        if (done == FacePolicy.Mode.OFF) {
            return new Heartbeat(Proof.OFF, restarted, false);
        }
        if (done.compareTo(policy.mode()) < 0) {
            // It does something, but less than is asked for.
            return new Heartbeat(Proof.OFF, restarted, true);
        }
        return switch (said.get("state").textValue()) {
            case "warming" -> new Heartbeat(null, restarted, true);
            case "covering" -> new Heartbeat(fresh(said) ? Proof.CLEAN : Proof.STALE, restarted, true);
            case "whole" -> new Heartbeat(Proof.WHOLE, restarted, true);
            // Sent as it is because no face was found: good enough only where a worker looks at the picture itself.
            case "noFace", "stale" -> new Heartbeat(Proof.STALE, restarted, true);
            case "dead" -> new Heartbeat(Proof.DEAD, restarted, true);
            default -> null;
        };
    }

    /** The search for faces is recent, and no picture went out as it was. */
    private static boolean fresh(JsonNode said) {
        return said.get("lastDetectAgeMs").longValue() <= MAX_DETECT_AGE_MS
                && said.get("out").longValue() <= said.get("covered").longValue() + said.get("whole").longValue();
    }

    void forget(String trackSid) {
        tracks.remove(trackSid);
    }
}
