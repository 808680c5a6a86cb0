// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/**
 * What a viewer wants of a track.
 *
 * @param paused nothing is forwarded
 * @param maxQuality highest simulcast or spatial layer wanted: 0 low, 1 medium, 2 high
 * @param maxHeight when above 0, wins over {@code maxQuality}: the lowest layer whose height is at least 0.9 of it
 * @param maxFps frames per second wanted, 0 any: temporal layers above it are left out
 * @param priority 0 unset, rising importance up to 100
 */
public record ConsumerSettings(boolean paused, int maxQuality, int maxHeight, int maxFps, int priority) {
    /** Everything, at the best quality. */
    public static final ConsumerSettings DEFAULT = new ConsumerSettings(false, 2, 0, 0, 0);
}
