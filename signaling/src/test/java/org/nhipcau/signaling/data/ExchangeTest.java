// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import livekit.LivekitMetrics.MetricsBatch;
import livekit.LivekitModels.ActiveSpeakerUpdate;
import livekit.LivekitModels.ChatMessage;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.DataStream;
import livekit.LivekitModels.EncryptedPacket;
import livekit.LivekitModels.RpcAck;
import livekit.LivekitModels.RpcRequest;
import livekit.LivekitModels.RpcResponse;
import livekit.LivekitModels.SipDTMF;
import livekit.LivekitModels.Transcription;
import livekit.LivekitModels.UserPacket;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.DataChannel;

/** Whom each message reaches, and as what. */
@SuppressWarnings("deprecation")
class ExchangeTest extends ExchangeFixture {
    @Test
    void saysWhoSentItWhateverTheSenderSays() {
        Person an = open("an");
        Person binh = open("binh");
        UnknownFieldSet newer = UnknownFieldSet.newBuilder().addField(900, UnknownFieldSet.Field.newBuilder()
                .addVarint(7).build()).build();
        DataPacket.Builder packet = say("chào").setParticipantIdentity("binh").setParticipantSid("PA_binh")
                .setKind(DataPacket.Kind.LOSSY).setSequence(4).addDestinationIdentities("binh").setUnknownFields(newer);
        packet.getUserBuilder().setParticipantIdentity("binh").setParticipantSid("PA_binh").setTopic("t")
                .addDestinationIdentities("binh").addDestinationSids("PA_x");
        send(an, packet);
        DataPacket got = binh.got.getFirst();
        assertEquals(DataPacket.newBuilder().setParticipantIdentity("an").setParticipantSid("PA_an")
                .setKind(DataPacket.Kind.RELIABLE).setSequence(4).setUnknownFields(newer)
                .setUser(UserPacket.newBuilder().setPayload(ByteString.copyFromUtf8("chào")).setTopic("t")
                        .setParticipantIdentity("an").setParticipantSid("PA_an")).build(), got);
        exchange.received(an, DataChannel.LOSSY, say("x").setSequence(9).build().toByteArray());
        assertEquals(DataPacket.Kind.LOSSY, binh.got.getLast().getKind(), "the channel says so, not the client");
        assertEquals(0, binh.got.getLast().getSequence());
        assertEquals(4, exchange.lastSequence(an));
    }

    @Test
    void goesToAllOthersOrToThoseNamed() {
        Person an = open("an");
        Person binh = open("binh");
        Person chi = open("chi");
        send(an, say("all"));
        send(an, say("binh").addDestinationIdentities("binh").addDestinationIdentities("an"));
        DataPacket.Builder older = say("chi");
        older.getUserBuilder().addDestinationSids("PA_chi");
        send(an, older);
        DataPacket.Builder oldest = say("chi too");
        oldest.getUserBuilder().addDestinationIdentities("chi");
        send(an, oldest);
        send(an, say("nobody").addDestinationIdentities("dung"));
        assertEquals(List.of(), an.words());
        assertEquals(List.of("all", "binh"), binh.words());
        assertEquals(List.of("all", "chi", "chi too"), chi.words());
    }

    @Test
    void whoMayNotSendIsNotHeardAndWhoMayNotHearHearsNothing() {
        Person an = open("an");
        Person binh = open("binh");
        an.maySend = false;
        send(an, say("1").setSequence(1));
        an.maySend = true;
        an.present = false;
        send(an, say("2").setSequence(2));
        an.present = true;
        binh.mayHear = false;
        send(an, say("3").setSequence(3));
        binh.mayHear = true;
        binh.present = false;
        send(an, say("4").setSequence(4));
        binh.present = true;
        send(an, say("5").setSequence(5));
        assertEquals(List.of("5"), binh.words());
        assertEquals(Map.of(Refusal.NOT_PERMITTED, 2), refused);
        exchange.undelivered(binh);
        exchange.resumed(binh);
        exchange.missed(binh, Map.of());
        assertEquals(List.of("5", "5"), binh.words(), "nor later");
        exchange.resumed(an);
        send(an, say("2").setSequence(2));
        assertEquals(2, binh.words().size(), "what was refused comes in by no second way");
    }

    @Test
    void onlyKindsThatAParticipantMaySendPass() {
        Person an = open("an");
        Person binh = open("binh");
        List<DataPacket.Builder> passing = List.of(say("x"),
                DataPacket.newBuilder().setSipDtmf(SipDTMF.newBuilder().setDigit("1")),
                DataPacket.newBuilder().setChatMessage(ChatMessage.newBuilder().setMessage("x")),
                DataPacket.newBuilder().setRpcRequest(RpcRequest.newBuilder().setMethod("m")),
                DataPacket.newBuilder().setRpcAck(RpcAck.newBuilder().setRequestId("1")),
                DataPacket.newBuilder().setRpcResponse(RpcResponse.newBuilder().setRequestId("1")),
                DataPacket.newBuilder().setStreamHeader(DataStream.Header.newBuilder().setStreamId("s")),
                DataPacket.newBuilder().setStreamChunk(DataStream.Chunk.newBuilder().setStreamId("s")),
                DataPacket.newBuilder().setStreamTrailer(DataStream.Trailer.newBuilder().setStreamId("s")),
                DataPacket.newBuilder().setEncryptedPacket(EncryptedPacket.newBuilder().setKeyIndex(1)));
        List<DataPacket.Builder> refusedKinds = List.of(DataPacket.newBuilder(),
                DataPacket.newBuilder().setMetrics(MetricsBatch.newBuilder().setTimestampMs(1)),
                DataPacket.newBuilder().setSpeaker(ActiveSpeakerUpdate.getDefaultInstance()),
                DataPacket.newBuilder().setTranscription(Transcription.newBuilder().setTrackId("t")));
        assertEquals(DataPacket.ValueCase.values().length, passing.size() + refusedKinds.size(), "each kind once");
        for (DataPacket.Builder packet : passing) {
            send(an, packet);
            assertEquals(packet.getValueCase(), binh.got.getLast().getValueCase());
        }
        refusedKinds.forEach(packet -> send(an, packet));
        assertEquals(passing.size(), binh.got.size());
        assertEquals(Map.of(Refusal.KIND, 4), refused);
    }

    @Test
    void anAgentWritesInTheNameOfOthersWhoAreThere() {
        Person agent = open("agent");
        Person binh = open("binh");
        Person an = open("an");
        agent.agent = true;
        DataPacket.Builder words = DataPacket.newBuilder().setParticipantIdentity("an")
                .setTranscription(Transcription.newBuilder().setTranscribedParticipantIdentity("an"));
        send(agent, words);
        send(agent, words.clone().setParticipantIdentity("nobody"));
        send(agent, say("x").setParticipantIdentity("an"));
        send(an, DataPacket.newBuilder().setParticipantIdentity("binh").setStreamHeader(DataStream.Header
                .getDefaultInstance()));
        assertEquals(List.of("an", "agent", "agent", "an"),
                binh.got.stream().map(DataPacket::getParticipantIdentity).toList());
        assertEquals("PA_agent", binh.got.getFirst().getParticipantSid());
    }

    @Test
    void nobodyLearnsWhoIsHidden() {
        Person ghost = open("ghost");
        Person an = open("an");
        ghost.hidden = true;
        send(ghost, say("x").setParticipantIdentity("an").setSequence(1));
        assertEquals("", an.got.getFirst().getParticipantIdentity());
        assertEquals("", an.got.getFirst().getParticipantSid());
        assertEquals("", an.got.getFirst().getUser().getParticipantSid());
        exchange.undelivered(an);
        exchange.resumed(an);
        exchange.missed(an, Map.of());
        assertEquals(1, an.got.size(), "it could not be told from what came before");
    }

    @Test
    void aNumberThatWasThereBeforeIsDropped() {
        Person an = open("an");
        Person binh = open("binh");
        for (int sequence : new int[] {1, 2, 2, 1, 5, 4, -2, 7, -1, -1}) {
            send(an, say(Integer.toUnsignedString(sequence)).setSequence(sequence));
        }
        send(binh, say("own count").setSequence(1));
        assertEquals(List.of("1", "2", "5", "4294967294", "4294967295"), binh.words());
        assertEquals(List.of("own count"), an.words());
        assertEquals(-1, exchange.lastSequence(an));
        assertEquals(Map.of(Refusal.REPEATED, 5), refused);
    }

    @Test
    void aNonceThatWasThereBeforeIsDroppedForItsSenderAlone() {
        Person an = open("an");
        Person binh = open("binh");
        Person chi = open("chi");
        DataPacket.Builder packet = say("once");
        packet.getUserBuilder().setNonce(ByteString.copyFrom(new byte[16]));
        send(an, packet);
        send(an, packet);
        send(binh, packet);
        assertEquals(2, chi.words().size());
        packet.getUserBuilder().setNonce(ByteString.copyFrom(new byte[3]));
        send(an, packet);
        send(an, packet);
        assertEquals(4, chi.words().size(), "that is no nonce");
        for (int i = 1; i <= Nonces.KEPT; i++) {
            packet.getUserBuilder().setNonce(ByteString.copyFrom(new byte[] {1, (byte) i, (byte) (i >> 8), 0, 0, 0, 0,
                0, 0, 0, 0, 0, 0, 0, 0, 0}));
            send(an, packet);
        }
        packet.getUserBuilder().setNonce(ByteString.copyFrom(new byte[16]));
        int before = chi.words().size();
        send(an, packet);
        assertEquals(before + 1, chi.words().size(), "the oldest are forgotten");
    }

    @Test
    void whatIsNoMessageOrTooLongGoesNowhere() {
        Person an = open("an");
        Person binh = open("binh");
        Random random = new Random(7);
        byte[] noise = new byte[300];
        for (int i = 0; i < 2_000; i++) {
            random.nextBytes(noise);
            exchange.received(an, DataChannel.LOSSY, noise);
        }
        assertTrue(refused.get(Refusal.MALFORMED) > 1_000);
        DataPacket.Builder crowd = say("x");
        for (int i = 0; i <= Envelope.MAX_DESTINATIONS; i++) {
            crowd.addDestinationIdentities("binh");
        }
        int before = refused.get(Refusal.MALFORMED);
        send(an, crowd);
        assertEquals(before + 1, refused.get(Refusal.MALFORMED));
        send(an, say("x".repeat(65_520)));
        assertEquals(1, refused.get(Refusal.TOO_LONG));
        assertEquals(List.of(), binh.words());
        send(an, say("x".repeat(65_400)));
        assertEquals(1, binh.words().size());
    }

    @Test
    void theRoomServiceSendsWithoutAName() {
        Person an = open("an");
        Person binh = open("binh");
        DataPacket.Builder packet = say("notice").addDestinationIdentities("binh");
        packet.getUserBuilder().setNonce(ByteString.copyFrom(new byte[16]));
        assertTrue(exchange.serve(packet.build(), DataChannel.LOSSY));
        assertTrue(exchange.serve(packet.build(), DataChannel.LOSSY));
        assertFalse(exchange.serve(say("x".repeat(66_000)).build(), DataChannel.LOSSY));
        assertEquals(List.of(), an.words());
        assertEquals(List.of("notice"), binh.words());
        assertEquals("", binh.got.getFirst().getParticipantSid());
    }
}
