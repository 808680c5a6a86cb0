// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.launch.remote.ApiKeyCommand;
import org.nhipcau.signaling.launch.remote.ConsultationCommands;
import org.nhipcau.signaling.launch.remote.FacilityCommand;
import org.nhipcau.signaling.launch.remote.StaffCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. Exit codes: 0 done, 1 it failed, 2 wrong arguments or configuration. */
@Command(name = "nhipcau", description = "WebRTC media server and signaling.", versionProvider = Main.Version.class)
public final class Main implements Runnable {
    static final int WRONG_USE = 2;

    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOption help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the version.")
    private boolean version;

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"nhipcau " + (version == null ? "(not packaged)" : version)};
        }
    }

    private Main() {}

    /** Starts the process. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        if (args.length > 0 && (args[0].equals("up") || args[0].equals("sfu"))) {
            Parts.prepare();
        }
        int code = run(Parts.wiring(), out, err, args);
        // After a signal the virtual machine is already going down, and a call of exit would wait for itself.
        if (code != 0) {
            System.exit(code);
        }
    }

    /** Runs one command; answers its exit code. */
    static int run(Wiring wiring, PrintWriter out, PrintWriter err, String... args) {
        CommandLine line = new CommandLine(new Main());
        if (wiring != null) {
            line.addSubcommand(new ServeCommand.Up(wiring)).addSubcommand(new ServeCommand.Signaling(wiring))
                    .addSubcommand(new ServeCommand.Sfu(wiring)).addSubcommand(new TrainingRun(wiring));
        }
        line.addSubcommand(new TokenCommand()).addSubcommand(new ConfigCommand())
                .addSubcommand(AuditCommand.line()).addSubcommand(new BackupCommand.Take())
                .addSubcommand(new BackupCommand.Restore()).addSubcommand(new ReportCommand())
                .addSubcommand(ExportCommand.line()).addSubcommand(new EraseCommand())
                .addSubcommand(new ResealCommand())
                .addSubcommand(new FacilityCommand()).addSubcommand(new StaffCommand())
                .addSubcommand(new ConsultationCommands()).addSubcommand(new ApiKeyCommand())
                .setOut(out).setErr(err).setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setParameterExceptionHandler(Main::wrongUse)
                .setExecutionExceptionHandler(Main::failed);
        return line.execute(args);
    }

    private static int wrongUse(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        line.getErr().println("nhipcau: " + e.getMessage());
        line.getErr().println("nhipcau: \"" + line.getCommandSpec().qualifiedName()
                + " --help\" tells what is allowed");
        return WRONG_USE;
    }

    private static int failed(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
        if (e instanceof InvalidConfigException invalid) {
            invalid.problems().forEach(problem -> line.getErr().println("nhipcau: " + problem));
            return WRONG_USE;
        }
        line.getErr().println("nhipcau: it failed: " + e);
        e.printStackTrace(line.getErr());
        return 1;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
