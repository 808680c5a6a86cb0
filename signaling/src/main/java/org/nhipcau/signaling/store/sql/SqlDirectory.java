// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.PublicId;
import org.nhipcau.signaling.consultation.VersionConflictException;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.store.DirectoryStore;
import org.nhipcau.signaling.store.ErasedList;
import org.nhipcau.signaling.store.Page;
import org.nhipcau.signaling.store.keys.Seal;

/**
 * Keeps facilities and people. What identifies a person is sealed under a key of that person, which is sealed under the
 * store's: erasing empties both columns, and leaves nothing to open in this database.
 *
 * <p>Copies from before an erasure (backups, copies of the database, the {@code before-restore-*} directories that a
 * restore leaves) hold both columns still and open with the store's key: they must be deleted for the erasure to be
 * whole.
 *
 * <p>Thread: any; blocks.
 */
public final class SqlDirectory implements DirectoryStore {
    private static final String PERSON = "SELECT pseudonym, role, facility, active, created_ms, erased_ms, version "
            + "FROM person ";
    private static final String SITE = "SELECT code, name, level, province, district, active, version FROM facility ";

    private final Database database;
    private final AuditLog audit;
    private final Seal seal;
    private final SecureRandom random;
    private final ErasedList erased;

    /** @param erased who was erased, kept beside the database */
    public SqlDirectory(Database database, AuditLog audit, Seal seal, SecureRandom random, ErasedList erased) {
        this.database = database;
        this.audit = audit;
        this.seal = seal;
        this.random = random;
        this.erased = erased;
    }

    @Override
    public Site putSite(Facility facility, String name, boolean active, long expectedVersion, String actor,
            Instant at) {
        Site site = new Site(facility, name.strip(), active, expectedVersion + 1);
        return audit.change(transaction -> {
            Connection connection = transaction.connection();
            int done = expectedVersion == 0
                    ? Sql.update(connection, "INSERT INTO facility (code, name, level, province, district, active, "
                            + "version, changed_ms) VALUES (?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT (code) DO NOTHING",
                            facility.code(), site.name(), facility.level().name(), facility.province(),
                            facility.district(), active, at)
                    : Sql.update(connection, "UPDATE facility SET name = ?, level = ?, province = ?, district = ?, "
                            + "active = ?, version = version + 1, changed_ms = ? WHERE code = ? AND version = ?",
                            site.name(), facility.level().name(), facility.province(), facility.district(), active, at,
                            facility.code(), expectedVersion);
            if (done == 0) {
                throw new VersionConflictException(expectedVersion);
            }
            ObjectNode data = SqlJournal.JSON.createObjectNode().put("code", facility.code()).put("name", site.name())
                    .put("level", facility.level().name()).put("province", facility.province())
                    .put("district", facility.district()).put("active", active).put("version", site.version());
            transaction.bind(Bound.FACILITY, facility.code());
            transaction.audit(new AuditEntry(at, "directory.facility", "", actor, data));
            return site;
        });
    }

    @Override
    public Optional<Site> site(String code) {
        return database.read(connection -> Sql.first(connection, SITE + "WHERE code = ?", SqlDirectory::site, code));
    }

    @Override
    public Page<Site> sites(String after, int limit) {
        int bounded = Page.bounded(limit);
        List<Site> sites = database.read(connection -> Sql.list(connection, SITE
                + "WHERE code > ? ORDER BY code LIMIT ?",
                SqlDirectory::site, after, bounded + 1));
        return page(sites, bounded, sites.size() <= bounded ? "" : sites.get(bounded - 1).facility().code());
    }

    private static <T> Page<T> page(List<T> found, int limit, String next) {
        return new Page<>(found.subList(0, Math.min(limit, found.size())), next);
    }

    private static Site site(ResultSet row) throws SQLException {
        Facility facility = new Facility(row.getString("code"), Facility.Level.valueOf(row.getString("level")),
                row.getString("province"), row.getString("district"));
        return new Site(facility, row.getString("name"), row.getInt("active") != 0, row.getLong("version"));
    }

    @Override
    public Person addPerson(Details details, Role role, String facility, String actor, Instant at) {
        String pseudonym = PublicId.random(PublicId.PERSON, random);
        byte[] key = seal.newKey();
        String wrapped = seal.seal(key, keyPlace(pseudonym));
        String sealed = seal.seal(key, bytes(details), detailsPlace(pseudonym));
        return audit.change(transaction -> {
            checkFacility(transaction.connection(), facility);
            Sql.update(transaction.connection(), "INSERT INTO person (pseudonym, role, facility, active, version, "
                    + "created_ms, wrapped_key, details) VALUES (?, ?, ?, 1, 1, ?, ?, ?)", pseudonym, role.name(),
                    facility, at, wrapped, sealed);
            transaction.bind(Bound.PERSON, pseudonym);
            transaction.audit(entry("directory.person-added", pseudonym, role, facility, true, actor, at));
            return new Person(pseudonym, role, facility, true, Instant.ofEpochMilli(at.toEpochMilli()), null, 1);
        });
    }

    @Override
    public Person changePerson(String pseudonym, Role role, String facility, boolean active, long expectedVersion,
            String actor, Instant at) {
        return audit.change(transaction -> {
            Connection connection = transaction.connection();
            checkFacility(connection, facility);
            int done = Sql.update(connection, "UPDATE person SET role = ?, facility = ?, active = ?, "
                    + "version = version + 1 WHERE pseudonym = ? AND version = ?", role.name(), facility, active,
                    pseudonym, expectedVersion);
            if (done == 0) {
                throw new VersionConflictException(expectedVersion);
            }
            transaction.bind(Bound.PERSON, pseudonym);
            transaction.audit(entry("directory.person-changed", pseudonym, role, facility, active, actor, at));
            return Sql.first(connection, PERSON + "WHERE pseudonym = ?", SqlDirectory::person, pseudonym).orElseThrow();
        });
    }

    private static AuditEntry entry(String kind, String pseudonym, Role role, String facility, boolean active,
            String actor, Instant at) {
        return new AuditEntry(at, kind, "", actor, SqlJournal.JSON.createObjectNode().put("person", pseudonym)
                .put("role", role.name()).put("facility", facility).put("active", active));
    }

    private static void checkFacility(Connection connection, String code) throws SQLException {
        if (!code.isEmpty() && Sql.first(connection, "SELECT 1 FROM facility WHERE code = ? AND active = 1",
                row -> row.getInt(1), code).isEmpty()) {
            throw new IllegalArgumentException("there is no active facility of that code");
        }
    }

    @Override
    public Optional<Person> person(String pseudonym) {
        return database.read(connection -> Sql.first(connection, PERSON + "WHERE pseudonym = ?", SqlDirectory::person,
                pseudonym));
    }

    @Override
    public Page<Person> people(String facility, String after, int limit) {
        int bounded = Page.bounded(limit);
        List<Person> people = database.read(connection -> facility.isEmpty()
                ? Sql.list(connection, PERSON + "WHERE pseudonym > ? ORDER BY pseudonym LIMIT ?", SqlDirectory::person,
                        after, bounded + 1)
                : Sql.list(connection, PERSON + "WHERE facility = ? AND pseudonym > ? ORDER BY pseudonym LIMIT ?",
                        SqlDirectory::person, facility, after, bounded + 1));
        return page(people, bounded, people.size() <= bounded ? "" : people.get(bounded - 1).pseudonym());
    }

    private static Person person(ResultSet row) throws SQLException {
        return new Person(row.getString("pseudonym"), Role.valueOf(row.getString("role")), row.getString("facility"),
                row.getInt("active") != 0, Sql.time(row, "created_ms"), Sql.time(row, "erased_ms"),
                row.getLong("version"));
    }

    @Override
    public Optional<Details> details(String pseudonym, String actor, String reason, Instant at) {
        return audit.change(transaction -> {
            Optional<Details> details = open(transaction.connection(), pseudonym);
            if (details.isPresent()) {
                transaction.audit(new AuditEntry(at, "directory.details-read", "", actor,
                        SqlJournal.JSON.createObjectNode().put("person", pseudonym).put("reason", reason)));
            }
            return details;
        });
    }

    /** What identifies somebody, for an export that is itself audited. */
    Optional<Details> open(Connection connection, String pseudonym) throws SQLException {
        record Sealed(String key, String details) {}

        Optional<Sealed> row = Sql.first(connection, "SELECT wrapped_key, details FROM person WHERE pseudonym = ? "
                + "AND details IS NOT NULL", found -> new Sealed(found.getString(1), found.getString(2)), pseudonym);
        if (row.isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] key = seal.open(row.get().key(), keyPlace(pseudonym));
            return Optional.of(details(seal.open(key, row.get().details(), detailsPlace(pseudonym))));
        } catch (GeneralSecurityException e) {
            throw new SQLException("the mapping of a pseudonym does not open: altered, or sealed with a key that is "
                    + "not configured", e);
        }
    }

    /** Seals every person's key anew under the store's current key; how many were sealed under another. */
    public int reseal(String actor, Instant at) {
        record Wrapped(String pseudonym, String key) {}

        return audit.change(transaction -> {
            Connection connection = transaction.connection();
            List<Wrapped> all = Sql.list(connection, "SELECT pseudonym, wrapped_key FROM person "
                    + "WHERE wrapped_key IS NOT NULL", row -> new Wrapped(row.getString(1), row.getString(2)));
            int changed = 0;
            for (Wrapped one : all) {
                if (!Seal.keyId(one.key()).equals(seal.currentKeyId())) {
                    Sql.update(connection, "UPDATE person SET wrapped_key = ? WHERE pseudonym = ?", resealed(one.key(),
                            one.pseudonym()), one.pseudonym());
                    transaction.bind(Bound.PERSON, one.pseudonym());
                    changed++;
                }
            }
            transaction.audit(new AuditEntry(at, "store.resealed", "", actor, SqlJournal.JSON.createObjectNode()
                    .put("keyId", seal.currentKeyId()).put("people", changed)));
            return changed;
        });
    }

    private String resealed(String wrapped, String pseudonym) throws SQLException {
        try {
            return seal.seal(seal.open(wrapped, keyPlace(pseudonym)), keyPlace(pseudonym));
        } catch (GeneralSecurityException e) {
            throw new SQLException("a person's key does not open: altered, or sealed with a key that is not configured",
                    e);
        }
    }

    @Override
    public boolean erase(String pseudonym, String actor, Instant at) {
        if (person(pseudonym).isEmpty()) {
            return false;
        }
        eraseAll(List.of(pseudonym), actor, at);
        return true;
    }

    /** Erases all of them; what is left in the files is taken out once, at the end. */
    void eraseAll(List<String> pseudonyms, String actor, Instant at) {
        pseudonyms.forEach(this::enlist);
        forgetAll(pseudonyms, actor, at);
    }

    /**
     * Erases again whoever is on the list and is not erased here: after a restore, or a crash between the list and the
     * table; how many.
     *
     * @throws IOException when the list cannot be read
     */
    public int eraseListed(String actor, Instant at) throws IOException {
        return forgetAll(erased.all().stream().filter(pseudonym -> person(pseudonym).filter(
                person -> person.erasedAt() == null).isPresent()).toList(), actor, at);
    }

    // First on the list: an erasure that is not on it would be undone by the next restore.
    private void enlist(String pseudonym) {
        try {
            erased.add(pseudonym);
        } catch (IOException e) {
            throw database.fail(Failures.unavailable("store_disk_failed", e));
        }
    }

    private int forgetAll(List<String> pseudonyms, String actor, Instant at) {
        int done = 0;
        try {
            for (String pseudonym : pseudonyms) {
                done += forget(pseudonym, actor, at);
            }
        } finally {
            if (done > 0) {
                scrub();
            }
        }
        return done;
    }

    private int forget(String pseudonym, String actor, Instant at) {
        return audit.change(transaction -> {
            Connection connection = transaction.connection();
            int done = Sql.update(connection, "UPDATE person SET details = NULL, wrapped_key = NULL, active = 0, "
                    + "erased_ms = ?, version = version + 1 WHERE pseudonym = ? AND erased_ms IS NULL", at, pseudonym);
            if (done == 1) {
                transaction.bind(Bound.PERSON, pseudonym);
                transaction.audit(new AuditEntry(at, "directory.person-erased", "", actor,
                        SqlJournal.JSON.createObjectNode().put("person", pseudonym)));
            }
            return done;
        });
    }

    /** Takes old images of the row out of the files as well. Best effort: the key is gone from the tables already. */
    private void scrub() {
        try {
            database.maintain(database.isSqlite() ? "PRAGMA wal_checkpoint(TRUNCATE)" : "VACUUM person");
        } catch (SQLException | JournalUnavailableException busy) {
            // A reader or writer is in the way; the next checkpoint or vacuum takes the old image away.
        }
    }

    private static String keyPlace(String pseudonym) {
        return "person-key " + pseudonym;
    }

    private static String detailsPlace(String pseudonym) {
        return "person " + pseudonym;
    }

    private static byte[] bytes(Details details) {
        try {
            return SqlJournal.JSON.writeValueAsBytes(SqlJournal.JSON.createObjectNode().put("fullName",
                    details.fullName())
                    .put("reference", details.reference()).put("contact", details.contact()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Details details(byte[] json) throws SQLException {
        try {
            var node = SqlJournal.JSON.readTree(new String(json, StandardCharsets.UTF_8));
            return new Details(node.path("fullName").asText(), node.path("reference").asText(),
                    node.path("contact").asText());
        } catch (JsonProcessingException e) {
            throw new SQLException("the mapping of a pseudonym cannot be read");
        }
    }
}
