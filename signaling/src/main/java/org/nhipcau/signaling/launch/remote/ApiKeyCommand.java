// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch.remote;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.resource.KeyResource.KeyBody;
import org.nhipcau.signaling.rest.resource.KeyResource.KeyPage;
import org.nhipcau.signaling.rest.resource.KeyResource.KeyView;
import org.nhipcau.signaling.rest.resource.KeyResource.NewKeyView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** API keys from the command line; the first is made by the operator, with --config or --dev. */
@Command(name = "apikey", description = "Khóa API · API keys: list, show, add, revoke, scopes.")
public final class ApiKeyCommand extends Group {
    @Command(name = "list", description = "Liệt kê khóa · List keys, without their secrets.")
    int list(@Mixin RemoteOptions remote, @Option(names = "--cursor", description = "Where a list goes on.") String cursor,
            @Option(names = "--limit", description = "Most rows, 1 to 200 (default 50).") Integer limit)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> {
            KeyPage page = client.keys(RemoteOptions.query("cursor", cursor, "limit",
                    limit == null ? null : limit.toString()));
            out.table(page, List.of("Mã · Id", "Nhãn · Label", "Cơ sở · Facility", "Hết hạn · Ends",
                    "Thu hồi · Revoked", "Quyền · Scopes"), page.items().stream().map(each -> List.of(each.id(),
                            each.label(), Printer.text(each.facility()), Printer.time(each.expiresAt()),
                            Printer.time(each.revokedAt()), String.join(" ", each.scopes()))).toList());
            out.more(page.nextCursor());
        });
    }

    @Command(name = "show", description = "Xem một khóa · Show a key, without its secret.")
    int show(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ID", description = "Its id.") String id)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> {
            KeyView view = client.key(id);
            out.lines(view, details(view));
        });
    }

    private static String[] details(KeyView view) {
        return new String[] {"Mã · Id", view.id(), "Nhãn · Label", view.label(), "Cơ sở · Facility", view.facility(),
            "Quyền · Scopes", String.join(" ", view.scopes()), "Lập lúc · Made", Printer.time(view.createdAt()),
            "Hết hạn · Ends", Printer.time(view.expiresAt()), "Thu hồi · Revoked", Printer.time(view.revokedAt())};
    }

    @Command(name = "add", description = "Lập một khóa; khóa chỉ hiện một lần · Make a key; it is shown once.")
    int add(@Mixin RemoteOptions remote,
            @Option(names = "--label", required = true, description = "What it is for: a system, not a person.")
            String label,
            @Option(names = "--scope", required = true, split = ",", description = "What it may; \"apikey scopes\" "
                    + "lists them. May be repeated.") List<String> scopes,
            @Option(names = "--facility", description = "The facility it may act for (default: all).") String facility,
            @Option(names = "--expires", description = "It does not work from then on, e.g. 2027-01-01T00:00:00Z.")
            Instant expires) throws InvalidConfigException, IOException {
        return remote.run((client, out) -> {
            NewKeyView made = client.addKey(new KeyBody(label, scopes, facility, expires));
            List<String> lines = new ArrayList<>(List.of("Khóa (chỉ hiện lần này) · Key (shown now only)", made.key()));
            lines.addAll(java.util.Arrays.asList(details(made.details())));
            out.lines(made, lines.toArray(String[]::new));
        });
    }

    @Command(name = "revoke", description = "Thu hồi một khóa, ngay và vĩnh viễn · Revoke a key, at once and for good.")
    int revoke(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ID", description = "Its id.") String id)
            throws InvalidConfigException, IOException {
        return remote.run((client, out) -> {
            client.revokeKey(id);
            out.line("đã thu hồi · revoked");
        });
    }

    @Command(name = "scopes", description = "Liệt kê các quyền · List what a key may be allowed.")
    int scopes(@Mixin RemoteOptions remote) throws InvalidConfigException, IOException {
        return remote.printed(out -> {
            for (Scope scope : Scope.values()) {
                out.line(scope.wireName() + "  " + scope.description());
            }
        });
    }
}
