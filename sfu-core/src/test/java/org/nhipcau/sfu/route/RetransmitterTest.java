// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtcp.RtcpWriter;

class RetransmitterTest {
    private static final long MS = 1_000_000L;

    private final RoomFixture f = new RoomFixture();
    private int sequence = 500;

    // A key frame, then one of a temporal layer that nothing builds upon.
    private void send() {
        f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(RoomFixture.VP8)), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(RoomFixture.VIEWER_VP8)), f.nowNs);
        for (int picture = 0; picture < 2; picture++) {
            f.receive(f.packet(96, sequence++, 3_000L * picture, 9,
                    RoomFixture.vp8(picture == 0, picture, 0, picture == 0 ? 0 : 2)));
        }
    }

    private void ask(int index) {
        PacketBuffer report = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(report, 1_000);
        writer.nack(1, 500, new int[] {f.viewerSink.packet(index).sequenceNumber()}, 0, 1);
        f.viewer.onRtcp(report, f.nowNs);
    }

    /** It is on its way for half a round trip: what would be there after its picture's time is not sent. */
    @ParameterizedTest
    @CsvSource({"0, 1500", "1, 400"})
    void shouldRefuseWhatWouldComeTooLate(int picture, long deadlineMs) {
        for (long lateMs = 0; lateMs <= 1; lateMs++) {
            RetransmitterTest run = new RetransmitterTest();
            run.send();
            run.f.nowNs += (deadlineMs + lateMs) * MS - run.f.viewer.roundTripNs() / 2;
            run.ask(picture);
            assertEquals(lateMs, run.f.counters.get(DropReason.RTX_TOO_LATE));
            assertEquals(1 - lateMs, run.f.counters.get(Counter.RTX_PACKETS_OUT), run.f.counters.toString());
        }
    }

    @Test
    void shouldSayThatItIsForgottenBeforeItSaysThatItIsLate() {
        send();
        f.nowNs += (f.room.config.packetCacheMs() + 1) * MS;
        ask(0);
        assertEquals(1, f.counters.get(DropReason.RTX_NOT_CACHED));
        assertEquals(0, f.counters.get(DropReason.RTX_TOO_LATE));
    }
}
