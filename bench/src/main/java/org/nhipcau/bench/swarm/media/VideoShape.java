// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import java.util.ArrayList;
import java.util.List;

/**
 * How large a video is and how many encodings of it are sent, the smallest first. Bitrates are those that the field's
 * web clients take for a camera.
 *
 * @param encodings one without simulcast; their rids are q, h and f by place
 */
public record VideoShape(int width, int height, int framesPerSecond, List<Layer> encodings) {
    /** Names of the encodings by place, small to large. */
    public static final List<String> RIDS = List.of("q", "h", "f");

    private static final int FRAMES_PER_SECOND = 30;

    /** One encoding. */
    public record Layer(int width, int height, int bitrateBps) {}

    private static final Layer LOW = new Layer(320, 180, 160_000);
    private static final Layer MIDDLE = new Layer(640, 360, 450_000);
    private static final Layer HIGH = new Layer(1280, 720, 1_700_000);

    public VideoShape {
        encodings = List.copyOf(encodings);
        if (encodings.isEmpty() || encodings.size() > RIDS.size()) {
            throw new IllegalArgumentException(encodings.size() + " encodings; allowed: 1 to " + RIDS.size());
        }
    }

    /** @param name 720p or 360p */
    public static VideoShape of(String name, boolean simulcast) {
        List<Layer> layers = switch (name) {
            case "720p" -> List.of(LOW, MIDDLE, HIGH);
            case "360p" -> List.of(LOW, MIDDLE);
            default -> throw new IllegalArgumentException("video is " + name + "; allowed: 720p, 360p");
        };
        Layer top = layers.getLast();
        return new VideoShape(top.width(), top.height(), FRAMES_PER_SECOND,
                simulcast ? new ArrayList<>(layers) : List.of(top));
    }

    public boolean isSimulcast() {
        return encodings.size() > 1;
    }

    /** Bitrate of all encodings together. */
    public long bitrateBps() {
        return encodings.stream().mapToLong(Layer::bitrateBps).sum();
    }
}
