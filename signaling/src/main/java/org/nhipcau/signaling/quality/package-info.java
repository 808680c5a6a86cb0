// SPDX-License-Identifier: Apache-2.0
/**
 * The quality of calls as it is kept: one sample per participant and direction each few seconds, in a timeline per room
 * session that outlives the room.
 *
 * <p>A sample holds ids that this server made up (session of a room, session of a participant), figures and a cause: no
 * name, identity, address or key. {@link org.nhipcau.signaling.quality.QualityTimeline} is all that rooms and the server
 * API know of where samples lie; {@link org.nhipcau.signaling.quality.MemoryTimeline} keeps them in memory, bounded in
 * bytes and age.
 *
 * <p>Reading order: {@link org.nhipcau.signaling.quality.QualitySample},
 * {@link org.nhipcau.signaling.quality.QualityTimeline}, {@link org.nhipcau.signaling.quality.SampleSum}.
 */
package org.nhipcau.signaling.quality;
