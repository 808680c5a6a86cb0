// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.quality;

import org.nhipcau.sfu.api.QualityCause;

/**
 * One direction of one participant over a few seconds. Ratios are 0..1; -1 where unknown or nothing was to be judged.
 *
 * @param atEpochMs end of the span
 * @param participant the session id of the participant, never its identity
 * @param uplink what it sent; else what it was sent
 * @param audioLossRatio before repair, of this direction's own link
 * @param videoLossRatio before repair, of this direction's own link
 * @param audioUnrepairedRatio audio lost after repair
 * @param roundTripMs between node and client
 * @param freezeRatio share of the span in which the picture that fared worst stood still
 * @param audioScore E-model index as a mean opinion score
 * @param linkScore the link alone, as a mean opinion score
 * @param cause what it suffered from most
 * @param impairment how much, in points of the E-model's rating
 */
public record QualitySample(long atEpochMs, String participant, boolean uplink, double audioLossRatio,
        double videoLossRatio, double audioUnrepairedRatio, double jitterMs, double roundTripMs, long audioBitrateBps,
        long videoBitrateBps, double freezeRatio, int freezes, double audioScore, double linkScore,
        QualityCause cause, double impairment) {}
