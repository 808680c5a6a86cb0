// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.whip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.signaling.whip.WhipFixture.FRAGMENT;
import static org.nhipcau.signaling.whip.WhipFixture.SDP;
import static org.nhipcau.signaling.whip.WhipFixture.header;
import static org.nhipcau.signaling.whip.WhipFixture.problem;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.RequestResponse.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.sdp.DeviceOffer;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.session.SignalMessages;

/** Every status of the endpoint, and what goes to the room for it. Spec: RFC 9725 §4. */
class WhipEndpointTest {
    private static final String PWD = "vw5LmwG4y/e6dPP/zAP9Gp5k";
    private static final String RESTART = "a=ice-ufrag:ysXw\r\na=ice-pwd:" + PWD + "\r\n";
    private static final String TRICKLE = "a=ice-ufrag:" + DeviceOffer.UFRAG + "\r\na=ice-pwd:" + DeviceOffer.PWD
            + "\r\nm=video 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 61764 typ host\r\n";

    private final ScriptedRooms rooms = new ScriptedRooms();
    private WhipFixture whip;
    private String token;

    @BeforeEach
    void open() throws Exception {
        whip = new WhipFixture(rooms, "signaling.limits.max-whip-sessions=2");
        token = whip.token("ward", "probe", 600);
    }

    @AfterEach
    void close() {
        whip.close();
    }

    private HttpResponse<String> post(String sdp) throws Exception {
        return whip.post("", sdp, token);
    }

    /** A session that was begun; its URL. */
    private String begun() throws Exception {
        HttpResponse<String> created = post(DeviceOffer.picture());
        assertEquals(201, created.statusCode());
        return header(created, "Location");
    }

    @Test
    void shouldAnswerAnOfferWith201AndEverythingAClientNeeds() throws Exception {
        HttpResponse<String> created = post(DeviceOffer.pictureAndSound());
        assertEquals(201, created.statusCode());
        assertEquals(ScriptedRooms.ANSWER.formatted(1), created.body());
        assertEquals(SDP, header(created, "Content-Type"));
        assertTrue(header(created, "Location").matches("/whip/v1/sessions/[A-Za-z0-9_-]{22}"));
        assertTrue(header(created, "ETag").matches("\"[A-Za-z0-9_-]{22}\""));
        assertEquals(FRAGMENT, header(created, "Accept-Patch"));
        assertEquals("no-store", header(created, "Cache-Control"));
        assertTrue(header(created, "Access-Control-Expose-Headers").contains("Location"));
        assertTrue(header(created, "Access-Control-Expose-Headers").contains("ETag"));
        assertEquals(1, whip.sessions());
        ScriptedRooms.Session session = rooms.session();
        assertEquals("probe", session.attempt.grants().identity());
        assertTrue(session.attempt.singlePeerConnection());
        assertFalse(session.attempt.request().getConnectionSettings().getAutoSubscribe());
        assertEquals(DeviceOffer.pictureAndSound(), session.attempt.request().getPublisherOffer().getSdp());
        assertEquals(List.of("AUDIO MICROPHONE", "VIDEO CAMERA"), session.attempt.request().getAddTrackRequestsList()
                .stream().map(track -> track.getType() + " " + track.getSource()).toList());
    }

    @Test
    void shouldNameTheSourceByTheQueryAndAnnounceLayers() throws Exception {
        assertEquals(201, whip.post("?source=screen_share", DeviceOffer.simulcast("q", "h", "f"), token).statusCode());
        AddTrackRequest announced = rooms.session().attempt.request().getAddTrackRequests(0);
        assertEquals(TrackSource.SCREEN_SHARE, announced.getSource());
        assertEquals(3, announced.getLayersCount());
        assertEquals(201, whip.post("?source=camera", DeviceOffer.sound(), token).statusCode());
        assertEquals(TrackSource.MICROPHONE, rooms.session().attempt.request().getAddTrackRequests(0).getSource());
        assertEquals("400 invalid-request", problem(whip.post("?source=unknown", DeviceOffer.sound(), token)));
    }

    @Test
    void shouldTakeATokenFromTheHeaderAlone() throws Exception {
        String sdp = DeviceOffer.picture();
        assertEquals("400 invalid-request", problem(whip.send("POST", "/whip/v1?access_token=" + token, sdp,
                "Content-Type", SDP)));
        HttpResponse<String> none = whip.send("POST", "/whip/v1", sdp, "Content-Type", SDP);
        assertEquals("401 unauthenticated", problem(none));
        assertEquals("Bearer", header(none, "WWW-Authenticate"));
        assertEquals("401 unauthenticated", problem(whip.post("", sdp, token + "x")));
        assertEquals("401 unauthenticated", problem(whip.post("", sdp, whip.token("ward", "probe", -3_600))));
        assertEquals("401 unauthenticated", problem(whip.send("POST", "/whip/v1", sdp, "Content-Type", SDP,
                "Authorization", "Basic x")));
        assertTrue(rooms.opened.isEmpty());
        assertEquals(4, whip.registry.get("nhipcau.signaling.joins.refused").tags("status", "401").counter().count());
    }

    @Test
    void shouldRefuseOffersThatItCannotCarryWhole() throws Exception {
        assertEquals("400 invalid-offer", problem(post("hello")));
        assertEquals("400 invalid-offer", problem(post("")));
        whip.close();
        whip = new WhipFixture(rooms);
        for (String sdp : Set.of(DeviceOffer.receiver(), DeviceOffer.withData(), DeviceOffer.twoPictures(),
                DeviceOffer.unknownFormat())) {
            assertEquals("406 not-acceptable", problem(post(sdp)));
        }
        assertTrue(rooms.opened.isEmpty());
    }

    @Test
    void shouldKeepToTheLimitsOfSizeAndType() throws Exception {
        whip.close();
        whip = new WhipFixture(rooms, "signaling.limits.max-sdp-bytes=16384");
        HttpResponse<String> type = whip.send("POST", "/whip/v1", DeviceOffer.picture(), "Authorization",
                "Bearer " + token, "Content-Type", "text/plain");
        assertEquals("415 unsupported-media-type", problem(type));
        assertEquals(SDP, header(type, "Accept-Post"));
        assertEquals("413 too-large", problem(post(DeviceOffer.picture() + "a=x\r\n".repeat(4_000))));
        // A parameter of the media type changes nothing.
        assertEquals(201, whip.send("POST", "/whip/v1/", DeviceOffer.picture(), "Authorization", "Bearer " + token,
                "Content-Type", "Application/SDP; charset=utf-8").statusCode());
        String location = "/whip/v1/sessions/none";
        assertEquals("415 unsupported-media-type", problem(whip.send("PATCH", location, RESTART,
                "Authorization", "Bearer " + token, "Content-Type", SDP)));
    }

    @Test
    void shouldKeepToTheLimitsOfNumberAndRate() throws Exception {
        begun();
        begun();
        HttpResponse<String> third = post(DeviceOffer.picture());
        assertEquals("503 unavailable", problem(third));
        assertFalse(header(third, "Retry-After").isEmpty());
        // The first that are refused give their places back, and are counted all the same.
        int status = 0;
        for (int i = 0; i < 10 && status != 429; i++) {
            status = post(DeviceOffer.picture()).statusCode();
        }
        assertEquals(429, status);
        assertEquals("503 unavailable",
                problem(whip.post("", DeviceOffer.picture(), whip.token("ward", "other", 600))));
    }

    @Test
    void shouldSayWhyARoomLetsNobodyIn() throws Exception {
        rooms.refusal = new JoinRefusedException(403, "not-approved: Chưa được duyệt. / Not approved.");
        HttpResponse<String> refused = post(DeviceOffer.picture());
        assertEquals("403 forbidden not-approved", problem(refused));
        assertTrue(refused.body().contains("\"detail\":\"Not approved.\""));
        assertTrue(refused.body().contains("\"detailVi\":\"Chưa được duyệt.\""));
        rooms.refusal = new JoinRefusedException(401, "permissions denied");
        assertEquals("403 forbidden", problem(post(DeviceOffer.picture())));
        rooms.refusal = new JoinRefusedException(404, "requested room does not exist");
        assertEquals("404 not-found", problem(post(DeviceOffer.picture())));
        rooms.refusal = new JoinRefusedException(503, "room limit exceeded");
        assertEquals("503 unavailable", problem(post(DeviceOffer.picture())));
        assertEquals(0, whip.sessions());
    }

    @Test
    void shouldLetNothingInFromTheLobbyNorOfASourceThatIsNotAllowed() throws Exception {
        rooms.script = session -> session.join("lobby");
        HttpResponse<String> waiting = post(DeviceOffer.picture());
        assertEquals("403 waiting-in-lobby", problem(waiting));
        assertEquals("5", header(waiting, "Retry-After"));
        ScriptedRooms.Session lobby = rooms.session();
        assertTrue(lobby.next().hasLeave());
        assertTrue(lobby.gone());
        rooms.script = session -> {
            session.join("in");
            session.refuse(Reason.NOT_ALLOWED);
            session.answer(session.attempt.request().getPublisherOffer());
        };
        assertEquals("403 source-not-allowed", problem(post(DeviceOffer.picture())));
        assertTrue(rooms.session().next().hasLeave());
        rooms.script = session -> session.dismiss(DisconnectReason.JOIN_FAILURE, LeaveRequest.Action.DISCONNECT);
        assertEquals("503 unavailable", problem(post(DeviceOffer.picture())));
        rooms.script = session -> {
            throw new IllegalStateException("a bug");
        };
        assertEquals("500 internal", problem(post(DeviceOffer.picture())));
        assertEquals(0, whip.sessions());
    }

    @Test
    void shouldTakeCandidatesOfTheSessionThereIs() throws Exception {
        HttpResponse<String> created = post(DeviceOffer.picture());
        String location = header(created, "Location");
        String tag = header(created, "ETag");
        HttpResponse<String> taken = whip.patch(location, TRICKLE, token, tag);
        assertEquals(204, taken.statusCode());
        assertTrue(taken.body().isEmpty());
        assertEquals(204, whip.patch(location, "a=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n", token, tag)
                .statusCode());
        // Some clients trickle with the condition of a restart: the same credentials restart nothing.
        assertEquals(204, whip.patch(location, TRICKLE, token, "*").statusCode());
        assertEquals("412 version-changed", problem(whip.patch(location, TRICKLE, token, "\"old\"")));
        assertEquals("428 version-required", problem(whip.patch(location, TRICKLE, token, null)));
        assertEquals("400 invalid-offer", problem(whip.patch(location, "nonsense", token, tag)));
        assertTrue(rooms.session().said.isEmpty());
    }

    @Test
    void shouldRestartIceWithANewTag() throws Exception {
        HttpResponse<String> created = post(DeviceOffer.picture());
        String location = header(created, "Location");
        HttpResponse<String> restarted = whip.patch(location, RESTART, token, "*");
        assertEquals(200, restarted.statusCode());
        assertEquals(FRAGMENT, header(restarted, "Content-Type"));
        assertTrue(restarted.body().startsWith("a=ice-lite\r\na=ice-ufrag:srv2\r\na=ice-pwd:"), restarted.body());
        assertTrue(restarted.body().contains("a=candidate:"));
        String tag = header(restarted, "ETag");
        assertFalse(tag.isEmpty());
        assertNotEquals(header(created, "ETag"), tag);
        String offered = rooms.session().next().getOffer().getSdp();
        assertTrue(offered.contains("a=ice-ufrag:ysXw\r\na=ice-pwd:" + PWD));
        assertFalse(offered.contains(DeviceOffer.PWD));
        // What was trickled for the session before comes too late.
        assertEquals("412 version-changed", problem(whip.patch(location, TRICKLE, token, header(created, "ETag"))));
        assertEquals(204, whip.patch(location, RESTART + "a=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n", token, tag)
                .statusCode());
    }

    @Test
    void shouldEndWithDelete() throws Exception {
        String location = begun();
        ScriptedRooms.Session session = rooms.session();
        assertEquals(200, whip.delete(location, token).statusCode());
        assertTrue(session.next().hasLeave());
        assertTrue(session.gone());
        assertEquals(0, whip.sessions());
        assertEquals("404 not-found", problem(whip.delete(location, token)));
        assertEquals("404 not-found", problem(whip.patch(location, RESTART, token, "*")));
    }

    @Test
    void shouldObeyNobodyButTheOneWhoBegan() throws Exception {
        String location = begun();
        String stranger = whip.token("ward", "stranger", 600);
        assertEquals("404 not-found", problem(whip.delete(location, stranger)));
        assertEquals("404 not-found", problem(whip.delete("/whip/v1/sessions/none", stranger)));
        assertEquals("404 not-found", problem(whip.patch(location, RESTART, whip.token("other", "probe", 600), "*")));
        assertEquals("401 unauthenticated", problem(whip.delete(location, "nonsense")));
        // Another token of the same person in the same room.
        assertEquals(200, whip.delete(location, whip.token("ward", "probe", 300)).statusCode());
    }

    @Test
    void shouldObeyTheTokenItWasBegunWithAfterThatRanOut() throws Exception {
        String location = begun();
        whip.laterS = 7_200;
        assertEquals("401 unauthenticated", problem(post(DeviceOffer.picture())));
        assertEquals("401 unauthenticated", problem(whip.delete(location, whip.token("ward", "probe", 300))));
        assertEquals(200, whip.patch(location, RESTART, token, "*").statusCode());
        assertEquals(200, whip.delete(location, token).statusCode());
        assertEquals("401 unauthenticated", problem(whip.delete(location, token)));
    }

    @Test
    void shouldEndWhenARightIsTakenOrTheRoomSaysSo() throws Exception {
        String location = begun();
        ScriptedRooms.Session session = rooms.session();
        session.sink.send(SignalMessages.unpublished("TR_1"));
        assertTrue(session.next().hasLeave());
        assertEquals("404 not-found", problem(whip.delete(location, token)));
        String next = begun();
        rooms.session().dismiss(DisconnectReason.PARTICIPANT_REMOVED, LeaveRequest.Action.DISCONNECT);
        assertEquals("404 not-found", problem(whip.delete(next, token)));
        assertEquals(0, whip.sessions());
    }

    @Test
    void shouldResumeWhenItIsAskedToOrItsWireIsCut() throws Exception {
        String location = begun();
        ScriptedRooms.Session first = rooms.session();
        first.dismiss(DisconnectReason.MEDIA_FAILURE, LeaveRequest.Action.RESUME);
        ScriptedRooms.Session second = rooms.session();
        assertTrue(second.attempt.request().getReconnect());
        assertEquals("PA_1", second.attempt.request().getParticipantSid());
        assertEquals(0, second.attempt.request().getAddTrackRequestsCount());
        first.sink.close(1000, "");
        second.sink.close(1013, "busy");
        assertTrue(second.gone());
        ScriptedRooms.Session third = rooms.session();
        assertEquals(200, whip.patch(location, RESTART, token, "*").statusCode());
        assertTrue(third.next().hasOffer());
        assertTrue(rooms.opened.isEmpty());
        whip.keepAlive();
        assertTrue(third.next().hasPingReq());
    }

    @Test
    void shouldKeepTheOthersAliveWhenOneSessionHasABug() throws Exception {
        begun();
        rooms.session().broken = true;
        begun();
        whip.keepAlive();
        assertTrue(rooms.session().next().hasPingReq());
    }

    @Test
    void shouldCarryARestartOverToTheNextWire() throws Exception {
        String location = begun();
        ScriptedRooms.Session first = rooms.session();
        first.answers = false;
        Thread asks = Thread.startVirtualThread(() -> {
            try {
                first.next();
                first.sink.close(1001, "");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertEquals(200, whip.patch(location, RESTART, token, "*").statusCode());
        asks.join();
        assertEquals(2, rooms.session().next().getOffer().getId());
    }

    @Test
    void shouldAnswerEveryOtherMethodWith405() throws Exception {
        for (String method : Set.of("GET", "PUT", "PATCH", "DELETE")) {
            HttpResponse<String> refused = whip.send(method, "/whip/v1", null);
            assertEquals("405 method-not-allowed", problem(refused));
            assertEquals("OPTIONS, POST", header(refused, "Allow"));
        }
        for (String method : Set.of("GET", "PUT", "POST")) {
            HttpResponse<String> refused = whip.send(method, "/whip/v1/sessions/x", null);
            assertEquals("405 method-not-allowed", problem(refused));
            assertEquals("DELETE, OPTIONS, PATCH", header(refused, "Allow"));
        }
        assertEquals(405, whip.send("HEAD", "/whip/v1", null).statusCode());
        assertEquals("404 not-found", problem(whip.send("POST", "/whip/v1/other", null)));
    }

    @Test
    void shouldTellPagesWhatTheyMayDo() throws Exception {
        HttpResponse<String> endpoint = whip.send("OPTIONS", "/whip/v1", null, "Origin", "https://a.example");
        assertEquals(200, endpoint.statusCode());
        assertEquals(SDP, header(endpoint, "Accept-Post"));
        assertTrue(header(endpoint, "Access-Control-Allow-Methods").contains("POST"));
        assertTrue(header(endpoint, "Access-Control-Allow-Headers").contains("Authorization"));
        assertTrue(header(endpoint, "Access-Control-Allow-Headers").contains("Content-Type"));
        assertTrue(header(endpoint, "Access-Control-Allow-Headers").contains("If-Match"));
        HttpResponse<String> session = whip.send("OPTIONS", "/whip/v1/sessions/x", null);
        assertEquals(FRAGMENT, header(session, "Accept-Patch"));
        assertTrue(header(session, "Access-Control-Allow-Methods").contains("PATCH"));
        assertTrue(header(session, "Access-Control-Allow-Methods").contains("DELETE"));
        // The rest of the port answers as before.
        assertEquals(204, whip.send("OPTIONS", "/rtc", null).statusCode());
    }

    @Test
    void shouldKeepPagesOfOtherOriginsOut() throws Exception {
        whip.close();
        whip = new WhipFixture(rooms, "signaling.http.allowed-origins=[\"https://hospital.example\"]");
        for (String method : Set.of("OPTIONS", "POST")) {
            assertEquals("403 origin-not-allowed", problem(whip.send(method, "/whip/v1", DeviceOffer.picture(),
                    "Origin", "https://a.example", "Authorization", "Bearer " + token, "Content-Type", SDP)));
        }
        assertEquals(201, whip.send("POST", "/whip/v1", DeviceOffer.picture(), "Origin", "https://hospital.example",
                "Authorization", "Bearer " + token, "Content-Type", SDP).statusCode());
    }
}
