// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.QualityCause;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.pipe.PipeSlot;

/** A camera on one worker, its viewer on another. */
class MirroredTrackTest {
    private static final int SSRC = 0x4a4b4c4d;
    private static final long SECOND_NS = 1_000_000_000L;

    private final RoomFixture near = new RoomFixture();
    private final RoomFixture far = new RoomFixture();
    private final PipePort toViewers = new PipePort(64, () -> { });
    private final PipePort toPublisher = new PipePort(64, () -> { });
    private int sequence = 100;
    private int keyframesWanted;

    MirroredTrackTest() {
        done(near.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(RoomFixture.VP8)),
                near.nowNs));
        done(far.room.mirror(new RemotePeer("alice", "alice", RoomFixture.IDS,
                List.of(near.room.producer("cam").parameters())), toPublisher, toViewers, near.nowNs));
        done(far.viewer.addConsumer(RoomFixture.consumer("cam", 700, List.of(RoomFixture.VIEWER_VP8)), near.nowNs));
        readAtPublisher();
    }

    private static void done(MediaReply reply) {
        assertInstanceOf(MediaReply.Done.class, reply);
    }

    private void send(boolean key) {
        int number = sequence++;
        near.receive(near.packet(96, number, number * 3_000L, SSRC, RoomFixture.vp8(key, number, number & 0xff, 0)));
        readAtViewers();
    }

    private void readAtViewers() {
        toViewers.publish();
        for (PipeSlot slot = toViewers.poll(); slot != null; slot = toViewers.poll()) {
            Crossing crossing = (Crossing) slot.target;
            if (slot.kind == PipeSlot.Kind.RESTING) {
                crossing.onResting(slot);
            } else {
                crossing.onPacket(slot, near.nowNs);
            }
            far.queue.forward(near.nowNs);
        }
        toViewers.release();
    }

    private void readAtPublisher() {
        toPublisher.publish();
        for (PipeSlot slot = toPublisher.poll(); slot != null; slot = toPublisher.poll()) {
            if (slot.kind == PipeSlot.Kind.WANTED) {
                near.room.onWanted((Crossing) slot.target, slot.quality, near.nowNs);
            } else {
                keyframesWanted++;
            }
        }
        toPublisher.release();
    }

    private void watchFor(long ns) {
        for (long untilNs = near.nowNs + ns; near.nowNs < untilNs; near.nowNs += 100_000_000) {
            far.room.producer("cam").mirrored().watch(near.nowNs);
            readAtPublisher();
        }
    }

    @Test
    void shouldAskForAKeyFrameAsAtFirstWhenPacketsComeAgain() {
        send(true);
        Producer mirrored = far.room.producer("cam");
        Encoding encoding = mirrored.encodings()[0];
        near.nowNs += SECOND_NS;
        mirrored.requestKeyframe(encoding, near.nowNs);
        // The camera's link is gone: nobody could answer.
        watchFor(10 * SECOND_NS);
        assertTrue(encoding.keyframes.unansweredNs(near.nowNs) >= 10 * SECOND_NS);
        send(false);
        assertEquals(0, encoding.keyframes.unansweredNs(near.nowNs), "the publisher answers from now on");
        keyframesWanted = 0;
        watchFor(4 * SECOND_NS);
        // At 0, 0.5, 1.5 and 3.5 s, not each two seconds as after many that went unanswered.
        assertEquals(4, keyframesWanted);
    }

    private void call(long ns, boolean sends) {
        call(ns, sends, !sends);
    }

    // Both workers' timers, with a picture each 33 ms or without.
    private void call(long ns, boolean sends, boolean rests) {
        for (long untilNs = near.nowNs + ns; near.nowNs < untilNs; near.nowNs += 33_000_000) {
            if (sends) {
                send(sequence == 100);
            }
            // What the advice to the publisher says of its uplink.
            near.room.producer("cam").uplink(rests, rests);
            near.room.onTimer(near.nowNs);
            readAtViewers();
            far.room.onTimer(near.nowNs);
            readAtPublisher();
        }
    }

    @Test
    void shouldTellViewersOfAPictureThatRests() {
        Producer mirrored = far.room.producer("cam");
        call(3 * SECOND_NS, true);
        assertTrue(far.room.watch.wanted(mirrored));
        assertEquals(0, mirrored.source().frozenShare(), 0.1);
        call(6 * SECOND_NS, false);
        assertFalse(far.room.watch.wanted(mirrored), "no picture is missed here");
        assertEquals(QualityCause.PUBLISHER_UPLINK, mirrored.source().frozenCause());
        call(2 * SECOND_NS, true);
        assertTrue(far.room.watch.wanted(mirrored));
        assertEquals(QualityCause.NONE, mirrored.source().frozenCause());
    }

    @Test
    void shouldNotTellViewersOfARestThatIsNotHeeded() {
        Producer mirrored = far.room.producer("cam");
        call(SECOND_NS, true);
        call(5 * SECOND_NS, true, true);
        assertTrue(mirrored.resting());
        call(15 * SECOND_NS, true, true);
        assertFalse(mirrored.resting());
        assertTrue(far.room.watch.wanted(mirrored));
        assertTrue(near.room.watch.wanted(near.room.producer("cam")));
        assertEquals(0, mirrored.source().frozenShare(), 0.1);
    }

    @Test
    void shouldTellTheNextViewerAlsoThatAPictureRestsNoMore() {
        Producer mirrored = far.room.producer("cam");
        call(SECOND_NS, true);
        call(SECOND_NS, false);
        assertTrue(mirrored.resting());
        done(far.viewer.removeConsumer("c-cam", near.nowNs));
        call(SECOND_NS, false);
        call(SECOND_NS, true);
        done(far.viewer.addConsumer(RoomFixture.consumer("cam", 701, List.of(RoomFixture.VIEWER_VP8)), near.nowNs));
        call(SECOND_NS, true);
        assertFalse(mirrored.resting());
    }

    @Test
    void shouldTellThatAPictureRestsOnceThePipeHasRoom() {
        call(SECOND_NS, true);
        for (int i = 0; i < 64; i++) {
            toViewers.claim(PipePort.Rank.FEEDBACK);
            toViewers.commit();
        }
        near.room.producer("cam").uplink(true, true);
        near.room.producer("cam").exports().tell();
        toViewers.publish();
        while (toViewers.poll() != null) {
            // what was in its way
        }
        toViewers.release();
        near.room.producer("cam").exports().tell();
        readAtViewers();
        assertTrue(far.room.producer("cam").resting());
    }

    @Test
    void shouldLeaveItToThoseWhoListenHowThinSpeechIs() {
        done(near.publisher.addProducer(RoomFixture.producer("mic", MediaKind.AUDIO, "1", List.of(RoomFixture.OPUS)),
                near.nowNs));
        Producer microphone = near.room.producer("mic");
        done(far.room.mirror(new RemotePeer("alice", "alice", RoomFixture.IDS,
                List.of(near.room.producer("cam").parameters(), microphone.parameters())), toPublisher, toViewers,
                near.nowNs));
        done(far.viewer.addConsumer(RoomFixture.consumer("mic", 800, List.of(RoomFixture.OPUS)), near.nowNs));
        call(SECOND_NS, true);
        for (SfuConfig.ThinSpeech rule : List.of(SfuConfig.ThinSpeech.ALL, SfuConfig.ThinSpeech.ANY)) {
            assertEquals(ThinSpeech.AS_IT_COMES, microphone.exports().wantedSpeech(rule), "as good as it is");
        }
        far.viewerSink.ready = false;
        call(SECOND_NS, true);
        assertFalse(microphone.exports().none(), "its packets come");
        for (SfuConfig.ThinSpeech rule : List.of(SfuConfig.ThinSpeech.ALL, SfuConfig.ThinSpeech.ANY)) {
            int wanted = microphone.exports().wantedSpeech(rule);
            assertEquals(12_000, ThinSpeech.together(12_000, wanted, rule), "nobody hears it there");
        }
        far.viewerSink.ready = true;
        call(SECOND_NS, true);
        assertEquals(ThinSpeech.AS_IT_COMES, microphone.exports().wantedSpeech(SfuConfig.ThinSpeech.ALL));
    }
}
