// SPDX-License-Identifier: Apache-2.0
/**
 * A whole call in virtual time: publishers that make VP8 simulcast and Opus, lossy and reordering links, and viewers
 * that check what a decoder would. Everything is seeded; minutes pass in milliseconds.
 *
 * <p>Reading order: SimCall, SimLink, SimPublisher, SimViewer, then the scenarios.
 */
package org.nhipcau.sfu.sim;
