// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

/**
 * What a room with people in it does every few seconds: quality marks, sockets that fell silent, tokens that grow old.
 * Thread: the room's.
 */
final class RoomUpkeep {
    private static final long INTERVAL_MS = 5_000;
    /** A label that comes later than this is no help to those who talk. */
    private static final long QUALITY_MS = 2_000;
    private static final int GOING_AWAY = 1001;

    private final Room room;
    private RoomTimers.Timer timer;
    private RoomTimers.Timer qualityTimer;

    RoomUpkeep(Room room) {
        this.room = room;
    }

    void start() {
        if (timer == null) {
            timer = room.timers().after(INTERVAL_MS, this::run);
            qualityTimer = room.timers().after(QUALITY_MS, this::tellQuality);
            room.quality().recorder().start();
        }
    }

    void stop() {
        timer = RoomTimers.cancel(timer);
        qualityTimer = RoomTimers.cancel(qualityTimer);
        room.quality().recorder().stop();
    }

    private void tellQuality() {
        qualityTimer = room.timers().after(QUALITY_MS, this::tellQuality);
        room.quality().round();
    }

    private void run() {
        timer = room.timers().after(INTERVAL_MS, this::run);
        long nowMs = room.services().clock().nowMs();
        long silentForMs = room.services().config().rooms().pingTimeoutS() * 1000L;
        long tokenAfterMs = room.services().config().rooms().tokenRefreshS() * 1000L;
        for (Participant participant : room.admitted()) {
            if (participant.session() == null) {
                continue;
            }
            if (nowMs - participant.lastHeardMs > silentForMs) {
                participant.session().sink().close(GOING_AWAY, "ping timeout");
                room.seats().socketLost(participant);
            } else if (nowMs - participant.tokenAtMs >= tokenAfterMs) {
                room.admission().sendToken(participant);
            }
        }
    }
}
