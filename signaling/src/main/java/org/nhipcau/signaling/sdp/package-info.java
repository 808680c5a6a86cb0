// SPDX-License-Identifier: Apache-2.0
/**
 * Session descriptions: reading and writing them, and the server's side of offer and answer.
 *
 * <p>Specs: RFC 8866 (SDP), RFC 8829 (JSEP), RFC 8843 (BUNDLE), RFC 8839 (ICE), RFC 8853 and 8851 (simulcast, rid),
 * RFC 8285 (extmap), RFC 4588 (RTX), RFC 5761 (rtcp-mux), RFC 5506 (rtcp-rsize).
 *
 * <p>Pure: text and records in, text and records out; no socket, clock or room. Thread: one per negotiation.
 */
package org.nhipcau.signaling.sdp;
