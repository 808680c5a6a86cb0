// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.quality;

/** What was counted of one direction in one interval. Thread: one. Filled by who knows the streams. */
public final class DirectionTally {
    public boolean audio;
    public long audioExpected;
    public long audioLost;
    /** Lost and not repaired. */
    public double audioUnrepaired;
    /** Runs in which audio was lost; 0: not known. */
    public double audioBursts;
    public long videoExpected;
    public long videoLost;
    /** Lost and not repaired. */
    public long videoUnrepaired;
    public double jitterMs = -1;
    public long audioBytes;
    public long videoBytes;
    public long packets;
    /** Share of the interval in which the picture that fared worst stood still; -1: no picture was due. */
    public double frozenShare = -1;
    public int freezes;

    void clear() {
        audio = false;
        audioExpected = 0;
        audioLost = 0;
        audioUnrepaired = 0;
        audioBursts = 0;
        videoExpected = 0;
        videoLost = 0;
        videoUnrepaired = 0;
        jitterMs = -1;
        audioBytes = 0;
        videoBytes = 0;
        packets = 0;
        frozenShare = -1;
        freezes = 0;
    }
}
