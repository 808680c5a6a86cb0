// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** What a viewer of four pictures and five voices takes of the heap in the media plane, in its first three seconds. */
class ViewerMemoryTest {
    private static final int VIDEO_TRACKS = 4;
    private static final int AUDIO_TRACKS = 5;
    /** Of the 200 KB that a subscriber may take all told, signaling, DTLS and ciphers included. */
    private static final long MAX_BYTES = 80_000;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Sends nowhere and keeps nothing. */
    private static final class Nowhere implements PacketSink {
        private static final PacketBuffer BEGUN = PacketBuffer.allocate();
        private long packets;

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public PacketBuffer begin() {
            BEGUN.clear();
            return BEGUN;
        }

        @Override
        public void sendRtp(PacketBuffer begun, int headerLength, long nowNs) {
            packets++;
        }

        @Override
        public void sendRtp(PacketBuffer begun, int headerLength, PacketBuffer source, int from, int lengthBytes,
                long nowNs) {
            packets++;
        }

        @Override
        public void sendRtcp(PacketBuffer begun, long nowNs) {
            packets++;
        }

        @Override
        public void onFault(RuntimeException fault, long nowNs) {
            throw fault;
        }
    }

    @Test
    void shouldTakeNoMoreThanItsShare() {
        allocated(4);
        int few = 4;
        int many = 36;
        // What the test itself allocates is the same in both runs; what growing arrays leave behind is counted too.
        long perViewer = (allocated(many) - allocated(few)) / (many - few);
        System.out.printf("a viewer of %d video and %d audio tracks: %,d bytes of heap allocated%n", VIDEO_TRACKS,
                AUDIO_TRACKS, perViewer);
        assertTrue(perViewer <= MAX_BYTES, perViewer + " bytes per viewer");
        assertTrue(perViewer > 1_000, perViewer + " bytes per viewer: the viewers did nothing");
    }

    private static long allocated(int viewers) {
        RoomFixture f = new RoomFixture();
        for (int track = 0; track < VIDEO_TRACKS + AUDIO_TRACKS; track++) {
            boolean video = track < VIDEO_TRACKS;
            f.publisher.addProducer(new ProducerParameters("t" + track, video ? MediaKind.VIDEO : MediaKind.AUDIO,
                    TrackSource.UNKNOWN, "m" + track, List.of(video ? RoomFixture.VP8 : RoomFixture.OPUS),
                    List.of(new EncodingParameters("", 1_000 + track, 0, 0, 0, 0, 0)), false), f.nowNs);
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        Nowhere[] sinks = new Nowhere[viewers];
        for (int i = 0; i < viewers; i++) {
            sinks[i] = new Nowhere();
            MediaEndpoint viewer = f.room.openEndpoint("v" + i, "v" + i, sinks[i]);
            viewer.configure(RoomFixture.VIEWER_IDS);
            for (int track = 0; track < VIDEO_TRACKS + AUDIO_TRACKS; track++) {
                viewer.addConsumer(RoomFixture.consumer("t" + track, 5_000 + 10 * track,
                        List.of(track < VIDEO_TRACKS ? RoomFixture.VIEWER_VP8 : RoomFixture.OPUS)), f.nowNs);
            }
            viewer.onConnected(f.nowNs);
        }
        send(f);
        long after = THREADS.getCurrentThreadAllocatedBytes();
        for (Nowhere sink : sinks) {
            assertTrue(sink.packets >= 3 * (VIDEO_TRACKS * 48 + AUDIO_TRACKS * 50), sink.packets + " packets");
        }
        return after - before;
    }

    // Three seconds: pictures in 50 packets a second, which is 450 kbit/s, and voices in as many.
    private static void send(RoomFixture f) {
        byte[] voice = new byte[80];
        for (int tick = 0; tick < 150; tick++) {
            f.nowNs += 20_000_000L;
            for (int track = 0; track < VIDEO_TRACKS + AUDIO_TRACKS; track++) {
                f.receive(track < VIDEO_TRACKS
                        ? f.packet(96, tick, tick * 1_800L, 1_000 + track, RoomFixture.vp8(tick % 50 == 0, tick, 0, 0))
                        : f.packet(111, tick, tick * 960L, 1_000 + track, voice));
            }
        }
    }
}
