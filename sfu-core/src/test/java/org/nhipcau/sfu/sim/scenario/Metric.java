// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

/** A figure of a run, with its unit and which way is better. */
public enum Metric {
    /** Of what the link carries and there is to send, the share that was sent. */
    UTILISATION("utilisation", "", true),
    /** How long packets waited on the link, at the 95 % quantile. */
    QUEUE_P95("queue p95", "ms", false),
    /** The same of sound alone. */
    AUDIO_QUEUE_P95("audio queue p95", "ms", false),
    /** By how much the sound waited longer while the rate came back than before it fell. */
    AUDIO_QUEUE_RISE("audio queue rise", "ms", false),
    /** Of the speech, what was made up or stood still. */
    AUDIO_CONCEALED("audio concealed", "%", false),
    /** The longest time without speech that there was. */
    AUDIO_STALL("audio stall", "ms", false),
    /** That, of what a cut must cost. */
    STALL_SHARE("stall of allowed", "", false),
    /** The E-model's quality of the voice, 1 to 4.5. */
    AUDIO_INDEX("audio index", "", true),
    /** Seconds with at most 5 % concealed, of all. */
    INTELLIGIBLE("intelligible", "", true),
    /** The share of time in which the picture stood, by the browser's rule. */
    FREEZE_RATIO("freeze ratio", "", false),
    /** Frames in a second, at the 5 % quantile. */
    FPS_P5("fps p5", "/s", true),
    /** Bits of the picture that came through, repairs included. */
    VIDEO_KBPS("video", "kbps", true),
    /** The mean layer shown, 0 the lowest. */
    MEAN_LAYER("mean layer", "", true),
    /** The longest time without a new picture. */
    LONGEST_GAP("longest gap", "ms", false),
    /** Until a second of sound without trouble. */
    RECOVERY_AUDIO("recovery audio", "ms", false),
    /** Until the next picture. */
    RECOVERY_VIDEO("recovery video", "ms", false),
    /** Until the layer is as before, or the best there is. */
    RECOVERY_LAYER("recovery layer", "ms", false),
    /** Until 500 kbit/s came through. */
    TO_500_KBPS("to 500 kbps", "ms", false),
    /** Until 1 Mbit/s came through. */
    TO_1000_KBPS("to 1 Mbps", "ms", false),
    /** A new connection's rate after 3 to 6 s, of that of the one before it. */
    WARM_RATE("rate after", "", true),
    /** From the end of the handshake. */
    FIRST_AUDIO("first audio", "ms", false),
    /** From the end of the handshake. */
    FIRST_FRAME("first frame", "ms", false),
    /** Of what came through. */
    PADDING("padding", "%", false),
    /** Of what came through. */
    RTX("rtx", "%", false),
    /** Bytes sent again, for each byte of the picture that was lost. */
    RTX_PER_LOST("rtx per lost byte", "", false),
    LAYER_SWITCHES("layer switches", "/min", false),
    PLI("pli", "/min", false);

    private final String label;
    private final String unit;
    private final boolean moreIsBetter;

    Metric(String label, String unit, boolean moreIsBetter) {
        this.label = label;
        this.unit = unit;
        this.moreIsBetter = moreIsBetter;
    }

    /** A difference of this size means nothing. */
    double step() {
        return switch (unit) {
            case "ms" -> 20;
            case "%" -> 0.3;
            case "kbps" -> 10;
            case "/s", "/min" -> 1;
            default -> 0.02;
        };
    }

    public String label() {
        return label;
    }

    public String unit() {
        return unit;
    }

    public boolean moreIsBetter() {
        return moreIsBetter;
    }
}
