// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One way to send sound: how many frames go into a packet, and which earlier packets each packet repeats. Foretells what
 * it costs and what a listener then misses.
 *
 * <p>Loss is taken for a Gilbert channel: the share of packets lost, and how many in a row on average. A packet is missed
 * when it and all its copies are lost; copies at a distance from each other are lost together less often, which is why
 * 2+4 beats 1+2 at equal bytes.
 *
 * <pre>
 *  distances 2+4      | 7 5 3 | 8 6 4 | 9 7 5 | ..      packet 5 is lost for good only with 7 and 9
 * </pre>
 * Thread: immutable.
 *
 * @param framesPerPacket of 20 ms
 * @param distances in packets, the largest first
 */
record AudioPlan(int framesPerPacket, int... distances) {
    /** System property that names one plan for everybody, to compare plans with each other. */
    static final String PROPERTY = "nhipcau.sound.plan";
    /** IPv4, UDP, RTP, tag and extensions: what each packet costs beside its payload. */
    static final int PACKET_OVERHEAD_BYTES = 58;
    static final int MAX_FRAMES_PER_PACKET = 3;
    private static final int FRAME_MS = 20;
    static final double FRAMES_PER_SECOND = 1_000.0 / FRAME_MS;
    /** Copies that come later than this after the packet they stand for are too late to be played. */
    private static final int MAX_DELAY_MS = 160;
    private static final int RED_HEAD_BYTES = 5;
    private static final int COPY_HEAD_BYTES = 4;

    /** Sound as it came. */
    static final AudioPlan PLAIN = new AudioPlan(1);
    private static final int[][] DISTANCES = {{}, {1}, {2}, {4}, {2, 1}, {4, 2}, {5, 3, 1}, {6, 4, 2}};

    /** All that make sense, {@link #PLAIN} first. */
    static final List<AudioPlan> ALL = all();

    /**
     * A plan by its name: milliseconds per packet, then the distances of copies.
     *
     * @param name for example {@code 20}, {@code 20:4,2}, {@code 60:1}; null: none
     * @return null for null
     * @throws IllegalArgumentException for one that is not among {@link #ALL}
     */
    static AudioPlan named(String name) {
        if (name == null) {
            return null;
        }
        return ALL.stream().filter(plan -> plan.name().equals(name)).findFirst().orElseThrow(
                () -> new IllegalArgumentException(PROPERTY + " is " + name + "; allowed: "
                        + String.join(" ", ALL.stream().map(AudioPlan::name).toList())));
    }

    private String name() {
        String copies = Arrays.stream(distances).mapToObj(String::valueOf).collect(Collectors.joining(","));
        return framesPerPacket * FRAME_MS + (copies.isEmpty() ? "" : ":" + copies);
    }

    private static List<AudioPlan> all() {
        List<AudioPlan> plans = new ArrayList<>();
        for (int frames = 1; frames <= MAX_FRAMES_PER_PACKET; frames++) {
            for (int[] distances : DISTANCES) {
                AudioPlan plan = distances.length == 0 && frames == 1 ? PLAIN : new AudioPlan(frames, distances);
                if (plan.delayMs(1) <= MAX_DELAY_MS) {
                    plans.add(plan);
                }
            }
        }
        return List.copyOf(plans);
    }

    /**
     * Whether it can be kept to where each packet holds so many frames as it comes: packets are not taken apart, and
     * copies of longer ones are fewer than the plan names, or come later.
     */
    boolean suits(int held) {
        return plain() || framesPerPacket >= held && (framesPerPacket > held || distances.length > 0 || held == 1);
    }

    boolean plain() {
        return framesPerPacket == 1 && distances.length == 0;
    }

    /**
     * How much longer a listener has to wait for the last copy, and for the packet to fill.
     *
     * @param held frames that a packet holds as it comes, 1 or more
     */
    int delayMs(int held) {
        int farthest = distances.length == 0 ? 0 : distances[0];
        int filled = Math.max(framesPerPacket, held);
        return (farthest * filled + filled - held) * FRAME_MS;
    }

    /**
     * How many packets back a copy is to be found as long ago as the plan means.
     *
     * @param distance of the plan's own
     * @param frames of 20 ms that a packet holds; more than the plan's where its sender made it longer
     */
    int packetsBack(int distance, int frames) {
        return frames <= framesPerPacket ? distance : Math.ceilDiv(distance * framesPerPacket, frames);
    }

    /**
     * Bits per second on the wire.
     *
     * @param framesPerSecond frames of 20 ms, of all tracks together
     * @param payloadBps of these frames
     * @param held frames that a packet holds as it comes, 1 or more
     */
    double costBps(double framesPerSecond, double payloadBps, int held) {
        int head = distances.length == 0 ? 0 : RED_HEAD_BYTES + (distances.length - 1) * COPY_HEAD_BYTES;
        int merging = framesPerPacket <= held ? 0 : framesPerPacket;
        return framesPerSecond / Math.max(framesPerPacket, held) * 8 * (PACKET_OVERHEAD_BYTES + head + merging)
                + payloadBps * (1 + distances.length);
    }

    /**
     * Share of the packets that a listener misses in the end, 0 to 1.
     *
     * @param lossRatio packets lost on the way, 0 to 1
     * @param burstLength packets lost in a row on average, 1 or more
     */
    double residualLoss(double lossRatio, double burstLength) {
        if (lossRatio <= 0 || lossRatio >= 1) {
            return lossRatio <= 0 ? 0 : 1;
        }
        double stay = 1 - 1 / burstLength;
        double enter = Math.min(1, lossRatio / ((1 - lossRatio) * burstLength));
        // What a loss tells about the packet behind it: 1 everything, 0 nothing. Never less: losses do not take turns.
        double memory = Math.max(0, stay - enter);
        double missed = lossRatio;
        for (int i = 0; i < distances.length; i++) {
            int apart = distances[i] - (i + 1 < distances.length ? distances[i + 1] : 0);
            missed *= lossRatio + (1 - lossRatio) * Math.pow(memory, apart);
        }
        return missed;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** For example {@code 20 ms} or {@code 60 ms + copies at [2, 1]}. */
    @Override
    public String toString() {
        String copies = distances.length == 0 ? "" : " + copies at " + Arrays.toString(distances);
        return framesPerPacket * FRAME_MS + " ms" + copies;
    }
}
