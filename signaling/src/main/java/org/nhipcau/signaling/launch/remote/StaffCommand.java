// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch.remote;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonChange;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonDraft;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonPage;
import org.nhipcau.signaling.rest.resource.PersonBodies.PersonView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Staff from the command line: names go in, by standard input, and pseudonyms come out. */
@Command(name = "staff", description = "Nhân viên, theo bí danh · Staff, by pseudonym: list, show, add, change.")
public final class StaffCommand extends Group {
    @Command(name = "list", description = "Liệt kê nhân viên · List staff.")
    int list(@Mixin RemoteOptions remote,
            @Option(names = "--facility", description = "Only of this facility.") String facility,
            @Option(names = "--cursor", description = "Where a list goes on.") String cursor,
            @Option(names = "--limit", description = "Most rows, 1 to 200 (default 50).") Integer limit)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> {
            PersonPage page = client.staff(RemoteOptions.query("facility", facility, "cursor", cursor, "limit",
                    limit == null ? null : limit.toString()));
            out.table(page, List.of("Bí danh · Pseudonym", "Vai trò · Role", "Cơ sở · Facility", "Hoạt động · Active"),
                    page.items().stream().map(each -> List.of(each.pseudonym(), role(each.role()),
                            Printer.text(each.facility()), Printer.yes(each.active()))).toList());
            out.more(page.nextCursor());
        });
    }

    static String role(Role role) {
        return role.vi() + " · " + role.name();
    }

    @Command(name = "show", description = "Xem một nhân viên · Show an entry of the staff.")
    int show(@Mixin RemoteOptions remote,
            @Parameters(paramLabel = "PSEUDONYM", description = "P_…") String pseudonym)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> print(out, client.staffMember(pseudonym)));
    }

    static void print(Printer out, PersonView view) {
        out.lines(view, "Bí danh · Pseudonym", view.pseudonym(), "Vai trò · Role", role(view.role()),
                "Cơ sở · Facility", view.facility(), "Hoạt động · Active", Printer.yes(view.active()),
                "Lập lúc · Made", Printer.time(view.createdAt()), "Đã xóa · Erased", Printer.time(view.erasedAt()));
    }

    @Command(name = "add", description = "Thêm nhân viên; họ tên đọc từ đầu vào chuẩn, để không lưu trong lịch sử lệnh · "
            + "Add somebody; the name is read from standard input, so that no shell remembers it.")
    int add(@Mixin RemoteOptions remote,
            @Option(names = "--role", required = true, description = "${COMPLETION-CANDIDATES}.") Role role,
            @Option(names = "--facility", required = true, description = "Code of the facility.") String facility,
            @Option(names = "--reference", description = "Of the hospital's own system.") String reference)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> print(out, client.addStaff(new PersonDraft(name(), reference, null, role,
                facility))));
    }

    /** A name, from standard input. */
    static String name() throws IOException {
        String name = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        return name == null ? "" : name.strip();
    }

    @Command(name = "change", description = "Sửa vai trò, cơ sở, hoạt động; phần không nêu giữ nguyên · Change role, "
            + "facility, active; what is not named stays.")
    int change(@Mixin RemoteOptions remote,
            @Parameters(paramLabel = "PSEUDONYM", description = "P_…") String pseudonym,
            @Option(names = "--role", description = "${COMPLETION-CANDIDATES}.") Role role,
            @Option(names = "--facility", description = "Code of the facility.") String facility,
            @Option(names = "--active", negatable = true, description = "May be invited.") Boolean active)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> {
            PersonView now = client.staffMember(pseudonym);
            print(out, client.changeStaff(pseudonym, new PersonChange(role == null ? now.role() : role,
                    facility == null ? now.facility() : facility, active == null ? now.active() : active),
                    now.version()));
        });
    }
}
