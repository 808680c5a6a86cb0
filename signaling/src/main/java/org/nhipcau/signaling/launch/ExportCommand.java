// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.consultation.PublicId;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.sheet.Exports.Asker;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes one consultation, or all that is kept of one person, into a file. */
@Command(name = "export", description = "Write one consultation, or what is kept of one person, into a file.")
final class ExportCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOption help;

    static CommandLine line() {
        return new CommandLine(new ExportCommand()).addSubcommand(new OfConsultation()).addSubcommand(new OfPerson());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: consultation or person");
    }

    private static Asker asker(boolean names) {
        return new Asker("operator", names, "", InstantSource.system().instant());
    }

    /** One consultation. */
    @Command(name = "consultation",
            description = "One consultation: everything as JSON, or the attendance sheet as PDF. "
            + "The server may run.")
    static final class OfConsultation extends StoreCommand {
        @Parameters(paramLabel = "ID", description = "The consultation, C_….")
        private String id = "";

        @Option(names = "--format", paramLabel = "FORMAT", description = "json (default) or pdf.")
        private String format = "json";

        @Option(names = "--names", description = "With the names of people; each is written down in the audit record.")
        private boolean names;

        @Option(names = "--out", paramLabel = "FILE", description = "A new file; JSON goes to standard output without.")
        private Path out;

        @Override
        int run(StoreOptions options) throws IOException, InvalidConfigException {
            if (!List.of("json", "pdf").contains(format) || format.equals("pdf") && out == null) {
                throw wrong("--format is '" + format + "'; allowed: json, or pdf with --out FILE");
            }
            if (!PublicId.isConsultation(id)) {
                throw wrong("the consultation is '" + id + "'; allowed: C_ and 12 letters and digits");
            }
            try (Store store = StoreOpening.open(options.config())) {
                if (format.equals("json")) {
                    var document = store.exports().consultation(id, asker(names)).orElseThrow(() -> none(id));
                    write(out, document.toPrettyString() + '\n');
                    return 0;
                }
                ByteArrayOutputStream sheet = new ByteArrayOutputStream();
                if (!store.exports().sheet(id, asker(names), sheet)) {
                    throw none(id);
                }
                write(out, sheet.toByteArray());
                return 0;
            }
        }
    }

    private static IOException none(String id) {
        return new IOException("there is no " + id);
    }

    /** One person. */
    @Command(name = "person", description = "Everything that is kept of one person, as JSON. The server may run.")
    static final class OfPerson extends StoreCommand {
        @Parameters(paramLabel = "PSEUDONYM", description = "The person, P_….")
        private String pseudonym = "";

        @Option(names = "--names", description = "With name, reference and contact; written down in the audit record.")
        private boolean names;

        @Option(names = "--out", paramLabel = "FILE", description = "A new file; standard output if not given.")
        private Path out;

        @Override
        int run(StoreOptions options) throws IOException, InvalidConfigException {
            try (Store store = StoreOpening.open(options.config())) {
                var document = store.exports().person(pseudonym, asker(names)).orElseThrow(() -> none(pseudonym));
                write(out, document.toPrettyString() + '\n');
                return 0;
            }
        }
    }
}
