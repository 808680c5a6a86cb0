// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.judge;

import java.util.Arrays;
import java.util.Optional;

/**
 * A figure of a run: its name in reports, its unit, and how it is taken. Of the two directions the judged one is meant;
 * of the time, the scenario's window.
 */
public enum Metric {
    AUDIO_CONCEALED("audioConcealedPercent", "%", "sound the browser had to invent, of all it played; with silence, as"
            + " what is sent has none"),
    FREEZE_RATIO("freezeRatio", "share", "time with a frozen picture by Chrome's rule, the end of a run counted"),
    FPS_P5("fpsP5", "frames/s", "decoded frames per second that 95 % of the seconds reach"),
    QUEUE_P95("queueP95Ms", "ms", "wait before and in the bottleneck that 95 % of the packets stay below"),
    UTILISATION("utilisation", "share", "bits that came out of the link, of those it could have carried"),
    PADDING("paddingPercent", "%", "padding, of the bytes that came out of the link"),
    RTX("rtxPercent", "%", "retransmissions without padding, of the bytes that came out of the link"),
    RTX_PER_LOST("rtxPerLostByte", "", "retransmitted bytes without padding, of the picture's bytes lost on the link"),
    FIRST_AUDIO("firstAudioMs", "ms", "from DTLS to the first sound played"),
    FIRST_FRAME("firstFrameMs", "ms", "from DTLS to the first picture shown"),
    RECOVERY_AUDIO("recoveryAudioMs", "ms", "from the outage's end to a second with less than 5 % concealed"),
    RECOVERY_VIDEO("recoveryVideoMs", "ms", "from the outage's end to a picture that keeps moving for 2 s"),
    LAYER_SWITCHES("layerSwitchesPerMinute", "1/min", "changes of the picture's height"),
    PLI("pliPerMinute", "1/min", "key frames asked of the publishing browser, all its layers together"),
    JOIN_TO_AUDIO("joinToAudioMs", "ms", "from the join to the first sound played"),
    JOIN_TO_FRAME("joinToFrameMs", "ms", "from the join to the first picture shown"),
    RECOVERY_LAYER("recoveryLayerMs", "ms", "from the outage's end to the picture's height of before it"),
    RAMP_500("rampTo500KbpsMs", "ms", "until a whole second had 500 kbit/s, from the rise of the link, else from DTLS"),
    RAMP_1000("rampTo1000KbpsMs", "ms", "the same for 1000 kbit/s"),
    RAMP_LAYER("rampToLayerMs", "ms", "from the link's rise to the picture's height of before its fall"),
    AUDIO_STALL("longestConcealmentMs", "ms", "longest stretch in which most of the sound was invented"),
    AUDIO_STALL_SHARE("stallShareOfAllowed", "share", "that stretch, of 1.3 x (sent/capacity - 1) x (RTT + 50 ms)"),
    AUDIBLE("audibleSecondsPercent", "%", "seconds with at most 5 % concealed"),
    AUDIO_INDEX("audioIndex", "", "E-model index (1 to 4.5) of concealment and mouth-to-ear delay"),
    VIDEO_KBPS("videoKbps", "kbit/s", "video payload received, repaired packets included"),
    PICTURE_GAP("longestPictureGapMs", "ms", "longest time without a new picture"),
    VIDEO_SHARE("videoShare", "share", "of the link's capacity, what the picture got out of it, repair included"),
    AUDIO_QUEUE_P95("audioQueueP95Ms", "ms", "queueP95Ms of the sound's packets alone"),
    AUDIO_QUEUE_RISE("audioQueueRiseMs", "ms", "the same in the 5 s after the link's rise, less the median of the 5 s"
            + " before its fall"),
    OTHERS_FREEZE("othersFreezeRatio", "share", "freezeRatio of the worst viewer on a good link"),
    OTHERS_SWITCHES("othersLayerSwitchesPerMinute", "1/min", "layer switches of the worst viewer on a good link"),
    REJOINS("rejoins", "", "times the client began its connection anew"),
    ICE_RESTARTS("iceRestarts", "", "times the client resumed its connection, which restarts ICE, or began anew"),
    WARM_RATE("rateAfterShare", "share", "rate 3 to 6 s after the outage, of that in the 10 s before"),
    HEIGHT("heightP50", "lines", "picture height, median of the seconds"),
    CONCEALED_AUDIBLE("concealedAudiblePercent", "%", "the same without what was concealed by silence"),
    BROWSER_FREEZES("browserFreezeRatio", "share", "freezeRatio as the browser's own counter has it"),
    RTT("rttP50Ms", "ms", "round trip as the browser measured it, median"),
    SENT_KBPS("sentKbps", "kbit/s", "what was sent into the link");

    private final String key;
    private final String unit;
    private final String meaning;

    Metric(String key, String unit, String meaning) {
        this.key = key;
        this.unit = unit;
        this.meaning = meaning;
    }

    /** Its name in reports. */
    public String key() {
        return key;
    }

    public String unit() {
        return unit;
    }

    /** In one line. */
    public String meaning() {
        return meaning;
    }

    public static Optional<Metric> of(String key) {
        return Arrays.stream(values()).filter(metric -> metric.key.equals(key)).findFirst();
    }
}
