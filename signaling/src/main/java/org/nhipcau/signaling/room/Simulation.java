// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.List;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.SpeakerInfo;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SimulateScenario;
import livekit.LivekitRtc.SpeakersChanged;

/** The test hooks of client SDKs and load tools; without {@code dev} they do nothing. Thread: the room's. */
final class Simulation {
    private static final int MAX_SPEECH_S = 60;
    private static final int GOING_AWAY = 1001;

    private final Room room;

    Simulation(Room room) {
        this.room = room;
    }

    void run(Participant participant, SimulateScenario scenario) {
        if (!room.services().config().dev()) {
            return;
        }
        switch (scenario.getScenarioCase()) {
            case SPEAKER_UPDATE -> speak(participant, Math.clamp(scenario.getSpeakerUpdate(), 1, MAX_SPEECH_S));
            case SERVER_LEAVE -> room.leave(participant, DisconnectReason.SERVER_SHUTDOWN,
                    LeaveRequest.Action.DISCONNECT);
            case LEAVE_REQUEST_FULL_RECONNECT, MIGRATION -> room.leave(participant,
                    DisconnectReason.UNKNOWN_REASON, LeaveRequest.Action.RECONNECT);
            case NODE_FAILURE -> {
                participant.session().sink().close(GOING_AWAY, "");
                room.remove(participant, DisconnectReason.UNKNOWN_REASON);
            }
            case DISCONNECT_SIGNAL_ON_RESUME -> participant.dropAfterResume = true;
            case DISCONNECT_SIGNAL_ON_RESUME_NO_MESSAGES -> participant.dropOnResume = true;
            // There is but one candidate protocol, and bandwidth is the node's business.
            default -> { }
        }
    }

    private void speak(Participant participant, int seconds) {
        tell(participant, true);
        room.timers().after(seconds * 1000L, () -> tell(participant, false));
    }

    private void tell(Participant participant, boolean active) {
        SignalResponse message = SignalResponse.newBuilder().setSpeakersChanged(SpeakersChanged.newBuilder()
                .addAllSpeakers(List.of(SpeakerInfo.newBuilder().setSid(participant.sid())
                        .setLevel(active ? 0.9f : 0).setActive(active).build()))).build();
        if (participant.visible()) {
            room.announcer().toAll(message);
        }
    }
}
