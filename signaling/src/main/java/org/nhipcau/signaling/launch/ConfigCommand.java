// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.nhipcau.signaling.config.ConfigLoader;
import org.nhipcau.signaling.config.InvalidConfigException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows and checks the configuration. */
@Command(name = "config", description = "Check the configuration and print what is in force, without secrets.")
final class ConfigCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOption help;

    @Mixin
    private ServerOptions options;

    @Option(names = "--defaults", description = "Print every key with its description, range and default.")
    private boolean defaults;

    @Override
    public Integer call() throws InvalidConfigException {
        PrintWriter out = spec.commandLine().getOut();
        if (defaults) {
            out.print(ConfigLoader.documentation());
        } else {
            options.loader().inForce().forEach(out::println);
        }
        return 0;
    }
}
