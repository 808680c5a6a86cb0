// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * Reads packets by their dependency descriptor where they bear one that can be followed, else by their payload.
 *
 * <p>The descriptor tells frames, layers and dependencies alike for every format, also where the payload is encrypted
 * end to end. A key frame is a frame without references that brings a template structure; its other packets and layers
 * are known by their RTP timestamp.
 *
 * <p>Where VP8 numbers its pictures itself the descriptor is not looked at: what those numbers tell is exact, and viewers
 * need them. Chromium leaves them out of VP8 as soon as the descriptor is negotiated.
 *
 * <p>Spec: RTP Payload Format For AV1, appendix A. Thread: the packet owner's. One per inbound stream.
 * Owns: the template structures and the reader of the payload.
 */
final class DescribedPayloadReader implements PayloadReader {
    private final int descriptorId;
    private final PayloadReader payload;
    private final DependencyDescriptorReader descriptor = new DependencyDescriptorReader();
    private long keyFrameTimestamp = -1;

    /** @param descriptorId header extension id of the dependency descriptor */
    DescribedPayloadReader(int descriptorId, PayloadReader payload) {
        this.descriptorId = descriptorId;
        this.payload = payload;
    }

    @Override
    public boolean read(RtpPacketFlyweight packet, FrameMark mark) {
        boolean wellFormed = payload.read(packet, mark);
        if (wellFormed && (mark.pictureIdBits > 0 || mark.tl0PicIdx >= 0)) {
            return true;
        }
        int at = packet.payloadLength() < 1 ? -1 : packet.findExtension(descriptorId);
        if (at < 0 || !descriptor.read(packet.packet(), at, packet.foundLength(), packet.timestamp())) {
            return wellFormed;
        }
        long timestamp = packet.timestamp();
        mark.described = true;
        mark.frameStart = descriptor.startOfFrame();
        mark.frameEnd = descriptor.endOfFrame();
        mark.temporalId = descriptor.temporalId();
        mark.spatialId = descriptor.spatialId();
        mark.layerSync = descriptor.switching();
        mark.discardable = descriptor.discardable();
        if (descriptor.structurePresent()) {
            keyFrameTimestamp = descriptor.independent() ? timestamp : keyFrameTimestamp;
        }
        mark.keyFrame = timestamp == keyFrameTimestamp;
        descriptor.tellTargets(mark);
        return true;
    }
}
