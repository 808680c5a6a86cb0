// SPDX-License-Identifier: Apache-2.0
/**
 * {@code ./nhipcau bench rural}: what a commune station on a poor link sees and hears, and what is seen of it. Real
 * Chromium with camera and sound behind an emulated link, a server of ours or a peer, and a hospital on a good link;
 * judged by what the browsers count and the emulator logs, never by the server's word.
 *
 * <p>A {@link org.nhipcau.bench.rural.Scenario} is data; {@link org.nhipcau.bench.rural.RuralRun} plays it once with
 * the Node program under {@code src/main/node/rural} that drives the browsers; package {@code link} is the poor link,
 * package {@code judge} makes the figures and the pictures.
 *
 * <p>Needs root on Linux, Chromium, Node.js and the end-to-end tests' packages, and linklab or tc:
 * {@link org.nhipcau.bench.rural.Requirements} says what is missing. Thread: one.
 *
 * <p>Reading order: {@link org.nhipcau.bench.rural.RuralBench}, {@link org.nhipcau.bench.rural.Scenario},
 * {@link org.nhipcau.bench.rural.RuralRun}, then {@code judge.Judge}.
 */
package org.nhipcau.bench.rural;
