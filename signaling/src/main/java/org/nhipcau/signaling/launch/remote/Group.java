// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch.remote;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only holds others. */
abstract class Group implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    /** An argument that is wrong. */
    ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing; allowed: "
                + String.join(", ", spec.subcommands().keySet()));
    }
}
