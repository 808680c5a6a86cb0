// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/** Two associations and the links between them, which lose, double, delay and reorder packets by a seed. */
final class SctpPair {
    static final long MS = 1_000_000L;

    /** A packet under way. */
    private record Flying(long arrivalNs, long order, Side to, byte[] packet) {}

    /** One end, which notes what it is told. */
    static final class Side implements AssociationListener {
        record Message(int streamId, int protocolId, byte[] payload) {}

        final List<Message> messages = new ArrayList<>();
        final List<Integer> incomingResets = new ArrayList<>();
        final List<Integer> outgoingResets = new ArrayList<>();
        final ArrayDeque<Integer> retained = new ArrayDeque<>();
        Association association;
        AssociationEnd end;
        int established;
        boolean slowReader;
        int mostHeld;

        @Override
        public void onEstablished() {
            established++;
        }

        @Override
        public void onMessage(int streamId, int protocolId, byte[] payload) {
            messages.add(new Message(streamId, protocolId, payload));
            if (slowReader) {
                association.retain(payload.length);
                retained.add(payload.length);
            }
        }

        @Override
        public void onIncomingReset(int streamId) {
            incomingResets.add(streamId);
        }

        @Override
        public void onOutgoingReset(int streamId) {
            outgoingResets.add(streamId);
        }

        @Override
        public void onEnded(AssociationEnd why) {
            end = why;
        }
    }

    final Side a = new Side();
    final Side b = new Side();
    final Random random;
    private final PriorityQueue<Flying> flying = new PriorityQueue<>((x, y) -> x.arrivalNs != y.arrivalNs
            ? Long.compare(x.arrivalNs, y.arrivalNs) : Long.compare(x.order, y.order));
    double lossRatio;
    double doubledRatio;
    long delayNs = 20 * MS;
    long jitterNs;
    long nowNs = 1L << 60;
    long packets;
    private long order;

    SctpPair(long seed) {
        random = new Random(seed);
        a.association = new Association(5000, 5001, random, a);
        b.association = new Association(5001, 5000, random, b);
    }

    /** Lets time pass, from one event to the next. */
    void run(long ms) {
        long endNs = nowNs + ms * MS;
        // What was asked for meanwhile leaves first.
        step(Math.min(endNs, nowNs + MS));
        while (nowNs < endNs) {
            long next = Math.min(a.association.deadlineNs(), b.association.deadlineNs());
            next = flying.isEmpty() ? next : Math.min(next, flying.peek().arrivalNs);
            step(Math.min(endNs, Math.max(next, nowNs + MS)));
        }
    }

    /** Lets a millisecond pass. */
    void step() {
        step(nowNs + MS);
    }

    private void step(long atNs) {
        nowNs = atNs;
        while (!flying.isEmpty() && flying.peek().arrivalNs <= nowNs) {
            Flying next = flying.remove();
            byte[] packet = next.packet;
            next.to.association.onPacket(packet, packet.length, nowNs);
        }
        for (Side side : List.of(a, b)) {
            side.association.onTimer(nowNs);
            side.mostHeld = Math.max(side.mostHeld, side.association.heldBytes());
            byte[] packet;
            for (int i = 0; i < 100 && (packet = side.association.poll(nowNs, true)) != null; i++) {
                fly(packet, side == a ? b : a);
            }
        }
    }

    private void fly(byte[] packet, Side to) {
        packets++;
        int copies = random.nextDouble() < lossRatio ? 0 : random.nextDouble() < doubledRatio ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            long late = jitterNs == 0 ? 0 : random.nextLong(jitterNs);
            flying.add(new Flying(nowNs + delayNs + late, order++, to, Arrays.copyOf(packet, packet.length)));
        }
    }
}
