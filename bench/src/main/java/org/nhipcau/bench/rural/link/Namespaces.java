// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Named network namespaces, in which a program sees no network but what it is given. */
final class Namespaces {
    private static final Path FOLDER = Path.of("/run/netns");
    private static final long COMMAND_S = 10;

    private Namespaces() {}

    /** Takes a namespace away; what still runs in it keeps it until it ends. */
    static void remove(String name) throws IOException {
        Path file = FOLDER.resolve(name);
        if (Files.exists(file)) {
            run(List.of("umount", file.toString()));
            Files.deleteIfExists(file);
        }
    }

    /** Runs a command. @throws IOException with what it said when it fails */
    static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor(COMMAND_S, TimeUnit.SECONDS) && process.exitValue() == 0) {
                return said;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + ": " + said);
    }
}
