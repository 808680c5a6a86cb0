// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The databases that the store is tested on. PostgreSQL is a cluster of the tests' own, on loopback, where it is
 * installed.
 */
public enum Backend {
    SQLITE, POSTGRESQL;

    private static final AtomicInteger DATABASES = new AtomicInteger();

    /** The URL of a new, empty database; skips the test where there is none of that kind. */
    public String url(Path directory) {
        if (this == SQLITE) {
            return "";
        }
        Assumptions.assumeTrue(Cluster.SHARED != null, "PostgreSQL is not installed here: skipped");
        return Cluster.SHARED.newDatabase();
    }

    /** A copy of a closed store in another directory; its URL. */
    public String copy(String url, Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return this == SQLITE ? "" : Cluster.SHARED.newDatabase(" TEMPLATE "
                + url.substring(url.lastIndexOf('/') + 1, url.indexOf('?')));
    }

    /** A connection past the store, for hands that should not be there. */
    public static Connection connect(String url, Path directory) throws SQLException {
        return DriverManager.getConnection(url.isEmpty() ? "jdbc:sqlite:" + directory.resolve("nhipcau.db") : url);
    }

    /** A PostgreSQL server that ends with the tests. */
    public static final class Cluster implements AutoCloseable {
        static final Cluster SHARED = start();

        private final Path programs;
        private final Path directory;
        private final int port;

        private Cluster(Path programs, Path directory, int port) {
            this.programs = programs;
            this.directory = directory;
            this.port = port;
        }

        /** A new server; null where PostgreSQL is not installed. */
        public static Cluster start() {
            Path programs = programs();
            if (programs == null) {
                return null;
            }
            try {
                Path directory = Files.createTempDirectory("nhipcau-pg");
                if (asRoot()) {
                    run(List.of("chown", "nobody", directory.toString()));
                }
                int port;
                try (ServerSocket free = new ServerSocket(0)) {
                    port = free.getLocalPort();
                }
                Cluster cluster = new Cluster(programs, directory, port);
                run(cluster.asUser("initdb", "-D", directory.resolve("data").toString(), "-A", "trust", "-U", "nhipcau",
                        "-E", "UTF8", "--locale=C", "--no-sync"));
                cluster.up();
                Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
                return cluster;
            } catch (IOException e) {
                throw new IllegalStateException("PostgreSQL is installed and does not start", e);
            }
        }

        private static boolean asRoot() {
            return System.getProperty("user.name").equals("root");
        }

        private static Path programs() {
            List<Path> places = new ArrayList<>();
            try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
                versions.sorted(Comparator.reverseOrder()).forEach(version -> places.add(version.resolve("bin")));
            } catch (IOException none) {
                // Installed elsewhere, or not at all.
            }
            Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":")).map(Path::of).forEach(places::add);
            return places.stream().filter(place -> Files.isExecutable(place.resolve("initdb"))
                    && Files.isExecutable(place.resolve("pg_ctl"))).findFirst().orElse(null);
        }

        private List<String> asUser(String program, String... arguments) {
            List<String> command = new ArrayList<>();
            if (asRoot()) {
                command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
            }
            command.add(programs.resolve(program).toString());
            command.addAll(List.of(arguments));
            return command;
        }

        private static void run(List<String> command) throws IOException {
            Path log = Files.createTempFile("nhipcau-pg", ".log");
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile())
                    .start();
            try {
                if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    throw new IOException(command + ": " + Files.readString(log));
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            } finally {
                process.destroyForcibly();
                Files.deleteIfExists(log);
            }
        }

        /** Starts it again. */
        public void up() throws IOException {
            run(asUser("pg_ctl", "-D", directory.resolve("data").toString(), "-w", "-t", "50", "-l",
                    directory.resolve("log").toString(), "-o",
                    "-p " + port + " -h 127.0.0.1 -k '' -c fsync=off -c shared_buffers=16MB -c max_connections=60",
                    "start"));
        }

        /** Stops it as if its machine had died. */
        public void down() throws IOException {
            run(asUser("pg_ctl", "-D", directory.resolve("data").toString(), "-m", "immediate", "-w", "stop"));
        }

        /** The URL of a new database. */
        public String newDatabase() {
            return newDatabase("");
        }

        private String newDatabase(String more) {
            String name = "t" + DATABASES.incrementAndGet();
            try (Connection connection = DriverManager.getConnection(url("postgres"));
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name + more);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return url(name);
        }

        private String url(String name) {
            return "jdbc:postgresql://127.0.0.1:" + port + "/" + name + "?user=nhipcau";
        }

        @Override
        public void close() {
            try {
                down();
            } catch (IOException e) {
                // Down already.
            }
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                // In a temporary directory.
            }
        }
    }
}
