// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live.held;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.ConsultationCommand.Arrive;
import org.nhipcau.signaling.consultation.ConsultationCommand.Leave;
import org.nhipcau.signaling.consultation.ConsultationCommand.Mute;

/**
 * All orders that hold although they could not be recorded yet, in order, over a crash too.
 *
 * <p>Bounded for what only lets somebody in. What protects is always kept: said twice it is one, and there is no more
 * of it than there are people to protect and ways to do so.
 *
 * <p>Thread: any; what changes it blocks, what asks does not. Owns: what waits.
 */
public final class Backlog {
    /** More than a day without a store, for hundreds of sessions, leaves. */
    static final int MAX_ORDERS = 10_000;
    static final long MAX_BYTES = 4 << 20;
    /** An order that fails so often through a bug is put aside; a second apart. */
    static final int MAX_TRIES = 5;

    /** One order that waits, or was put aside. */
    public static final class Held {
        private final long number;
        private final Unrecorded order;
        private int tries;
        private volatile boolean aside;

        private Held(long number, Unrecorded order) {
            this.number = number;
            this.order = order;
        }

        /** What was ordered. */
        public Unrecorded order() {
            return order;
        }
    }

    private final ReentrantLock disk = new ReentrantLock();
    private final Spool spool;
    private final int maxOrders;
    private final long maxBytes;
    /** Lists are replaced, never changed, so that they are read without a lock. */
    private final Map<String, List<Held>> held = new ConcurrentHashMap<>();
    private long lastNumber;
    private volatile int size;
    private volatile int aside;
    private volatile long bytes;
    private volatile boolean failing;

    /**
     * Opens the spool.
     *
     * @throws IOException when it is there and cannot be read
     */
    public static Backlog open(Path file) throws IOException {
        return open(file, MAX_ORDERS, MAX_BYTES);
    }

    /** The same with other bounds for what only lets somebody in. */
    public static Backlog open(Path file, int maxOrders, long maxBytes) throws IOException {
        return new Backlog(Spool.open(file), maxOrders, maxBytes);
    }

    private Backlog(Spool spool, int maxOrders, long maxBytes) {
        this.spool = spool;
        this.maxOrders = maxOrders;
        this.maxBytes = maxBytes;
        spool.orders().forEach((number, order) -> {
            lastNumber = number;
            put(new Held(number, order));
        });
        count();
    }

    /**
     * Says that this process has just begun: whoever came by what an earlier one kept is connected to nothing, and
     * leaves, behind all that waits. Else it would never be on record that they left.
     */
    public void nobodyIsHere(Instant at) {
        held.forEach((consultation, orders) -> {
            Set<String> here = new LinkedHashSet<>();
            for (Held each : orders) {
                if (each.order.command() instanceof Arrive arrival) {
                    here.add(arrival.pseudonym());
                    here.add(arrival.caregiver());
                } else if (each.order.command() instanceof Leave leaving) {
                    here.remove(leaving.pseudonym());
                }
            }
            here.remove(null);
            here.forEach(who -> add(new Unrecorded(consultation, new Leave(who), Actor.system(), at)));
        });
    }

    /** Everything of one consultation that holds without being on record, in order. */
    public List<Unrecorded> of(String consultation) {
        // Whoever left may be back by the time that the leaving was put aside.
        return held.getOrDefault(consultation, List.of()).stream()
                .filter(each -> !each.aside || !(each.order.command() instanceof Leave)).map(Held::order).toList();
    }

    /** The first of one consultation that waits for the journal; null: none does. */
    public Held next(String consultation) {
        for (Held each : held.getOrDefault(consultation, List.of())) {
            if (!each.aside) {
                return each;
            }
        }
        return null;
    }

    /** Whether anything of one consultation waits for the journal. */
    public boolean waits(String consultation) {
        return next(consultation) != null;
    }

    /** The consultations of which anything waits. */
    public List<String> consultations() {
        return held.keySet().stream().filter(this::waits).toList();
    }

    /** How many wait. */
    public int size() {
        return size;
    }

    /** What those that wait take. */
    public long bytes() {
        return bytes;
    }

    /** How many were put aside. */
    public int aside() {
        return aside;
    }

    /** Whether everything is on the disk, and nothing put aside. */
    public boolean sound() {
        return aside == 0 && !failing;
    }

    /** Keeps what protects, or lets somebody go. What is held already is not kept twice. */
    public void add(Unrecorded order) {
        locked(() -> {
            boolean again = order.command() instanceof Mute
                    && of(order.consultation()).stream().anyMatch(each -> each.command().equals(order.command()));
            if (!again) {
                keep(order);
            }
        });
    }

    /** Keeps that somebody came, within bounds; beyond them one who comes back has not left. False: it is not kept. */
    public boolean offer(Unrecorded arrival) {
        boolean[] taken = {true};
        locked(() -> {
            if (size < maxOrders && bytes < maxBytes) {
                keep(arrival);
            } else {
                taken[0] = takenBack(arrival);
            }
        });
        return taken[0];
    }

    private boolean takenBack(Unrecorded order) {
        if (!(order.command() instanceof Arrive arrival) || arrival.caregiver() != null) {
            return false;
        }
        for (Held each : held.getOrDefault(order.consultation(), List.of()).reversed()) {
            boolean left = !each.aside && each.order.command().equals(new Leave(arrival.pseudonym()));
            if (left) {
                drop(each);
            }
            if (left || each.order.command() instanceof Arrive earlier
                    && earlier.pseudonym().equals(arrival.pseudonym())) {
                return left;
            }
        }
        return false;
    }

    private void keep(Unrecorded order) {
        Held next = new Held(++lastNumber, order);
        spool.add(next.number, order);
        put(next);
    }

    private void put(Held next) {
        held.merge(next.order.consultation(), List.of(next), (before, one) -> {
            List<Held> after = new ArrayList<>(before);
            after.addAll(one);
            return List.copyOf(after);
        });
    }

    private void drop(Held gone) {
        held.computeIfPresent(gone.order.consultation(), (id, before) -> {
            List<Held> after = before.stream().filter(each -> each != gone).toList();
            return after.isEmpty() ? null : after;
        });
        spool.remove(gone.number);
    }

    /** It is on record, or stands against what is on record. */
    public void done(Held order) {
        locked(() -> drop(order));
    }

    /** It failed through a bug. True: so often that it was put aside; it holds, and is tried again after a restart. */
    public boolean failed(Held order) {
        boolean[] now = {false};
        locked(() -> {
            order.tries++;
            if (order.tries >= MAX_TRIES && !order.aside) {
                order.aside = true;
                spool.putAside(order.number);
                now[0] = true;
            }
        });
        return now[0];
    }

    /** Writes to the disk what it did not take before. */
    public void heal() {
        if (failing) {
            locked(spool::heal);
        }
    }

    private void locked(Runnable change) {
        disk.lock();
        try {
            change.run();
        } finally {
            count();
            disk.unlock();
        }
    }

    private void count() {
        int all = 0;
        int apart = 0;
        for (List<Held> each : held.values()) {
            all += each.size();
            apart += (int) each.stream().filter(one -> one.aside).count();
        }
        size = all - apart;
        aside = apart;
        bytes = spool.aliveBytes();
        failing = spool.failing();
    }
}
