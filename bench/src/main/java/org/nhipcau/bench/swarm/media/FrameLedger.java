// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

/**
 * Keeps account of the frames of one received video: which are whole, which were begun and never finished.
 *
 * <p>Thread: one.
 */
final class FrameLedger {
    private static final int FRAMES = 512;
    private static final int ENCODINGS = 4;

    private final int[] frames = new int[FRAMES];
    private final int[] missing = new int[FRAMES];
    private final boolean[] used = new boolean[FRAMES];
    private boolean any;
    private int newest;
    private long whole;
    private long broken;

    /**
     * Notes one packet that did not come before.
     *
     * @param number of the frame, the same on all encodings
     * @return whether it makes its frame whole
     */
    boolean note(int encoding, int number, int packetsOfFrame) {
        int frame = number * ENCODINGS + encoding;
        int slot = frame & FRAMES - 1;
        if (used[slot] && frames[slot] != frame) {
            broken += missing[slot] > 0 ? 1 : 0;
            used[slot] = false;
        }
        if (!used[slot]) {
            newest = !any || frame - newest > 0 ? frame : newest;
            any = true;
            used[slot] = true;
            frames[slot] = frame;
            missing[slot] = packetsOfFrame;
        }
        if (--missing[slot] == 0) {
            whole++;
            return true;
        }
        return false;
    }

    /** Passes over a frame that was begun and will not be finished. @return whether there was one */
    boolean giveUp(int encoding, int number) {
        int frame = number * ENCODINGS + encoding;
        int slot = frame & FRAMES - 1;
        boolean open = used[slot] && frames[slot] == frame && missing[slot] > 0;
        used[slot] &= !open;
        return open;
    }

    /** Frames of which every packet came. */
    long whole() {
        return whole;
    }

    /** Frames that stayed incomplete. The newest may still be on its way: its packets have numbers, too. */
    long broken() {
        long open = 0;
        for (int i = 0; i < FRAMES; i++) {
            open += used[i] && missing[i] > 0 && frames[i] != newest ? 1 : 0;
        }
        return broken + open;
    }
}
