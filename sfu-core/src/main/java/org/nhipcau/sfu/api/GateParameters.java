// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/**
 * The face policy of one track as the media node enforces it.
 *
 * <p>Each change of policy has a higher epoch than the one before it. It begins with nothing proven, whatever held
 * before; what is proven for one epoch counts for no other.
 *
 * @param policyId names the policy in the audit record; up to 128 characters, identifies nobody
 * @param epoch 0 or more; rising with each change
 * @param coveredTrackId another track of the same participant that shows the same camera covered: restricted viewers who
 *     ask for this track are sent that one, under its own gate; empty: none
 */
public record GateParameters(GateAccess access, String policyId, long epoch, OnViolation onViolation,
        String coveredTrackId) {

    /** No policy: what a track is born with where nothing is said. */
    public static final GateParameters NONE =
            new GateParameters(GateAccess.ALL, "", 0, OnViolation.HOLD, "");

    /** What it takes to open again after a violation, besides five seconds without one. The third is final. */
    public enum OnViolation {
        /** Nothing more. */
        HOLD,
        /** A person entitled to it releases the track ({@link MediaCommand.ReleaseTrack}). */
        LATCH
    }

    /** A track whose restricted viewers see it only while it is proven to be covered. */
    public static GateParameters proven(String policyId, long epoch, OnViolation onViolation) {
        return new GateParameters(GateAccess.PROVEN, policyId, epoch, onViolation, "");
    }

    /** The clear variant of a camera whose covered one is another track. */
    public static GateParameters clearVariant(String policyId, long epoch, String coveredTrackId) {
        return new GateParameters(GateAccess.CLEARED, policyId, epoch, OnViolation.HOLD, coveredTrackId);
    }
}
