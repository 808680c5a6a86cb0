// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

/**
 * How a port uses the kernel's segmentation. The defaults serve; measurements and tests take them away.
 *
 * @param trainDatagrams most datagrams that leave as one train; 1: no trains
 * @param coalesce datagrams of one sender may be received as one message, where the port can
 */
public record PortOptions(int trainDatagrams, boolean coalesce) {
    /** Most datagrams of a train: a number. */
    public static final String TRAIN_PROPERTY = "nhipcau.udp.train";
    /** Receive coalesced datagrams: on or off. */
    public static final String COALESCE_PROPERTY = "nhipcau.udp.gro";

    /** Trains as long as the kernel takes them, and coalesced datagrams. */
    public static final PortOptions DEFAULT = new PortOptions(SendBatch.MAX_SEGMENTS, true);

    /** @throws IllegalArgumentException for a train length not allowed */
    public PortOptions {
        if (trainDatagrams < 1 || trainDatagrams > SendBatch.MAX_SEGMENTS) {
            throw new IllegalArgumentException(
                    TRAIN_PROPERTY + " is " + trainDatagrams + "; allowed: 1 to " + SendBatch.MAX_SEGMENTS);
        }
    }

    /** As the system properties say. @throws IllegalArgumentException for values not allowed */
    public static PortOptions ofProperties() {
        String train = System.getProperty(TRAIN_PROPERTY, String.valueOf(SendBatch.MAX_SEGMENTS));
        String coalesce = System.getProperty(COALESCE_PROPERTY, "on");
        if (!coalesce.equals("on") && !coalesce.equals("off")) {
            throw new IllegalArgumentException(COALESCE_PROPERTY + " is " + coalesce + "; allowed: on, off");
        }
        try {
            return new PortOptions(Integer.parseInt(train), coalesce.equals("on"));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    TRAIN_PROPERTY + " is " + train + "; allowed: 1 to " + SendBatch.MAX_SEGMENTS, e);
        }
    }
}
