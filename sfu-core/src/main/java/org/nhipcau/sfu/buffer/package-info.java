// SPDX-License-Identifier: Apache-2.0
/**
 * Memory of packets: off-heap slots of a slab that belongs to one worker.
 *
 * <p>A {@link org.nhipcau.sfu.buffer.PacketBuffer} has one owner at a time and no reference count: whoever holds it
 * either passes it on for good or releases it. A released slot is wiped of its length, so a late reader meets an empty
 * packet, never the bytes of another room.
 *
 * <p>Thread: a pool and its buffers belong to one worker thread. Floor 1.
 */
package org.nhipcau.sfu.buffer;
