// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.SignalResponse;
import org.nhipcau.sfu.api.Importance;
import org.nhipcau.signaling.session.ClientTraits;
import org.nhipcau.signaling.session.Permission;
import org.nhipcau.signaling.session.Profile;
import org.nhipcau.signaling.token.Grants;

/**
 * One participant of a room: who it is, what it may do, what it publishes and wants, and the socket it has just now.
 * Holds state and answers questions about it; what a change means to others is decided in {@link Room} and its parts.
 *
 * <p>Thread: the room's.
 */
final class Participant {
    /** ParticipantInfo.capabilities, newer than the generated classes. */
    private static final int CAPABILITIES_FIELD = 21;

    private final String sid;
    private final Grants grants;
    private final ClientTraits traits;
    private final long joinedAtEpochMs;
    private final long openedAtMs;
    private final Map<String, PublishedTrack> tracks = new LinkedHashMap<>();
    private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
    private final Deque<AddTrackRequest> queued = new ArrayDeque<>();
    private final Set<String> known = new HashSet<>();
    private final Map<String, String> marks = new HashMap<>();
    private String toldMetadata = "";

    private Profile profile;
    private Permission permission;
    /** Null in a plain room. */
    private Standing standing;
    private boolean standingChanged;
    private AudienceRule audience = AudienceRule.EVERYBODY;
    private ParticipantInfo.State state = ParticipantInfo.State.JOINING;
    private DisconnectReason disconnectReason = DisconnectReason.UNKNOWN_REASON;
    private int version;
    private boolean gone;
    private boolean activeOnce;
    private RoomSession session;
    private Runnable arrival = () -> { };
    private AnsweringPeer answering;
    private OfferingPeer offering;

    long lastHeardMs;
    long tokenAtMs;
    RoomTimers.Timer joinTimer;
    RoomTimers.Timer holdTimer;
    RoomTimers.Timer awayTimer;
    RoomTimers.Timer disconnectedTimer;
    /** Without a socket for long enough that others are to know; see {@link Seats}. */
    boolean away;
    /** The media node has given its transports up: it cannot resume, only join anew. */
    boolean transportLost;
    /** Test hooks: close the socket of the next resume, after or before its first message. */
    boolean dropAfterResume;
    boolean dropOnResume;

    Participant(String sid, Grants grants, ClientTraits traits, Profile profile, RoomSession session,
            long joinedAtEpochMs, long nowMs) {
        this.sid = sid;
        this.grants = grants;
        this.traits = traits;
        this.profile = profile;
        this.permission = Permission.of(grants.video());
        this.session = session;
        this.joinedAtEpochMs = joinedAtEpochMs;
        this.openedAtMs = nowMs;
        this.lastHeardMs = nowMs;
        this.tokenAtMs = nowMs;
    }

    String sid() {
        return sid;
    }

    String identity() {
        return grants.identity();
    }

    ClientTraits traits() {
        return traits;
    }

    long openedAtMs() {
        return openedAtMs;
    }

    /** The token as it would be made now: later changes of profile and rights included. */
    Grants currentGrants() {
        if (standing != null) {
            // What the room's rules say is asked of them again, never of a token.
            return grants;
        }
        return grants.withProfile(profile.name(), profile.metadata(), profile.attributes())
                .withVideo(permission.toClaim(grants.video()));
    }

    Profile profile() {
        return profile;
    }

    void profile(Profile next) {
        profile = next;
        version++;
    }

    Permission permission() {
        return permission;
    }

    void permission(Permission next) {
        permission = next;
        version++;
    }

    /** What the room's rules make of it; null in a plain room. */
    Standing standing() {
        return standing;
    }

    void standing(Standing next) {
        if (!next.equals(standing)) {
            standingChanged = true;
            standing = next;
            permission(next.permission());
        }
    }

    /** Whether its standing changed since this was asked last. */
    boolean standingChanged() {
        boolean changed = standingChanged;
        standingChanged = false;
        return changed;
    }

    /** Session ids of those it was told of; kept in governed rooms alone. */
    Set<String> known() {
        return known;
    }

    /** It was told that another left. Without a socket it was not, and is when it resumes. */
    void forget(Participant other) {
        if (session != null) {
            known.remove(other.sid);
            other.tracks.keySet().forEach(marks::remove);
        }
    }

    /** What it was told last of each track, as {@link Oversight#mark}; kept in governed rooms alone. */
    Map<String, String> marks() {
        return marks;
    }

    /** What it was told of the room last; kept in governed rooms alone. */
    String toldMetadata() {
        return toldMetadata;
    }

    void toldMetadata(String metadata) {
        toldMetadata = metadata;
    }

    AudienceRule audience() {
        return audience;
    }

    void audience(AudienceRule rule) {
        audience = rule;
    }

    /** Who may steer the room is heard as long as anybody is. */
    Importance importance() {
        if (standing != null) {
            return standing.importance();
        }
        return grants.video().roomAdmin() ? Importance.CONTROLLER : Importance.ORDINARY;
    }

    /** Joined, and not left: the only time in which its requests are served and it takes part. */
    boolean admitted() {
        return !gone && state != ParticipantInfo.State.JOINING;
    }

    boolean gone() {
        return gone;
    }

    /** Whether others may know of it. */
    boolean visible() {
        return admitted() && !permission.hidden();
    }

    boolean active() {
        return state == ParticipantInfo.State.ACTIVE;
    }

    boolean activeOnce() {
        return activeOnce;
    }

    void state(ParticipantInfo.State next) {
        state = next;
        activeOnce |= next == ParticipantInfo.State.ACTIVE;
        version++;
    }

    void leave(DisconnectReason reason) {
        gone = true;
        disconnectReason = reason;
        state(ParticipantInfo.State.DISCONNECTED);
    }

    /** Something others can see changed. */
    void touch() {
        version++;
    }

    RoomSession session() {
        return session;
    }

    void session(RoomSession next) {
        session = next;
    }

    /** To be run once, when it is gone. */
    Runnable arrival() {
        return arrival;
    }

    void arrival(Runnable gone) {
        arrival = gone;
    }

    /** Sends to its socket; a participant without one gets whole state when it resumes. */
    void send(SignalResponse message) {
        if (session != null) {
            session.sink().send(message);
        }
    }

    /** The connection on which the client offers: the only one, or the publisher's. */
    AnsweringPeer answering() {
        return answering;
    }

    void answering(AnsweringPeer peer) {
        answering = peer;
    }

    /** The connection on which the server offers; null with a single peer connection. */
    OfferingPeer offering() {
        return offering;
    }

    void offering(OfferingPeer peer) {
        offering = peer;
    }

    /** The transport that carries tracks to this participant. */
    MediaPeer receivingPeer() {
        return offering != null ? offering.peer() : answering.peer();
    }

    Map<String, PublishedTrack> tracks() {
        return tracks;
    }

    Map<String, Subscription> subscriptions() {
        return subscriptions;
    }

    Deque<AddTrackRequest> queued() {
        return queued;
    }

    int trackCount() {
        return tracks.size() + queued.size();
    }

    List<PublishedTrack> publishedTracks() {
        List<PublishedTrack> published = new ArrayList<>();
        for (PublishedTrack track : tracks.values()) {
            if (track.published()) {
                published.add(track);
            }
        }
        return published;
    }

    /** Everything others may know; always complete, since a missing track would mean that it ended. */
    @SuppressWarnings("deprecation")
    ParticipantInfo info() {
        ParticipantInfo.Builder info = ParticipantInfo.newBuilder().setSid(sid).setIdentity(identity())
                .setState(state).setName(profile.name()).setMetadata(profile.metadata())
                .putAllAttributes(profile.attributes()).setJoinedAt(joinedAtEpochMs / 1000)
                .setJoinedAtMs(joinedAtEpochMs).setVersion(version).setPermission(permission.toWire())
                .setKind(kind()).setDisconnectReason(disconnectReason)
                .setClientProtocol(traits.clientProtocol());
        if (standing != null) {
            info.putAllAttributes(standing.attributes());
        }
        for (PublishedTrack track : publishedTracks()) {
            info.addTracks(track.info());
        }
        info.setIsPublisher(info.getTracksCount() > 0);
        if (!traits.capabilities().isEmpty()) {
            info.setUnknownFields(capabilities());
        }
        return info.build();
    }

    private UnknownFieldSet capabilities() {
        ByteString.Output packed = ByteString.newOutput();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(packed);
            for (int capability : traits.capabilities()) {
                out.writeEnumNoTag(capability);
            }
            out.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return UnknownFieldSet.newBuilder().addField(CAPABILITIES_FIELD,
                UnknownFieldSet.Field.newBuilder().addLengthDelimited(packed.toByteString()).build()).build();
    }

    /** What its token calls it. */
    ParticipantInfo.Kind kind() {
        return switch (grants.kind().toLowerCase(Locale.ROOT)) {
            case "ingress" -> ParticipantInfo.Kind.INGRESS;
            case "egress" -> ParticipantInfo.Kind.EGRESS;
            case "sip" -> ParticipantInfo.Kind.SIP;
            case "agent" -> ParticipantInfo.Kind.AGENT;
            case "connector" -> ParticipantInfo.Kind.CONNECTOR;
            case "bridge" -> ParticipantInfo.Kind.BRIDGE;
            default -> ParticipantInfo.Kind.STANDARD;
        };
    }
}
