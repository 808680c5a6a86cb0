// SPDX-License-Identifier: Apache-2.0
/**
 * Session descriptions: reading and writing them, and the server's side of offer and answer.
 *
 * <p>Specs: RFC 8866 (SDP), RFC 8829 (JSEP), RFC 8843 (BUNDLE), RFC 8839 (ICE), RFC 8853 and 8851 (simulcast, rid),
 * RFC 8841 (data channels), RFC 8285 (extmap), RFC 4588 (RTX), RFC 5761 (rtcp-mux), RFC 5506 (rtcp-rsize).
 *
 * <p>Left out on purpose: data channels of an older form than RFC 8841, more than one transport per description, RTP without rtcp-mux, trickled candidates of the client (the
 * server is ICE lite and needs none).
 *
 * <p>Pure: text and records in, text and records out; no socket, clock or room. Thread: one per negotiation.
 *
 * <p>Reading order: {@link org.nhipcau.signaling.sdp.PeerNegotiation} and its records are the face, with
 * {@link org.nhipcau.signaling.sdp.ServerNegotiation} behind it. Text becomes {@code SessionDescription} and
 * {@code MediaSection} in {@code SdpReader} and text again in {@code SdpWriter}. {@code OfferAnswerer} answers one
 * offer, with {@code PublishBindings} and {@code SendBindings} deciding which section carries which track and
 * {@code FormatSelector}, {@code ExtensionSelector} and {@code EncodingSelector} in what form.
 * {@code SubscriberOffers} is the other way round, with the formats of {@code OfferedFormats}.
 */
package org.nhipcau.signaling.sdp;
