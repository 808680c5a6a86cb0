// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import livekit.LivekitModels.ParticipantPermission;
import livekit.LivekitModels.Room;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRoom.ForwardParticipantRequest;
import livekit.LivekitRoom.ListRoomsResponse;
import livekit.LivekitRoom.UpdateParticipantRequest;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.api.ServiceException.Code;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.TokenIssuer;
import org.nhipcau.signaling.token.TokenVerifier;

class TwirpHandlerTest {
    private static final Map<String, String> KEYS = Map.of("devkey", "secret");

    private final List<String> called = new ArrayList<>();
    private final List<Message> requests = new ArrayList<>();
    private RuntimeException failure;
    private final TwirpHandler handler = new TwirpHandler(rooms(), new TokenVerifier(KEYS));

    /** Rooms that remember the request and answer with something that fits. */
    private RoomService rooms() {
        return (RoomService) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {RoomService.class},
                (proxy, method, args) -> {
                    if (failure != null) {
                        throw failure;
                    }
                    called.add(method.getName());
                    requests.add((Message) args[0]);
                    if (method.getReturnType() == Room.class) {
                        return Room.newBuilder().setSid("RM_x").setEmptyTimeout(300).setCreationTime(5).build();
                    }
                    return method.getReturnType().getMethod("getDefaultInstance").invoke(null);
                });
    }

    private static String token(boolean create, boolean list, boolean admin, String room, String destination) {
        return new TokenIssuer(KEYS).mint(new Grants("devkey", "", "", "", Map.of(), "", 0, 0, "", "", "",
                new Grants.Video(create, list, false, admin, false, room, null, null, null, List.of(), null, false,
                        false, false, false, destination)), 600);
    }

    private static final String CREATE = token(true, false, false, "", "");
    private static final String LIST = token(false, true, false, "", "");
    private static final String ADMIN = token(false, false, true, "r", "");

    private TwirpHandler.Reply call(String token, String method, String contentType, byte[] body) {
        TwirpHandler.Call call = handler.begin("POST", "livekit.RoomService/" + method, contentType, token);
        return call.refusal() != null ? call.refusal() : handler.carryOut(call, body);
    }

    private String json(String token, String method, String body) {
        TwirpHandler.Reply reply = call(token, method, "application/json", body.getBytes(StandardCharsets.UTF_8));
        assertEquals("application/json", reply.contentType());
        return reply.status() + " " + new String(reply.body(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldTakeBothSpellingsAndAnswerInSnakeCaseWithDefaults() throws Exception {
        for (String body : List.of("{\"name\":\"r\",\"emptyTimeout\":5,\"maxParticipants\":3,\"newer\":[{}]}",
                "{\"name\":\"r\",\"empty_timeout\":5,\"max_participants\":3}")) {
            String answer = json(CREATE, "CreateRoom", body);
            assertTrue(answer.startsWith("200 {\"sid\":\"RM_x\",\"name\":\"\",\"empty_timeout\":300,"), answer);
            assertTrue(answer.contains("\"creation_time\":\"5\"") && answer.contains("\"active_recording\":false"));
            assertEquals(CreateRoomRequest.newBuilder().setName("r").setEmptyTimeout(5).setMaxParticipants(3).build(),
                    requests.getLast());
        }
        assertEquals("200 {\"rooms\":[]}", json(LIST, "ListRooms", "{}"));
    }

    @Test
    void shouldSpeakProtobuf() throws Exception {
        CreateRoomRequest request = CreateRoomRequest.newBuilder().setName("r").build();
        TwirpHandler.Reply reply = call(CREATE, "CreateRoom", "application/protobuf; x=y", request.toByteArray());
        assertEquals("200 application/protobuf", reply.status() + " " + reply.contentType());
        assertEquals("RM_x", Room.parseFrom(reply.body()).getSid());
        assertEquals(request, requests.getLast());
        TwirpHandler.Reply list = call(LIST, "ListRooms", "Application/Protobuf", new byte[0]);
        assertEquals(ListRoomsResponse.getDefaultInstance(), ListRoomsResponse.parseFrom(list.body()));
    }

    @Test
    void shouldCheckTheGrantOfEveryMethod() {
        String other = token(true, true, true, "other", "d");
        String none = token(false, false, false, "r", "");
        String full = token(true, true, true, "r", "d");
        for (RoomMethod method : RoomMethod.values()) {
            String name = wireName(method);
            byte[] body =
                    "{\"room\":\"r\",\"identity\":\"a\",\"destination_room\":\"d\"}".getBytes(StandardCharsets.UTF_8);
            List<String> right = switch (name) {
                case "CreateRoom", "DeleteRoom" -> List.of(CREATE, full, other);
                case "ListRooms" -> List.of(LIST, full, other);
                case "ForwardParticipant", "MoveParticipant" -> List.of(full);
                default -> List.of(ADMIN, full);
            };
            for (String token : List.of(CREATE, LIST, ADMIN, other, none, full)) {
                int before = called.size();
                int status = call(token, name, "application/json", body).status();
                boolean passed = called.size() > before || status == 501;
                assertEquals(right.contains(token), passed, name + " with token " + List.of(CREATE, LIST, ADMIN, other,
                        none, full).indexOf(token));
                assertEquals(right.contains(token) ? status : 401, status, name);
            }
        }
        assertEquals(11, called.stream().distinct().count());
    }

    private static String wireName(RoomMethod method) {
        StringBuilder name = new StringBuilder();
        for (String word : method.name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
        }
        assertEquals(method, RoomMethod.named(name.toString()));
        return name.toString();
    }

    @Test
    void shouldLetNoStrangerAskAnything() {
        for (String token : List.of("", "x", CREATE + "x", CREATE.substring(5))) {
            for (String route : List.of("livekit.RoomService/CreateRoom", "livekit.Egress/ListEgress", "x", "")) {
                TwirpHandler.Call call = handler.begin("POST", route, "application/json", token);
                assertNotNull(call.refusal());
                assertEquals("401 {\"code\":\"unauthenticated\",\"msg\":\"permissions denied\"}",
                        call.refusal().status()
                        + " " + new String(call.refusal().body(), StandardCharsets.UTF_8));
            }
        }
        assertTrue(json(LIST, "CreateRoom", "{}").startsWith("401 {\"code\":\"unauthenticated\""));
    }

    @Test
    void shouldRefuseOtherServicesMethodsAndTypes() {
        for (String service : List.of("Egress", "Ingress", "SIP", "AgentDispatchService", "Connector")) {
            TwirpHandler.Call call = handler.begin("POST", "livekit." + service + "/List", "application/json", CREATE);
            assertEquals(501, call.refusal().status());
        }
        assertEquals(404, call(CREATE, "NoSuch", "application/json", new byte[0]).status());
        assertEquals(404, call(CREATE, "CreateRoom/x", "application/json", new byte[0]).status());
        assertEquals(404, call(CREATE, "CreateRoom", "text/plain", new byte[0]).status());
        assertEquals(404, call(CREATE, "CreateRoom", "", new byte[0]).status());
        assertEquals(404, handler.begin("GET", "livekit.RoomService/CreateRoom", "application/json", CREATE).refusal()
                .status());
        assertEquals(501, call(token(false, false, true, "r", "d"), "MoveParticipant", "application/protobuf",
                ForwardParticipantRequest.newBuilder().setRoom("r").setDestinationRoom("d").build().toByteArray())
                .status());
        assertNull(handler.begin("POST", "livekit.RoomService/CreateRoom", "application/json", CREATE).refusal());
    }

    @Test
    void shouldRefuseBodiesItCannotRead() {
        for (String body : List.of("", "[]", "{", "{\"name\":{}}", "{\"name\":\"a\",\"name\":\"b\"}", "{}{}",
                "[".repeat(100_000))) {
            assertTrue(json(CREATE, "CreateRoom", body).startsWith("400 {\"code\":\"malformed\""), body);
        }
        for (String body : List.of("{\"room\":\"r\",\"data\":\"!!\"}", "{\"room\":\"r\",\"nonce\":[1]}")) {
            assertTrue(json(ADMIN, "SendData", body).startsWith("400 {\"code\":\"malformed\""), body);
        }
        TwirpHandler.Reply reply = call(CREATE, "CreateRoom", "application/protobuf", new byte[] {0x0a, 0x7f});
        assertEquals("400 application/json", reply.status() + " " + reply.contentType());
    }

    @Test
    void shouldTellRefusalsAndHideBugs() {
        failure = new ServiceException(Code.NOT_FOUND, "participant does not exist");
        assertEquals("404 {\"code\":\"not_found\",\"msg\":\"participant does not exist\"}",
                json(CREATE, "CreateRoom", "{}"));
        failure = new IllegalStateException("alice at 192.0.2.1");
        assertEquals("500 {\"code\":\"internal\",\"msg\":\"internal error\"}", json(CREATE, "CreateRoom", "{}"));
    }

    @Test
    void shouldReadNestedMessages() {
        json(ADMIN, "UpdateParticipant", "{\"room\":\"r\",\"identity\":\"a\",\"permission\":{\"canPublish\":true},"
                + "\"attributes\":{\"k\":\"v\"}}");
        assertEquals(UpdateParticipantRequest.newBuilder().setRoom("r").setIdentity("a")
                .setPermission(ParticipantPermission.newBuilder().setCanPublish(true)).putAttributes("k", "v").build(),
                requests.getLast());
        assertEquals("updateParticipant", called.getLast());
    }
}
