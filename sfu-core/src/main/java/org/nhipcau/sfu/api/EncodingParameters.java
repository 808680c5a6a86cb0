// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/**
 * One encoding (simulcast layer) of a producer.
 *
 * @param rid RTP stream id (RFC 8851), or empty where there is a single encoding
 * @param ssrc announced SSRC, 0 when unknown (found by mid and rid)
 * @param rtxSsrc announced SSRC of its RTX stream, 0 when unknown (found by mid and repaired rid)
 * @param quality 0 low, 1 medium, 2 high: position of the layer, rising with the size
 * @param width pixels, 0 unknown
 * @param height pixels, 0 unknown
 * @param maxBitrateBps 0 unknown
 */
public record EncodingParameters(String rid, long ssrc, long rtxSsrc, int quality, int width, int height,
        long maxBitrateBps) {}
