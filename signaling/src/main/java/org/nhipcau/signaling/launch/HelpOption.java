// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import picocli.CommandLine.Option;

/** {@code --help}, on every command. */
final class HelpOption {
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean requested;
}
