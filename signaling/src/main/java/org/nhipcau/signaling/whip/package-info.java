// SPDX-License-Identifier: Apache-2.0
/**
 * Publishing by WHIP: a device or encoder without a browser puts its picture and sound into a room with one HTTP
 * request.
 *
 * <p>A WHIP session is an ordinary client session that lives in this process: it joins with the bearer's token,
 * announces what its offer sends and offers once. So the rules of rooms and consultations hold for it without a second
 * copy of any: here is only what HTTP says and is told. It never sends heartbeats, so that nothing it publishes under
 * the face policy is ever proven.
 *
 * <p>Specs: RFC 9725 (WHIP), RFC 8840 (fragments), RFC 5789 (PATCH), RFC 9457 (problems). WHEP is left out.
 *
 * <p>Thread: {@link org.nhipcau.signaling.whip.WhipEndpoint} the event loop and a virtual thread per request; sessions
 * are told things by rooms. Floor: beside {@code ws}; it knows no rooms and no sockets.
 *
 * <p>Reading order: {@link org.nhipcau.signaling.whip.WhipEndpoint}, {@link org.nhipcau.signaling.whip.WhipJoin},
 * {@link org.nhipcau.signaling.whip.WhipSession}, {@link org.nhipcau.signaling.whip.WhipSessions},
 * {@link org.nhipcau.signaling.whip.WhipProblem}. Described for those who connect devices in {@code doc/whip.md}.
 */
package org.nhipcau.signaling.whip;
