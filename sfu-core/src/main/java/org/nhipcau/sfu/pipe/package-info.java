// SPDX-License-Identifier: Apache-2.0
/**
 * The way of packets from one worker to another, for rooms that are larger than one worker.
 *
 * <pre>
 *  worker A                     PipePort A to B (one writer, one reader)                worker B
 *   packet of a publisher        +----+----+----+----+----+----+----+----+
 *     claim(rank) -- copy -----> |    | r  | p  | p  | c  |    |    |    | ---- poll() --> forwarded to B's viewers
 *     commit()                   +----+----+----+----+----+----+----+----+
 *   end of the batch:                   ^ head    ^ tail   ^ claimed
 *     publish() -- one wake-up --------------------------------------------------------> release()
 * </pre>
 * r: read, its bytes still in use; p: published; c: claimed, to be published with the batch.
 *
 * <p>Thread: one writer and one reader per {@link org.nhipcau.sfu.pipe.PipePort}; a claimed slot is the writer's, a
 * polled one the reader's until it is released. Nothing is allocated per packet, nothing waits, and there is no atomic
 * read-modify-write: two counters, each written by one side, are the whole protocol. That class is what a concurrency
 * test of this seam should take: {@code claim, commit, publish} against {@code poll, release}.
 *
 * <p>Floor 3: uses buffer. Reading order: PipePort, PipeSlot.
 */
package org.nhipcau.sfu.pipe;
