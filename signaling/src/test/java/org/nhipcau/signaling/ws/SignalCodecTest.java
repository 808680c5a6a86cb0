// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.UnknownFieldSet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.junit.jupiter.api.Test;

class SignalCodecTest {
    private static SignalRequest text(String json) {
        return SignalCodec.read(json.getBytes(StandardCharsets.UTF_8), true);
    }

    @Test
    void shouldReadBothModes() {
        SignalRequest mute = SignalRequest.newBuilder()
                .setMute(MuteTrackRequest.newBuilder().setSid("TR_x").setMuted(true)).build();
        assertEquals(mute, SignalCodec.read(mute.toByteArray(), false));
        assertEquals(mute, text("{\"mute\":{\"sid\":\"TR_x\",\"muted\":true}}"));
        SignalResponse pong = SignalResponse.newBuilder().setPong(5).build();
        assertEquals("{\"pong\":\"5\"}", new String(SignalCodec.write(pong, true), StandardCharsets.UTF_8));
    }

    @Test
    void shouldIgnoreWhatNewerClientsSend() throws Exception {
        SignalRequest newer = SignalRequest.newBuilder().setUnknownFields(UnknownFieldSet.newBuilder().addField(23,
                UnknownFieldSet.Field.newBuilder().addVarint(5).build()).build()).build();
        SignalRequest read = SignalCodec.read(newer.toByteArray(), false);
        assertNotNull(read);
        assertEquals(SignalRequest.MessageCase.MESSAGE_NOT_SET, read.getMessageCase());
        assertEquals(SignalRequest.MessageCase.MESSAGE_NOT_SET,
                text("{\"getDataBlob\":{\"a\":[1,{}]}}").getMessageCase());
    }

    @Test
    void shouldRefuseWhatIsNoMessage() {
        for (String json : new String[] {"", "[]", "null", "5", "{", "{}x", "{\"mute\":5}", "{\"mute\":{},\"mute\":{}}",
            "{\"mute\":{\"sid\":\"a\",\"sid\":\"b\"}}", "[".repeat(100_000), "{\"a\":".repeat(10_000),
            "{\"mute\":{},\"addTrack\":{}}", "{mute:{}}", "{'mute':{}}"}) {
            assertNull(text(json), json.substring(0, Math.min(json.length(), 40)));
        }
        assertNull(SignalCodec.read(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}, true));
        assertNull(SignalCodec.read(new byte[] {0x0a, 0x7f, 1}, false));
        // A group nested without end.
        byte[] groups = new byte[100_000];
        java.util.Arrays.fill(groups, (byte) 0x0b);
        assertNull(SignalCodec.read(groups, false));
        assertFalse(SignalCodec.read(new byte[0], false).hasMute());
    }

    /** The protojson reader expands them; without the bound each of these takes minutes. */
    @Test
    void shouldRefuseNumbersThatAreCostlyToExpand() {
        String width = "{\"addTrack\":{\"width\":%s}}";
        String arabic = "\u0661e\u0669\u0669\u0669\u0669\u0669\u0669\u0669\u0669\u0669";
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            for (String number : new String[] {"1e99999999", "\"1E99999999\"", "1e999999999", "1E+999999999",
                "-1.5e999999999", "\"1e999999999\"",
                "\"1.E999999999\"", '"' + arabic + '"', "1e-999999999", '"' + "9".repeat(1_000_000) + '"'}) {
                assertNull(text(width.formatted(number)), number.substring(0, Math.min(number.length(), 40)));
            }
        });
        assertEquals(1_000, text(width.formatted("1e3")).getAddTrack().getWidth());
        assertEquals(1_280, text(width.formatted("\"1280\"")).getAddTrack().getWidth());
        assertEquals("e99999 e", text("{\"addTrack\":{\"cid\":\"e99999 e\"}}").getAddTrack().getCid());
        assertEquals("", text("{\"addTrack\":{\"cid\":\"\"}}").getAddTrack().getCid());
    }

    @Test
    void shouldSurviveMutations() {
        byte[] sample = SignalRequest.newBuilder().setAddTrack(AddTrackRequest.newBuilder().setCid("cid")
                .setWidth(1_280)
                .addLayers(livekit.LivekitModels.VideoLayer.newBuilder().setBitrate(5).setHeight(180))).build()
                .toByteArray();
        byte[] json = "{\"addTrack\":{\"cid\":\"cid\",\"width\":1280,\"layers\":[{\"bitrate\":5}]}}"
                .getBytes(StandardCharsets.UTF_8);
        long seed = 4_711L;
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 50_000; i++) {
            boolean inText = (i & 1) == 0;
            byte[] bytes = (inText ? json : sample).clone();
            for (int flips = random.nextInt(3) + 1; flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                read += SignalCodec.read(bytes, inText) == null ? 0 : 1;
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + " round " + i, e);
            }
        }
        assertTrue(read > 100 && read < 49_900, "seed " + seed + ": " + read);
    }
}
