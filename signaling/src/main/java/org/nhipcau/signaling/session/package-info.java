// SPDX-License-Identifier: Apache-2.0
/**
 * A client's signaling session: from the verified join request to the leave, as far as it concerns one client alone.
 *
 * <p>The transport (package ws) hands in whole messages and takes whole messages; it knows no rooms. The session knows
 * no sockets. Who is in a room and what one client's message means to the others is told in package {@code room},
 * which stands above this one.
 *
 * <p>Spec: livekit_rtc.proto and livekit_models.proto of the client SDKs' protocol; ITU-T G.107 for the score.
 *
 * <p>Thread: interfaces say it for themselves; the rest is immutable or has one owner, the room it serves.
 *
 * <p>Reading order: {@link org.nhipcau.signaling.session.SignalingService},
 * {@link org.nhipcau.signaling.session.ClientSession}, {@link org.nhipcau.signaling.session.SignalSink} (the seams),
 * then {@link org.nhipcau.signaling.session.Permission},
 * {@link org.nhipcau.signaling.session.TrackAnnouncement}, {@link org.nhipcau.signaling.session.ViewerSettings},
 * {@link org.nhipcau.signaling.session.ConnectionScore}, {@link org.nhipcau.signaling.session.SignalMessages},
 * {@link org.nhipcau.signaling.session.PathMemory}.
 */
package org.nhipcau.signaling.session;
