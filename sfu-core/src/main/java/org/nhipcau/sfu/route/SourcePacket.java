// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.codec.FrameMark;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * One packet of a publisher on its way to the consumers: the view of its bytes and all that was found out about it
 * once, so that no consumer needs to look again.
 *
 * <p>Thread: one. Reused: valid until the next packet.
 */
final class SourcePacket {
    /** The packet in the clear, padding counted. */
    final RtpPacketFlyweight rtp = new RtpPacketFlyweight();
    /** Frame and layers; cleared for audio. */
    final FrameMark mark = new FrameMark();
    Producer producer;
    Encoding encoding;
    /** Extended sequence number in the publisher's stream. */
    long extended;
    /** Highest extended sequence number of that stream so far: above {@link #extended} for a late packet. */
    long newest;
    /** Index into the producer's codecs. */
    int format;
    boolean vp8;

    private int audioLevelAt;
    private int audioLevelLength;
    private int captureTimeAt;
    private int captureTimeLength;
    private int playoutDelayAt;
    private int playoutDelayLength;
    private int dependencyAt;
    private int dependencyLength;

    /** Looks up the header extensions that consumers copy. */
    void readExtensions(HeaderExtensions ids) {
        audioLevelAt = rtp.findExtension(ids.audioLevel());
        audioLevelLength = rtp.foundLength();
        captureTimeAt = rtp.findExtension(ids.absCaptureTime());
        captureTimeLength = rtp.foundLength();
        playoutDelayAt = rtp.findExtension(ids.playoutDelay());
        playoutDelayLength = rtp.foundLength();
        dependencyAt = rtp.findExtension(ids.dependencyDescriptor());
        dependencyLength = rtp.foundLength();
    }

    /** The audio level byte (RFC 6464), -1 absent. */
    int audioLevel() {
        return audioLevelAt < 0 || audioLevelLength < 1 ? -1 : rtp.packet().getUnsignedByte(audioLevelAt);
    }

    /** Writes the copied extensions under the receiver's ids. */
    void copyExtensions(RtpHeaderWriter writer, HeaderExtensions ids) {
        if (audioLevelAt >= 0) {
            writer.copyExtension(ids.audioLevel(), rtp.packet(), audioLevelAt, audioLevelLength);
        }
        if (captureTimeAt >= 0) {
            writer.copyExtension(ids.absCaptureTime(), rtp.packet(), captureTimeAt, captureTimeLength);
        }
        if (playoutDelayAt >= 0) {
            writer.copyExtension(ids.playoutDelay(), rtp.packet(), playoutDelayAt, playoutDelayLength);
        }
        if (dependencyAt >= 0) {
            writer.copyExtension(ids.dependencyDescriptor(), rtp.packet(), dependencyAt, dependencyLength);
        }
    }

    /** The packet carries nothing: padding to probe the path. */
    boolean empty() {
        return rtp.payloadLength() == 0;
    }

    /** The packet starts a key frame. */
    boolean startsKeyFrame() {
        return mark.keyFrame && mark.frameStart;
    }
}
