// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch.remote;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.consultation.Consent;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationRequest;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationDraft;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationPage;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationView;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.Invitee;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonDraft;
import org.nhipcau.signaling.rest.resource.RosterResource.ConsentBody;
import org.nhipcau.signaling.rest.resource.RosterResource.ParticipantPage;
import org.nhipcau.signaling.rest.resource.TokenResource.TokenBody;
import org.nhipcau.signaling.rest.resource.TokenResource.TokenView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Consultations from the command line. */
@Command(name = "consultation", description = "Hội chẩn · Consultations: list, show, patient, request, and all that moves one on.")
public final class ConsultationCommands extends Group {
    /** Commands of a consultation that need nothing but its id. */
    enum Step { accept, test, wait, start, resume, cancel }

    @Command(name = "list", description = "Liệt kê buổi hội chẩn · List consultations, newest first.")
    int list(@Mixin RemoteOptions remote,
            @Option(names = "--state", description = "${COMPLETION-CANDIDATES}.") Consultation.State state,
            @Option(names = "--facility", description = "Only of this facility.") String facility,
            @Option(names = "--cursor", description = "Where a list goes on.") String cursor,
            @Option(names = "--limit", description = "Most rows, 1 to 200 (default 50).") Integer limit)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> {
            ConsultationPage page = client.consultations(RemoteOptions.query("state",
                    state == null ? null : state.name(), "facility", facility, "cursor", cursor, "limit",
                    limit == null ? null : limit.toString()));
            out.table(page, List.of("Mã · Id", "Trạng thái · State", "Cơ sở · Facility", "Yêu cầu từ · Asked by",
                    "Yêu cầu lúc · Asked", "Bắt đầu · Begins"), page.items().stream().map(each -> List.of(each.id(),
                            state(each.state()), each.facility(), Printer.text(each.requester()),
                            Printer.time(each.requestedAt()), Printer.time(each.startsAt()))).toList());
            out.more(page.nextCursor());
        });
    }

    private static String state(Consultation.State state) {
        return state.vi() + " · " + state.name();
    }

    @Command(name = "show", description = "Xem một buổi hội chẩn · Show a consultation and its list.")
    int show(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ID", description = "C_…") String id)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> {
            print(out, client.consultation(id));
            ParticipantPage page = client.participants(id, Map.of("limit", "200"));
            out.table(page, List.of("Bí danh · Pseudonym", "Vai trò · Role", "Cơ sở · Facility",
                    "Phê duyệt · Approval", "Chỗ · Seat"), page.items().stream().map(each -> List.of(each.pseudonym(),
                            StaffCommand.role(each.role()), Printer.text(each.facility()), each.approval().name(),
                            each.seat().name())).toList());
        });
    }

    private static void print(Printer out, ConsultationView view) {
        out.lines(view, "Mã · Id", view.id(), "Trạng thái · State", state(view.state()), "Cơ sở · Facility",
                view.facility(), "Yêu cầu từ · Asked by", view.requester(), "Người bệnh · Patient", view.patient(),
                "Bắt đầu · Begins", Printer.time(view.startsAt()), "Đã đồng ý · Consent",
                Printer.yes(view.consentGiven()), "Che mặt · Face", view.facePolicy().mode().name(),
                "Kết quả · Outcome", view.outcome() == null ? null : view.outcome().name());
    }

    @Command(name = "patient", description = "Lập bí danh cho người bệnh hoặc người chăm sóc; họ tên đọc từ đầu vào chuẩn · "
            + "Make a pseudonym for a patient or a caregiver; the name is read from standard input.")
    int patient(@Mixin RemoteOptions remote,
            @Option(names = "--caregiver", description = "A caregiver, not a patient.") boolean caregiver,
            @Option(names = "--reference", description = "Of the hospital's own system.") String reference,
            @Option(names = "--facility", description = "Code of the facility, where the key is for one.")
            String facility) throws InvalidConfigException, IOException {
        return remote.run((client, out) -> StaffCommand.print(out, client.pseudonym(new PersonDraft(
                StaffCommand.name(), reference, null, caregiver ? Role.CAREGIVER : Role.PATIENT, facility))));
    }

    @Command(name = "request", description = "Yêu cầu hội chẩn · Request a consultation.")
    int request(@Mixin RemoteOptions remote,
            @Option(names = "--kind", required = true, description = "${COMPLETION-CANDIDATES}.")
            ConsultationRequest.Kind kind,
            @Option(names = "--facility", required = true, description = "The facility that answers.") String facility,
            @Option(names = "--requester", description = "The facility that asks.") String requester,
            @Option(names = "--patient", required = true, description = "Pseudonym of the patient.") String patient,
            @Option(names = "--child-under-six", description = "A caregiver must be present.") boolean child,
            @Option(names = "--at", description = "When it is wanted, e.g. 2026-12-01T01:00:00Z.") Instant at,
            @Option(names = "--participant", paramLabel = "P_…:ROLE[:FACILITY]", description = "One for the list; may "
                    + "be repeated.") List<String> participants,
            @Option(names = "--reason", description = "For an emergency: a code of a-z 0-9 -.") String reason)
            throws InvalidConfigException, IOException {
        List<Invitee> list = new ArrayList<>();
        for (String each : participants == null ? List.<String>of() : participants) {
            list.add(invitee(each));
        }
        return remote.run((client, out) -> print(out, client.request(new ConsultationDraft(kind, facility, requester,
                patient, child, at, list, null, reason), null)));
    }

    private Invitee invitee(String text) {
        String[] parts = text.split(":", 3);
        Role role = parts.length < 2 ? null : Role.named(parts[1]).orElse(null);
        if (role == null) {
            throw wrong("--participant is '" + text + "'; allowed: PSEUDONYM:ROLE or PSEUDONYM:ROLE:FACILITY");
        }
        return new Invitee(parts[0], role, parts.length < 3 ? null : parts[2]);
    }

    @Command(name = "move", description = "Chuyển bước: accept, test, wait, start, resume, cancel · Move a consultation "
            + "on.")
    int move(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ID", description = "C_…") String id,
            @Parameters(paramLabel = "STEP", description = "${COMPLETION-CANDIDATES}.") Step step)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> print(out, client.command(id, step.name())));
    }

    @Command(name = "decline", description = "Từ chối · Decline a request.")
    int decline(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ID", description = "C_…") String id,
            @Option(names = "--reason", required = true, description = "A code of a-z 0-9 -.") String reason)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> print(out, client.decline(id, reason)));
    }

    @Command(name = "schedule", description = "Xếp lịch · Set when it begins, or goes on.")
    int schedule(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ID", description = "C_…") String id,
            @Option(names = "--at", required = true, description = "E.g. 2026-12-01T01:00:00Z.") Instant at)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> print(out, client.schedule(id, at)));
    }

    @Command(name = "test-result", description = "Kết quả kiểm tra đường truyền · Record a test's verdict.")
    int testResult(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ID", description = "C_…") String id,
            @Parameters(paramLabel = "VERDICT", description = "GOOD, POOR or FAILED.") Consultation.LineTest verdict)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> print(out, client.testResult(id, verdict)));
    }

    @Command(name = "suspend", description = "Tạm ngừng · Interrupt the session.")
    int suspend(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ID", description = "C_…") String id,
            @Option(names = "--reason", required = true, description = "A code of a-z 0-9 -.") String reason)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> print(out, client.suspend(id, reason)));
    }

    @Command(name = "conclude", description = "Kết thúc · End it.")
    int conclude(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ID", description = "C_…") String id,
            @Parameters(paramLabel = "OUTCOME", description = "${COMPLETION-CANDIDATES}.")
            Consultation.Outcome outcome) throws InvalidConfigException, IOException {
        return remote.run((client, out) -> print(out, client.conclude(id, outcome)));
    }

    @Command(name = "enlist", description = "Ghi tên vào danh sách · Put somebody on the list.")
    int enlist(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ID", description = "C_…") String id,
            @Parameters(paramLabel = "P_…:ROLE[:FACILITY]", description = "Who, as what, of which facility.")
            String participant) throws InvalidConfigException, IOException {
        Invitee invitee = invitee(participant);
        return remote.run((client, out) -> print(out, client.enlist(id, invitee)));
    }

    @Command(name = "approve", description = "Phê duyệt danh sách · Approve entries of the list.")
    int approve(@Mixin RemoteOptions remote, @Parameters(index = "0", paramLabel = "ID", description = "C_…") String id,
            @Parameters(index = "1..*", arity = "1..*", paramLabel = "PSEUDONYM", description = "P_…")
            List<String> pseudonyms) throws InvalidConfigException, IOException {
        return remote.run((client, out) -> print(out, client.approve(id, pseudonyms)));
    }

    @Command(name = "consent", description = "Ghi nhận đồng ý của người bệnh · Record the patient's consent.")
    int consent(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ID", description = "C_…") String id,
            @Option(names = "--by", description = "Pseudonym of who agreed.") String by,
            @Option(names = "--text", required = true, description = "Id of the text.") String text,
            @Option(names = "--text-version", required = true, description = "Version of the text.") String version,
            @Option(names = "--means", required = true, description = "${COMPLETION-CANDIDATES}.") Consent.Means means)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> print(out, client.recordConsent(id, new ConsentBody(by, text, version,
                means))));
    }

    @Command(name = "token", description = "Cấp mã vào phòng cho một bí danh · Issue a token to join, for one pseudonym.")
    int token(@Mixin RemoteOptions remote, @Parameters(index = "0", paramLabel = "ID", description = "C_…") String id,
            @Parameters(index = "1", paramLabel = "PSEUDONYM", description = "P_…") String pseudonym,
            @Option(names = "--ttl", description = "Seconds, 30 to 600 (default 300).") Integer ttlS)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> {
            TokenView view = client.token(id, new TokenBody(pseudonym, ttlS, null));
            out.lines(view, "Mã vào phòng · Token", view.token(), "Dùng đến · Until", Printer.time(view.expiresAt()));
        });
    }
}
