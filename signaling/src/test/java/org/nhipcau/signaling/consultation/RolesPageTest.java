// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.policy.Action;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.FacePolicy.Mode;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.RoleTable;
import org.nhipcau.signaling.policy.Source;

/**
 * Writes {@code signaling/doc/roles.md} from the code, and fails when the page in the repository says something else.
 * With {@code -Dnhipcau.write-docs=true} the page is written anew.
 */
class RolesPageTest {
    private static final Path PAGE = Path.of("doc", "roles.md");
    private static final List<Actor.Kind> OTHERS = List.of(Actor.Kind.OFFICE, Actor.Kind.LEADER, Actor.Kind.PLATFORM,
            Actor.Kind.SYSTEM);

    private final StringBuilder page = new StringBuilder();

    @Test
    void shouldSayOnThePageWhatTheCodeDoes_D2() throws IOException {
        write();
        if (Boolean.getBoolean("nhipcau.write-docs")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertEquals(page.toString(), Files.readString(PAGE),
                "write it anew: mvn -pl sfu-core,signaling test -Dtest=RolesPageTest -Dnhipcau.write-docs=true"
                + " -Dsurefire.failIfNoSpecifiedTests=false");
    }

    private void write() {
        line("# Roles, rights and the course of a consultation");
        line("");
        line("Generated from the code (`policy.RoleTable`, `consultation.Actor`, `consultation.CourseTable`,"
                + " `consultation.RefusalCode`) by `RolesPageTest`, which fails when this page and the code differ.");
        line("A role comes from the consultation's approved list, never from a token. Who is not on the list, or has"
                + " an unknown role, sends, sees and does nothing.");
        publishes();
        sees();
        does();
        course();
        refusals();
    }

    private void publishes() {
        heading("Who sends what");
        List<Source> sources = List.of(Source.CAMERA, Source.MICROPHONE, Source.SCREEN_SHARE,
                Source.SCREEN_SHARE_AUDIO);
        row("role", "vai trò", "camera", "microphone", "screen", "screen's sound", "waits in the lobby");
        row(rule(7));
        for (Role role : Role.values()) {
            List<String> cells = new ArrayList<>(List.of(role.en(), role.vi()));
            sources.forEach(source -> cells.add(mark(RoleTable.mayPublish(role, source))));
            cells.add(role == Role.RECORDER ? "needs a leader's permission" : mark(!role.isStaff()));
            row(cells);
        }
        line("");
        line("What the patient and other subjects of the face policy send passes only while a consent is recorded and"
                + " holds. A child under 6 is in only while a caregiver is in.");
    }

    private void sees() {
        heading("Who sees the patient's picture, and how");
        line("All video of the policy's subjects is meant, whatever its label. Everybody else's picture, and all"
                + " sound, is received as it is sent by those who are in; nobody in the lobby receives anything.");
        line("");
        row("viewer", "off", "blur or cover", "blur or cover, viewer named in `clearFor`");
        row(rule(4));
        for (Role viewer : Role.values()) {
            row(viewer.en(), view(viewer, Mode.OFF, Set.of()), view(viewer, Mode.COVER, Set.of()),
                    RoleTable.mayEverSeeClear(viewer) ? view(viewer, Mode.COVER, EnumSet.of(viewer)) : "refused");
        }
        line("");
        line("Without a choice: " + FacePolicy.STANDARD.mode().name().toLowerCase(Locale.ROOT) + ", subjects "
                + String.join(" and ", FacePolicy.STANDARD.subjectRoles().stream().map(Role::en).toList())
                + ", clear for nobody. " + Mode.COVER.name().toLowerCase(Locale.ROOT) + " is the only mode called compliant.");
    }

    private static String view(Role viewer, Mode mode, Set<Role> clearFor) {
        FacePolicy standard = FacePolicy.STANDARD;
        FacePolicy policy = new FacePolicy(mode, standard.subjectRoles(), clearFor, standard.level(),
                standard.noFace(), 0, standard.onViolation());
        return RoleTable.view(viewer, Role.PATIENT, Source.CAMERA, policy).name().toLowerCase(Locale.ROOT);
    }

    private void does() {
        heading("Who may do what");
        List<String> head = new ArrayList<>(List.of("right", "quyền"));
        for (Role role : Role.values()) {
            head.add(role.en());
        }
        OTHERS.forEach(kind -> head.add("*" + kind.en() + "*"));
        row(head);
        row(rule(head.size()));
        for (Action action : Action.values()) {
            List<String> cells = new ArrayList<>(List.of(action.en(), action.vi()));
            for (Role role : Role.values()) {
                cells.add(mark(RoleTable.may(role, action)));
            }
            OTHERS.forEach(kind -> cells.add(mark(kind.may(action))));
            row(cells);
        }
        line("");
        line("The last columns are not participants: a facility's office and leader act by API for their own facility,"
                + " an outside platform for all. Of two facilities only the one that answers the request accepts,"
                + " declines, allows the recorder and confirms an emergency; a leader approves entries of the own"
                + " facility, the responsible one's leader all. The patient's side ends with *cancelled free of"
                + " charge* only. Who declared an emergency cannot confirm it.");
    }

    private void course() {
        heading("Which command is possible when");
        List<String> head = new ArrayList<>(List.of("command"));
        for (State state : State.values()) {
            head.add(state.en() + " (" + state.vi() + ")");
        }
        row(head);
        row(rule(head.size()));
        CourseTable.all().forEach((command, states) -> {
            List<String> cells = new ArrayList<>(List.of("`" + command.getSimpleName() + "`"));
            for (State state : State.values()) {
                cells.add(mark(states.contains(state)));
            }
            row(cells);
        });
        line("");
        line("A request on demand expires after " + Consultation.ON_DEMAND_EXPIRY.toMinutes()
                + " minutes. The doors open " + Consultation.DOORS_OPEN_BEFORE.toMinutes()
                + " minutes before the start. A session begins only with consent recorded; an emergency begins at"
                + " once, and must be confirmed.");
    }

    private void refusals() {
        heading("Refusals");
        row("code", "kind", "tiếng Việt", "English");
        row(rule(4));
        for (RefusalCode code : RefusalCode.values()) {
            row("`" + code.id() + "`", code.kind().name().toLowerCase(Locale.ROOT), code.vi(), code.en());
        }
    }

    private static String mark(boolean yes) {
        return yes ? "✓" : "";
    }

    private static List<String> rule(int columns) {
        return Collections.nCopies(columns, "---");
    }

    private void heading(String text) {
        line("");
        line("## " + text);
    }

    private void row(String... cells) {
        row(List.of(cells));
    }

    private void row(List<String> cells) {
        line("| " + String.join(" | ", cells) + " |");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
