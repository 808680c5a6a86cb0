// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.nhipcau.signaling.audit.PrivateFile;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.store.UnfinishedRestore;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * Connections to the configured database, and whether it can be written to.
 *
 * <p>One thread of this process writes at a time: the audit chain has one end. A writer that waits too long, like one
 * whose disk is full, is told that the journal is away; the next that succeeds heals it. A database that a newer
 * program has taken over is not opened ({@link WriterVersion}).
 *
 * <p>Thread: any. Owns: the connections.
 */
public final class Database implements AutoCloseable {
    private static final String SQLITE = "jdbc:sqlite:";
    private static final String POSTGRESQL = "jdbc:postgresql:";
    private static final int READERS = 4;
    private static final int SERVER_WRITERS = 2;
    private static final int SERVER_READERS = 6;
    private static final long CONNECT_MS = 3_000;
    private static final long WAIT_MS = 5_000;
    private static final int BUSY_MS = 4_000;
    private static final int ANSWER_S = 10;

    /** Work in a transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private final boolean sqlite;
    private final Path file;
    private final HikariDataSource writer;
    private final HikariDataSource readers;
    private final ReentrantLock writing = new ReentrantLock(true);
    private Object identity = "";
    private volatile boolean lost;
    private volatile String failure = "";

    private Database(boolean sqlite, Path file, HikariDataSource writer, HikariDataSource readers) {
        this.sqlite = sqlite;
        this.file = file;
        this.writer = writer;
        this.readers = readers;
    }

    /**
     * Opens the database and brings its tables to this version.
     *
     * @param url empty: SQLite in the directory
     * @throws IOException saying why it cannot be used, without the address
     */
    public static Database open(String url, Path directory) throws IOException {
        Database database = null;
        try {
            if (url.isEmpty() || url.startsWith(SQLITE)) {
                Path file = url.isEmpty() ? directory.resolve("nhipcau.db") : Path.of(url.substring(SQLITE.length()));
                if (!Files.exists(file)) {
                    // SQLite gives its other files the permissions of this one.
                    PrivateFile.create(file);
                }
                database = new Database(true, file, pool(sqlite(file, true), 1, "store-write"),
                        pool(sqlite(file, false), READERS, "store-read"));
            } else if (url.startsWith(POSTGRESQL)) {
                // Apart, so that long reads, such as a backup or a report, do not keep the writer waiting.
                database = new Database(false, null, pool(postgresql(url), SERVER_WRITERS, "store-write"),
                        pool(postgresql(url), SERVER_READERS, "store-read"));
            } else {
                throw new IOException("the store's URL is none of jdbc:sqlite:PATH and jdbc:postgresql:…");
            }
            database.migrate();
            refuseNewer(database);
            database.identity = database.sqlite ? identity(database.file) : "";
            return database;
        } catch (RuntimeException e) {
            if (database != null) {
                database.close();
            }
            throw new IOException("the store's database cannot be opened: " + Failures.cause(e), e);
        }
    }

    private static void refuseNewer(Database database) throws IOException {
        try {
            WriterVersion.refuse(database);
        } catch (IOException e) {
            database.close();
            throw e;
        }
    }

    /**
     * Opens the database that is there, for reading.
     *
     * @throws IOException when there is none
     */
    public static Database existing(String url, Path directory) throws IOException {
        require(url, directory);
        return open(url, directory);
    }

    /**
     * Refuses where there is no database file, or a restore was cut short.
     *
     * @throws IOException naming the file, or telling what to do
     */
    public static void require(String url, Path directory) throws IOException {
        UnfinishedRestore.refuse(directory);
        Path file = url.isEmpty() ? directory.resolve("nhipcau.db")
                : url.startsWith(SQLITE) ? Path.of(url.substring(SQLITE.length())) : null;
        if (file != null && !Files.exists(file)) {
            throw new IOException("there is no store, " + file);
        }
    }

    private static SQLiteDataSource sqlite(Path file, boolean writes) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_MS);
        config.enforceForeignKeys(true);
        // What is deleted is overwritten: an erased mapping must not stay in free pages.
        config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "true");
        if (writes) {
            config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        }
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(SQLITE + file);
        return source;
    }

    private static PGSimpleDataSource postgresql(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setConnectTimeout((int) TimeUnit.MILLISECONDS.toSeconds(CONNECT_MS));
        if (source.getSocketTimeout() == 0) {
            source.setSocketTimeout(ANSWER_S);
        }
        source.setTcpKeepAlive(true);
        source.setApplicationName("nhipcau");
        return source;
    }

    private static HikariDataSource pool(DataSource source, int size, String name) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setPoolName(name);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_MS);
        config.setInitializationFailTimeout(CONNECT_MS);
        if (source instanceof PGSimpleDataSource) {
            // A commit that returns before the disk has it would be no record.
            config.setConnectionInitSql("SELECT set_config('synchronous_commit', 'on', false) "
                    + "WHERE current_setting('synchronous_commit') IN ('off', 'local')");
        }
        return new HikariDataSource(config);
    }

    private void migrate() {
        try {
            Flyway.configure(Database.class.getClassLoader())
                    .dataSource(writer)
                    .locations("classpath:org/nhipcau/signaling/store/migration")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new IllegalStateException("the tables cannot be brought to this version", e);
        }
    }

    /** Runs work in one transaction that is on the disk when this returns. */
    <T> T write(Work<T> work) {
        lock();
        try {
            return transaction(work);
        } finally {
            writing.unlock();
        }
    }

    /** The queue of writers; whoever holds it may call {@link #transaction} several times. */
    void lock() {
        boolean mine;
        try {
            mine = writing.tryLock(WAIT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.unavailable("store_interrupted", e);
        }
        if (!mine) {
            throw fail(Failures.unavailable("store_busy", null));
        }
    }

    void unlock() {
        writing.unlock();
    }

    <T> T transaction(Work<T> work) {
        if (lost) {
            throw fail(Failures.unavailable("store_file_lost", null));
        }
        try (Connection connection = writer.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                T result = work.run(connection);
                connection.commit();
                done = true;
                failure = "";
                return result;
            } finally {
                if (!done) {
                    rollBack(connection);
                }
            }
        } catch (SQLException e) {
            throw fail(Failures.of(e));
        } catch (JournalUnavailableException e) {
            throw fail(e);
        }
    }

    private void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException broken) {
            // SQLite rolls back by itself when the disk is full, and its driver does not know: another connection, then.
            writer.evictConnection(connection);
        }
    }

    /** Runs statements that change nothing; once more where the server has ended the connection meanwhile. */
    <T> T read(Work<T> work) {
        try {
            return readOnce(work);
        } catch (SQLTransientConnectionException none) {
            throw Failures.of(none);
        } catch (SQLException e) {
            if (!Failures.unreachable(e)) {
                throw Failures.of(e);
            }
            // A server that was restarted has ended all of them, and the pool finds out one by one.
            readers.getHikariPoolMXBean().softEvictConnections();
        }
        try {
            return readOnce(work);
        } catch (SQLException e) {
            throw Failures.of(e);
        }
    }

    private <T> T readOnce(Work<T> work) throws SQLException {
        try (Connection connection = readers.getConnection()) {
            return work.run(connection);
        }
    }

    /** Reads many rows as of one moment, without holding all of them. */
    <T> T readLong(Work<T> work) {
        try (Connection connection = readers.getConnection()) {
            // PostgreSQL sends rows in portions only within a transaction.
            connection.setAutoCommit(false);
            if (!sqlite) {
                // SQLite's read transactions see one moment as they are.
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            }
            try {
                return work.run(connection);
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw Failures.of(e);
        }
    }

    /** Runs one statement outside any transaction, in the queue of writers: it may hold their one connection long. */
    void maintain(String statement) throws SQLException {
        lock();
        try (Connection connection = writer.getConnection(); var run = connection.createStatement()) {
            run.execute(statement);
        } finally {
            writing.unlock();
        }
    }

    /**
     * Whether the database is still the one that was opened: a file that was moved away takes writes that nobody keeps.
     */
    public void probe() {
        lost = sqlite && !identity.equals(identity(file));
        if (lost) {
            throw fail(Failures.unavailable("store_file_lost", null));
        }
    }

    private static Object identity(Path file) {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? "" : key;
        } catch (IOException e) {
            return "missing";
        }
    }

    JournalUnavailableException fail(JournalUnavailableException e) {
        failure = e.getMessage();
        return e;
    }

    /** Why the last write failed; empty when it did not. */
    public String failure() {
        return failure;
    }

    /** Whether it is a file in this machine's file system. */
    public boolean isSqlite() {
        return sqlite;
    }

    /** The file; null for PostgreSQL. */
    public Path file() {
        return file;
    }

    @Override
    public void close() {
        writer.close();
        readers.close();
    }
}
