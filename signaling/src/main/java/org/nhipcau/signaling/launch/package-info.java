// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: puts a process together from its parts, says when it is ready, takes it down gracefully.
 *
 * <p>The one place of signaling that may build a media node. Reading order: {@link org.nhipcau.signaling.launch.Main},
 * {@link org.nhipcau.signaling.launch.Wiring}, {@link org.nhipcau.signaling.launch.SignalingProcess}.
 */
package org.nhipcau.signaling.launch;
