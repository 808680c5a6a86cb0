// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.List;

/**
 * What a simulated camera is encoded into: simulcast VP8 in L1T3 at 30 frames a second.
 *
 * @param layers lowest first
 * @param keyFactor size of a key frame against the mean frame; libvpx in real time allows about nine
 */
public record CameraSettings(List<Layer> layers, double keyFactor) {
    /** One simulcast layer. @param quality as signaling names it: 0 low, 1 medium, 2 high */
    public record Layer(String rid, int quality, int width, int height, int bps) {}

    /** Frames in a second. */
    public static final int FPS = 30;

    /** 90p to 720p, as the goal table has it. */
    public static final CameraSettings FOUR_LAYERS = new CameraSettings(List.of(
            new Layer("t", 0, 160, 90, 60_000), new Layer("q", 0, 320, 180, 150_000),
            new Layer("h", 1, 640, 360, 450_000), new Layer("f", 2, 1_280, 720, 1_500_000)), 8);

    /** What browsers send: three layers. */
    public static final CameraSettings THREE_LAYERS = new CameraSettings(List.of(
            new Layer("q", 0, 320, 180, 150_000), new Layer("h", 1, 640, 360, 450_000),
            new Layer("f", 2, 1_280, 720, 1_500_000)), 8);

    /** What the page makes browsers send; less of a voice's size at the bottom than {@link #THREE_LAYERS}. */
    public static final CameraSettings PAGE_LAYERS = new CameraSettings(List.of(
            new Layer("q", 0, 320, 180, 100_000), new Layer("h", 1, 640, 360, 450_000),
            new Layer("f", 2, 1_280, 720, 1_500_000)), 8);

    /** A device that knows no simulcast. */
    public static final CameraSettings ONE_LAYER = new CameraSettings(List.of(
            new Layer("", 2, 1_280, 720, 1_500_000)), 8);

    public CameraSettings {
        layers = List.copyOf(layers);
    }

    /** The rate of the best layer, of the codec alone. */
    public int bestBps() {
        return layers.getLast().bps();
    }

    /** The rate of all layers together, of the codec alone. */
    double sumBps() {
        return layers.stream().mapToDouble(Layer::bps).sum();
    }
}
