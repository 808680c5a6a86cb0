// SPDX-License-Identifier: Apache-2.0
/**
 * Measurements that anyone can repeat with one command, {@code ./nhipcau bench NAME}: the frame that all of them share,
 * and the command line. Not part of the server; nothing depends on it.
 *
 * <p>A bench declares its options, measures, and puts named figures into a {@link org.nhipcau.bench.Report}, with the
 * target where there is one. The frame checks the command line, prints the table, and writes the JSON with what a reader
 * needs to judge the figures: machine, JVM and its flags, commit, date. Ratios taken in one run travel between machines;
 * nanoseconds do not.
 *
 * <p>Packages: {@code station} (JMH, one step of a packet's way), {@code alternatives} (what we are compared with),
 * {@code stress} (jcstress, each place where threads meet), {@code forward} (the whole server over real sockets, beside
 * the C program), {@code rural} (real browsers over poor links), and one package for each further bench.
 *
 * <p>Reading order: {@link org.nhipcau.bench.Bench}, {@link org.nhipcau.bench.BenchOption},
 * {@link org.nhipcau.bench.Report}, {@link org.nhipcau.bench.BenchMain}; {@link org.nhipcau.bench.ChildJvm} where a
 * measurement needs processes of its own.
 */
package org.nhipcau.bench;
