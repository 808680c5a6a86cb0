// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationListener;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.PublicId;
import org.nhipcau.signaling.consultation.RefusalCode;
import org.nhipcau.signaling.consultation.RefusedException;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.consultation.VersionConflictException;
import org.nhipcau.signaling.live.held.Backlog;
import org.nhipcau.signaling.room.RoomGovernance;
import org.nhipcau.signaling.room.RoomGovernor;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.store.AttendanceStore;

/**
 * All consultations that somebody is in or asks to enter: lets in, keeps them up to date, and writes their record.
 *
 * <p>A room whose name is a consultation's id is that consultation's; every other room is plain.
 *
 * <p>Thread: any. Owns: the live consultations, what waits for the store. {@link #tick} is called each second.
 */
public final class LiveConsultations implements RoomGovernance, Tightener, AutoCloseable {
    /** The code of a refusal because nothing can be recorded. */
    public static final String STORE_UNAVAILABLE = "store-unavailable";
    /** The code of a refusal because too much waits to be recorded. */
    static final String BACKLOG_FULL = "store-backlog-full";
    /** Each is held against the store so often, in case another process changed it. */
    private static final int REFRESH_TICKS = 10;
    private static final int CLOSE_S = 3;
    private static final int MAX_LIVE = 10_000;

    private final LiveServices services;
    private final boolean plainRooms;
    private final AutoCloseable listening;
    private final Map<String, LiveConsultation> live = new ConcurrentHashMap<>();
    private final AtomicBoolean ticking = new AtomicBoolean();
    private long ticks;
    private boolean latchesSwept;

    /**
     * Opens the spool and begins to listen.
     *
     * @param plainRooms whether other rooms than those of consultations are allowed
     * @param spool where what the store cannot take is kept; beside it what is put aside, and who waits for a release
     * @param executor runs each task on a thread that may block
     * @throws IOException when the spool cannot be read
     */
    public LiveConsultations(ConsultationService consultations, AttendanceStore attendance, boolean plainRooms,
            Path spool, InstantSource clock, LiveMetrics metrics, Executor executor) throws IOException {
        this(consultations, attendance, plainRooms, Backlog.open(spool),
                LatchBook.open(spool.resolveSibling(spool.getFileName() + ".latches")), clock, metrics, executor);
    }

    LiveConsultations(ConsultationService consultations, AttendanceStore attendance, boolean plainRooms,
            Backlog backlog, LatchBook latches, InstantSource clock, LiveMetrics metrics, Executor executor) {
        this.services = new LiveServices(consultations, new QualityKeeper(attendance, metrics), backlog, latches,
                new GateNotes(consultations, metrics), clock, metrics, executor, new AtomicInteger());
        this.plainRooms = plainRooms;
        backlog.nobodyIsHere(clock.instant());
        this.listening = consultations.subscribe(new ConsultationListener() {
            @Override
            public void onCommitted(Committed committed) {
                if (committed.after().state().isFinal()) {
                    services.latches().forget(committed.after().id());
                }
                LiveConsultation one = live.get(committed.after().id());
                if (one != null) {
                    one.committed(committed.after(), committed.events());
                }
            }

            @Override
            public void onUncertain(String id) {
                LiveConsultation one = live.get(id);
                if (one != null) {
                    one.doubt();
                }
            }
        });
    }

    @Override
    public Consultation running(String id) {
        LiveConsultation one = id == null ? null : live.get(id);
        return one == null ? null : one.now();
    }

    @Override
    public Tightened tighten(String id, ConsultationCommand command, Actor actor) {
        LiveConsultation one = withOrders(id);
        if (one == null) {
            return new Tightened(services.consultations().execute(id, command, actor), true);
        }
        try {
            return new Tightened(one.orders().tighten(command, actor), true);
        } catch (JournalUnavailableException | VersionConflictException later) {
            return new Tightened(one.now(), false);
        }
    }

    @Override
    public void settle(String id) {
        LiveConsultation one = withOrders(id);
        if (one != null) {
            one.orders().recordBefore();
        }
    }

    /** Whether all that holds is on its way to the record: nothing was put aside, and the disk takes what waits. */
    public boolean sound() {
        return services.backlog().sound() && services.latches().sound();
    }

    /** The one of this id that is live, or has orders that wait from before a restart; null: neither. */
    private LiveConsultation withOrders(String id) {
        LiveConsultation one = id == null ? null : live.get(id);
        if (one == null && id != null && services.backlog().waits(id)) {
            one = bring(id);
            if (one == null) {
                throw new JournalUnavailableException("too many consultations are live", null);
            }
        }
        return one;
    }

    @Override
    public boolean governs(String roomName) {
        return PublicId.isConsultation(roomName);
    }

    @Override
    public RoomGovernor governorOf(String roomName) {
        return live.get(roomName);
    }

    @Override
    public String refusalOf(String roomName) {
        try {
            if (governs(roomName)) {
                load(roomName);
            } else {
                checkPlain();
            }
            return null;
        } catch (JoinRefusedException refused) {
            return refused.getMessage();
        }
    }

    private void checkPlain() throws JoinRefusedException {
        if (!plainRooms) {
            throw refusal(404, NoConsultations.PLAIN_ROOMS_OFF, NoConsultations.PLAIN_ROOMS_OFF_TEXT);
        }
    }

    @Override
    public void check(JoinAttempt attempt) throws JoinRefusedException {
        String name = attempt.grants().video().room();
        if (!governs(name)) {
            checkPlain();
            return;
        }
        checkPseudonyms(attempt);
        LiveConsultation one = load(name);
        String identity = attempt.grants().identity();
        Consultation now = one.now();
        if (attempt.request().getReconnect()) {
            return;
        }
        try {
            now.decide(Newcomer.arrival(attempt), Actor.participant(identity), services.clock().instant());
        } catch (RefusedException refused) {
            throw refusal(refused);
        }
    }

    @Override
    public Runnable arrive(JoinAttempt attempt) throws JoinRefusedException {
        String name = attempt.grants().video().room();
        if (!governs(name)) {
            checkPlain();
            return () -> { };
        }
        checkPseudonyms(attempt);
        try {
            return load(name).arrive(attempt.grants().identity(), Newcomer.arrival(attempt));
        } catch (RefusedException refused) {
            throw refusal(refused);
        } catch (JournalUnavailableException | VersionConflictException away) {
            throw unavailable();
        } catch (BacklogFullException full) {
            throw refusal(503, BACKLOG_FULL, "Quá nhiều việc đang chờ ghi hồ sơ, xin thử lại sau. / "
                    + "Too much waits to be recorded: try again later.");
        }
    }

    private void checkPseudonyms(JoinAttempt attempt) throws JoinRefusedException {
        if (!Newcomer.isBare(attempt)) {
            throw refusal(400, "not-a-pseudonym", "Chỉ dùng bí danh trong hội chẩn. / "
                    + "In a consultation there are pseudonyms only: no name, no metadata, no attributes.");
        }
    }

    /** The live consultation of this id, brought in when it is not there. */
    LiveConsultation load(String id) throws JoinRefusedException {
        try {
            LiveConsultation one = bring(id);
            if (one == null) {
                throw refusal(503, "too-many", "Máy chủ đang bận. / The server is busy.");
            }
            return one;
        } catch (RefusedException unknown) {
            throw refusal(unknown);
        } catch (JournalUnavailableException away) {
            throw unavailable();
        }
    }

    /** Null: there are too many. */
    private LiveConsultation bring(String id) {
        LiveConsultation there = live.get(id);
        if (there != null) {
            there.used();
            return there;
        }
        Consultation found = existing(id);
        if (live.size() >= MAX_LIVE) {
            return null;
        }
        LiveConsultation one = live.computeIfAbsent(id, key -> new LiveConsultation(services, found));
        // What was committed between the question and now was told to nobody.
        one.committed(existing(id), List.of());
        return one;
    }

    private Consultation existing(String id) {
        return services.consultations().find(id).orElseThrow(() -> new RefusedException(RefusalCode.NOT_FOUND));
    }

    /** Keeps everything in step with the store; does nothing while the last call is still at it. */
    public void tick() {
        if (!ticking.compareAndSet(false, true)) {
            return;
        }
        services.later(() -> {
            try {
                step();
            } finally {
                ticking.set(false);
            }
        });
    }

    private void step() {
        ticks++;
        boolean available = true;
        try {
            for (String id : services.backlog().consultations()) {
                recover(id);
            }
            for (LiveConsultation one : live.values()) {
                keepUp(one);
            }
            forgetLatches();
        } catch (JournalUnavailableException away) {
            available = false;
        }
        services.metrics().storeAvailable(available);
        // The disk may take again what it did not, with the store or without it.
        services.latches().write();
        Backlog backlog = services.backlog();
        backlog.heal();
        services.metrics().held(backlog.size(), backlog.bytes(), backlog.aside());
        services.notes().write();
        services.quality().write();
        long nowMs = services.clock().millis();
        live.values().removeIf(one -> one.idle(nowMs));
    }

    // Once after the start, and then with each that ends: of what is over nobody waits for a release.
    private void forgetLatches() {
        if (!latchesSwept) {
            services.latches().consultations().stream().filter(this::isOver).forEach(services.latches()::forget);
            latchesSwept = true;
        }
    }

    private boolean isOver(String id) {
        try {
            return services.consultations().find(id).map(found -> found.state().isFinal()).orElse(true);
        } catch (JournalUnavailableException away) {
            throw away;
        } catch (RuntimeException bad) {
            // Where that cannot be read, who is shut stays shut.
            return false;
        }
    }

    private void keepUp(LiveConsultation one) {
        try {
            one.orders().record();
            one.settle();
            if (Math.floorMod(one.id().hashCode() + ticks, REFRESH_TICKS) == 0) {
                services.consultations().find(one.id()).ifPresent(now -> one.committed(now, List.of()));
            }
        } catch (JournalUnavailableException away) {
            throw away;
        } catch (RuntimeException bad) {
            // One that cannot be read goes on as it is; the others are kept up all the same.
            services.metrics().dropped();
        }
    }

    // What an earlier process could not record waits for nobody to come. One that cannot be read, or is not there, must
    // not hold up the others.
    private void recover(String id) {
        try {
            bring(id);
        } catch (JournalUnavailableException away) {
            throw away;
        } catch (RuntimeException bad) {
            Backlog.Held first = services.backlog().next(id);
            if (first != null) {
                services.failed(first, bad);
            }
        }
    }

    private JoinRefusedException unavailable() {
        return refusal(503, STORE_UNAVAILABLE, "Chưa ghi được hồ sơ, xin thử lại. / "
                + "Nothing can be recorded now: try again.");
    }

    private JoinRefusedException refusal(RefusedException refused) {
        int status = switch (refused.code().kind()) {
            case UNKNOWN -> 404;
            case INVALID -> 400;
            case FORBIDDEN, CONFLICT -> 403;
        };
        return refusal(status, refused.code().id(), refused.code().vi() + " / " + refused.code().en());
    }

    private JoinRefusedException refusal(int status, String code, String text) {
        services.metrics().refused(code);
        return new JoinRefusedException(status, code + ": " + text);
    }

    /** Waits a little for those who leave to be recorded, writes what can still be written, and stops listening. */
    @Override
    public void close() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_S);
        while (services.running().get() > 0 && System.nanoTime() < until) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        try {
            listening.close();
        } catch (Exception failed) {
            throw new IllegalStateException("consultations cannot be left", failed);
        }
        services.latches().write();
        services.notes().write();
        services.quality().write();
    }
}
