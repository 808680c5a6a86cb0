// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.Optional;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.config.ServerConfig;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;
import org.nhipcau.signaling.store.keys.KeyRing;
import org.nhipcau.signaling.store.sql.Database;
import org.nhipcau.signaling.store.sql.RecordCheck;
import org.nhipcau.signaling.store.sql.ReturnedKey;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Proves the audit record, or takes over one whose head is on another machine. */
@Command(name = "audit", description = "Prove the audit record.")
final class AuditCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOption help;

    static CommandLine line() {
        return new CommandLine(new AuditCommand()).addSubcommand(new Verify()).addSubcommand(new Adopt());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: verify or adopt");
    }

    /** Exit code 0 when the record is whole. */
    @Command(name = "verify",
            description = "Go through the audit record from the beginning, then events, attendance, consultations, "
            + "facilities, people, API keys and call quality; "
            + "exit code 0 when all is as it was written, 1 and the first broken place otherwise. The server may run.")
    static final class Verify extends StoreCommand {
        @Option(names = "--expect", paramLabel = "SEQ:HASH",
                description = "An end that was noted elsewhere (this command "
                + "and the server's log print it): the record must still hold it.")
        private String expect = "";

        @Override
        int run(StoreOptions options) throws IOException, InvalidConfigException {
            if (!expect.isEmpty() && !expect.matches("[0-9]{1,18}:[0-9a-f]{64}")) {
                throw wrong("--expect is '" + expect + "'; allowed: SEQ:HASH as this command prints it");
            }
            ServerConfig config = options.config();
            StoreSettings settings = StoreOpening.settings(config);
            KeyRing keys = StoreOpening.keys(config);
            Optional<AuditHead.State> head = AuditHead.read(settings.headFile(), keys);
            if (head.isEmpty()) {
                err().println("nhipcau: BROKEN: the head of the record, " + settings.headFile() + ", "
                        + (Files.exists(settings.headFile()) ? "was not written with the configured key"
                        : "is missing"));
                return 1;
            }
            try (Database database = Database.existing(settings.url(), settings.directory())) {
                RecordCheck.Result result = RecordCheck.run(database, keys, () -> AuditHead.read(settings.headFile(),
                        keys).orElseThrow(() -> new IOException("the head of the record, " + settings.headFile()
                        + ", went away meanwhile")));
                Optional<String> problem = result.problem().or(() -> expected(database));
                if (problem.isPresent()) {
                    err().println("nhipcau: BROKEN: " + problem.get());
                    return 1;
                }
                result.note().ifPresent(note -> err().println("nhipcau: " + note));
                out().println("whole: " + result.entries() + " entries, end " + result.end().seq() + ':'
                        + result.end().hash());
                return 0;
            }
        }

        private Optional<String> expected(Database database) {
            if (expect.isEmpty()) {
                return Optional.empty();
            }
            String[] words = expect.split(":");
            return RecordCheck.holds(database, Long.parseLong(words[0]), words[1]) ? Optional.empty()
                    : Optional.of("entry " + words[0]
                    + " is missing or another one than was noted: an older copy of the "
                            + "whole store was put back, or the record was made anew");
        }
    }

    /** Makes the head anew. */
    @Command(name = "adopt",
            description = "Make the head of the audit record anew, after the record itself was found whole: "
            + "for a new machine on an existing PostgreSQL database. The record may have been shortened by "
            + "retention. It is written down in the record.")
    static final class Adopt extends StoreCommand {
        @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; without names of people.")
        private String reason = "";

        @Override
        int run(StoreOptions options) throws IOException, InvalidConfigException {
            ServerConfig config = options.config();
            StoreSettings settings = StoreOpening.settings(config);
            KeyRing keys = StoreOpening.keys(config);
            if (Files.exists(settings.headFile())) {
                throw new IOException("there is a head, " + settings.headFile() + "; move it away first");
            }
            AuditHead.Mark end;
            try (Database database = Database.existing(settings.url(), settings.directory())) {
                RecordCheck.Result result = RecordCheck.withoutHead(database, keys);
                if (result.problem().isPresent()) {
                    throw new IOException("the record is broken: " + result.problem().get());
                }
                end = result.end();
                ReturnedKey.refuse(database, keys, end);
            }
            AuditHead.create(settings.headFile(), keys, end).close();
            try (Store store = Store.open(settings, keys, InstantSource.system())) {
                store.note("audit.adopted", "operator", reason);
            }
            out().println("adopted at " + end.seq() + ':' + end.hash());
            return 0;
        }
    }
}
