// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.UpdateTrackSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.signaling.consultation.ConsultationCommand.SetMainScreen;
import org.nhipcau.signaling.policy.Role;

/** What the chair puts on everybody's main screen comes first on a path that does not carry all pictures. */
class MainScreenTest {
    @TempDir
    Path directory;
    private ConsultationFixture room;
    private String chair;
    private String expert;

    @BeforeEach
    void open() {
        room = new ConsultationFixture(directory);
        room.sample.inSession();
        for (Role role : List.of(Role.CHAIR, Role.EXPERT, Role.TRAINEE)) {
            room.join(role);
        }
        chair = room.publish(Role.CHAIR, TrackSource.CAMERA);
        expert = room.publish(Role.EXPERT, TrackSource.CAMERA);
    }

    @AfterEach
    void sound() {
        room.checkSound();
    }

    private void show(Role role) {
        room.sample.as(Role.CHAIR, new SetMainScreen(role == null ? null : room.sample.of(role)));
        room.settle();
    }

    /** The priorities of the chair's and the expert's camera at the trainee. */
    private List<Integer> priorities() {
        List<Integer> told = new ArrayList<>();
        for (String track : List.of(chair, expert)) {
            told.add(room.consumer(Role.TRAINEE, track).settings().priority());
        }
        return told;
    }

    private void set(String track, int height, int priority) {
        room.clients.get(Role.TRAINEE).send(request -> request.setTrackSetting(UpdateTrackSettings.newBuilder()
                .addTrackSids(track).setQuality(VideoQuality.HIGH).setHeight(height).setPriority(priority)));
        room.call.clock.advance(200);
    }

    @Test
    void b2TheMainScreenComesFirstAndFollowsTheChair() {
        assertEquals(List.of(0, 0), priorities());
        show(Role.EXPERT);
        assertEquals(List.of(0, 1), priorities());
        show(Role.CHAIR);
        assertEquals(List.of(1, 0), priorities());
        show(null);
        assertEquals(List.of(0, 0), priorities());
    }

    @Test
    void whatElseTheViewerWantsStays() {
        set(expert, 360, 0);
        show(Role.EXPERT);
        assertEquals(new ConsumerSettings(false, 2, 360, 0, 1), room.consumer(Role.TRAINEE, expert).settings());
        set(expert, 180, 0);
        assertEquals(new ConsumerSettings(false, 2, 180, 0, 1), room.consumer(Role.TRAINEE, expert).settings());
        show(Role.CHAIR);
        assertEquals(new ConsumerSettings(false, 2, 180, 0, 0), room.consumer(Role.TRAINEE, expert).settings());
    }

    @Test
    void whatTheViewerCallsImportantItselfCounts() {
        set(chair, 360, 40);
        show(Role.EXPERT);
        assertEquals(List.of(61, 1), priorities());
        set(expert, 360, 90);
        assertEquals(List.of(61, 11), priorities());
        show(Role.CHAIR);
        assertEquals(List.of(61, 11), priorities());
    }

    @Test
    void theNodeIsToldOfWhatChangedAlone() {
        int before = room.call.media.sent(MediaCommand.UpdateConsumer.class).size();
        show(Role.EXPERT);
        assertEquals(before + 2, room.call.media.sent(MediaCommand.UpdateConsumer.class).size(),
                "the chair and the trainee are sent the expert's camera");
        room.join(Role.SECRETARY);
        assertEquals(before + 2, room.call.media.sent(MediaCommand.UpdateConsumer.class).size());
        assertEquals(1, room.consumer(Role.SECRETARY, expert).settings().priority(), "who comes later has it from the start");
        assertEquals(0, room.consumer(Role.SECRETARY, chair).settings().priority());
    }

    @Test
    void sharedScreensAndSoundAreNotTheMainPicture() {
        String screen = room.publish(Role.EXPERT, TrackSource.SCREEN_SHARE);
        String sound = room.publish(Role.EXPERT, TrackSource.MICROPHONE);
        show(Role.EXPERT);
        assertEquals(0, room.consumer(Role.TRAINEE, screen).settings().priority());
        assertEquals(0, room.consumer(Role.TRAINEE, sound).settings().priority());
    }
}
