// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch.remote;

import java.io.IOException;
import java.util.List;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.rest.resource.FacilityResource.FacilityChange;
import org.nhipcau.signaling.rest.resource.FacilityResource.FacilityDraft;
import org.nhipcau.signaling.rest.resource.FacilityResource.FacilityPage;
import org.nhipcau.signaling.rest.resource.FacilityResource.FacilityView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Facilities from the command line. */
@Command(name = "facility", description = "Cơ sở y tế · Facilities: list, show, add, change, close.")
public final class FacilityCommand extends Group {
    @Command(name = "list", description = "Liệt kê cơ sở · List facilities.")
    int list(@Mixin RemoteOptions remote, @Option(names = "--cursor", description = "Where a list goes on.") String cursor,
            @Option(names = "--limit", description = "Most rows, 1 to 200 (default 50).") Integer limit)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> {
            FacilityPage page = client.facilities(RemoteOptions.query("cursor", cursor, "limit",
                    limit == null ? null : limit.toString()));
            out.table(page, List.of("Mã · Code", "Tên · Name", "Tuyến · Level", "Tỉnh · Province",
                    "Huyện · District", "Hoạt động · Active"), page.items().stream().map(each -> List.of(each.code(),
                            each.name(), each.level().name(), each.province(), Printer.text(each.district()),
                            Printer.yes(each.active()))).toList());
            out.more(page.nextCursor());
        });
    }

    @Command(name = "show", description = "Xem một cơ sở · Show a facility.")
    int show(@Mixin RemoteOptions remote, @Parameters(paramLabel = "CODE", description = "Its code.") String code)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> print(out, client.facility(code)));
    }

    private static void print(Printer out, FacilityView view) {
        out.lines(view, "Mã · Code", view.code(), "Tên · Name", view.name(), "Tuyến · Level", view.level().name(),
                "Tỉnh · Province", view.province(), "Huyện · District", view.district(), "Hoạt động · Active",
                Printer.yes(view.active()));
    }

    @Command(name = "add", description = "Thêm một cơ sở · Add a facility.")
    int add(@Mixin RemoteOptions remote, @Parameters(paramLabel = "CODE", description = "Its code.") String code,
            @Option(names = "--name", required = true, description = "Its name as on paper.") String name,
            @Option(names = "--level", required = true, description = "${COMPLETION-CANDIDATES}.") Facility.Level level,
            @Option(names = "--province", required = true, description = "Code of the province.") String province,
            @Option(names = "--district", description = "Code of the district.") String district)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> print(out, client.addFacility(new FacilityDraft(code, name, level, province,
                district))));
    }

    @Command(name = "change", description = "Sửa một cơ sở; phần không nêu giữ nguyên · Change a facility; what is not "
            + "named stays.")
    int change(@Mixin RemoteOptions remote, @Parameters(paramLabel = "CODE", description = "Its code.") String code,
            @Option(names = "--name", description = "Its name as on paper.") String name,
            @Option(names = "--level", description = "${COMPLETION-CANDIDATES}.") Facility.Level level,
            @Option(names = "--province", description = "Code of the province.") String province,
            @Option(names = "--district", description = "Code of the district.") String district,
            @Option(names = "--active", negatable = true, description = "New consultations may name it.")
            Boolean active) throws InvalidConfigException, IOException {
        return remote.run((client, out) -> {
            FacilityView now = client.facility(code);
            print(out, client.changeFacility(code, new FacilityChange(name == null ? now.name() : name,
                    level == null ? now.level() : level, province == null ? now.province() : province,
                    district == null ? now.district() : district, active == null ? now.active() : active),
                    now.version()));
        });
    }

    @Command(name = "close", description = "Ngừng một cơ sở: buổi hội chẩn mới không nêu được nữa · Close a facility: "
            + "no new consultation may name it.")
    int close(@Mixin RemoteOptions remote, @Parameters(paramLabel = "CODE", description = "Its code.") String code)
            throws InvalidConfigException, IOException {
        return change(remote, code, null, null, null, null, false);
    }
}
