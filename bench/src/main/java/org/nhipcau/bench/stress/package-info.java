// SPDX-License-Identifier: Apache-2.0
/**
 * Stress tests of every place where threads meet without a lock, by jcstress: two or three threads do their part at the
 * same moment, millions of times, in every combination of compilers, and each outcome that must never be is named.
 *
 * <p>What is tested is what the node runs: the classes of {@code org.nhipcau.sfu.seam}, the pipe between workers and
 * the counters. An outcome marked FORBIDDEN here is an item lost, a thread that sleeps over its work, or a number that
 * runs backwards.
 *
 * <p>Thread: jcstress's. Run by {@code ./nhipcau bench jcstress [PATTERN]}.
 */
package org.nhipcau.bench.stress;
