// SPDX-License-Identifier: Apache-2.0
/**
 * Backup and restore (C7): everything in one sealed file, taken while the server runs, readable only with the store's
 * key, and restored only after it was read whole into a database of its own and its audit record was found whole.
 *
 * <p>A backup is text: a line that names the format, a line with the sealed key of this backup, then sealed portions in
 * base64, the last marked as the last. Inside is gzip of the lines that {@code sql.Dump} writes, so that a backup of
 * SQLite can be restored into PostgreSQL and the other way.
 *
 * <p>Thread: one; blocks. Reading order: {@link org.nhipcau.signaling.store.backup.Backup},
 * {@link org.nhipcau.signaling.store.backup.Restore}.
 */
package org.nhipcau.signaling.store.backup;
