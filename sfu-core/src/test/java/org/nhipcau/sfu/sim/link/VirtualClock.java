// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.link;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Time that passes as fast as the work in it is done: rings alarms in the order of their times, those of one time in
 * the order in which they were set.
 *
 * <p>Thread: one. Owns: a heap of the alarms that are set; setting and ringing allocate nothing.
 */
public final class VirtualClock {
    private Alarm[] heap = new Alarm[64];
    private int size;
    private long nowNs;
    private long serial;

    /** Something that happens at a time; set again and again by whoever owns it. */
    public static final class Alarm {
        private final LongConsumer action;
        private long atNs;
        private long order;
        private int index = -1;

        /** @param action gets the time */
        public Alarm(LongConsumer action) {
            this.action = action;
        }

        /** It is waiting to ring. */
        public boolean isSet() {
            return index >= 0;
        }

        private boolean before(Alarm other) {
            return atNs < other.atNs || atNs == other.atNs && order < other.order;
        }
    }

    /** @param startNs the time at first; not 0, which much code takes for "never" */
    public VirtualClock(long startNs) {
        nowNs = startNs;
    }

    public long nowNs() {
        return nowNs;
    }

    /** Lets an alarm ring at a time, now if that has passed; a time set before is forgotten. */
    public void set(Alarm alarm, long atNs) {
        alarm.atNs = Math.max(atNs, nowNs);
        alarm.order = serial++;
        if (alarm.index < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            alarm.index = size;
            heap[size++] = alarm;
            up(alarm);
        } else {
            up(alarm);
            down(alarm);
        }
    }

    /** An action of its own at a time; for what happens a few times in a run. */
    public void at(long atNs, LongConsumer action) {
        set(new Alarm(action), atNs);
    }

    /** Lets time pass. @param endNs alarms at this time ring too */
    public void runUntil(long endNs) {
        while (size > 0 && heap[0].atNs <= endNs) {
            Alarm first = heap[0];
            Alarm last = heap[--size];
            heap[size] = null;
            first.index = -1;
            if (last != first) {
                last.index = 0;
                heap[0] = last;
                down(last);
            }
            nowNs = first.atNs;
            first.action.accept(nowNs);
        }
        nowNs = endNs;
    }

    private void up(Alarm alarm) {
        int at = alarm.index;
        while (at > 0 && alarm.before(heap[at - 1 >> 1])) {
            put(heap[at - 1 >> 1], at);
            at = at - 1 >> 1;
        }
        put(alarm, at);
    }

    private void down(Alarm alarm) {
        int at = alarm.index;
        for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && heap[child + 1].before(heap[child])) {
                child++;
            }
            if (!heap[child].before(alarm)) {
                break;
            }
            put(heap[child], at);
            at = child;
        }
        put(alarm, at);
    }

    private void put(Alarm alarm, int at) {
        heap[at] = alarm;
        alarm.index = at;
    }
}
