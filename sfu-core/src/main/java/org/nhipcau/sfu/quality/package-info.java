// SPDX-License-Identifier: Apache-2.0
/**
 * How a call goes and whose matter it is: an index for sound, an estimate of freezes for pictures, one cause for each
 * direction of each transport.
 *
 * <p>The sound's index has the form of the E-model (ITU-T G.107, in the short form of Cole and Rosenbluth, with the burst
 * ratio of G.107 7.3). Opus has no verified parameters of equipment impairment, so it is an index of our own: good for
 * telling calls and moments apart, not a measured opinion. Freezes follow the rule of Chrome's getStats. Causes are
 * weighed in points of the index: whatever costs most is the cause, once it costs enough to be felt.
 *
 * <p>Left out on purpose: what the codecs did to sound and picture (only the client can tell), picture quality by
 * bit rate and size (G.1070's coefficients are for other codecs).
 *
 * <p>Thread: one, the worker's that owns the room. Time comes in as {@code nowNs}. Floor 3: uses api.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.quality.AudioIndex}, {@link org.nhipcau.sfu.quality.FreezeMeter},
 * {@link org.nhipcau.sfu.quality.DirectionMeter}, {@link org.nhipcau.sfu.quality.Blame}.
 */
package org.nhipcau.sfu.quality;
