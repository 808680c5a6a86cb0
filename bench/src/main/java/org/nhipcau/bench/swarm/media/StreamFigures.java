// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

/**
 * What one received stream came to.
 *
 * @param packets different packets that came
 * @param missingPackets numbers never seen between the first and the last
 * @param duplicatePackets packets that came twice
 * @param repairedPackets packets that came only after they were asked for
 * @param foreignPackets packets with a byte that is not the track's
 * @param foreignBytes such bytes
 * @param skippedPackets packets or base frames that the sender sent and the server left out without a gap in its
 *     numbers
 * @param wholeFrames video frames of which every packet came
 * @param brokenFrames video frames that stayed incomplete
 * @param cutFrames video frames that the server ended early to go on with a key frame, after a pause or on another
 *     encoding: no loss
 * @param switches changes of the encoding
 * @param requestedKeyFrames PLIs sent
 * @param longestSilenceNs longest time between two packets
 * @param firstPacketNs when the first one came, on the machine's clock; 0: none did
 * @param firstFrameNs when the first key frame was whole, of audio the first packet; 0: none was
 */
public record StreamFigures(boolean video, long packets, long missingPackets, long duplicatePackets,
        long repairedPackets, long foreignPackets, long foreignBytes, long skippedPackets, long wholeFrames,
        long brokenFrames, long cutFrames, long switches, long requestedKeyFrames, long longestSilenceNs,
        long firstPacketNs, long firstFrameNs) {}
