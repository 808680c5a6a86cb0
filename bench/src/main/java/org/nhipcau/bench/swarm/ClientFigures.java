// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import java.util.List;
import java.util.Map;
import org.nhipcau.bench.swarm.media.LatencyHistogram;
import org.nhipcau.bench.swarm.media.StreamFigures;

/**
 * What one client saw so far.
 *
 * @param failure why it failed; null: it did not
 * @param signalingMs from the join's call to the server's join answer; NaN: not yet
 * @param connectedMs to the first connection whose media could flow; NaN: not yet
 * @param firstMediaMs to the first media packet; NaN: none came
 * @param firstFrameMs to the first whole key frame; NaN: none came
 * @param sentPackets RTP packets that its tracks sent, without those sent again
 * @param resentPackets packets sent again because the server asked
 * @param askedPackets packets that the server asked for again
 * @param feedbackLostPackets packets that the server's transport-wide feedback called missing
 * @param receivedPackets RTP packets that came in and opened
 * @param undecipherablePackets packets that did not open with the client's keys
 * @param unknownPackets media packets of streams that no offer named
 * @param failedSends datagrams that the client's own sockets did not take
 * @param expectedTracks tracks that it shall receive now
 * @param flowingTracks those of them of which something came
 * @param streams figures of each received stream, by track
 */
public record ClientFigures(String room, String identity, String failure, double signalingMs, double connectedMs,
        double firstMediaMs, double firstFrameMs, long sentPackets, long resentPackets, long askedPackets,
        long feedbackLostPackets, long receivedPackets, long receivedBytes, long undecipherablePackets,
        long unknownPackets, long failedSends, int expectedTracks, int flowingTracks,
        Map<String, List<StreamFigures>> streams, LatencyHistogram latency) {

    /** One figure summed over all streams. */
    public long sum(java.util.function.ToLongFunction<StreamFigures> figure) {
        return streams.values().stream().flatMap(List::stream).mapToLong(figure).sum();
    }

    /** One figure's largest value among all streams; 0 without any. */
    public long max(java.util.function.ToLongFunction<StreamFigures> figure) {
        return streams.values().stream().flatMap(List::stream).mapToLong(figure).max().orElse(0);
    }
}
