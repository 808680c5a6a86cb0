// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.FrameMark;
import org.nhipcau.sfu.codec.Vp8PayloadDescriptor;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.stream.InboundStream;

/**
 * One packet of a publisher on its way to the consumers: the view of its bytes and all that was found out about it
 * once, so that no consumer needs to look again.
 *
 * <p>Thread: one. Reused: valid until its batch is forwarded, see {@link ForwardQueue}. Its bytes are scratch then:
 * consumers patch the codec's numbers in them, each from the original values in {@link #mark}.
 */
final class SourcePacket {
    /** The packet in the clear, padding counted. */
    final RtpPacketFlyweight rtp = new RtpPacketFlyweight();
    /** Frame and layers; cleared for audio. */
    final FrameMark mark = new FrameMark();
    Producer producer;
    Encoding encoding;
    /** The stream it came on; the encoding may have another one by the time that the packet is forwarded. */
    InboundStream stream;
    /** Extended sequence number in the publisher's stream. */
    long extended;
    /** Highest extended sequence number of that stream so far: above {@link #extended} for a late packet. */
    long newest;
    /** Index into the producer's codecs. */
    int format;
    /** Of VP8 whose own descriptor tells the layers, if any, and whose numbers consumers patch. */
    boolean vp8;
    /** Of sound: how many frames of 20 ms it holds, 1 or more. */
    int frames;
    /** The publisher's marker bit; that in the bytes is the consumer's whose turn it is. */
    boolean marker;

    private PacketBuffer own;
    private int pictureIdAt;
    private int tl0PicIdxAt;
    /** What is written there now: viewers that came together have the same numbers. */
    private int pictureId;
    private int tl0PicIdx;

    private int audioLevelAt;
    private int audioLevelLength;
    private int captureTimeAt;
    private int captureTimeLength;
    private int playoutDelayAt;
    private int playoutDelayLength;
    private int dependencyAt;
    private int dependencyLength;
    private boolean levelAtMost;

    /** An empty buffer of this view's own, for a packet that was not received as such. */
    PacketBuffer own() {
        if (own == null) {
            own = PacketBuffer.allocate();
        }
        own.clear();
        return own;
    }

    /** Looks up the header extensions that consumers copy, and the marker that they may change. */
    void readExtensions(HeaderExtensions ids) {
        marker = rtp.marker();
        audioLevelAt = rtp.findExtension(ids.audioLevel());
        audioLevelLength = rtp.foundLength();
        captureTimeAt = rtp.findExtension(ids.absCaptureTime());
        captureTimeLength = rtp.foundLength();
        playoutDelayAt = rtp.findExtension(ids.playoutDelay());
        playoutDelayLength = rtp.foundLength();
        dependencyAt = rtp.findExtension(ids.dependencyDescriptor());
        dependencyLength = rtp.foundLength();
        levelAtMost = captureTimeAt < 0 && playoutDelayAt < 0 && dependencyAt < 0
                && (audioLevelAt < 0 || audioLevelLength == 1);
    }

    /** Consumers copy no extension but an audio level of the usual form. */
    boolean levelAtMost() {
        return levelAtMost;
    }

    /** Remembers where the VP8 numbers are that consumers patch. */
    void locatePictures(Vp8PayloadDescriptor vp8Descriptor) {
        pictureIdAt = -1;
        tl0PicIdxAt = -1;
        pictureId = mark.pictureId;
        tl0PicIdx = mark.tl0PicIdx;
        int from = rtp.headerLength();
        if (vp8 && vp8Descriptor.wrap(rtp.packet(), from, from + rtp.payloadLength())) {
            pictureIdAt = vp8Descriptor.pictureIdAt();
            tl0PicIdxAt = vp8Descriptor.tl0PicIdxAt();
        }
    }

    /** Writes the picture id, as many bits as the field has; nothing where it is absent. */
    void patchPictureId(int wanted) {
        if (pictureIdAt < 0 || wanted == pictureId) {
            return;
        }
        pictureId = wanted;
        if (mark.pictureIdBits == 15) {
            rtp.packet().putShort(pictureIdAt, 0x8000 | pictureId & 0x7fff);
        } else {
            rtp.packet().putByte(pictureIdAt, pictureId & 0x7f);
        }
    }

    /** Writes the low 8 bits of TL0PICIDX; nothing where it is absent. */
    void patchTl0PicIdx(int wanted) {
        if (tl0PicIdxAt >= 0 && wanted != tl0PicIdx) {
            tl0PicIdx = wanted;
            rtp.packet().putByte(tl0PicIdxAt, tl0PicIdx);
        }
    }

    /** Writes the marker bit: whether the packet ends what the consumer is sent of its picture. */
    void patchMarker(boolean ends) {
        if (ends != rtp.marker()) {
            rtp.setMarker(ends);
        }
    }

    /** The marker differs from the publisher's. */
    boolean markerChanged() {
        return rtp.marker() != marker;
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

    /** The packet starts a key frame; of a scalable stream a key picture. */
    boolean startsKeyFrame() {
        return mark.keyFrame && mark.frameStart && mark.spatialId == 0;
    }
}
