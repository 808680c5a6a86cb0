// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import livekit.LivekitRtc.SessionDescription;
import org.nhipcau.sfu.api.PathHistory;
import org.nhipcau.signaling.sdp.Negotiated;
import org.nhipcau.signaling.sdp.PeerNegotiation;
import org.nhipcau.signaling.sdp.PublishIntent;
import org.nhipcau.signaling.sdp.SdpException;
import org.nhipcau.signaling.sdp.SubscribeIntent;
import org.nhipcau.signaling.session.SignalMessages;

/**
 * A peer connection on which the client offers: the only one of a client with a single connection, else the
 * publisher's. Answers one offer after the other, each with its own id; on a single connection it also asks for new
 * offers when subscriptions change.
 *
 * <p>Thread: the room's.
 */
final class AnsweringPeer {
    private static final int MAX_WAITING_OFFERS = 8;
    private static final long ROUND_DELAY_MS = 20;
    private static final long MEDIA_TIMEOUT_MS = 10_000;
    private static final long SECTIONS_RETRY_MS = 3_000;
    private static final int MAX_SECTIONS_TRIES = 5;

    private final Room room;
    private final Participant participant;
    private final MediaPeer peer;
    private final PeerNegotiation negotiation;
    private final Deque<Offer> waiting = new ArrayDeque<>();
    private Set<String> lastIntents = Set.of();
    private boolean busy;
    private boolean accepted;
    private boolean askedForOffer;
    private int askedAudio;
    private int askedVideo;
    private int missingAudio;
    private int missingVideo;
    private int sectionsTries;
    private RoomTimers.Timer roundTimer;
    private RoomTimers.Timer mediaTimer;
    private RoomTimers.Timer sectionsTimer;

    /** An offer and the socket it came on: nobody on another socket waits for its answer. */
    private record Offer(SessionDescription description, RoomSession from) {
        String sdp() {
            return description.getSdp();
        }
    }

    AnsweringPeer(Room room, Participant participant, MediaPeer peer, PeerNegotiation negotiation) {
        this.room = room;
        this.participant = participant;
        this.peer = peer;
        this.negotiation = negotiation;
    }

    MediaPeer peer() {
        return peer;
    }

    void onOffer(SessionDescription offer) {
        if (waiting.size() >= MAX_WAITING_OFFERS
                || offer.getSdp().length() > room.services().config().limits().maxSdpBytes()) {
            room.negotiationFailed(participant);
            return;
        }
        waiting.add(new Offer(offer, participant.session()));
        next();
    }

    private void next() {
        if (busy || waiting.isEmpty() || participant.gone()) {
            return;
        }
        Offer offer = waiting.poll();
        busy = true;
        askedForOffer = false;
        mediaTimer = room.timers().after(MEDIA_TIMEOUT_MS, () -> room.mediaFailed(participant));
        try {
            if (peer.local() == null) {
                // The client came in by its other connection, and begins to send: whoever is in was let in before.
                peer.open(true, PathHistory.NONE, refused -> {
                    if (refused == null) {
                        answer(offer);
                    } else {
                        room.mediaFailed(participant);
                    }
                });
            } else if (accepted && negotiation.restartsIce(offer.sdp())) {
                peer.restartIce(done -> {
                    if (done) {
                        answer(offer);
                    } else {
                        room.mediaFailed(participant);
                    }
                });
            } else {
                answer(offer);
            }
        } catch (SdpException bad) {
            room.negotiationFailed(participant);
        }
    }

    private void answer(Offer offer) {
        List<PublishIntent> publish = new ArrayList<>();
        for (PublishedTrack track : participant.tracks().values()) {
            publish.add(track.publishIntent());
        }
        boolean single = participant.offering() == null;
        List<SubscribeIntent> subscribe = single ? room.subscribing().intents(participant) : List.of();
        if (single) {
            lastIntents = room.subscribing().wanted(participant);
        }
        Negotiated negotiated;
        try {
            negotiated = negotiation.answer(offer.sdp(), peer.local(), publish, subscribe);
        } catch (SdpException bad) {
            room.negotiationFailed(participant);
            return;
        }
        accepted = true;
        peer.apply(negotiated, sid -> room.publishing().mayPublish(participant, sid),
                room.subscribing().wanted(participant)::contains,
                outcome -> finish(offer, negotiated, outcome));
    }

    private void finish(Offer offer, Negotiated negotiated, MediaPeer.Outcome outcome) {
        if (!outcome.configured()) {
            room.mediaFailed(participant);
            return;
        }
        mediaTimer = RoomTimers.cancel(mediaTimer);
        if (offer.from() == participant.session()) {
            participant.send(SignalMessages.answer(negotiated.sdp(), offer.description().getId(),
                    negotiated.midToTrackId()));
        }
        room.publishing().negotiated(participant, outcome);
        room.subscribing().bound(participant, negotiated.refusedTracks(), outcome);
        busy = false;
        if (participant.gone()) {
            return;
        }
        if (participant.offering() == null) {
            requireSections(negotiated.missingAudio(), negotiated.missingVideo());
            requestRound();
        }
        next();
    }

    /** Subscriptions may have changed: asks for an offer if the last answer does not cover them. */
    void requestRound() {
        // Before the first offer there is nothing to ask for: the client offers by itself.
        if (participant.offering() == null && accepted && !busy && roundTimer == null
                && participant.session() != null && !covered()) {
            roundTimer = room.timers().after(ROUND_DELAY_MS, this::ask);
        }
    }

    private boolean covered() {
        Set<String> wanted = room.subscribing().wanted(participant);
        // A track given up and wanted again before a round went by stands in the description, yet nothing sends it.
        return lastIntents.equals(wanted) && !peer.withholds(wanted);
    }

    private void ask() {
        roundTimer = null;
        // An offer already on its way will be answered with what is wanted by then.
        if (!busy && !askedForOffer && participant.session() != null && !covered()) {
            askedForOffer = true;
            participant.send(SignalMessages.sectionsRequired(0, 0));
        }
    }

    /**
     * Asks for the sections that are missing, once: the client adds as many as it is told each time, and an offer that
     * crosses the request misses the same ones. A request that brings nothing is repeated a few times.
     */
    private void requireSections(int audio, int video) {
        missingAudio = audio;
        missingVideo = video;
        int moreAudio = audio > askedAudio ? audio - askedAudio : audio < askedAudio ? audio : 0;
        int moreVideo = video > askedVideo ? video - askedVideo : video < askedVideo ? video : 0;
        if (audio < askedAudio || video < askedVideo) {
            sectionsTries = 0;
        }
        askedAudio = audio;
        askedVideo = video;
        if (moreAudio > 0 || moreVideo > 0) {
            askedForOffer = true;
            participant.send(SignalMessages.sectionsRequired(moreAudio, moreVideo));
        }
        sectionsTimer = RoomTimers.cancel(sectionsTimer);
        if ((audio > 0 || video > 0) && sectionsTries < MAX_SECTIONS_TRIES) {
            sectionsTimer = room.timers().after(SECTIONS_RETRY_MS, this::requireSectionsAgain);
        }
    }

    private void requireSectionsAgain() {
        sectionsTimer = null;
        sectionsTries++;
        if (participant.session() != null) {
            askedAudio = 0;
            askedVideo = 0;
            requireSections(missingAudio, missingVideo);
        }
    }

    /** The client came back on a new socket: what was asked on the old one may be lost; it will offer again. */
    void resumed() {
        waiting.clear();
        askedForOffer = false;
        askedAudio = 0;
        askedVideo = 0;
        sectionsTries = 0;
        requestRound();
    }

    void close() {
        waiting.clear();
        roundTimer = RoomTimers.cancel(roundTimer);
        mediaTimer = RoomTimers.cancel(mediaTimer);
        sectionsTimer = RoomTimers.cancel(sectionsTimer);
        peer.close();
    }
}
