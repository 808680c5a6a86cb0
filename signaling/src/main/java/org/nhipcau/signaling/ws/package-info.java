// SPDX-License-Identifier: Apache-2.0
/**
 * The public port: the client protocol over WebSocket, the server API's route and the page.
 *
 * <p>It turns requests into {@link org.nhipcau.signaling.session.JoinAttempt} and frames into whole messages, keeps
 * every bound that protects the process from strangers, and knows no rooms.
 *
 * <p>Specs: RFC 6455; RFC 7692 (what describes a session is sent compressed, anything may come so);
 * {@code livekit_rtc.proto} of the client SDKs' protocol.
 *
 * <p>Thread: a connection's event loop; verified joins are checked on a virtual thread. Reading order:
 * {@link org.nhipcau.signaling.ws.SignalingServer}, {@link org.nhipcau.signaling.ws.SignalingRoutes},
 * {@link org.nhipcau.signaling.ws.JoinRequestReader}, {@link org.nhipcau.signaling.ws.SignalSocket}.
 */
package org.nhipcau.signaling.ws;
