// SPDX-License-Identifier: Apache-2.0
/**
 * Orders that hold although the store could not take them yet: in order, within bounds, over a crash too.
 *
 * <pre>
 *   Backlog (what waits, how often it was tried) ── Spool (what of it is on the disk) ── RecordFile
 *        └── Unrecorded (what one order does while it waits)
 * </pre>
 *
 * <p>An order is forced to the disk before it is answered. What protects is never refused: whoever is cut off, muted or
 * covered stays so. What only lets somebody in is refused beyond the bounds. One that fails again and again through a
 * bug is put aside into a file of its own: it goes on to hold, and the others are recorded.
 *
 * <p>Thread and ownership: see each class. Floor: above {@code consultation} and {@code audit}'s private files; knows
 * no rooms and no store.
 *
 * <p>Reading order: {@link org.nhipcau.signaling.live.held.Unrecorded},
 * {@link org.nhipcau.signaling.live.held.Backlog}, {@code Spool},
 * {@link org.nhipcau.signaling.live.held.RecordFile}.
 */
package org.nhipcau.signaling.live.held;
