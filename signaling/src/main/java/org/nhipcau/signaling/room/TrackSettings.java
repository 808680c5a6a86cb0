// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.List;
import livekit.LivekitRtc.UpdateTrackSettings;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.signaling.session.ViewerSettings;

/**
 * What viewers want of the tracks that they receive, as the media node is told of it.
 *
 * <p>Where a viewer does not say how important a picture is, the chair's word counts: who is on everybody's main screen
 * keeps their picture on a path that does not carry all of them, also for clients that do not tell how large they show it.
 *
 * <p>Thread: the room's.
 */
final class TrackSettings {
    private static final long INTERVAL_MS = 100;
    /** The least there is, so that nothing a viewer calls important itself comes behind the main screen. */
    private static final int MAIN_SCREEN_PRIORITY = 1;

    private final Room room;

    TrackSettings(Room room) {
        this.room = room;
    }

    /** What the node is to know of a subscription. */
    ConsumerSettings of(Subscription subscription) {
        ConsumerSettings wish = subscription.settings();
        Participant publisher = room.participant(subscription.publisherSid());
        PublishedTrack track = room.track(subscription.trackSid());
        boolean main = publisher != null && track != null && room.oversight().onMainScreen(publisher, track);
        return main && wish.priority() == 0 ? new ConsumerSettings(wish.paused(), wish.maxQuality(), wish.maxHeight(),
                wish.maxFps(), MAIN_SCREEN_PRIORITY) : wish;
    }

    /** The first setting takes effect at once, those that follow within a tenth of a second as one. */
    void ask(Participant viewer, UpdateTrackSettings request) {
        int seen = 0;
        for (String sid : request.getTrackSidsList()) {
            if (++seen > Subscribing.MAX_SIDS_PER_REQUEST) {
                return;
            }
            Subscription subscription = viewer.subscriptions().get(sid);
            PublishedTrack track = subscription == null ? null : room.track(sid);
            if (track != null) {
                set(viewer, subscription, ViewerSettings.of(request, track.info()));
            }
        }
    }

    /** Pauses tracks that a resuming client does not want to see; their other settings stay. */
    void disable(Participant viewer, List<String> sids) {
        for (String sid : sids.subList(0, Math.min(sids.size(), Subscribing.MAX_SIDS_PER_REQUEST))) {
            Subscription subscription = viewer.subscriptions().get(sid);
            if (subscription != null) {
                ConsumerSettings now = subscription.settings();
                set(viewer, subscription, new ConsumerSettings(true, now.maxQuality(), now.maxHeight(), now.maxFps(),
                        now.priority()));
            }
        }
    }

    private void set(Participant viewer, Subscription subscription, ConsumerSettings settings) {
        subscription.settings(settings);
        if (subscription.settingsTimer() != null) {
            return;
        }
        long nowMs = room.services().clock().nowMs();
        long waitMs = subscription.settingsAtMs() + INTERVAL_MS - nowMs;
        if (waitMs <= 0) {
            subscription.settingsAtMs(nowMs);
            tell(viewer, subscription);
        } else {
            subscription.settingsTimer(room.timers().after(waitMs, () -> {
                subscription.settingsTimer(null);
                subscription.settingsAtMs(room.services().clock().nowMs());
                tell(viewer, subscription);
            }));
        }
    }

    /** Tells the node what it is to know now; nothing when it knows. */
    void tell(Participant viewer, Subscription subscription) {
        viewer.receivingPeer().update(subscription.trackSid(), of(subscription));
    }

    /** There may be somebody else on the main screen. */
    void mainScreenChanged() {
        for (Participant viewer : room.admitted()) {
            for (Subscription subscription : viewer.subscriptions().values()) {
                // What waits for the rest of a tenth of a second brings it along.
                if (subscription.settingsTimer() == null) {
                    tell(viewer, subscription);
                }
            }
        }
    }
}
