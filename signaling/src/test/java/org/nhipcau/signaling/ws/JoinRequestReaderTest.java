// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import livekit.LivekitModels.ClientInfo;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.WrappedJoinRequest;
import org.junit.jupiter.api.Test;

class JoinRequestReaderTest {
    private static final int MAX = 65_536;

    static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    static String wrapped(WrappedJoinRequest.Compression compression, byte[] request) {
        return Base64.getUrlEncoder().encodeToString(WrappedJoinRequest.newBuilder().setCompression(compression)
                .setJoinRequest(ByteString.copyFrom(request)).build().toByteArray());
    }

    static JoinRequest request() {
        return JoinRequest.newBuilder()
                .setClientInfo(ClientInfo.newBuilder().setSdk(ClientInfo.SDK.JS).setProtocol(17)
                        .addCapabilitiesValue(2))
                .setConnectionSettings(ConnectionSettings.newBuilder().setAdaptiveStream(true))
                .setPublisherOffer(SessionDescription.newBuilder().setType("offer").setId(1)
                        .setSdp("v=0".repeat(5_000)))
                .setReconnect(true).setParticipantSid("PA_x").build();
    }

    @Test
    void shouldUnpackPlainAndCompressedRequestsWithAndWithoutPadding() throws Exception {
        byte[] bytes = request().toByteArray();
        String plain = wrapped(WrappedJoinRequest.Compression.NONE, bytes);
        String compressed = wrapped(WrappedJoinRequest.Compression.GZIP, gzip(bytes));
        for (String text : new String[] {plain, compressed}) {
            assertEquals(request(), JoinRequestReader.packed(text, MAX));
            assertEquals(request(), JoinRequestReader.packed(text.replace("=", ""), MAX));
            assertEquals(request(), JoinRequestReader.packed(text.replace('-', '+').replace('_', '/'), MAX));
        }
        assertFalse(JoinRequestReader.packed(plain, MAX).getConnectionSettings().getAutoSubscribe());
    }

    @Test
    void shouldForgetAddressesThatClientsClaim() {
        JoinRequest request = JoinRequest.newBuilder()
                .setClientInfo(ClientInfo.newBuilder().setAddress("192.0.2.1").setVersion("1")).build();
        JoinRequest read = JoinRequestReader.packed(wrapped(WrappedJoinRequest.Compression.NONE,
                request.toByteArray()), MAX);
        assertEquals("", read.getClientInfo().getAddress());
        assertEquals("1", read.getClientInfo().getVersion());
    }

    @Test
    void shouldBoundInflation() throws Exception {
        byte[] request = JoinRequest.newBuilder().setMetadata("a".repeat(MAX - 4)).build().toByteArray();
        assertEquals(MAX, request.length);
        assertNotNull(JoinRequestReader.packed(wrapped(WrappedJoinRequest.Compression.GZIP, gzip(request)), MAX));
        assertNull(JoinRequestReader.packed(wrapped(WrappedJoinRequest.Compression.GZIP, gzip(request)), MAX - 1));
        byte[] bomb = gzip(new byte[64 << 20]);
        assertTrue(bomb.length < MAX * 2);
        assertNull(JoinRequestReader.packed(wrapped(WrappedJoinRequest.Compression.GZIP, bomb), 1 << 20));
    }

    @Test
    void shouldRefuseWhatIsNoRequest() throws Exception {
        byte[] bytes = request().toByteArray();
        assertNull(JoinRequestReader.packed("!", MAX));
        assertNull(JoinRequestReader.packed("////", MAX));
        assertNull(JoinRequestReader.packed(wrapped(WrappedJoinRequest.Compression.GZIP, bytes), MAX));
        assertNull(JoinRequestReader.packed(wrapped(WrappedJoinRequest.Compression.NONE, gzip(bytes)), MAX));
        byte[] cut = java.util.Arrays.copyOf(gzip(bytes), 40);
        assertNull(JoinRequestReader.packed(wrapped(WrappedJoinRequest.Compression.GZIP, cut), MAX));
        String unknown = Base64.getUrlEncoder().encodeToString(WrappedJoinRequest.newBuilder().setCompressionValue(7)
                .setJoinRequest(ByteString.copyFrom(bytes)).build().toByteArray());
        assertNull(JoinRequestReader.packed(unknown, MAX));
    }

    @Test
    void shouldSurviveMutations() throws Exception {
        byte[][] samples = {
            WrappedJoinRequest.newBuilder().setJoinRequest(request().toByteString()).build().toByteArray(),
            WrappedJoinRequest.newBuilder().setCompression(WrappedJoinRequest.Compression.GZIP)
                    .setJoinRequest(ByteString.copyFrom(gzip(request().toByteArray()))).build().toByteArray()
        };
        long seed = 7_781L;
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = samples[i & 1].clone();
            for (int flips = random.nextInt(4) + 1; flips > 0; flips--) {
                bytes[random.nextInt(Math.min(bytes.length, 200))] = (byte) random.nextInt();
            }
            try {
                read += JoinRequestReader.packed(Base64.getUrlEncoder().encodeToString(bytes), MAX) == null ? 0 : 1;
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + " round " + i, e);
            }
        }
        assertTrue(read > 0 && read < 20_000, "seed " + seed + ": " + read);
    }
}
