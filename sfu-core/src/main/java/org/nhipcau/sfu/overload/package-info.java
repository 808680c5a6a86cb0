// SPDX-License-Identifier: Apache-2.0
/**
 * Overload of a packet thread: how it is noticed, what is given up for it in which order, and when nobody more is let in.
 *
 * <p>{@link org.nhipcau.sfu.overload.LoadMonitor} measures, {@link org.nhipcau.sfu.overload.OverloadPolicy} moves the
 * level, {@link org.nhipcau.sfu.overload.OverloadLevel} is the table of what each level takes from whom,
 * {@link org.nhipcau.sfu.overload.AdmissionGate} closes the door before any of that is needed. Who the rules are
 * applied to is the affair of {@code route}; who drives the clock, of {@code worker}.
 *
 * <p>What is judged is whether packets are late or lost, not how busy a processor looks: a thread that the operating
 * system keeps from running is late too. The thresholds and their reasons stand in ADR 12.
 *
 * <p>Thread: one, the packet thread's. Time comes in as {@code nowNs}; nothing is allocated. Floor 3: uses nothing but
 * the JDK.
 *
 * <p>Reading order: LoadMonitor, OverloadLevel, OverloadPolicy, AdmissionGate.
 */
package org.nhipcau.sfu.overload;
