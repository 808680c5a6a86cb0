// SPDX-License-Identifier: Apache-2.0
/**
 * What one station of a packet's way costs, measured by JMH, and the whole way from one publisher to so many viewers.
 * Ratios travel between machines better than nanoseconds, so compare within one run. What we are measured against
 * stands in {@code alternatives} and does the same work on the same bytes; its method's name ends with its library.
 *
 * <p>Run: {@code ./nhipcau bench jmh SrtpBenchmark}; the bytes allocated per operation (B/op) are measured with it and do
 * not depend on what else the machine does.
 *
 * <p>The socket's station is {@code PortBenchmark}, a bench of its own ({@code ./nhipcau bench port}): a port drives its
 * own thread, whose CPU time JMH does not see.
 *
 * <p>In the order of the way: DemuxBenchmark, SrtpBenchmark, RtpRewriteBenchmark and PayloadBenchmark (parse),
 * NackBenchmark, TwccBenchmark and TransportFeedbackBenchmark, CacheBenchmark, RouteBenchmark (layer choice, rewrite,
 * numbers), AllocationBenchmark (a viewer's path divided among its tracks), PacerBenchmark, SoundBenchmark;
 * SeamBenchmark and PipeBenchmark (between threads), BufferBenchmark (where packets live); ForwardBenchmark (the whole way) and
 * CallBenchmark (all that a call asks).
 *
 * <p>Thread: JMH's.
 */
package org.nhipcau.bench.station;
