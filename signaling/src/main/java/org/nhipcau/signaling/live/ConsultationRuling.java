// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import livekit.LivekitModels.TrackSource;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.Importance;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.policy.Action;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.RoleTable;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.policy.View;
import org.nhipcau.signaling.room.Ruling;
import org.nhipcau.signaling.room.Standing;
import org.nhipcau.signaling.session.Permission;
import org.nhipcau.signaling.session.PictureNotes;
import org.nhipcau.signaling.token.StrictJson;

/**
 * What one state of a consultation means for its room: everything is asked of the consultation, nothing decided here.
 *
 * <p>Spec: requirements C1, C4, C5, C8, D2. Thread: immutable.
 */
final class ConsultationRuling implements Ruling {
    static final String ROLE = PictureNotes.RESERVED + "role";
    static final String SEAT = PictureNotes.RESERVED + "seat";
    static final String FACILITY = PictureNotes.RESERVED + "facility";
    /** There when the person's pictures are under the face policy. */
    static final String COVERED = PictureNotes.RESERVED + "covered";
    private static final String NO_CONSENT = "no-consent";

    private final Consultation consultation;
    private final String metadata;
    /** What those are told who wait; whoever may record consent learns whether there is one. */
    private final String lobby;
    private final String patientsLobby;
    /** Of those who have a place; asked for each pair of people at each change. */
    private final Map<String, Standing> standings = new HashMap<>();
    private final Map<Pair, View> views = new ConcurrentHashMap<>();

    private record Pair(Role viewer, String publisher, Source source) {}

    ConsultationRuling(Consultation consultation) {
        this.consultation = consultation;
        this.metadata = metadataOf(consultation, true, true, "");
        this.lobby = metadataOf(consultation, false, false, "");
        this.patientsLobby = metadataOf(consultation, false, true, "");
        for (String identity : consultation.list().keySet()) {
            Standing standing = standingOf(identity);
            if (standing != null) {
                standings.put(identity, standing);
            }
        }
    }

    Consultation consultation() {
        return consultation;
    }

    @Override
    public Standing standing(String identity) {
        return standings.get(identity);
    }

    private Standing standingOf(String identity) {
        Seat seat = consultation.seat(identity);
        if (seat == Seat.OUT) {
            return null;
        }
        Participant entry = consultation.list().get(identity);
        boolean inside = seat == Seat.IN;
        Role role = entry.role();
        Map<String, String> attributes = new TreeMap<>();
        attributes.put(ROLE, wire(role));
        attributes.put(SEAT, inside ? "in" : "lobby");
        if (!entry.facility().isEmpty()) {
            attributes.put(FACILITY, entry.facility());
        }
        if (consultation.isSubject(identity) && consultation.facePolicy().mode() != FacePolicy.Mode.OFF) {
            attributes.put(COVERED, "true");
        }
        boolean steers = role == Role.CHAIR || role == Role.CONTROLLER;
        return new Standing(inside, permission(identity, role, inside), attributes,
                steers ? Importance.CONTROLLER : Importance.ORDINARY);
    }

    /** Nobody is hidden, nobody writes of themselves, and a recorder is called one. */
    private Permission permission(String identity, Role role, boolean inside) {
        Set<TrackSource> sources = EnumSet.noneOf(TrackSource.class);
        for (Source source : Source.values()) {
            if (source != Source.UNKNOWN && consultation.mayPublish(identity, source)) {
                sources.add(wire(source));
            }
        }
        return new Permission(inside, !sources.isEmpty(), consultation.maySendData(identity), sources, false,
                false, role == Role.RECORDER, false);
    }

    @Override
    public boolean knows(String viewer, String subject) {
        Standing of = standings.get(subject);
        return inside(viewer) && of != null
                && (of.inside() || RoleTable.may(consultation.roleOf(viewer), Action.ADMIT));
    }

    private boolean inside(String identity) {
        Standing standing = standings.get(identity);
        return standing != null && standing.inside();
    }

    @Override
    public View view(String viewer, String publisher, Source source) {
        // All who are in and have one role see the same.
        return !inside(viewer) ? View.NONE : views.computeIfAbsent(
                new Pair(consultation.roleOf(viewer), publisher, source),
                pair -> consultation.view(viewer, publisher, source));
    }

    @Override
    public Gate gate(String publisher, Source source) {
        if (consultation.needsConsent(publisher, source) && !consultation.consentGiven()) {
            return new Gate(GateAccess.CLEARED, NO_CONSENT, GateParameters.OnViolation.LATCH);
        }
        FacePolicy policy = consultation.facePolicy();
        if (!source.isVideo() || !consultation.isSubject(publisher)) {
            return null;
        }
        String id = "face-" + consultation.policyEpoch();
        return new Gate(policy.mode() == FacePolicy.Mode.OFF ? GateAccess.CLEARED : GateAccess.PROVEN, id,
                policy.onViolation() == FacePolicy.OnViolation.LATCH ? GateParameters.OnViolation.LATCH
                        : GateParameters.OnViolation.HOLD);
    }

    @Override
    public String metadata() {
        return metadata;
    }

    @Override
    public String metadata(String viewer, String provenCover) {
        if (!inside(viewer)) {
            return mayKnowOfConsent(consultation, viewer) ? patientsLobby : lobby;
        }
        return provenCover.isEmpty() || !isSeenClear(viewer) ? metadata
                : metadataOf(consultation, true, true, provenCover);
    }

    /** Whether somebody who is here may see the clear face of this one, while it is covered for others. */
    private boolean isSeenClear(String publisher) {
        return consultation.facePolicy().mode() != FacePolicy.Mode.OFF && consultation.isSubject(publisher)
                && standings.keySet().stream().anyMatch(viewer -> !viewer.equals(publisher)
                        && view(viewer, publisher, Source.CAMERA) == View.CLEAR);
    }

    /** Those inside may, and of the others who may record it. */
    static boolean mayKnowOfConsent(Consultation consultation, String identity) {
        return consultation.seat(identity) == Seat.IN
                || RoleTable.may(consultation.roleOf(identity), Action.RECORD_CONSENT);
    }

    @Override
    public String mainScreen() {
        return consultation.mainScreen();
    }

    @Override
    public boolean over() {
        return consultation.state().isFinal();
    }

    private static String metadataOf(Consultation consultation, boolean inside, boolean consent, String offered) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode told = root.putObject("consultation");
        told.put("state", consultation.state().name().toLowerCase(Locale.ROOT));
        ObjectNode face = told.putObject("facePolicy").put("mode", wire(consultation.facePolicy().mode()))
                .put("level", wire(consultation.facePolicy().level()));
        if (consent) {
            told.put("consent", consultation.consentGiven());
        }
        if (inside) {
            // Whoever shows or changes the policy learns that it is another one.
            face.put("epoch", consultation.policyEpoch());
            told.put("mainScreen", consultation.mainScreen());
            told.put("recording", consultation.recording());
            told.put("emergency", consultation.onEmergencyPath());
        }
        if (!offered.isEmpty()) {
            told.put("offerClear", offered);
        }
        if (inside && consultation.outcome() != null) {
            told.put("outcome", wire(consultation.outcome()));
        }
        return new String(StrictJson.write(root), StandardCharsets.UTF_8);
    }

    /** An enum's name as clients read it. */
    static String wire(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static TrackSource wire(Source source) {
        return switch (source) {
            case CAMERA -> TrackSource.CAMERA;
            case MICROPHONE -> TrackSource.MICROPHONE;
            case SCREEN_SHARE -> TrackSource.SCREEN_SHARE;
            case SCREEN_SHARE_AUDIO -> TrackSource.SCREEN_SHARE_AUDIO;
            case UNKNOWN -> TrackSource.UNKNOWN;
        };
    }
}
