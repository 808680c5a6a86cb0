// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.Set;
import java.util.function.Consumer;
import livekit.LivekitRtc.SessionDescription;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.signaling.sdp.Negotiated;
import org.nhipcau.signaling.sdp.PeerNegotiation;
import org.nhipcau.signaling.sdp.SdpException;
import org.nhipcau.signaling.session.SignalMessages;

/**
 * The subscriber connection of a client with two: the server offers. It comes into being at once where the client comes
 * in by it, else with the first subscription; at most one offer is unanswered; what changes meanwhile goes into the next.
 *
 * <p>Thread: the room's.
 */
final class OfferingPeer {
    private static final long ROUND_DELAY_MS = 20;
    private static final long ANSWER_TIMEOUT_MS = 15_000;

    private final Room room;
    private final Participant participant;
    private final MediaPeer peer;
    private final PeerNegotiation negotiation;
    private Set<String> lastIntents = Set.of();
    private int lastId;
    private boolean opening;
    private boolean applying;
    private boolean restartWanted;
    /** The client waits for an offer whether there are tracks or not. */
    private boolean owed;
    /** Id of the offer that the client has not answered; 0: none. */
    private int outstanding;
    private RoomTimers.Timer roundTimer;
    private RoomTimers.Timer answerTimer;

    OfferingPeer(Room room, Participant participant, MediaPeer peer, PeerNegotiation negotiation) {
        this.room = room;
        this.participant = participant;
        this.peer = peer;
        this.negotiation = negotiation;
    }

    MediaPeer peer() {
        return peer;
    }

    /** The client comes in by this connection, or messages are to reach it by it: offers, tracks or not. Idempotent. */
    void begin() {
        owed |= lastId == 0;
        requestRound();
    }

    /** Subscriptions may have changed: offers if the last offer does not cover them. */
    void requestRound() {
        if (roundTimer == null && ready() && !covered()) {
            roundTimer = room.timers().after(ROUND_DELAY_MS, () -> {
                roundTimer = null;
                if (ready() && (restartWanted || !covered())) {
                    offer();
                }
            });
        }
    }

    private boolean ready() {
        return outstanding == 0 && !opening && !applying && participant.session() != null && !participant.gone();
    }

    private boolean covered() {
        Set<String> wanted = room.subscribing().wanted(participant);
        // A track given up and wanted again before a round went by stands in the description, yet nothing sends it.
        return !owed && lastIntents.equals(wanted) && !peer.withholds(wanted);
    }

    private void offer() {
        if (peer.local() == null || restartWanted) {
            boolean restart = peer.local() != null;
            restartWanted = false;
            opening = true;
            answerTimer = room.timers().after(ANSWER_TIMEOUT_MS, () -> room.mediaFailed(participant));
            Consumer<Boolean> then = done -> {
                opening = false;
                answerTimer = RoomTimers.cancel(answerTimer);
                if (!done) {
                    room.mediaFailed(participant);
                } else if (participant.session() != null) {
                    send();
                } else {
                    restartWanted = restart;
                }
            };
            if (restart) {
                peer.restartIce(then);
            } else {
                // Whoever is to receive was let in before.
                peer.open(true, room.services().paths().recall(participant.identity()),
                        refused -> then.accept(refused == null));
            }
        } else {
            send();
        }
    }

    private void send() {
        lastIntents = room.subscribing().wanted(participant);
        String sdp = negotiation.offer(peer.local(), room.subscribing().intents(participant));
        outstanding = ++lastId;
        owed = false;
        participant.send(SignalMessages.offer(sdp, lastId, negotiation.offeredMidToTrackId()));
        answerTimer = RoomTimers.cancel(answerTimer);
        long sentAtMs = room.services().clock().nowMs();
        answerTimer = room.timers().after(ANSWER_TIMEOUT_MS, () -> room.seats().unanswered(participant, sentAtMs));
    }

    /** Some clients answer with id 0; an answer to an older offer is none. */
    void onAnswer(SessionDescription answer) {
        if (outstanding == 0 || applying || answer.getId() != 0 && answer.getId() != outstanding) {
            return;
        }
        Negotiated negotiated;
        try {
            if (answer.getSdp().length() > room.services().config().limits().maxSdpBytes()) {
                throw new SdpException("too long");
            }
            negotiated = negotiation.accept(answer.getSdp());
        } catch (SdpException bad) {
            room.negotiationFailed(participant);
            return;
        }
        applying = true;
        answerTimer = RoomTimers.cancel(answerTimer);
        answerTimer = room.timers().after(ANSWER_TIMEOUT_MS, () -> room.mediaFailed(participant));
        peer.apply(negotiated, sid -> false, room.subscribing().wanted(participant)::contains,
                outcome -> finish(negotiated, outcome));
    }

    private void finish(Negotiated negotiated, MediaPeer.Outcome outcome) {
        answerTimer = RoomTimers.cancel(answerTimer);
        applying = false;
        outstanding = 0;
        if (!outcome.configured()) {
            room.mediaFailed(participant);
            return;
        }
        room.subscribing().bound(participant, negotiated.refusedTracks(), outcome);
        if (participant.gone()) {
            return;
        }
        if (restartWanted && ready()) {
            offer();
        } else {
            requestRound();
        }
    }

    /** The socket is gone: nobody can answer until it is replaced. */
    void socketLost() {
        if (!applying && !opening) {
            answerTimer = RoomTimers.cancel(answerTimer);
        }
        roundTimer = RoomTimers.cancel(roundTimer);
    }

    /** The client came back: ICE restarts; an offer whose answer is missing is made anew. */
    void resumed() {
        restartWanted = peer.local() != null && peer.state() != PeerState.NEW;
        boolean unanswered = outstanding != 0 && !applying;
        if (unanswered) {
            outstanding = 0;
        }
        if ((restartWanted || unanswered) && ready()) {
            offer();
        } else {
            requestRound();
        }
    }

    void close() {
        roundTimer = RoomTimers.cancel(roundTimer);
        answerTimer = RoomTimers.cancel(answerTimer);
        peer.close();
    }
}
