// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.config.ServerConfig;
import org.nhipcau.signaling.store.backup.Backup;
import org.nhipcau.signaling.store.sql.Dump;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Backs up and restores (C7). */
final class BackupCommand {
    private BackupCommand() {}

    private static String told(Dump.Summary summary) {
        return summary.rows().get("consultation") + " consultations, " + summary.rows().get("person") + " people, "
                + summary.rows().get("audit") + " audit entries";
    }

    /** Takes a backup. */
    @Command(name = "backup",
            description = "Write everything that is kept into one sealed file, then read it back and prove "
            + "it. The server may run. It opens only with the store's key: keep a copy of that elsewhere.")
    static final class Take extends StoreCommand {
        @Option(names = "--to", paramLabel = "FILE", required = true, description = "The file; it must not be there.")
        private Path to;

        @Override
        int run(StoreOptions options) throws IOException, InvalidConfigException {
            ServerConfig config = options.config();
            Backup.write(StoreOpening.settings(config), StoreOpening.keys(config), to, InstantSource.system()
                    .instant());
            var checked = org.nhipcau.signaling.store.backup.Restore.check(to, StoreOpening.keys(config), scratch(to));
            out().println("backed up and checked: " + told(checked.summary()) + ", end " + checked.end().seq() + ':'
                    + checked.end().hash());
            return 0;
        }
    }

    private static Path scratch(Path beside) {
        return beside.toAbsolutePath().getParent();
    }

    /** Puts a backup back, or only checks one. */
    @Command(name = "restore",
            description = "Read a backup, prove its audit record, and put it back. No server may run on the "
            + "data directory; a PostgreSQL database must be empty.")
    static final class Restore extends StoreCommand {
        @Option(names = "--from", paramLabel = "FILE", required = true, description = "The backup.")
        private Path from;

        @Option(names = "--check", description = "Only read and prove it; nothing is changed.")
        private boolean check;

        @Option(names = "--replace", description = "Move what is there aside, into DIR/before-restore-TIME (SQLite).")
        private boolean replace;

        @Override
        int run(StoreOptions options) throws IOException, InvalidConfigException {
            ServerConfig config = options.anywhere();
            var checked = check
                    ? org.nhipcau.signaling.store.backup.Restore.check(from, StoreOpening.keys(config), scratch(from))
                    : org.nhipcau.signaling.store.backup.Restore.restore(from, StoreOpening.settings(config),
                            StoreOpening.keys(config), replace, InstantSource.system());
            out().println((check ? "whole: " : "restored: ") + told(checked.summary()) + ", of "
                    + checked.summary().createdAt());
            return 0;
        }
    }
}
