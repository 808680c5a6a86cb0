// SPDX-License-Identifier: Apache-2.0
/**
 * Measurements: what one step of a packet's way costs, and how the alternatives compare. Ratios travel between machines
 * better than nanoseconds, so compare within one run. What we are measured against stands in {@code alternatives} and
 * does the same work on the same bytes; its method's name ends with its library.
 *
 * <p>Not part of the server. Run: {@code ./nhipcau bench jmh SrtpBenchmark}; {@code -prof gc} adds the bytes allocated
 * per operation, which do not depend on what else the machine does.
 */
package org.nhipcau.bench;
