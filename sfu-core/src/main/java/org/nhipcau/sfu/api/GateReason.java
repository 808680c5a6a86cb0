// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/** Why a track's {@link GateState} changed. */
public enum GateReason {
    /** A policy begins: the track was published under it, or it changed. */
    POLICY,
    /** The stream has another source, other formats or another shape, or was muted: all is to be proven anew. */
    STREAM_CHANGED,
    /** Enough fresh proof came. */
    PROOF,
    /** No proof came in time: the lease ran out. */
    SILENT,
    /** Proof came, but for another epoch than the policy's: the lease ran out. */
    OTHER_EPOCH,
    /** The publisher's search for faces is late. */
    STALE,
    /** Proof stayed weak for too long. */
    UNRESOLVED,
    /** The covering stopped working. */
    DEAD,
    /** The picture was sent uncovered. */
    OFF
}
