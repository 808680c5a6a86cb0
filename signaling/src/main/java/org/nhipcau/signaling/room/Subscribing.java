// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import livekit.LivekitModels.ParticipantTracks;
import livekit.LivekitModels.SubscriptionError;
import livekit.LivekitRtc.SubscriptionPermission;
import livekit.LivekitRtc.UpdateSubscription;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.PictureStep;
import org.nhipcau.signaling.sdp.SubscribeIntent;
import org.nhipcau.signaling.session.SignalMessages;

/**
 * Who receives which track. A track flows to a participant when it wants it, may subscribe, the publisher allows it
 * and may be known of, and a format fits; {@link #flows} is the one place that says so.
 *
 * <p>What ceases to flow is stopped on the media node at once; descriptions follow.
 *
 * <p>Thread: the room's.
 */
final class Subscribing {
    static final int MAX_SIDS_PER_REQUEST = 4_096;
    private static final int MAX_NOT_FOUND_ANSWERS = 64;

    private final Room room;
    private final TrackSettings settings;

    Subscribing(Room room) {
        this.room = room;
        this.settings = new TrackSettings(room);
    }

    /** What viewers want of what they receive. */
    TrackSettings settings() {
        return settings;
    }

    private boolean flows(Participant viewer, Subscription subscription) {
        Participant publisher = room.participant(subscription.publisherSid());
        if (publisher == null || !viewer.admitted() || !viewer.permission().canSubscribe()
                || !room.oversight().knows(viewer, publisher)) {
            return false;
        }
        PublishedTrack track = publisher.tracks().get(subscription.trackSid());
        return track != null && track.published() && subscription.desired() && !subscription.unsupported()
                && allowed(viewer, publisher, track) && room.oversight().shows(viewer, publisher, track);
    }

    private static boolean allowed(Participant viewer, Participant publisher, PublishedTrack track) {
        return publisher.audience().allows(viewer.sid(), viewer.identity(), track.sid());
    }

    /** The tracks that shall flow to a participant now, in the order of subscription. */
    Set<String> wanted(Participant viewer) {
        Set<String> sids = new LinkedHashSet<>();
        for (Subscription subscription : viewer.subscriptions().values()) {
            if (flows(viewer, subscription)) {
                sids.add(subscription.trackSid());
            }
        }
        return sids;
    }

    List<SubscribeIntent> intents(Participant viewer) {
        List<SubscribeIntent> intents = new ArrayList<>();
        for (String sid : wanted(viewer)) {
            intents.add(room.track(sid).subscribeIntent(settings.of(viewer.subscriptions().get(sid))));
        }
        return intents;
    }

    /** Subscribes a participant that joins, or may subscribe again, to what is there. */
    void subscribeToAll(Participant viewer) {
        for (Participant publisher : room.participants()) {
            if (publisher != viewer) {
                for (PublishedTrack track : publisher.publishedTracks()) {
                    autoSubscribe(viewer, publisher, track);
                }
            }
        }
        changed(viewer);
    }

    /** Subscribes those who want every new track. */
    void trackPublished(Participant publisher, PublishedTrack track) {
        for (Participant viewer : room.participants()) {
            if (viewer != publisher && viewer.admitted()) {
                autoSubscribe(viewer, publisher, track);
                changed(viewer);
            }
        }
    }

    private void autoSubscribe(Participant viewer, Participant publisher, PublishedTrack track) {
        if (viewer.traits().autoSubscribe() && viewer.permission().canSubscribe() && shown(viewer, publisher, track)
                && !viewer.subscriptions().containsKey(track.sid())) {
            Subscription subscription = new Subscription(track.sid(), publisher.sid(), true);
            viewer.subscriptions().put(track.sid(), subscription);
            reportPermission(viewer, publisher, track, subscription);
        }
    }

    /** A viewer may know of tracks that it knew nothing of, or that it takes for something else. */
    void tracksShown(Participant viewer, Participant publisher) {
        for (PublishedTrack track : publisher.publishedTracks()) {
            autoSubscribe(viewer, publisher, track);
        }
        changed(viewer);
    }

    private boolean shown(Participant viewer, Participant publisher, PublishedTrack track) {
        return room.oversight().knows(viewer, publisher) && room.oversight().shows(viewer, publisher, track);
    }

    void trackEnded(PublishedTrack track) {
        for (Participant viewer : room.participants()) {
            viewer.marks().remove(track.sid());
            Subscription subscription = viewer.subscriptions().remove(track.sid());
            if (subscription != null) {
                RoomTimers.cancel(subscription.settingsTimer());
                changed(viewer);
            }
        }
    }

    /** Brings media and descriptions in line with what shall flow. */
    void changed(Participant viewer) {
        if (!viewer.admitted()) {
            return;
        }
        MediaPeer peer = viewer.receivingPeer();
        Set<String> wanted = wanted(viewer);
        peer.stopConsumersExcept(wanted);
        if (viewer.offering() != null) {
            viewer.offering().requestRound();
        } else {
            viewer.answering().requestRound();
        }
    }

    /** Answers why a request of the room service cannot be carried out, or null. */
    String request(Participant viewer, UpdateSubscription request) {
        Set<String> sids = new LinkedHashSet<>(request.getTrackSidsList());
        for (ParticipantTracks tracks : request.getParticipantTracksList()) {
            sids.addAll(tracks.getTrackSidsList());
        }
        int seen = 0;
        int unknown = 0;
        for (String sid : sids) {
            if (++seen > MAX_SIDS_PER_REQUEST) {
                break;
            }
            if (!subscribe(viewer, sid, request.getSubscribe()) && ++unknown <= MAX_NOT_FOUND_ANSWERS) {
                viewer.send(SignalMessages.subscriptionFailed(sid, SubscriptionError.SE_TRACK_NOTFOUND));
            }
        }
        changed(viewer);
        return unknown > 0 ? "track is not found" : null;
    }

    private boolean subscribe(Participant viewer, String sid, boolean wanted) {
        PublishedTrack track = room.track(sid);
        Participant publisher = track == null ? null : room.participant(track.publisherSid());
        if (publisher == null || publisher == viewer || !track.published() || !shown(viewer, publisher, track)) {
            return !wanted;
        }
        if (wanted && !viewer.permission().canSubscribe()) {
            viewer.send(SignalMessages.subscriptionPermission(publisher.sid(), sid, false));
            return true;
        }
        Subscription subscription = viewer.subscriptions()
                .computeIfAbsent(sid, key -> new Subscription(key, publisher.sid(), false));
        subscription.desired(wanted);
        reportPermission(viewer, publisher, track, subscription);
        return true;
    }

    /** Tells a subscriber when the publisher's word on its wish changed. */
    private void reportPermission(Participant viewer, Participant publisher, PublishedTrack track,
            Subscription subscription) {
        boolean denied = subscription.desired() && !allowed(viewer, publisher, track);
        if (denied != subscription.denied()) {
            subscription.denied(denied);
            if (subscription.desired()) {
                viewer.send(SignalMessages.subscriptionPermission(publisher.sid(), track.sid(), !denied));
            }
        }
    }

    /** The publisher says whom it lets subscribe. Answers false when the message is too large to be taken. */
    boolean audience(Participant publisher, SubscriptionPermission request) {
        AudienceRule rule = AudienceRule.of(request);
        if (rule == null) {
            return false;
        }
        publisher.audience(rule);
        for (Participant viewer : room.participants()) {
            boolean concerned = false;
            for (PublishedTrack track : publisher.publishedTracks()) {
                Subscription subscription = viewer.subscriptions().get(track.sid());
                if (subscription != null) {
                    reportPermission(viewer, publisher, track, subscription);
                    concerned = true;
                }
            }
            if (concerned) {
                changed(viewer);
            }
        }
        return true;
    }

    /** Takes in what offer and answer brought for the tracks sent to a participant. */
    void bound(Participant viewer, List<String> refusedTracks, MediaPeer.Outcome outcome) {
        for (String sid : refusedTracks) {
            fail(viewer, sid, SubscriptionError.SE_CODEC_UNSUPPORTED);
        }
        for (String sid : outcome.refusedConsumers()) {
            fail(viewer, sid, SubscriptionError.SE_UNKNOWN);
        }
        for (String sid : outcome.newConsumers()) {
            Subscription subscription = viewer.subscriptions().get(sid);
            PublishedTrack track = room.track(sid);
            if (subscription == null || track == null) {
                continue;
            }
            settings.tell(viewer, subscription);
            // The node takes a new consumer for one that nothing is held back from, until it tells otherwise.
            pictureStep(viewer, sid, PictureStep.MOVING);
            if (track.firstSubscriber()) {
                room.participant(track.publisherSid()).send(SignalMessages.subscribed(sid));
            }
            showStreamState(viewer, subscription, track);
        }
    }

    private void fail(Participant viewer, String sid, SubscriptionError error) {
        Subscription subscription = viewer.subscriptions().get(sid);
        if (subscription != null && !subscription.unsupported()) {
            subscription.unsupported(true);
            viewer.send(SignalMessages.subscriptionFailed(sid, error));
        }
    }

    /** The node paused a consumer for want of bandwidth or for its load, or resumed it. */
    void congestion(Participant viewer, String trackSid, boolean paused) {
        Subscription subscription = viewer.subscriptions().get(trackSid);
        PublishedTrack track = room.track(trackSid);
        if (subscription != null && track != null) {
            subscription.congested(paused);
            showStreamState(viewer, subscription, track);
        }
    }

    /** The viewer's link carries more or less of a picture. */
    void pictureStep(Participant viewer, String trackSid, PictureStep step) {
        Subscription subscription = viewer.subscriptions().get(trackSid);
        PublishedTrack track = room.track(trackSid);
        if (subscription != null && track != null && subscription.pictureStep() != step) {
            subscription.pictureStep(step);
            room.announcer().pictureChanged(viewer, room.participant(track.publisherSid()));
        }
    }

    /** A track fell silent, froze, was muted or came back: viewers must not take a still picture for a live one. */
    void streamStateChanged(PublishedTrack track) {
        for (Participant viewer : room.participants()) {
            Subscription subscription = viewer.subscriptions().get(track.sid());
            if (subscription != null) {
                showStreamState(viewer, subscription, track);
            }
        }
    }

    private void showStreamState(Participant viewer, Subscription subscription, PublishedTrack track) {
        boolean paused = subscription.congested() || track.kind() == MediaKind.VIDEO && track.stalled();
        if (paused != subscription.shownPaused() && viewer.receivingPeer().receives(track.sid())) {
            subscription.shownPaused(paused);
            viewer.send(SignalMessages.streamState(track.publisherSid(), track.sid(), paused));
        }
    }

    /** Repeats to a participant on a new socket what it may have missed on the old one. */
    void remind(Participant viewer) {
        for (Subscription subscription : viewer.subscriptions().values()) {
            PublishedTrack track = room.track(subscription.trackSid());
            if (track == null) {
                continue;
            }
            if (subscription.desired() && subscription.permissionTold()) {
                viewer.send(SignalMessages.subscriptionPermission(track.publisherSid(), track.sid(),
                        !subscription.denied()));
            }
            if ((track.kind() == MediaKind.VIDEO || subscription.shownPaused()) && viewer.receivingPeer().receives(track.sid())) {
                viewer.send(SignalMessages.streamState(track.publisherSid(), track.sid(),
                        subscription.shownPaused()));
            }
        }
    }

    /** Rights changed: those lost end what flows, those gained begin anew what auto-subscribe wants. */
    void permissionChanged(Participant viewer) {
        if (viewer.permission().canSubscribe()) {
            subscribeToAll(viewer);
            if (viewer.offering() != null) {
                viewer.offering().begin();
            }
        } else {
            endAll(viewer);
            changed(viewer);
        }
    }

    /** Forgets what a participant wants; what still flows to it is the caller's to end. */
    void endAll(Participant viewer) {
        viewer.subscriptions().values().forEach(each -> RoomTimers.cancel(each.settingsTimer()));
        viewer.subscriptions().clear();
    }

    /** A participant became visible or hidden: others' subscriptions to it follow. */
    void visibilityChanged(Participant publisher) {
        for (Participant viewer : room.participants()) {
            if (viewer != publisher && viewer.admitted()) {
                for (PublishedTrack track : publisher.publishedTracks()) {
                    autoSubscribe(viewer, publisher, track);
                }
                changed(viewer);
            }
        }
    }

    /** Whether a participant receives anything of another: whose speech and quality concern it. */
    boolean hears(Participant viewer, Participant publisher) {
        for (PublishedTrack track : publisher.tracks().values()) {
            Subscription subscription = viewer.subscriptions().get(track.sid());
            if (subscription != null && flows(viewer, subscription)) {
                return true;
            }
        }
        return false;
    }
}
