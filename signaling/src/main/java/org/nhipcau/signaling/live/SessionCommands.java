// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.nhipcau.signaling.consultation.Consent;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.token.StrictJson;

/**
 * The orders of a session and the bodies they take. What is not named here is refused; words of an enum may be written
 * small.
 *
 * <pre>
 *   begin {}                     admit {identity}            mute {identity, source}
 *   suspend {reason}             deny {identity}             main-screen {identity | null}
 *   resume {}                    remove {identity}           policy {mode?, clearFor?, seenEpoch?}
 *   conclude {outcome}           consent {textId, version, by, means}
 *   confirm-emergency {}         withdraw-consent {}         release {identity, track}
 *   cover {identity, covered}
 * </pre>
 *
 * <p>Pure; thread: any.
 */
final class SessionCommands {
    private static final Map<String, Set<String>> FIELDS = Map.ofEntries(
            Map.entry("begin", Set.of()), Map.entry("suspend", Set.of("reason")), Map.entry("resume", Set.of()),
            Map.entry("conclude", Set.of("outcome")), Map.entry("confirm-emergency", Set.of()),
            Map.entry("admit", Set.of("identity")), Map.entry("deny", Set.of("identity")),
            Map.entry("remove", Set.of("identity")), Map.entry("mute", Set.of("identity", "source")),
            Map.entry("main-screen", Set.of("identity")),
            Map.entry("policy", Set.of("mode", "clearFor", "seenEpoch")),
            Map.entry("consent", Set.of("textId", "version", "by", "means")),
            Map.entry("withdraw-consent", Set.of()), Map.entry("cover", Set.of("identity", "covered")),
            Map.entry("release", Set.of("identity", "track")));
    /** What somebody may do who is not connected: to agree, to take it back, and what ends or settles it. */
    private static final Set<String> FROM_OUTSIDE = Set.of("consent", "withdraw-consent", "conclude",
            "confirm-emergency");

    private SessionCommands() {}

    static boolean knows(String name) {
        return FIELDS.containsKey(name);
    }

    static boolean needsPresence(String name) {
        return !FROM_OUTSIDE.contains(name);
    }

    /** The command in a body; null when the body is not what the command takes. */
    static ConsultationCommand read(String name, byte[] body, Consultation now) {
        JsonNode said = body.length == 0 ? StrictJson.read(new byte[] {'{', '}'}) : StrictJson.read(body);
        if (said == null || !said.isObject()) {
            return null;
        }
        for (Iterator<String> names = said.fieldNames(); names.hasNext();) {
            if (!FIELDS.get(name).contains(names.next())) {
                return null;
            }
        }
        try {
            return read(name, said, now);
        } catch (UnfitException unfit) {
            return null;
        }
    }

    private static ConsultationCommand read(String name, JsonNode said, Consultation now) throws UnfitException {
        return switch (name) {
            case "begin" -> new Begin();
            case "suspend" -> new Suspend(text(said, "reason"));
            case "resume" -> new Resume();
            case "conclude" -> new Conclude(word(Consultation.Outcome.class, said.get("outcome")));
            case "confirm-emergency" -> new ConfirmEmergency();
            case "admit" -> new Admit(text(said, "identity"));
            case "deny" -> new Deny(text(said, "identity"));
            case "remove" -> new Remove(text(said, "identity"));
            case "mute" -> new Mute(text(said, "identity"), word(Source.class, said.get("source")));
            case "main-screen" -> mainScreen(said);
            case "policy" -> policy(said, now.facePolicy());
            case "consent" -> new RecordConsent(text(said, "by"), text(said, "textId"), text(said, "version"),
                    word(Consent.Means.class, said.get("means")));
            case "withdraw-consent" -> new WithdrawConsent();
            case "cover" -> new CoverParticipant(text(said, "identity"), truth(said, "covered"));
            case "release" -> new ReleaseTrack(text(said, "identity"), text(said, "track"));
            default -> throw new UnfitException();
        };
    }

    private static ConsultationCommand mainScreen(JsonNode said) throws UnfitException {
        JsonNode identity = said.get("identity");
        if (identity == null) {
            throw new UnfitException();
        }
        return new SetMainScreen(identity.isNull() ? null : text(said, "identity"));
    }

    private static ConsultationCommand policy(JsonNode said, FacePolicy now) throws UnfitException {
        JsonNode seen = said.get("seenEpoch");
        if (!said.has("mode") && !said.has("clearFor") || seen != null && !seen.isInt()) {
            throw new UnfitException();
        }
        FacePolicy.Mode mode = said.has("mode") ? word(FacePolicy.Mode.class, said.get("mode")) : now.mode();
        Set<Role> clearFor = now.clearFor();
        if (said.has("clearFor")) {
            if (!said.get("clearFor").isArray()) {
                throw new UnfitException();
            }
            clearFor = EnumSet.noneOf(Role.class);
            for (JsonNode role : said.get("clearFor")) {
                clearFor.add(word(Role.class, role));
            }
        }
        try {
            FacePolicy wanted = new FacePolicy(mode, now.subjectRoles(), clearFor, now.level(), now.noFace(),
                    now.holdBackMs(), now.onViolation());
            // Who loosens without a word of what he has seen has seen nothing.
            return wanted.isAtLeastAsTightAs(now) ? new TightenFacePolicy(wanted)
                    : new ChangeFacePolicy(wanted, seen == null ? 0 : seen.intValue());
        } catch (IllegalArgumentException impossible) {
            throw new UnfitException();
        }
    }

    private static String text(JsonNode said, String name) throws UnfitException {
        JsonNode value = said.get(name);
        if (value == null || !value.isTextual() || value.textValue().isEmpty() || value.textValue().length() > 128) {
            throw new UnfitException();
        }
        return value.textValue();
    }

    private static boolean truth(JsonNode said, String name) throws UnfitException {
        JsonNode value = said.get(name);
        if (value == null || !value.isBoolean()) {
            throw new UnfitException();
        }
        return value.booleanValue();
    }

    private static <E extends Enum<E>> E word(Class<E> type, JsonNode value) throws UnfitException {
        if (value == null || !value.isTextual()) {
            throw new UnfitException();
        }
        String plain = value.textValue().toUpperCase(Locale.ROOT).replace('-', '_');
        for (E each : type.getEnumConstants()) {
            if (each.name().equals(plain)) {
                return each;
            }
        }
        throw new UnfitException();
    }

    private static final class UnfitException extends Exception {
        private static final long serialVersionUID = 1;

        UnfitException() {
            super(null, null, false, false);
        }
    }
}
