// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a figure was measured on: processor, memory, kernel, JVM with its flags, and the state of the source. */
public final class Machine {
    private static final String UNKNOWN = "unknown";

    private Machine() {}

    /** The directory of the project, as the command that started us says; the current one otherwise. */
    public static Path home() {
        return Path.of(System.getProperty("nhipcau.home", ".")).toAbsolutePath().normalize();
    }

    /** Where results go. */
    public static Path results() {
        return home().resolve("bench").resolve("results");
    }

    /** The JVM's flags; children are started with the same. */
    public static List<String> jvmFlags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-Dnhipcau.home=")).toList();
    }

    /** Processor, memory, kernel and JVM, for a report. */
    public static Map<String, Object> describe() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("cpu", after("/proc/cpuinfo", "model name"));
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        machine.put("memory", after("/proc/meminfo", "MemTotal"));
        machine.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        machine.put("jvmFlags", String.join(" ", jvmFlags()));
        machine.put("version", version());
        return machine;
    }

    private static String version() {
        String version = Machine.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private static String after(String file, String key) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(key)).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse(UNKNOWN);
        } catch (IOException | RuntimeException notLinux) {
            return UNKNOWN;
        }
    }

    /** The commit that is checked out. */
    public static String commit() {
        String commit = git("rev-parse", "HEAD");
        return commit == null || commit.isEmpty() ? UNKNOWN : commit;
    }

    /** Whether tracked files differ from the commit; null: not known. */
    public static Boolean dirty() {
        String changed = git("status", "--porcelain", "--untracked-files=no");
        return changed == null ? null : !changed.isEmpty();
    }

    private static String git(String... words) {
        try {
            Process process = new ProcessBuilder().command(command(words)).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? answer : null;
        } catch (IOException noGit) {
            return null;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private static List<String> command(String... words) {
        List<String> command = new java.util.ArrayList<>(List.of("git", "-C", home().toString()));
        command.addAll(List.of(words));
        return command;
    }
}
