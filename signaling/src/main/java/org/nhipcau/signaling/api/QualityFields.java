// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;
import org.nhipcau.sfu.api.QualityCause;
import org.nhipcau.signaling.quality.LiveQuality;
import org.nhipcau.signaling.quality.QualitySample;

/**
 * Writes quality figures as JSON and CSV: the same names in both, units in the names, null or an empty field where
 * nothing is known.
 *
 * <p>Spec: RFC 4180. Thread: any; no state.
 */
final class QualityFields {
    static final String CSV_HEADER = "atMs,participant,direction,cause,impairment,audioScore,linkScore,audioLossRatio,"
            + "audioUnrepairedRatio,videoLossRatio,freezeRatio,freezes,jitterMs,roundTripMs,audioBitrateBps,"
            + "videoBitrateBps";

    private QualityFields() {}

    static ObjectNode json(QualitySample sample) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("atMs", sample.atEpochMs()).put("participant", sample.participant())
                .put("direction", direction(sample.uplink())).put("cause", name(sample.cause()))
                .put("impairment", rounded(sample.impairment()));
        node.set("audioScore", number(sample.audioScore()));
        node.set("linkScore", number(sample.linkScore()));
        node.set("audioLossRatio", number(sample.audioLossRatio()));
        node.set("audioUnrepairedRatio", number(sample.audioUnrepairedRatio()));
        node.set("videoLossRatio", number(sample.videoLossRatio()));
        node.set("freezeRatio", number(sample.freezeRatio()));
        node.put("freezes", sample.freezes());
        node.set("jitterMs", number(sample.jitterMs()));
        node.set("roundTripMs", number(sample.roundTripMs()));
        return node.put("audioBitrateBps", sample.audioBitrateBps()).put("videoBitrateBps", sample.videoBitrateBps());
    }

    static void csv(QualitySample sample, StringBuilder text) {
        // No field needs quotes: ids are letters, digits and underscores.
        text.append(sample.atEpochMs()).append(',').append(sample.participant()).append(',')
                .append(direction(sample.uplink())).append(',').append(name(sample.cause())).append(',')
                .append(rounded(sample.impairment()));
        for (double value : new double[] {sample.audioScore(), sample.linkScore(), sample.audioLossRatio(),
            sample.audioUnrepairedRatio(), sample.videoLossRatio(), sample.freezeRatio()}) {
            text.append(',').append(value < 0 ? "" : rounded(value));
        }
        text.append(',').append(sample.freezes()).append(',');
        text.append(sample.jitterMs() < 0 ? "" : rounded(sample.jitterMs())).append(',');
        text.append(sample.roundTripMs() < 0 ? "" : rounded(sample.roundTripMs())).append(',');
        text.append(sample.audioBitrateBps()).append(',').append(sample.videoBitrateBps()).append("\r\n");
    }

    static ObjectNode live(LiveQuality live) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("participant", live.participant());
        node.set("uplink", direction(live.uplink(), live.uplinkRoundTripMs()));
        node.set("downlink", direction(live.downlink(), live.downlinkRoundTripMs()));
        return node;
    }

    private static JsonNode direction(DirectionQuality quality, double roundTripMs) {
        if (quality == null) {
            return JsonNodeFactory.instance.nullNode();
        }
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("cause", name(quality.cause())).put("impairment", rounded(quality.impairment()));
        node.set("audioRating", number(quality.audioRating()));
        node.set("audioScore", number(quality.audioScore()));
        node.set("linkScore", number(quality.linkScore()));
        node.set("audioLossRatio", number(quality.audioLossRatio()));
        node.set("audioUnrepairedRatio", number(quality.audioUnrepairedRatio()));
        node.set("burstRatio", number(quality.burstRatio()));
        node.set("videoLossRatio", number(quality.videoLossRatio()));
        node.set("freezeRatio", number(quality.freezeRatio()));
        node.put("freezes", quality.freezes());
        node.set("jitterMs", number(quality.jitterMs()));
        node.set("roundTripMs", number(roundTripMs));
        return node.put("audioBitrateBps", quality.audioBitrateBps()).put("videoBitrateBps", quality.videoBitrateBps());
    }

    private static String direction(boolean uplink) {
        return uplink ? "uplink" : "downlink";
    }

    static String name(QualityCause cause) {
        return cause.name().toLowerCase(Locale.ROOT);
    }

    private static JsonNode number(double value) {
        return value < 0 ? JsonNodeFactory.instance.nullNode() : JsonNodeFactory.instance.numberNode(rounded(value));
    }

    // Four places: a loss of one packet in ten thousand.
    private static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }
}
