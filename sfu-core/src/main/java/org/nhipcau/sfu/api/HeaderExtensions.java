// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/**
 * The negotiated RTP header extension ids of a transport, the same in both directions and on all its m= sections
 * (RFC 8843 §9.1). 0: not negotiated; otherwise 1 to 14, or 1 to 255 where {@code extmap-allow-mixed} holds.
 *
 * @param mid urn:ietf:params:rtp-hdrext:sdes:mid
 * @param rid urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
 * @param repairedRid urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
 * @param audioLevel urn:ietf:params:rtp-hdrext:ssrc-audio-level
 * @param transportCc http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
 * @param absSendTime http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
 * @param absCaptureTime http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time
 * @param playoutDelay http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
 * @param dependencyDescriptor https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension
 * @param videoLayersAllocation http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00
 */
public record HeaderExtensions(int mid, int rid, int repairedRid, int audioLevel, int transportCc, int absSendTime,
        int absCaptureTime, int playoutDelay, int dependencyDescriptor, int videoLayersAllocation) {
    /** Nothing negotiated. */
    public static final HeaderExtensions NONE = new HeaderExtensions(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
