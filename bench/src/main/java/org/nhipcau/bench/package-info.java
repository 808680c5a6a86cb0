// SPDX-License-Identifier: Apache-2.0
/**
 * Measurements: what one step of a packet's way costs, and how the alternatives compare. Ratios travel between machines
 * better than nanoseconds, so compare within one run.
 *
 * <p>Not part of the server. Run: {@code java -cp ... org.openjdk.jmh.Main SrtpBenchmark}.
 */
package org.nhipcau.bench;
