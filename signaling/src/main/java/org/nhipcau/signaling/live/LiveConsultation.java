// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.MediaEvent.GateChanged;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand.Arrive;
import org.nhipcau.signaling.consultation.ConsultationCommand.Leave;
import org.nhipcau.signaling.consultation.ConsultationCommand.NoteGate;
import org.nhipcau.signaling.consultation.ConsultationEvent;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.consultation.RefusedException;
import org.nhipcau.signaling.consultation.VersionConflictException;
import org.nhipcau.signaling.http.TokenBucket;
import org.nhipcau.signaling.live.held.Unrecorded;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.quality.QualitySample;
import org.nhipcau.signaling.room.Heartbeat;
import org.nhipcau.signaling.room.Latches;
import org.nhipcau.signaling.room.RoomGovernor;
import org.nhipcau.signaling.room.Ruling;

/**
 * One consultation as its room lives it: the state last committed, and on top of it what is not committed yet and must
 * hold all the same ({@link HeldOrders}: who left, what was withdrawn or tightened).
 *
 * <p>Two locks. {@code state} guards the state, is held for moments and never while anything is called that blocks; so
 * a listener of commits may take it. The one of {@link HeldOrders} orders who comes and goes and is held while the
 * journal is written, so only threads that may block take it.
 *
 * <p>Thread: any; what {@link RoomGovernor} names does not block.
 */
final class LiveConsultation implements RoomGovernor {
    private static final int ORDERS_PER_SECOND = 5;
    private static final int ORDER_BURST = 30;
    private static final long IDLE_MS = Duration.ofMinutes(2).toMillis();
    /** As long as a seat is held in a consultation's room, unless it is set otherwise. */
    private static final long RETURN_MS = Duration.ofMinutes(5).toMillis();

    private final LiveServices services;
    private final String id;
    private final HeldOrders held;
    private final Map<String, Integer> connections = new HashMap<>();
    /** When those left who were let in; as the connections, only in the order of what comes and goes. */
    private final Map<String, Long> leftAtMs = new HashMap<>();
    private final Map<String, TokenBucket> orders = new HashMap<>();
    private final Heartbeats heartbeats = new Heartbeats();
    private final Latches latches;

    private final Object state = new Object();
    private final Set<String> released = new HashSet<>();
    private Consultation committed;
    private volatile Consultation now;
    private volatile Ruling ruling;
    private volatile Runnable wake = () -> { };
    private volatile boolean roomOpen;
    private volatile boolean doubtful;
    private volatile long usedAtMs;

    LiveConsultation(LiveServices services, Consultation committed) {
        this.services = services;
        this.id = committed.id();
        this.committed = committed;
        this.usedAtMs = services.clock().millis();
        this.latches = new Latches(services.latches().of(id), (publisher, mark) -> {
            services.latches().put(id, publisher, mark);
            services.later(services.latches()::write);
        });
        this.held = new HeldOrders(services, id, this::now, this::changed);
        recompute();
    }

    String id() {
        return id;
    }

    /** As it holds now. */
    Consultation now() {
        return now;
    }

    /** Takes in a state that the journal has; an older one changes nothing. */
    void committed(Consultation next, List<ConsultationEvent> events) {
        synchronized (state) {
            for (ConsultationEvent event : events) {
                if (event instanceof ConsultationEvent.TrackReleased release) {
                    released.add(release.trackId());
                }
            }
            if (next.version() > committed.version()) {
                committed = next;
                recompute();
            }
        }
        if (events.isEmpty() || !events.stream().allMatch(LiveConsultation::changesNoRule)) {
            wake.run();
        }
    }

    private static boolean changesNoRule(ConsultationEvent event) {
        return event instanceof ConsultationEvent.GateNoted || event instanceof ConsultationEvent.Muted;
    }

    /** Called under {@code state}, or before anybody else knows of this. */
    private void recompute() {
        try {
            Consultation next = held.over(committed);
            ruling = new ConsultationRuling(next);
            now = next;
        } catch (RuntimeException bug) {
            services.fault("rules of a consultation cannot be made", bug);
            ruling = Ruling.SHUT;
            now = committed;
        }
    }

    /** Whether one of the list may give an order now: each is written down for good. */
    boolean takesOrder(String identity, long nowNs) {
        synchronized (orders) {
            return orders.computeIfAbsent(identity, key -> new TokenBucket(ORDERS_PER_SECOND, ORDER_BURST, nowNs))
                    .take(nowNs);
        }
    }

    /** Orders on their way to the journal. */
    HeldOrders orders() {
        return held;
    }

    /** What holds is another than before. */
    private void changed() {
        synchronized (state) {
            recompute();
        }
        wake.run();
    }

    /** What is known may be out of date: it is held against the journal as soon as that answers. */
    void doubt() {
        doubtful = true;
        services.later(() -> {
            try {
                settle();
            } catch (JournalUnavailableException away) {
                // Tried again each second.
                doubtful = true;
            }
        });
    }

    /** @throws JournalUnavailableException when it is still not known */
    void settle() {
        if (doubtful) {
            doubtful = false;
            try {
                services.consultations().find(id).ifPresent(found -> committed(found, List.of()));
            } catch (RuntimeException still) {
                doubtful = true;
                throw still;
            }
        }
    }

    /**
     * Lets somebody in.
     *
     * @throws RefusedException when they may not come
     * @throws JournalUnavailableException when the arrival cannot be recorded, and they are none that may come then
     */
    Runnable arrive(String identity, Arrive arrival) {
        held.ordered(() -> {
            try {
                // That they left before comes first.
                held.execute(arrival, Actor.participant(identity));
            } catch (JournalUnavailableException away) {
                arriveUnrecorded(identity, arrival, away);
            }
            connections.merge(identity, 1, Integer::sum);
            if (arrival.caregiver() != null) {
                connections.merge(arrival.caregiver(), 1, Integer::sum);
            }
            usedAtMs = services.clock().millis();
        });
        return () -> services.later(() -> {
            gone(identity);
            if (arrival.caregiver() != null) {
                gone(arrival.caregiver());
            }
        });
    }

    // Who is in already, or was a moment ago, comes back; of others only staff is let in while nothing can be recorded.
    private void arriveUnrecorded(String identity, Arrive arrival, JournalUnavailableException away) {
        Consultation holds = now;
        Participant entry = holds.list().get(identity);
        if (entry != null && entry.present() && holds.seat(identity) != Seat.OUT) {
            return;
        }
        Unrecorded kept = new Unrecorded(id, arrival, Actor.participant(identity), services.clock().instant());
        Role role = holds.roleOf(identity);
        boolean returns = returns(identity) && (arrival.caregiver() == null || returns(arrival.caregiver()));
        if (role == null || !role.isStaff() && !returns) {
            throw away;
        }
        holds.decide(arrival, kept.actor(), kept.at());
        if (!held.keepArrival(kept)) {
            throw new BacklogFullException();
        }
    }

    /**
     * Whether one who is not staff was let in on record, with a consent on record that holds, and is gone for a moment
     * only, or only as far as is not on record.
     */
    private boolean returns(String identity) {
        Participant recorded;
        boolean consented;
        synchronized (state) {
            recorded = committed.list().get(identity);
            consented = committed.consentGiven() && now.consentGiven();
        }
        Long atMs = leftAtMs.get(identity);
        boolean momentAgo = atMs != null && services.clock().millis() - atMs < RETURN_MS;
        return recorded != null && consented && (recorded.present() || momentAgo);
    }

    private void gone(String identity) {
        held.ordered(() -> {
            if (connections.merge(identity, -1, Integer::sum) > 0) {
                return;
            }
            connections.remove(identity);
            leftAtMs.put(identity, services.clock().millis());
            usedAtMs = services.clock().millis();
            leave(identity);
        });
    }

    private void leave(String identity) {
        try {
            held.tighten(new Leave(identity), Actor.system());
        } catch (RefusedException over) {
            // It is over, or they are gone already: the record says so.
            services.metrics().dropped();
        } catch (JournalUnavailableException | VersionConflictException away) {
            // It holds, and is recorded later.
            services.metrics().unrecorded();
        }
    }

    /** Somebody asks for it: a room that is about to open must not find that it was just put away. */
    void used() {
        usedAtMs = services.clock().millis();
    }

    /** Whether nobody needs it at hand any more. */
    boolean idle(long nowMs) {
        boolean[] idle = new boolean[1];
        held.ordered(() -> {
            idle[0] = connections.isEmpty() && held.isEmpty() && !roomOpen && usedAtMs < nowMs - IDLE_MS;
        });
        return idle[0];
    }

    @Override
    public Ruling ruling() {
        return ruling;
    }

    @Override
    public void onChange(Runnable next) {
        wake = next;
        roomOpen = true;
    }

    @Override
    public Latches latches() {
        return latches;
    }

    @Override
    public Set<String> takeReleased() {
        synchronized (state) {
            Set<String> taken = Set.copyOf(released);
            released.clear();
            return taken;
        }
    }

    @Override
    public Heartbeat heartbeat(String publisher, String trackSid, String json, long nowMs) {
        Heartbeat beat = heartbeats.judge(now.facePolicy(), trackSid, json, nowMs);
        services.metrics().heartbeat(beat != null);
        return beat;
    }

    @Override
    public void trackEnded(String trackSid) {
        heartbeats.forget(trackSid);
    }

    @Override
    public void quality(String identity, QualitySample sample) {
        services.quality().add(id, identity, sample);
    }

    @Override
    public void gateChanged(String publisher, GateState before, GateChanged change) {
        services.metrics().gate(change.state(), change.reason());
        NoteGate note = new NoteGate(publisher, change.trackId(), before.name(), change.state().name(),
                change.reason().name());
        services.notes().add(id, note);
    }

    @Override
    public void closed() {
        wake = () -> { };
        latches.roomClosed();
        roomOpen = false;
        usedAtMs = services.clock().millis();
    }
}
