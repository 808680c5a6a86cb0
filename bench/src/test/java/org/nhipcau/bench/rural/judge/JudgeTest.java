// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nhipcau.bench.rural.link.Direction;
import org.nhipcau.bench.rural.link.LinkProfile;
import org.nhipcau.bench.rural.link.LinkSettings;
import org.nhipcau.bench.rural.link.Outage;
import org.nhipcau.bench.rural.link.PacketLog;

/** On canned counters: 40 s of a call, an outage from 20 s to 25 s after which streams are new and the layer lower. */
class JudgeTest {
    private static final double STARTED_MS = 1_000_000;
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String LOG_HEAD =
            "dir,n,t_in_ms,t_dep_ms,t_out_ms,len,verdict,proto,sport,dport,pt,rtpseq,ssrc\n";
    private static final Outage OUTAGE = new Outage(20_000, 5_000, false);

    /** Sound is whole but for the outage and 0.4 s after it; the picture moves 0.8 s after it. */
    private static BrowserLog viewer() {
        return viewer("111", "opus");
    }

    private static BrowserLog viewer(String payloadType, String codec) {
        ObjectNode person = MAPPER.createObjectNode().put("identity", "commune").put("joinedAtMs", STARTED_MS + 50);
        person.putArray("connections").addObject().put("index", 0).put("connectedAtMs", STARTED_MS + 500);
        person.putObject("payloadTypes").put(payloadType, codec).put("97", "rtx");
        ArrayNode events = person.putArray("events");
        events.addObject().put("name", "reconnecting");
        events.addObject().put("name", "signalReconnecting");
        events.addObject().put("name", "signalReconnecting");
        ArrayNode frames = person.putArray("frames");
        ArrayNode samples = person.putArray("samples");
        int shown = 0;
        for (int t = 0; t <= 40_000; t += 100) {
            boolean second = t >= 25_800;
            if (t >= 1_200 && t < 20_000 || second) {
                frames.add(STARTED_MS + t).add(STARTED_MS + t + 33).add(STARTED_MS + t + 66);
                shown += 3;
            }
            sample(samples, t, shown, second);
        }
        return new BrowserLog(person, STARTED_MS);
    }

    private static void sample(ArrayNode samples, int t, int shown, boolean second) {
        ObjectNode sample = samples.addObject().put("tMs", STARTED_MS + t).put("rttMs", 100.0);
        ArrayNode received = sample.putArray("received");
        int concealed = 48 * Math.clamp(t - 20_000, 0, 5_400);
        // DTLS at 0.5 s, sound from 0.7 s.
        received.addObject().put("kind", "audio").put("connection", 0).put("ssrc", 1).put("packets", t / 20)
                .put("samples", 48 * t).put("concealed", concealed).put("silent", concealed / 2)
                .put("bufferCount", t < 700 ? 0 : 48 * t).put("bufferDelayS", 48 * t * 0.06);
        int old = (20_000 - 1_200) / 100 * 3;
        if (second) {
            received.addObject().put("kind", "video").put("connection", 1).put("ssrc", 3)
                    .put("frames", shown - old).put("height", t < 28_000 ? 180 : 360).put("bytes", 1000)
                    .put("packets", 10).put("headerBytes", 200);
        } else {
            received.addObject().put("kind", "video").put("connection", 0).put("ssrc", 2).put("frames", shown)
                    .put("height", 360).put("bytes", shown * 1000).put("packets", shown)
                    // 20 bytes each, and after 10 s five times as many of padding.
                    .put("headerBytes", shown * 20 + Math.max(0, shown - 264) * 100);
        }
        sample.putArray("sent");
    }

    private static BrowserLog publisher() {
        ObjectNode person = MAPPER.createObjectNode().put("identity", "hospital");
        ArrayNode samples = person.putArray("samples");
        for (int t = 0; t <= 40_000; t += 1_000) {
            ObjectNode sample = samples.addObject().put("tMs", STARTED_MS + t);
            sample.putArray("received");
            for (int layer = 0; layer < 2; layer++) {
                sample.withArray("sent").addObject().put("kind", "video").put("connection", 0).put("ssrc", layer)
                        .put("plis", t / 10_000).put("limitedBy", t == 15_000 ? "cpu" : "none");
            }
        }
        return new BrowserLog(person, STARTED_MS);
    }

    /** 800 kbit/s of 1000; each tenth packet is a retransmission, and there is a drop of TCP in between. */
    private static PacketLog packets() throws Exception {
        StringBuilder text = new StringBuilder(LOG_HEAD);
        for (int n = 0; n < 4_000; n++) {
            int t = n * 10;
            boolean out = t >= OUTAGE.atMs() && t < OUTAGE.endMs();
            text.append(line(n, t, n % 20 == 0 ? 50 : 8, out ? "outage" : "ok", n % 10 == 0 ? 97 : 96));
        }
        return log(text);
    }

    private static String line(int number, int atMs, int waitMs, String verdict, int payloadType) {
        return "down," + number + ',' + atMs + ',' + (atMs + waitMs) + ',' + (atMs + waitMs + 50) + ",1000," + verdict
                + ",17,1,2," + payloadType + ",1,1\n";
    }

    private static PacketLog log(StringBuilder text) throws Exception {
        return PacketLog.read(new BufferedReader(new StringReader(text.toString())));
    }

    private static Situation situation(double fromMs, double toMs) throws Exception {
        LinkProfile profile = LinkProfile.parse("p", List.of("t_ms,up_kbps,down_kbps", "0,1000,1000"));
        return new Situation(profile, new LinkSettings(50, 0, 60_000, 0, 1, OUTAGE), Direction.DOWN, fromMs, toMs, 0,
                -1, -1);
    }

    private static Map<Metric, Double> judge(double fromMs, double toMs) throws Exception {
        return new Judge(situation(fromMs, toMs), viewer(), publisher(), List.of(), Optional.of(packets())).figures();
    }

    @Test
    void shouldTimeTheJoinFromTheConnection() throws Exception {
        Map<Metric, Double> figures = judge(0, 40_000);
        assertEquals(200, figures.get(Metric.FIRST_AUDIO), 1e-6);
        assertEquals(700, figures.get(Metric.FIRST_FRAME), 1e-6);
        assertEquals(650, figures.get(Metric.JOIN_TO_AUDIO), 1e-6);
        assertEquals(1150, figures.get(Metric.JOIN_TO_FRAME), 1e-6);
        assertEquals(1, figures.get(Metric.REJOINS));
    }

    @Test
    void shouldCountSoundThatWasInventedAndThatWasSilent() throws Exception {
        Map<Metric, Double> figures = judge(15_000, 35_000);
        assertEquals(27, figures.get(Metric.AUDIO_CONCEALED), 1e-6);
        assertEquals(13.5, figures.get(Metric.CONCEALED_AUDIBLE), 1e-6);
        assertEquals(5_400, figures.get(Metric.AUDIO_STALL), 1e-6);
        assertEquals(100.0 * 14 / 20, figures.get(Metric.AUDIBLE), 1e-6);
        assertEquals(100, figures.get(Metric.RTT));
    }

    @Test
    void shouldTimeTheRecovery() throws Exception {
        Map<Metric, Double> figures = judge(10_000, 40_000);
        assertEquals(400, figures.get(Metric.RECOVERY_AUDIO), 1e-6);
        assertEquals(800, figures.get(Metric.RECOVERY_VIDEO), 1e-6);
        assertEquals(3_000, figures.get(Metric.RECOVERY_LAYER), 1e-6);
        assertEquals(1, figures.get(Metric.WARM_RATE), 0.01);
    }

    @Test
    void shouldJudgeThePictureAcrossAStreamThatWasReplaced() throws Exception {
        Map<Metric, Double> figures = judge(10_000, 40_000);
        // From the last frame at 19.966 s to the next at 25.8 s; Chrome's counter is not in the sample.
        assertEquals((25_800 - 19_966) / 30_000.0, figures.get(Metric.FREEZE_RATIO), 1e-6);
        assertEquals(0, figures.get(Metric.BROWSER_FREEZES));
        assertEquals(5_834, figures.get(Metric.PICTURE_GAP), 1e-6);
        assertEquals(0, figures.get(Metric.FPS_P5), 1e-6);
        assertEquals(30, judge(5_000, 15_000).get(Metric.FPS_P5), 1e-6);
        // 360, 180, 360 in half a minute.
        assertEquals(4, figures.get(Metric.LAYER_SWITCHES), 1e-6);
        assertEquals(360, figures.get(Metric.HEIGHT), 1e-6);
        // Two layers, three requests each in half a minute; between two readings a straight line.
        assertEquals(12, figures.get(Metric.PLI), 1e-6);
    }

    @Test
    void shouldJudgeTheLinkByTheEmulatorsLogAlone() throws Exception {
        Map<Metric, Double> figures = judge(5_000, 15_000);
        assertEquals(0.8, figures.get(Metric.UTILISATION), 0.005);
        // What is no picture by its payload type is none.
        assertEquals(0, figures.get(Metric.VIDEO_SHARE), 0.1);
        assertEquals(800, figures.get(Metric.SENT_KBPS), 1e-6);
        assertEquals(8, figures.get(Metric.QUEUE_P95), 1e-6);
        assertTrue(Double.isNaN(figures.get(Metric.AUDIO_QUEUE_P95)), "no sound in the log");
    }

    @Test
    void shouldTellPaddingFromRetransmissions() throws Exception {
        Map<Metric, Double> figures = judge(5_000, 15_000);
        // 150 frames of one packet each have 100 bytes beyond the smallest header; 10 % of the bytes are RTX packets'.
        assertEquals(100.0 * 15_000 / 1_000_000, figures.get(Metric.PADDING), 0.05);
        assertEquals(10 - 1.5, figures.get(Metric.RTX), 0.1);
    }

    @Test
    void shouldHoldRepairAgainstWhatWasLost() throws Exception {
        // 10 s of 100 packets of 1000 bytes each: a tenth is lost and sent again, a tenth of that is lost once more.
        StringBuilder text = new StringBuilder(LOG_HEAD);
        for (int n = 0; n < 4_000; n++) {
            boolean rtx = n % 10 == 9;
            boolean lost = n % 10 == 0 || n % 100 == 99;
            text.append(line(n, n * 10, 8, lost ? "loss" : "ok", rtx ? 97 : 100));
        }
        Map<Metric, Double> figures = new Judge(situation(10_000, 20_000), viewer("100", "vp8"), publisher(), List.of(),
                Optional.of(log(text))).figures();
        // Of 1000 packets 110 are lost, all of the picture or its repair; 100 are repair, of which 90 arrive. What of
        // them is padding, the browser says: it is no repair.
        double padding = figures.get(Metric.PADDING) / 100;
        assertEquals(100 * (1 - padding * 890 / 90) / 110, figures.get(Metric.RTX_PER_LOST), 1e-3);
        assertEquals(0.89 * 0.8 * (1 - padding), figures.get(Metric.VIDEO_SHARE), 1e-3);
        Map<Metric, Double> whole = judge(5_000, 15_000);
        assertTrue(Double.isNaN(whole.get(Metric.RTX_PER_LOST)), "nothing was lost");
    }

    @Test
    void shouldTellWhatARampCostsTheSound() throws Exception {
        StringBuilder text = new StringBuilder(LOG_HEAD);
        for (int n = 0; n < 2_000; n++) {
            int t = n * 20;
            // 4 ms on the wide link, 60 on the narrow one, and each tenth packet behind a probe of 31 after it.
            int waitMs = t < 10_000 ? 4 : t < 25_000 ? 60 : n % 10 == 0 ? 31 : 4;
            text.append(line(n, t, waitMs, "ok", 111));
        }
        LinkProfile profile = LinkProfile.parse("p", List.of("t_ms,up_kbps,down_kbps", "0,1000,1000"));
        Situation cut = new Situation(profile, new LinkSettings(50, 0, 60_000, 0, 1, null), Direction.DOWN, 10_000,
                25_000, 0, 10_000, 25_000);
        Map<Metric, Double> figures =
                new Judge(cut, viewer(), publisher(), List.of(), Optional.of(log(text))).figures();
        assertEquals(27, figures.get(Metric.AUDIO_QUEUE_RISE), 1e-6);
        assertEquals(Double.POSITIVE_INFINITY, figures.get(Metric.RAMP_1000), "50 packets of 1000 bytes a second");
        assertTrue(Double.isNaN(judge(10_000, 40_000).get(Metric.AUDIO_QUEUE_RISE)), "no rise");
    }

    @Test
    void shouldCountResumesAsIceRestarts() throws Exception {
        Map<Metric, Double> figures = judge(10_000, 40_000);
        assertEquals(1, figures.get(Metric.REJOINS));
        assertEquals(3, figures.get(Metric.ICE_RESTARTS), "two resumes and a rejoin");
    }

    @Test
    void shouldLeaveOutWhatNobodyLogged() throws Exception {
        Map<Metric, Double> figures = new Judge(situation(10_000, 40_000), viewer(), publisher(), List.of(),
                Optional.empty()).figures();
        for (Metric metric : List.of(Metric.UTILISATION, Metric.QUEUE_P95, Metric.PADDING, Metric.RTX,
                Metric.OTHERS_FREEZE)) {
            assertTrue(Double.isNaN(figures.get(metric)), metric.key());
        }
        assertEquals(400, figures.get(Metric.RECOVERY_AUDIO), 1e-6);
    }

    @Test
    void shouldCallAPictureThatNeverCameFrozen() throws Exception {
        BrowserLog blind = new BrowserLog(MAPPER.readTree("{\"joinedAtMs\":1000000,\"samples\":[{\"tMs\":1000000},{\"tMs\":1040000}]}"),
                STARTED_MS);
        Map<Metric, Double> figures = new Judge(situation(10_000, 40_000), blind, publisher(), List.of(blind),
                Optional.empty()).figures();
        assertEquals(1, figures.get(Metric.FREEZE_RATIO));
        assertEquals(1, figures.get(Metric.OTHERS_FREEZE));
        assertEquals(30_000, figures.get(Metric.PICTURE_GAP));
        assertEquals(Double.POSITIVE_INFINITY, figures.get(Metric.RECOVERY_VIDEO), "waited for in vain");
    }

    private static BrowserLog deaf(String connectedAtMs, int endMs) throws Exception {
        return new BrowserLog(MAPPER.readTree("{\"joinedAtMs\":1000500,\"connections\":[{\"connectedAtMs\":"
                + connectedAtMs + "}],\"samples\":[{\"tMs\":1000000},{\"tMs\":" + (1_000_000 + endMs) + "}]}"),
                STARTED_MS);
    }

    @Test
    void shouldCallAConnectionThatNeverCameNever() throws Exception {
        LinkProfile profile = LinkProfile.parse("p", List.of("t_ms,up_kbps,down_kbps", "0,1000,1000"));
        LinkSettings whole = new LinkSettings(50, 0, 60_000, 0, 1, null);
        for (int endMs : new int[] {10_499, 10_500}) {
            double waited = endMs < 10_500 ? Double.NaN : Double.POSITIVE_INFINITY;
            for (Direction direction : Direction.values()) {
                BrowserLog station = deaf("null", endMs);
                BrowserLog hospital = deaf("1000600", endMs);
                boolean down = direction == Direction.DOWN;
                Map<Metric, Double> figures = new Judge(new Situation(profile, whole, direction, 0, 40_000, 0, -1, -1),
                        down ? station : hospital, down ? hospital : station, List.of(),
                        Optional.of(log(new StringBuilder(LOG_HEAD)))).figures();
                assertEquals(waited, figures.get(Metric.FIRST_AUDIO), direction.word());
                assertEquals(waited, figures.get(Metric.FIRST_FRAME), direction.word());
                if (down) {
                    assertEquals(waited, figures.get(Metric.RAMP_500));
                }
            }
        }
    }

    @Test
    void shouldGiveAJoinItsTime() throws Exception {
        // The first picture comes at 1.2 s.
        assertEquals(0, judge(0, 19_900).get(Metric.FREEZE_RATIO), 1e-6);
        BrowserLog late = new BrowserLog(MAPPER.readTree("{\"joinedAtMs\":1000000,\"frames\":[1008000],\"samples\":"
                + "[{\"tMs\":1000000},{\"tMs\":1010000}]}"), STARTED_MS);
        assertEquals(0.3, new Judge(situation(0, 10_000), late, publisher(), List.of(), Optional.empty()).figures()
                .get(Metric.FREEZE_RATIO), 1e-6);
    }

    @Test
    void shouldSeeThatAnEncoderWasShortOfCpu() {
        assertEquals(1, publisher().points().stream().filter(BrowserLog.Point::limitedByCpu).count());
    }

    @Test
    void shouldKnowTheAudioIndexOfKnownCalls() {
        // Worked figures of the short form: 150 ms with 0, 5 and 20 % lost; 300 ms with 1 %.
        assertEquals(4.19, Judge.audioIndex(0, 150), 0.01);
        assertEquals(3.43, Judge.audioIndex(0.05, 150), 0.01);
        assertEquals(2.04, Judge.audioIndex(0.20, 150), 0.01);
        assertEquals(3.26, Judge.audioIndex(0.01, 300), 0.01);
        assertEquals(1, Judge.audioIndex(1, 2_000));
    }

    @Test
    void shouldDrawARunWithAllItsParts() throws Exception {
        String svg = new RunPlot("commune, seed 1", situation(0, 40_000), viewer(), Optional.of(packets())).svg();
        var document = javax.xml.parsers.DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new org.xml.sax.InputSource(new StringReader(svg)));
        assertEquals(4, document.getDocumentElement().getElementsByTagName("svg").getLength());
        String text = document.getDocumentElement().getTextContent();
        for (String word : List.of("capacity", "sent", "came through", "queue, ms", "layer", "picture frozen",
                "sound concealed", "commune, seed 1")) {
            assertTrue(text.contains(word), word);
        }
        String blind = new RunPlot("t", situation(0, 40_000), viewer(), Optional.empty()).svg();
        assertEquals(2, blind.split("<svg ", -1).length - 2);
    }
}
