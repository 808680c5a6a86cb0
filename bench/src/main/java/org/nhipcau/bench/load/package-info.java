// SPDX-License-Identifier: Apache-2.0
/**
 * {@code bench load}: rooms full of real clients on a server, every packet verified.
 *
 * <p>Thread: the command's; the clients have theirs. Reading order: {@link org.nhipcau.bench.load.LoadBench},
 * {@link org.nhipcau.bench.load.LoadRun}, {@link org.nhipcau.bench.load.LoadSums}.
 */
package org.nhipcau.bench.load;
