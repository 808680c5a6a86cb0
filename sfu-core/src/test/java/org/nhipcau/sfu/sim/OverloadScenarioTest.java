// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.sfu.sim.SimCall.MS;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.Importance;
import org.nhipcau.sfu.api.MediaEvent.ConsumerPaused;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.overload.LoadMonitor;
import org.nhipcau.sfu.overload.OverloadLevel;
import org.nhipcau.sfu.overload.OverloadPolicy;

/**
 * Calls on a worker that has too much to do: what each level takes from whom, and the whole loop with a worker whose
 * handling costs more than its time.
 */
class OverloadScenarioTest {
    private static final ConsumerSettings LARGE = new ConsumerSettings(false, 2, 720, 0, 0);
    private static final ConsumerSettings SMALL = new ConsumerSettings(false, 2, 719, 0, 0);

    private final Map<String, SimPublisher> senders = new LinkedHashMap<>();
    private SimCall call;
    private SimViewer viewer;

    private SimPublisher sender(String name, Importance importance, double dbov) {
        SimPublisher sender = new SimPublisher(call, name).video(name + "-cam", "0", "q", "h", "f")
                .audio(name + "-mic", "1");
        sender.speechDbov = dbov;
        for (ProducerParameters p : List.of(SimCall.camera(name + "-cam", "0", "q", "h", "f"),
                SimCall.microphone(name + "-mic", "1"))) {
            sender.peer.endpoint.addProducer(new ProducerParameters(p.trackId(), p.kind(), p.source(), p.mid(),
                    p.codecs(), p.encodings(), false, importance), call.nowNs());
        }
        senders.put(name, sender);
        return sender.start();
    }

    /** A chair who is silent, a doctor who speaks and is shown large, two who listen; one more who watches them all. */
    private void begin(long seed) {
        call = new SimCall(seed);
        sender("chair", Importance.CONTROLLER, 90);
        sender("doctor", Importance.ORDINARY, 20);
        sender("nurse", Importance.ORDINARY, 90);
        sender("guest", Importance.ORDINARY, 90);
        viewer = watcher("viewer");
        call.run(4_000);
    }

    private SimViewer watcher(String name) {
        SimViewer watcher = new SimViewer(call, name);
        senders.keySet().forEach(sender -> {
            call.consume(watcher, sender + "-cam", true, sender.equals("doctor") ? LARGE : SMALL);
            call.consume(watcher, sender + "-mic", false, ConsumerSettings.DEFAULT);
        });
        return watcher;
    }

    private void level(OverloadLevel level) {
        call.room.onOverload(level, call.nowNs());
    }

    private Set<Integer> layers(String sender, long sinceNs) {
        return viewer.tracks.get(sender + "-cam").layersSince(sinceNs);
    }

    private long heard(String sender, long sinceNs) {
        return viewer.tracks.get(sender + "-mic").packets.values().stream().filter(p -> p.atNs() >= sinceNs).count();
    }

    /** Goes to a level, gives key frames a second, and looks at the second after it. @return its beginning */
    private long settle(OverloadLevel level) {
        level(level);
        call.run(1_000);
        long sinceNs = call.nowNs();
        call.run(1_000);
        return sinceNs;
    }

    @Test
    void shouldTakeTheHighestLayerFromWhatIsNotOnTheStage() {
        begin(1);
        assertEquals(Set.of(2), layers("nurse", call.nowNs() - 1_000 * MS), call::toString);
        long sinceNs = settle(OverloadLevel.HIGH_LAYERS);
        assertEquals(Set.of(2), layers("doctor", sinceNs), "the largest picture is the stage");
        for (String other : List.of("chair", "nurse", "guest")) {
            assertEquals(Set.of(1), layers(other, sinceNs), other);
        }
        assertTrue(call.counters.get(DropReason.OVERLOAD_LAYER) > 0);
        senders.keySet().forEach(name -> assertTrue(heard(name, sinceNs) >= 49, name));
    }

    @Test
    void shouldLeaveTheLowestLayerOfEachPicture() {
        begin(2);
        long sinceNs = settle(OverloadLevel.LOW_LAYER);
        senders.keySet().forEach(name -> assertEquals(Set.of(0), layers(name, sinceNs), name));
        assertTrue(viewer.tracks.get("nurse-cam").highestTemporalSince(sinceNs) > 0);
    }

    @Test
    void shouldLeaveOnlyTheStageWithItsFewestFrames() {
        begin(3);
        long sinceNs = settle(OverloadLevel.STAGE_ONLY);
        assertEquals(Set.of(0), layers("doctor", sinceNs));
        assertEquals(0, viewer.tracks.get("doctor-cam").highestTemporalSince(sinceNs));
        for (String other : List.of("chair", "nurse", "guest")) {
            assertEquals(Set.of(), layers(other, sinceNs), other);
        }
        assertEquals(Set.of("c-chair-cam", "c-nurse-cam", "c-guest-cam"), paused());
        assertEquals(List.of(), viewer.play("doctor-cam", 0).faults);
    }

    @Test
    void shouldKeepASharedScreenOnTheStageToo() {
        begin(4);
        SimPublisher screen = new SimPublisher(call, "screen").video("screen-cam", "0", "");
        ProducerParameters p = SimCall.camera("screen-cam", "0", "");
        screen.peer.endpoint.addProducer(new ProducerParameters(p.trackId(), p.kind(), TrackSource.SCREEN_SHARE,
                p.mid(), p.codecs(), p.encodings(), false), call.nowNs());
        screen.start();
        call.consume(viewer, "screen-cam", true, SMALL);
        call.run(1_000);
        long sinceNs = settle(OverloadLevel.STAGE_ONLY);
        assertEquals(Set.of(0), layers("screen", sinceNs));
        assertEquals(Set.of(0), layers("doctor", sinceNs));
        assertEquals(Set.of(), layers("nurse", sinceNs));
    }

    @Test
    void shouldSwitchEveryPictureOffAndNoSound() {
        begin(5);
        long sinceNs = settle(OverloadLevel.NO_VIDEO);
        for (String name : senders.keySet()) {
            assertEquals(Set.of(), layers(name, sinceNs), name);
            assertTrue(heard(name, sinceNs) >= 49, name);
        }
        assertTrue(call.counters.get(DropReason.OVERLOAD_VIDEO) > 0);
        assertEquals(0, call.counters.get(DropReason.OVERLOAD_AUDIO));
    }

    @Test
    void shouldLeaveTheSoundOfControllerAndSpeaker() {
        begin(6);
        long sinceNs = settle(OverloadLevel.SPEECH_ONLY);
        assertTrue(heard("chair", sinceNs) >= 49, "silent, but steers the room");
        assertTrue(heard("doctor", sinceNs) >= 49, "speaks");
        assertEquals(0, heard("nurse", sinceNs));
        assertEquals(0, heard("guest", sinceNs));
        assertTrue(call.counters.get(DropReason.OVERLOAD_AUDIO) > 0);
        assertTrue(paused().containsAll(Set.of("c-nurse-mic", "c-guest-mic")), "viewers are told");
    }

    @Test
    void shouldForwardAVoiceFromItsFirstPacketOn() {
        begin(7);
        settle(OverloadLevel.SPEECH_ONLY);
        long sinceNs = call.nowNs();
        senders.get("nurse").speechDbov = 25;
        call.run(1_000);
        // The packet under way when the voice began was still a silent one.
        assertTrue(heard("nurse", sinceNs) >= heard("doctor", sinceNs) - 3, () -> heard("nurse", sinceNs) + " of 50");
        senders.get("nurse").speechDbov = 90;
        senders.get("doctor").speechDbov = 90;
        long pauseNs = call.nowNs();
        call.run(4_000);
        assertTrue(heard("nurse", pauseNs) >= 190, "a pause of speech is not its end");
        call.run(3_000);
        long laterNs = call.nowNs();
        call.run(1_000);
        assertEquals(0, heard("nurse", laterNs));
        assertEquals(0, heard("doctor", laterNs));
        assertTrue(heard("chair", laterNs) >= 49);
    }

    @Test
    void shouldTakeWhoseSoundTellsNoLevelForASpeaker() {
        call = new SimCall(8);
        SimPublisher mute = new SimPublisher(call, "old").audio("old-mic", "0");
        mute.peer.endpoint.configure(new org.nhipcau.sfu.api.HeaderExtensions(1, 2, 3, 0, 5, 6, 7, 0, 0, 0));
        senders.put("old", mute);
        mute.start();
        viewer = new SimViewer(call, "viewer");
        call.consume(viewer, "old-mic", false, ConsumerSettings.DEFAULT);
        call.run(2_000);
        long sinceNs = settle(OverloadLevel.SPEECH_ONLY);
        assertTrue(heard("old", sinceNs) >= 49, call::toString);
    }

    @Test
    void shouldShowACameraOpenedMeanwhileWhenTheLevelHasFallen() {
        begin(9);
        settle(OverloadLevel.NO_VIDEO);
        sender("late", Importance.ORDINARY, 90);
        call.consume(viewer, "late-cam", true, SMALL);
        call.consume(viewer, "late-mic", false, ConsumerSettings.DEFAULT);
        call.run(2_000);
        assertEquals(Set.of(), layers("late", 0), "as all pictures");
        assertTrue(heard("late", 0) >= 90, "sound is taken");
        level(OverloadLevel.NONE);
        long sinceNs = call.nowNs();
        call.run(4_000);
        assertFalse(layers("late", sinceNs).isEmpty(), call::toString);
    }

    @Test
    void shouldHoldALateViewerToTheLevelFromItsFirstPacket() {
        begin(10);
        settle(OverloadLevel.NO_VIDEO);
        long before = call.counters.get(Counter.RTP_PACKETS_OUT);
        viewer = watcher("late");
        call.run(1_000);
        senders.keySet().forEach(name -> assertEquals(Set.of(), layers(name, 0), name));
        assertTrue(heard("guest", 0) >= 45);
        assertTrue(call.counters.get(Counter.RTP_PACKETS_OUT) > before);
    }

    @Test
    void shouldNotRepairPicturesOnceLayersAreGivenUp() {
        begin(11);
        settle(OverloadLevel.LOW_LAYER);
        long before = call.counters.get(Counter.RTX_PACKETS_OUT);
        viewer.peer.down.lossRatio = 0.1;
        call.run(2_000);
        assertEquals(before, call.counters.get(Counter.RTX_PACKETS_OUT));
        assertTrue(call.counters.get(DropReason.OVERLOAD_RTX) > 0);
    }

    @Test
    void shouldSpreadTheKeyFramesOfRecoveryOverTime() {
        call = new SimCall(12);
        for (int i = 0; i < 20; i++) {
            sender("site" + i, Importance.ORDINARY, 90);
        }
        viewer = new SimViewer(call, "viewer");
        senders.keySet().forEach(name -> call.consume(viewer, name + "-cam", true, SMALL));
        call.run(4_000);
        settle(OverloadLevel.NO_VIDEO);
        int[] perTenth = new int[25];
        int before = plis();
        level(OverloadLevel.STAGE_ONLY);
        call.run(2_500);
        level(OverloadLevel.LOW_LAYER);
        for (int i = 0; i < perTenth.length; i++) {
            int at = plis();
            call.run(100);
            perTenth[i] = plis() - at;
        }
        assertTrue(plis() - before >= 20, call::toString);
        for (int count : perTenth) {
            assertTrue(count <= 7, () -> "20 cameras asked at " + java.util.Arrays.toString(perTenth) + ", " + call);
        }
        call.run(1_000);
        senders.keySet().forEach(name -> assertEquals(Set.of(0), layers(name, call.nowNs() - 500 * MS), name));
    }

    private int plis() {
        return senders.values().stream().mapToInt(sender -> sender.plis).sum();
    }

    private Set<String> paused() {
        Set<String> paused = new java.util.HashSet<>();
        for (ConsumerPaused event : call.events(ConsumerPaused.class)) {
            if (event.paused()) {
                paused.add(event.consumerId());
            } else {
                paused.remove(event.consumerId());
            }
        }
        return paused;
    }

    /** A worker that pays for each packet in and out, and never has more than its time. */
    private final class Worker {
        final LoadMonitor monitor = new LoadMonitor();
        final OverloadPolicy policy = new OverloadPolicy(true, 60 * MS);
        final List<OverloadLevel> story = new ArrayList<>();
        double perPacketNs;
        private double backlogNs;
        private long packets;

        void start() {
            packets = packets();
            call.in(5, this::cycle);
        }

        private long packets() {
            return call.counters.get(Counter.RTP_PACKETS_IN) + call.counters.get(Counter.RTP_PACKETS_OUT);
        }

        private void cycle() {
            long now = packets();
            // What the kernel's queue does not hold is lost.
            backlogNs = Math.min(backlogNs + (now - packets) * perPacketNs, 300 * MS);
            packets = now;
            double done = Math.min(backlogNs, 5 * MS);
            backlogNs -= done;
            if (monitor.onCycle(call.nowNs() - (long) done, call.nowNs(), backlogNs == 0)) {
                monitor.endWindow(call.nowNs(), 0);
                if (policy.onWindow(monitor, call.nowNs())) {
                    story.add(policy.level());
                    level(policy.level());
                }
            }
            call.in(5, this::cycle);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {101, 102})
    void shouldGivePicturesUpBeforeSoundAndComeBackByItself(long seed) {
        begin(seed);
        Worker worker = new Worker();
        worker.perPacketNs = 100_000;
        worker.start();
        call.run(3_000);
        assertEquals(List.of(), worker.story, "seed " + seed + " " + call);
        for (double perPacketNs : new double[] {1_100_000, 2_500_000, 4_500_000}) {
            long fromNs = call.nowNs();
            worker.perPacketNs = perPacketNs;
            call.run(6_000);
            assertTrue(worker.policy.level() != OverloadLevel.NONE, "seed " + seed + " " + call);
            for (String spared : List.of("chair", "doctor")) {
                assertTrue(heard(spared, fromNs) >= 6_000 / 20 - 4,
                        spared + " of " + heard(spared, fromNs) + ", seed " + seed + " " + worker.story);
            }
        }
        assertTrue(worker.story.contains(OverloadLevel.NO_VIDEO), "seed " + seed + " " + worker.story);
        int worst = worker.story.size();
        worker.perPacketNs = 100_000;
        call.run(35_000);
        List<OverloadLevel> back = worker.story.subList(worst, worker.story.size());
        assertEquals(OverloadLevel.NONE, worker.policy.level(), "seed " + seed + " " + worker.story);
        for (int i = 1; i < back.size(); i++) {
            assertEquals(back.get(i - 1).ordinal() - 1, back.get(i).ordinal(), "seed " + seed + " " + worker.story);
        }
        senders.keySet().forEach(name -> {
            assertEquals(Set.of(2), layers(name, call.nowNs() - 2_000 * MS), name + ", seed " + seed);
            assertEquals(List.of(), viewer.play(name + "-cam", 1_000 * MS).faults, name + ", seed " + seed);
            assertTrue(heard(name, call.nowNs() - 1_000 * MS) >= 49, name + ", seed " + seed);
        });
        assertFalse(paused().stream().anyMatch(id -> true), "all are told that it is over: " + paused());
    }
}
