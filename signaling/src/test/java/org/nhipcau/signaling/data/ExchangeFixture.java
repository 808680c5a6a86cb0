// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.data;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.UserPacket;
import org.junit.jupiter.api.BeforeEach;
import org.nhipcau.sfu.api.DataChannel;

/** People whose rights a test sets, what each of them got, and time that a test moves. */
abstract class ExchangeFixture {
    final Map<String, Person> people = new LinkedHashMap<>();
    final Map<Refusal, Integer> refused = new EnumMap<>(Refusal.class);
    final PriorityQueue<Task> tasks = new PriorityQueue<>();
    long nowMs = 1_000;
    int lost;
    Exchange exchange;

    record Task(long atMs, Runnable run) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return Long.compare(atMs, other.atMs);
        }
    }

    static final class Person implements Member {
        final String name;
        final List<DataPacket> got = new ArrayList<>();
        boolean present = true;
        boolean maySend = true;
        boolean hidden;
        boolean agent;
        boolean mayHear = true;

        Person(String name) {
            this.name = name;
        }

        @Override
        public String sid() {
            return "PA_" + name;
        }

        @Override
        public String identity() {
            return name;
        }

        @Override
        public boolean present() {
            return present;
        }

        @Override
        public boolean maySend() {
            return maySend;
        }

        @Override
        public boolean hidden() {
            return hidden;
        }

        @Override
        public boolean agent() {
            return agent;
        }

        @Override
        public boolean mayHear(Member sender) {
            return mayHear;
        }

        List<String> words() {
            return got.stream().map(packet -> packet.getUser().getPayload().toStringUtf8()).toList();
        }
    }

    @BeforeEach
    void open() {
        exchange = new Exchange(people::values, new Exchange.Outlet() {
            @Override
            public void send(List<String> peerIds, DataChannel channel, byte[] payload) {
                peerIds.forEach(peerId -> people.get(peerId.substring(0, peerId.indexOf('.'))).got.add(read(payload)));
            }

            @Override
            public void after(long delayMs, Runnable task) {
                tasks.add(new Task(nowMs + delayMs, task));
            }
        }, () -> nowMs, new DataMetrics() {
            @Override
            public void dataRefused(Refusal why) {
                refused.merge(why, 1, Integer::sum);
            }

            @Override
            public void dataLost(int messages) {
                lost += messages;
            }
        });
    }

    static DataPacket read(byte[] payload) {
        try {
            return DataPacket.parseFrom(payload);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    Person join(String name) {
        Person person = new Person(name);
        people.put(name, person);
        return person;
    }

    /** Joins with both channels open. */
    Person open(String name) {
        Person person = join(name);
        channels(person);
        return person;
    }

    void channels(Person person) {
        for (DataChannel channel : DataChannel.values()) {
            exchange.opened(person, person.name + ".s", channel);
        }
    }

    void leave(Person person) {
        people.remove(person.name);
        exchange.left(person.sid());
    }

    void pass(long ms) {
        nowMs += ms;
        while (!tasks.isEmpty() && tasks.peek().atMs() <= nowMs) {
            tasks.poll().run().run();
        }
    }

    static DataPacket.Builder say(String text) {
        return DataPacket.newBuilder().setUser(UserPacket.newBuilder().setPayload(ByteString.copyFromUtf8(text)));
    }

    void send(Person from, DataPacket.Builder packet) {
        exchange.received(from, DataChannel.RELIABLE, packet.build().toByteArray());
    }
}
