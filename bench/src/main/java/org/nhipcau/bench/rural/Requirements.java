// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.Machine;

/**
 * The programs that a run is made with.
 *
 * @param linklab null: the kernel's netem makes the link
 * @param modules a package.json beside whose packages the browsers' driver finds its own
 */
record Requirements(Path linklab, Path chromium, Path node, Path modules) {
    private static final String NETEM = "tc";
    /** Names linklab's program where no option does, for the smoke run above all. */
    private static final String VARIABLE = "NHIPCAU_LINKLAB";
    /** CAP_NET_ADMIN and CAP_SYS_ADMIN: to make devices and namespaces. */
    private static final long CAPABILITIES = 1L << 12 | 1L << 21;

    /** @param emulator a program, {@code tc}, or none for linklab from the environment or the path */
    static Requirements find(Optional<String> emulator) throws UsageException {
        Path linklab = null;
        if (!emulator.equals(Optional.of(NETEM))) {
            Path named = emulator.or(() -> Optional.ofNullable(System.getenv(VARIABLE)).filter(text -> !text.isBlank()))
                    .map(Path::of).or(() -> onPath("linklab")).orElse(null);
            if (named != null && !(Files.isRegularFile(named) && Files.isExecutable(named))) {
                throw new UsageException("--emulator or " + VARIABLE + " is '" + named
                        + "'; allowed: a program that can be run, or tc");
            }
            linklab = named;
        }
        String browser = System.getenv("NHIPCAU_CHROMIUM");
        Path chromium = browser != null && !browser.isBlank() ? Path.of(browser) : onPath("chromium").orElse(null);
        return new Requirements(linklab, chromium, onPath("node").orElse(null),
                Machine.home().resolve("signaling").resolve("e2e").resolve("package.json"));
    }

    /** What is not there, each with what to do about it; empty: a run can be made. */
    List<String> missing(boolean netem) {
        List<String> missing = new ArrayList<>();
        if (!System.getProperty("os.name").equals("Linux")) {
            missing.add("Linux, for network namespaces");
            return missing;
        }
        if ((capabilities() & CAPABILITIES) != CAPABILITIES) {
            missing.add("root, or CAP_NET_ADMIN and CAP_SYS_ADMIN, to make a link");
        }
        if (netem) {
            need(missing, onPath("tc").isPresent() && onPath("ip").isPresent(), "tc and ip (package iproute2)");
        } else {
            need(missing, linklab != null, "linklab on the path, or named by --emulator PATH or "
                    + VARIABLE + "; or --emulator tc");
            need(missing, Files.isWritable(Path.of("/dev/net/tun")), "/dev/net/tun");
        }
        need(missing, onPath("nsenter").isPresent(), "nsenter (package util-linux)");
        need(missing, chromium != null && Files.isExecutable(chromium), "Chromium: apt-get install chromium, or"
                + " NHIPCAU_CHROMIUM");
        need(missing, node != null, "Node.js 20 or newer");
        need(missing, Files.isDirectory(modules.resolveSibling("node_modules").resolve("playwright-core")),
                "the packages of signaling/e2e: npm ci there");
        return missing;
    }

    private static void need(List<String> missing, boolean there, String what) {
        if (!there) {
            missing.add(what);
        }
    }

    private static long capabilities() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("CapEff:")).map(line -> line.substring(7).strip())
                    .mapToLong(text -> Long.parseUnsignedLong(text, 16)).findFirst().orElse(0);
        } catch (IOException noLinux) {
            return 0;
        }
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":")).filter(dir -> !dir.isEmpty())
                .map(dir -> Path.of(dir, program)).filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }
}
