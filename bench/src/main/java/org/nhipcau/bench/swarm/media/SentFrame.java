// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

/**
 * What is needed to make the packets of one frame, and to make them again when they are asked for: content is computed,
 * so a sender remembers no packets.
 *
 * @param number frame of the track, the same on all its encodings
 * @param bytes canaries of all packets together
 * @param firstPacket packet of the encoding that the frame begins with
 * @param baseFrames frames of the base layer up to and with this one
 */
record SentFrame(int encoding, long number, boolean key, int temporalLayer, int packets, int bytes, long firstPacket,
        int baseFrames, int pictureId, int tl0PictureIndex, long timestamp, long sentNs) {}
