// SPDX-License-Identifier: Apache-2.0
/**
 * The poor link: what it can carry over time, the program that makes it, and what that program has seen.
 *
 * <p>{@link org.nhipcau.bench.rural.link.LinkProfile} reads the CSV files that describe a link and answers how many
 * bits it could have carried; {@link org.nhipcau.bench.rural.link.PacketLog} reads what became of each packet. Both
 * are pure.
 * {@link org.nhipcau.bench.rural.link.Emulator} joins a network namespace of its own, in which the clients of a poor
 * station run, to this machine; one works with the program linklab, the other with the kernel's netem.
 *
 * <p>Thread: one per object.
 */
package org.nhipcau.bench.rural.link;
