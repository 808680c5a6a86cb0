// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRoom.ListParticipantsRequest;
import livekit.LivekitRoom.MuteRoomTrackRequest;
import org.nhipcau.signaling.api.RoomService;
import org.nhipcau.signaling.api.ServiceException;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationCommand.Mute;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.consultation.RefusalCode;
import org.nhipcau.signaling.consultation.RefusedException;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.consultation.VersionConflictException;
import org.nhipcau.signaling.http.HttpAction;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.http.HttpService;
import org.nhipcau.signaling.http.RequestHead;
import org.nhipcau.signaling.policy.Action;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.RoleTable;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.InvalidTokenException;
import org.nhipcau.signaling.token.StrictJson;
import org.nhipcau.signaling.token.TokenVerifier;

/**
 * What somebody in a consultation may ask and order over HTTP, with the token that let them in. Who may what is the
 * consultation's to say; each order is on record before it is answered.
 *
 * <pre>
 *   GET  /consultation/v1/session             the state, own role and rights, the lobby, who is there
 *   POST /consultation/v1/session/COMMAND     see {@link SessionCommands}
 * </pre>
 *
 * <p>Spec: RFC 9457 (problem documents, with a {@code code}). Thread: {@link #route} the event loop; the rest blocks.
 */
public final class SessionApi implements HttpService {
    /** What the paths begin with. */
    public static final String PREFIX = "/consultation/v1/session";
    private static final int MAX_BODY_BYTES = 4_096;
    private static final String JSON = "application/json";

    private final LiveConsultations live;
    private final RoomService rooms;
    private final TokenVerifier verifier;

    /** @param rooms mutes the tracks of those who are to be muted */
    public SessionApi(LiveConsultations live, RoomService rooms, TokenVerifier verifier) {
        this.live = live;
        this.rooms = rooms;
        this.verifier = verifier;
    }

    @Override
    public HttpAction route(RequestHead head) {
        return route(head.method(), head.path(), head.token());
    }

    HttpAction route(String method, String path, String token) {
        String rest = path.substring(PREFIX.length());
        boolean get = method.equals("GET") && rest.isEmpty();
        boolean post = method.equals("POST") && rest.startsWith("/") && SessionCommands.knows(rest.substring(1));
        if (!get && !post) {
            return new HttpAction.Answer(problem(404, "not-found", "no such path"));
        }
        Grants grants;
        try {
            grants = verifier.verify(token);
        } catch (InvalidTokenException e) {
            return new HttpAction.Answer(problem(401, "unauthenticated", "a join token is needed")
                    .with("WWW-Authenticate", "Bearer"));
        }
        if (!grants.video().roomJoin() || !live.governs(grants.video().room())) {
            return new HttpAction.Answer(problem(403, "not-a-consultation", "the token is for no consultation"));
        }
        return get ? new HttpAction.Handle(0, body -> guarded(() -> view(grants)))
                : new HttpAction.Handle(MAX_BODY_BYTES, body -> guarded(() -> order(grants, rest.substring(1), body)));
    }

    private interface Step {
        HttpAnswer run() throws JoinRefusedException;
    }

    private static HttpAnswer guarded(Step step) {
        try {
            return step.run();
        } catch (RefusedException refused) {
            return refusal(refused);
        } catch (JoinRefusedException refused) {
            String code = refused.getMessage().split(":", 2)[0];
            return problem(refused.status(), code, refused.getMessage());
        } catch (JournalUnavailableException away) {
            return unavailable("nothing was changed").with("Retry-After", "5");
        } catch (VersionConflictException busy) {
            return problem(409, "busy", "others changed the consultation at the same time: try again");
        }
    }

    private static HttpAnswer refusal(RefusedException refused) {
        RefusalCode code = refused.code();
        int status = switch (code.kind()) {
            case INVALID -> 400;
            case FORBIDDEN -> 403;
            case CONFLICT -> 409;
            case UNKNOWN -> 404;
        };
        return problem(status, code.id(), code.vi() + " / " + refused.getMessage());
    }

    private static HttpAnswer unavailable(String what) {
        return problem(503, LiveConsultations.STORE_UNAVAILABLE, "nothing can be recorded now; " + what);
    }

    private HttpAnswer order(Grants grants, String name, byte[] body) throws JoinRefusedException {
        LiveConsultation one = live.load(grants.video().room());
        String identity = grants.identity();
        Consultation now = one.now();
        if (now.roleOf(identity) == null) {
            throw new RefusedException(RefusalCode.NOT_ON_LIST);
        }
        // What only protects the patient is never too much.
        boolean protects = name.equals("withdraw-consent") && now.consentGiven();
        if (!protects && !one.takesOrder(identity, System.nanoTime())) {
            return problem(429, "rate-limited", "too many orders").with("Retry-After", "1");
        }
        if (SessionCommands.needsPresence(name) && now.seat(identity) == Seat.OUT) {
            throw new RefusedException(RefusalCode.NOT_PRESENT);
        }
        ConsultationCommand command = SessionCommands.read(name, body, now);
        if (command == null) {
            return problem(400, "invalid-request", "the body is not what " + name + " takes");
        }
        try {
            if (Tightener.tightens(command)) {
                one.orders().tighten(command, Actor.participant(identity));
            } else {
                one.orders().execute(command, Actor.participant(identity));
            }
        } catch (JournalUnavailableException | VersionConflictException away) {
            if (Tightener.tightens(command)) {
                carryOut(one.id(), command);
                return unavailable("it holds all the same, and is recorded later").with("Retry-After", "5");
            }
            throw away;
        }
        carryOut(one.id(), command);
        return json(ownState(one, identity));
    }

    /** What a room does by order, not by rule. */
    private void carryOut(String room, ConsultationCommand command) {
        if (!(command instanceof Mute mute)) {
            return;
        }
        TrackSource source = ConsultationRuling.wire(mute.source());
        try {
            for (ParticipantInfo participant : rooms.listParticipants(
                    ListParticipantsRequest.newBuilder().setRoom(room).build()).getParticipantsList()) {
                for (TrackInfo track : participant.getTracksList()) {
                    if (participant.getIdentity().equals(mute.pseudonym()) && track.getSource() == source) {
                        rooms.mutePublishedTrack(MuteRoomTrackRequest.newBuilder().setRoom(room)
                                .setIdentity(mute.pseudonym()).setTrackSid(track.getSid()).setMuted(true).build());
                    }
                }
            }
        } catch (ServiceException gone) {
            // Nobody is there to be muted any more; a room that does not answer is not a success.
            if (gone.code() != ServiceException.Code.NOT_FOUND) {
                throw gone;
            }
        }
    }

    private HttpAnswer view(Grants grants) throws JoinRefusedException {
        LiveConsultation one = live.load(grants.video().room());
        if (one.now().roleOf(grants.identity()) == null) {
            throw new RefusedException(RefusalCode.NOT_ON_LIST);
        }
        return json(ownState(one, grants.identity()));
    }

    /** The consultation as one of it may know it: in the lobby nobody learns who is there. */
    private static ObjectNode ownState(LiveConsultation one, String identity) {
        Consultation now = one.now();
        Participant self = now.list().get(identity);
        boolean inside = now.seat(identity) == Seat.IN;
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("id", now.id())
                .put("state", wire(now.state())).put("identity", identity).put("role", wire(self.role()))
                .put("seat", wire(now.seat(identity))).put("startsAtMs", now.startsAtMs())
                .put("consent", now.consentGiven() && ConsultationRuling.mayKnowOfConsent(now, identity))
                .put("mainScreen", inside ? now.mainScreen() : null).put("recording", inside && now.recording())
                .put("emergency", inside && now.onEmergencyPath())
                .put("unconfirmedEmergency", now.owesConfirmation()
                        && (inside || RoleTable.may(self.role(), Action.CONFIRM_EMERGENCY)));
        describe(now, inside && RoleTable.may(self.role(), Action.TIGHTEN_POLICY), root.putObject("facePolicy"));
        ArrayNode rights = root.putArray("rights");
        for (Action action : Action.values()) {
            if (RoleTable.may(self.role(), action)) {
                rights.add(wire(action));
            }
        }
        ArrayNode publishes = root.putArray("publishes");
        for (Source source : Source.values()) {
            if (now.mayPublish(identity, source)) {
                publishes.add(wire(source));
            }
        }
        ArrayNode lobby = root.putArray("lobby");
        ArrayNode people = root.putArray("people");
        // Staff records who agreed, also before the session, when whoever agrees is not to be seen here yet.
        boolean records = self.role().isStaff() && now.rights(identity).contains(Action.RECORD_CONSENT);
        ArrayNode mayConsent = root.putArray("mayConsent");
        boolean admits = now.seat(identity) != Seat.OUT && RoleTable.may(self.role(), Action.ADMIT);
        boolean releases = RoleTable.may(self.role(), Action.RELEASE_TRACK);
        for (Participant other : now.list().values()) {
            Seat seat = now.seat(other.pseudonym());
            if (records && now.mayConsent(other.pseudonym())) {
                // Not where they are: who waits is told to those alone who admit.
                describe(other, mayConsent);
            }
            if (seat == Seat.LOBBY && admits) {
                describe(other, lobby).put("seat", wire(seat));
            } else if (seat == Seat.IN && inside) {
                ObjectNode person = describe(other, people).put("seat", wire(seat));
                String latched = releases ? one.latches().waiting(other.pseudonym()) : null;
                if (latched != null) {
                    person.put("latched", latched);
                }
            }
        }
        return root;
    }

    /** @param concerned learns who sees the clear face: can have it covered, or is shown by it */
    private static void describe(Consultation now, boolean concerned, ObjectNode into) {
        FacePolicy policy = now.facePolicy();
        into.put("mode", wire(policy.mode())).put("level", wire(policy.level())).put("epoch", now.policyEpoch());
        if (concerned) {
            ArrayNode roles = into.putArray("clearFor");
            policy.clearFor().forEach(role -> roles.add(wire(role)));
        }
    }

    private static ObjectNode describe(Participant other, ArrayNode into) {
        return into.addObject().put("identity", other.pseudonym()).put("role", wire(other.role()))
                .put("facility", other.facility());
    }

    private static String wire(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static HttpAnswer json(ObjectNode body) {
        return new HttpAnswer(200, JSON, StrictJson.write(body), Map.of("Cache-Control", "no-store"));
    }

    private static HttpAnswer problem(int status, String code, String detail) {
        JsonNode body = JsonNodeFactory.instance.objectNode().put("type", "urn:nhipcau:problem:" + code)
                .put("title", code).put("status", status).put("detail", detail).put("code", code);
        return new HttpAnswer(status, "application/problem+json", StrictJson.write(body),
                Map.of("Cache-Control", "no-store"));
    }
}
