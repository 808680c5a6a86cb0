// SPDX-License-Identifier: Apache-2.0
/**
 * The store in SQL, for SQLite and PostgreSQL alike: one text per statement, one set of migrations.
 *
 * <p>{@link org.nhipcau.signaling.store.sql.Database} has the connections; {@link
 * org.nhipcau.signaling.store.sql.AuditLog} makes changes: it queues writers, runs a change and its audit entries in
 * one {@code Transaction}, and answers when database and head record are on the disk; {@link
 * org.nhipcau.signaling.store.sql.Entries} reads them. The {@code Sql…} classes implement the
 * interfaces of the package above.
 *
 * <p>What proves the tables: {@link org.nhipcau.signaling.store.sql.Bound} makes digests of rows, which changes put into
 * their entries; {@link org.nhipcau.signaling.store.sql.Told} gathers them from the record; {@link
 * org.nhipcau.signaling.store.sql.RecordCheck} holds the tables against them.
 *
 * <p>SQLite: write-ahead log with {@code synchronous=FULL}, so a commit is on the disk; one connection writes, others
 * read. PostgreSQL: {@code synchronous_commit} is raised where it is off; writers of several processes queue for the
 * row of the chain's tip.
 *
 * <p>Thread: any; all block. Reading order: as named above.
 */
package org.nhipcau.signaling.store.sql;
