// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.admin;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.signaling.live.LiveMetrics;

/** Counts what happens in consultations that are on. No label names a room or a person. Thread: any. */
public final class ConsultationMeters implements LiveMetrics {
    private static final String PREFIX = "nhipcau.consultation.";

    private final MeterRegistry registry;
    private final AtomicInteger storeAvailable = new AtomicInteger(1);
    private final AtomicInteger heldOrders = new AtomicInteger();
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicInteger asideOrders = new AtomicInteger();

    public ConsultationMeters(MeterRegistry registry) {
        this.registry = registry;
        registry.gauge(PREFIX + "store.available", storeAvailable);
        registry.gauge(PREFIX + "orders.held", heldOrders);
        registry.gauge(PREFIX + "orders.held.bytes", heldBytes);
        registry.gauge(PREFIX + "orders.aside", asideOrders);
    }

    @Override
    public void fault() {
        registry.counter(PREFIX + "faults").increment();
    }

    @Override
    public void refused(String code) {
        registry.counter(PREFIX + "joins.refused", "code", code).increment();
    }

    @Override
    public void heartbeat(boolean taken) {
        registry.counter(PREFIX + "heartbeats", "taken", Boolean.toString(taken)).increment();
    }

    @Override
    public void gate(GateState state, GateReason reason) {
        registry.counter(PREFIX + "gate.changes", "state", wire(state), "reason", wire(reason)).increment();
    }

    @Override
    public void unrecorded() {
        registry.counter(PREFIX + "unrecorded").increment();
    }

    @Override
    public void unapplied() {
        registry.counter(PREFIX + "unapplied").increment();
    }

    @Override
    public void putAside() {
        registry.counter(PREFIX + "orders.put.aside").increment();
    }

    @Override
    public void held(int orders, long bytes, int aside) {
        heldOrders.set(orders);
        heldBytes.set(bytes);
        asideOrders.set(aside);
    }

    @Override
    public void dropped() {
        registry.counter(PREFIX + "dropped").increment();
    }

    @Override
    public void storeAvailable(boolean available) {
        storeAvailable.set(available ? 1 : 0);
    }

    private static String wire(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
