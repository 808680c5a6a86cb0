// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.Ping;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.admin.SignalingMetrics;
import org.nhipcau.signaling.http.MessageDeflate;
import org.nhipcau.signaling.session.JoinAttempt;

/** One client's socket: modes, limits, closing. */
class SignalSocketTest {
    private static final SignalRequest PING = SignalRequest.newBuilder().setPingReq(Ping.newBuilder().setTimestamp(7))
            .build();

    private EdgeFixture edge;

    @BeforeEach
    void start() throws Exception {
        edge = new EdgeFixture("signaling.limits.max-frame-bytes=16384", "signaling.limits.messages-per-second=1",
                "signaling.limits.message-burst=20", "signaling.limits.send-queue-messages=16");
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    /** A short masked client frame (RFC 6455 §5.2) with an all-zero mask. */
    private static byte[] frame(int firstByte, byte[] payload) {
        byte[] frame = new byte[6 + payload.length];
        frame[0] = (byte) firstByte;
        frame[1] = (byte) (0x80 | payload.length);
        System.arraycopy(payload, 0, frame, 6, payload.length);
        return frame;
    }

    private Socket upgraded() throws Exception {
        return upgraded(false);
    }

    private Socket upgraded(boolean deflates) throws Exception {
        String[] headers = deflates
                ? new String[] {"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"}
                : new String[0];
        return upgraded(deflates, headers);
    }

    private Socket upgraded(boolean deflates, String... headers) throws Exception {
        Socket socket = edge.raw();
        socket.getOutputStream().write(edge.upgradeRequest("/rtc?access_token=" + edge.token(), headers)
                .getBytes(StandardCharsets.ISO_8859_1));
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        assertTrue(head.toString().startsWith("HTTP/1.1 101"), head::toString);
        assertEquals(deflates, head.toString().toLowerCase(java.util.Locale.ROOT).contains(
                "sec-websocket-extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover"));
        return socket;
    }

    private EmbeddedChannel deflating(EdgeFixture edge) {
        SignalSocket socket = new SignalSocket(edge, new JoinAttempt(null, JoinRequest.getDefaultInstance(), true),
                edge.config.signaling().limits(), new SignalingMetrics(new SimpleMeterRegistry()), 0);
        EmbeddedChannel channel = new EmbeddedChannel(socket);
        socket.upgraded(channel.pipeline().context(socket), true);
        channel.releaseOutbound();
        return channel;
    }

    @Test
    void shouldTakeCompressedMessagesWhereThatWasAgreed() throws Exception {
        try (Socket socket = upgraded(true)) {
            EdgeFixture.Session session = edge.session();
            OutputStream out = socket.getOutputStream();
            out.write(frame(0xC2, MessageDeflate.pack(PING.toByteArray())));
            assertEquals(PING, session.message());
            out.write(frame(0x82, PING.toByteArray()));
            assertEquals(PING, session.message());
            out.write(frame(0xC9, new byte[1]));
            assertTrue(session.gone(), "a ping cannot be compressed");
        }
    }

    @Test
    void shouldNotAgreeOnCompressionWithWhoFailsInIt() throws Exception {
        try (Socket socket = upgraded(false, "Sec-WebSocket-Extensions: permessage-deflate\r\n",
                "User-Agent: Station/1 CFNetwork/1410.0.3 Darwin/22.6.0\r\n")) {
            socket.getOutputStream().write(frame(0x82, PING.toByteArray()));
            assertEquals(PING, edge.session().message());
        }
    }

    @Test
    void shouldCountCompressedMessagesByTheWorkTheyMayMake() throws Exception {
        EmbeddedChannel channel = deflating(edge);
        EdgeFixture.Session session = edge.session();
        String noise = new Random(1).ints(16_000, ' ', '~').collect(StringBuilder::new, StringBuilder::appendCodePoint,
                StringBuilder::append).toString();
        byte[] packed = MessageDeflate.pack(SignalRequest.newBuilder().setOffer(SessionDescription.newBuilder()
                .setSdp(noise)).build().toByteArray());
        assertTrue(packed.length > 12_288, "bytes: " + packed.length);
        for (int i = 0; i < 2; i++) {
            channel.writeInbound(new BinaryWebSocketFrame(true, MessageDeflate.RSV1, Unpooled.wrappedBuffer(packed)));
        }
        assertEquals(noise, session.messages.poll().getOffer().getSdp());
        assertNull(session.messages.poll());
        CloseWebSocketFrame close = channel.readOutbound();
        assertEquals(1008, close.statusCode());
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldCompressWhatDescribesASession() throws Exception {
        EmbeddedChannel channel = deflating(edge);
        EdgeFixture.Session session = edge.session();
        SignalResponse answer = SignalResponse.newBuilder().setAnswer(SessionDescription.newBuilder().setType("answer")
                .setSdp("a=rtcp-fb:96 transport-cc\r\n".repeat(400))).build();
        session.sink.send(answer);
        BinaryWebSocketFrame packed = channel.readOutbound();
        assertEquals(MessageDeflate.RSV1, packed.rsv());
        byte[] bytes = ByteBufUtil.getBytes(packed.content());
        assertTrue(bytes.length * 10 < answer.getSerializedSize(), "bytes: " + bytes.length);
        assertEquals(answer, SignalResponse.parseFrom(MessageDeflate.unpack(bytes, 16_384)));
        session.sink.send(SignalResponse.newBuilder().setRefreshToken("x".repeat(2_000)).build());
        session.sink.send(SignalResponse.newBuilder().setAnswer(SessionDescription.newBuilder().setSdp("v=0")).build());
        assertEquals(0, ((BinaryWebSocketFrame) channel.readOutbound()).rsv(), "a secret");
        assertEquals(0, ((BinaryWebSocketFrame) channel.readOutbound()).rsv(), "a short message");
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldCloseOnCompressedMessagesThatAreTooLongOrNone() throws Exception {
        byte[] bomb = MessageDeflate.pack(new byte[16_385]);
        for (byte[] bad : new byte[][] {bomb, {(byte) 0xff, (byte) 0xff}}) {
            EmbeddedChannel channel = deflating(edge);
            EdgeFixture.Session session = edge.session();
            channel.writeInbound(new BinaryWebSocketFrame(true, MessageDeflate.RSV1, Unpooled.wrappedBuffer(bad)));
            CloseWebSocketFrame close = channel.readOutbound();
            assertEquals(bad == bomb ? 1009 : 1007, close.statusCode());
            assertNull(session.messages.poll());
            channel.finishAndReleaseAll();
        }
        try (EdgeFixture large = new EdgeFixture("signaling.limits.max-frame-bytes=2097152")) {
            EmbeddedChannel channel = deflating(large);
            channel.writeInbound(new BinaryWebSocketFrame(true, MessageDeflate.RSV1,
                    Unpooled.buffer().writeZero(131_073)));
            assertEquals(1009, ((CloseWebSocketFrame) channel.readOutbound()).statusCode(), "not even unpacked");
        }
    }

    @Test
    void shouldAnswerInTheModeLastReceived() throws Exception {
        EdgeFixture.Client client = edge.connect("/rtc");
        EdgeFixture.Session session = edge.session();
        assertTrue(client.response().hasJoin());
        client.socket.sendText("{\"mute\":{\"sid\":\"TR_x\"}}", true);
        assertEquals(MuteTrackRequest.newBuilder().setSid("TR_x").build(), session.message().getMute());
        session.sink.send(SignalResponse.newBuilder().setPong(5).build());
        assertEquals("{\"pong\":\"5\"}", client.text.poll(EdgeFixture.WAIT_S, TimeUnit.SECONDS));
        client.send(PING);
        assertEquals(PING, session.message());
        session.sink.send(SignalResponse.newBuilder().setPong(6).build());
        assertEquals(6, client.response().getPong());
        assertEquals(2, edge.count("nhipcau.signaling.messages", "direction", "in"));
        assertEquals(3, edge.count("nhipcau.signaling.messages", "direction", "out"));
        assertEquals(1, edge.count("nhipcau.signaling.joins"));
    }

    @Test
    void shouldJoinFragmentsAndAnswerPings() throws Exception {
        EdgeFixture.Client client = edge.connect("/rtc");
        EdgeFixture.Session session = edge.session();
        byte[] bytes = PING.toByteArray();
        client.socket.sendBinary(ByteBuffer.wrap(bytes, 0, 1), false).join();
        client.socket.sendPing(ByteBuffer.wrap("hi".getBytes(StandardCharsets.UTF_8))).join();
        client.socket.sendBinary(ByteBuffer.wrap(bytes, 1, bytes.length - 1), true).join();
        assertEquals(PING, session.message());
        assertEquals("hi", client.pongs.poll(EdgeFixture.WAIT_S, TimeUnit.SECONDS));
    }

    @Test
    void shouldKeepFramesThatComeBeforeTheUpgradeIsDone() throws Exception {
        JoinAttempt attempt = new JoinAttempt(null, JoinRequest.getDefaultInstance(), true);
        SignalSocket socket = new SignalSocket(edge, attempt, edge.config.signaling().limits(),
                new SignalingMetrics(new SimpleMeterRegistry()), 0);
        EmbeddedChannel channel = new EmbeddedChannel(socket);
        channel.writeInbound(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(PING.toByteArray())));
        assertEquals(0, edge.sessions.size());
        socket.upgraded(channel.pipeline().context(socket), false);
        assertEquals(PING, edge.session().messages.poll());
        channel.finishAndReleaseAll();
        SignalSocket flooded = new SignalSocket(edge, attempt, edge.config.signaling().limits(),
                new SignalingMetrics(new SimpleMeterRegistry()), 0);
        EmbeddedChannel second = new EmbeddedChannel(flooded);
        for (int i = 0; i < 20 && second.isOpen(); i++) {
            second.writeInbound(new BinaryWebSocketFrame(Unpooled.buffer(1)));
        }
        assertFalse(second.isOpen());
        flooded.upgraded(second.pipeline().firstContext(), false);
        assertEquals(0, edge.sessions.size());
    }

    @Test
    void shouldNotPileUpAnswersToPingsForOneWhoDoesNotRead() throws Exception {
        SignalSocket socket = new SignalSocket(edge, new JoinAttempt(null, JoinRequest.getDefaultInstance(), true),
                edge.config.signaling().limits(), new SignalingMetrics(new SimpleMeterRegistry()), 0);
        EmbeddedChannel channel = new EmbeddedChannel(socket);
        socket.upgraded(channel.pipeline().context(socket), false);
        channel.releaseOutbound();
        channel.writeInbound(new PingWebSocketFrame(Unpooled.buffer(1)));
        assertEquals(1, channel.outboundMessages().size());
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        channel.writeInbound(new PingWebSocketFrame(Unpooled.buffer(1)));
        assertEquals(1, channel.outboundMessages().size());
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldCloseOnMessagesThatAreTooBig() throws Exception {
        EdgeFixture.Client whole = edge.connect("/rtc");
        EdgeFixture.Session session = edge.session();
        whole.socket.sendBinary(ByteBuffer.allocate(16_385), true);
        assertEquals(1009, whole.code());
        assertTrue(session.gone());
        EdgeFixture.Client parts = edge.connect("/rtc");
        EdgeFixture.Session second = edge.session();
        parts.socket.sendBinary(ByteBuffer.allocate(16_000), false).join();
        parts.socket.sendBinary(ByteBuffer.allocate(16_000), false).join();
        assertEquals(1009, parts.code());
        assertTrue(second.gone());
        assertNull(second.messages.poll());
    }

    @Test
    void shouldCloseOnFloodsOfMessagesAndOfEmptyFragments() throws Exception {
        EdgeFixture.Client flood = edge.connect("/rtc");
        EdgeFixture.Session session = edge.session();
        try {
            for (int i = 0; i < 25; i++) {
                flood.send(PING);
            }
        } catch (CompletionException e) {
            // The server was quick to close.
        }
        assertEquals(1008, flood.code());
        assertTrue(session.gone());
        int taken = session.messages.size();
        assertTrue(taken >= 20 && taken <= 22, "taken " + taken);
        assertEquals(1, edge.count("nhipcau.signaling.limited", "limit", "messages"));
        try (Socket socket = upgraded()) {
            EdgeFixture.Session second = edge.session();
            OutputStream out = socket.getOutputStream();
            out.write(frame(0x02, new byte[0]));
            for (int i = 0; i < 30; i++) {
                out.write(frame(0x00, new byte[0]));
            }
            out.write(frame(0x88, new byte[0]));
            assertTrue(second.gone());
        }
        assertEquals(2, edge.count("nhipcau.signaling.limited", "limit", "messages"));
    }

    @Test
    void shouldCountLargeMessagesAsMany() throws Exception {
        try (EdgeFixture large = new EdgeFixture("signaling.limits.max-frame-bytes=2097152",
                "signaling.limits.messages-per-second=1", "signaling.limits.message-burst=100")) {
            EdgeFixture.Client client = large.connect("/rtc");
            EdgeFixture.Session session = large.session();
            byte[] bytes = SignalRequest.newBuilder().setMute(MuteTrackRequest.newBuilder()
                    .setSid("x".repeat(800_000))).build().toByteArray();
            try {
                for (int i = 0; i < 10; i++) {
                    client.socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
                }
            } catch (CompletionException e) {
                // The server was quick to close.
            }
            assertTrue(session.gone());
            int taken = session.messages.size();
            assertTrue(taken >= 1 && taken <= 3, "taken " + taken);
            assertEquals(1, large.count("nhipcau.signaling.limited", "limit", "messages"));
        }
    }

    @Test
    void shouldCloseOnWhatIsNoMessage() throws Exception {
        EdgeFixture.Client client = edge.connect("/rtc");
        client.socket.sendText("hello", true);
        assertEquals(1007, client.code());
        EdgeFixture.Client binary = edge.connect("/rtc");
        binary.socket.sendBinary(ByteBuffer.wrap(new byte[] {0x0a, 0x7f, 1}), true);
        assertEquals(1007, binary.code());
    }

    @Test
    void shouldCloseOnFramesThatBreakTheProtocol() throws Exception {
        byte[] unmasked = {(byte) 0x82, 1, 0};
        byte[] reserved = frame(0xC2, new byte[1]);
        byte[] opcode = frame(0x83, new byte[1]);
        byte[] continuation = frame(0x80, new byte[1]);
        for (byte[] bad : new byte[][] {unmasked, reserved, opcode, continuation}) {
            try (Socket socket = upgraded()) {
                EdgeFixture.Session session = edge.session();
                socket.getOutputStream().write(bad);
                socket.shutdownOutput();
                assertTrue(session.gone());
                assertNull(session.messages.poll());
            }
        }
    }

    @Test
    void shouldSendWhatIsQueuedBeforeItCloses() throws Exception {
        EdgeFixture.Client client = edge.connect("/rtc");
        EdgeFixture.Session session = edge.session();
        session.sink.send(SignalResponse.newBuilder().setPong(1).build());
        session.sink.close(1000, "bye");
        session.sink.close(1011, "again");
        session.sink.send(SignalResponse.newBuilder().setPong(2).build());
        assertTrue(client.response().hasJoin());
        assertEquals(1, client.response().getPong());
        assertEquals(1000, client.code());
        assertTrue(session.gone());
        assertNull(client.binary.poll());
        assertNull(session.closed.poll());
    }

    @Test
    void shouldTellTheSessionOnceHoweverTheSocketEnds() throws Exception {
        EdgeFixture.Client polite = edge.connect("/rtc");
        EdgeFixture.Session first = edge.session();
        polite.socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
        assertTrue(first.gone());
        assertEquals(1000, polite.code());
        EdgeFixture.Client rude = edge.connect("/rtc");
        EdgeFixture.Session second = edge.session();
        rude.socket.abort();
        assertTrue(second.gone());
        assertEquals(0, edge.registry.get("nhipcau.signaling.websockets").gauge().value());
    }

    @Test
    void shouldCloseAReaderThatIsTooSlow() throws Exception {
        try (Socket socket = upgraded()) {
            EdgeFixture.Session session = edge.session();
            socket.setReceiveBufferSize(1_024);
            SignalResponse big = SignalResponse.newBuilder().setRefreshToken("x".repeat(16_000)).build();
            for (int i = 0; i < 2_000 && session.closed.isEmpty(); i++) {
                session.sink.send(big);
            }
            assertTrue(session.gone());
        }
        assertEquals(1, edge.count("nhipcau.signaling.limited", "limit", "send_queue"));
    }

    @Test
    void shouldCloseOnlyTheSocketOfASessionThatFails() throws Exception {
        EdgeFixture.Client client = edge.connect("/rtc");
        EdgeFixture.Session session = edge.session();
        EdgeFixture.Client other = edge.connect("/rtc");
        EdgeFixture.Session otherSession = edge.session();
        session.failure = new IllegalStateException("a bug");
        client.send(PING);
        assertEquals(1011, client.code());
        assertTrue(session.gone());
        other.send(PING);
        assertNotNull(otherSession.message());
    }
}
