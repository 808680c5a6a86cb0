// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.DataChannel;

/** Who is on the way in, or away for a moment, misses nothing, and gets nothing twice. */
class MissedMessagesTest extends ExchangeFixture {
    @Test
    void whoIsOnTheWayInGetsWhatWasSentMeanwhileOnceAndInOrder() {
        Person an = open("an");
        send(an, say("before").setSequence(1));
        Person late = join("late");
        for (int i = 2; i <= 9; i++) {
            send(an, say("m" + i).setSequence(i));
        }
        exchange.received(an, DataChannel.LOSSY, say("lossy").build().toByteArray());
        Person later = open("later");
        pass(20_000);
        channels(late);
        send(an, say("after").setSequence(10));
        exchange.opened(late, "late.p", DataChannel.RELIABLE);
        assertEquals(List.of("m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "after"), late.words());
        assertEquals(List.of("after"), later.words());
        assertEquals(0, lost);
    }

    @Test
    void nothingWaitsForEverOrWithoutABound() {
        Person an = open("an");
        Person never = join("never");
        send(an, say("early"));
        pass(MessageLog.HOLD_MS);
        assertEquals(1, lost);
        assertTrue(tasks.isEmpty(), "an empty log needs no upkeep");
        for (int i = 0; i < 10; i++) {
            send(an, say("x".repeat(60_000)));
        }
        assertEquals(1 + 10 - 4, lost, "four fit, the oldest went");
        send(an, say("last"));
        channels(never);
        assertEquals(5, never.words().size());
        assertEquals("last", never.words().getLast());
    }

    @Test
    void whatWaitsIsNotSentWhenItMayNotBeAnyMore() {
        Person an = open("an");
        Person binh = open("binh");
        Person late = join("late");
        Person barred = join("barred");
        Person gone = join("gone");
        send(an, say("an"));
        send(binh, say("binh"));
        an.maySend = false;
        barred.mayHear = false;
        leave(gone);
        channels(late);
        channels(barred);
        assertEquals(List.of("binh"), late.words());
        assertEquals(List.of(), barred.words());
        barred.mayHear = true;
        exchange.opened(barred, "barred.s", DataChannel.RELIABLE);
        assertEquals(List.of(), barred.words());
        Person last = join("last");
        send(binh, say("bye"));
        leave(binh);
        channels(last);
        assertEquals(List.of(), last.words(), "who is gone says nothing more");
    }

    @Test
    void whoResumesGetsWhatItMissedOnce() {
        Person an = open("an");
        Person binh = open("binh");
        for (int i = 1; i <= 3; i++) {
            send(an, say("m" + i).setSequence(i));
        }
        send(an, say("unnumbered"));
        send(an, say("for nobody").setSequence(4).addDestinationIdentities("x"));
        binh.got.clear();
        exchange.missed(binh, Map.of("PA_an", 1));
        assertEquals(List.of(), binh.words(), "it has not resumed");
        exchange.resumed(binh);
        exchange.missed(binh, Map.of("PA_an", 1));
        assertEquals(List.of(), binh.words(), "nothing was lost: 2 and 3 are on their way");
        exchange.undelivered(binh);
        exchange.resumed(binh);
        exchange.missed(binh, Map.of("PA_an", 1, "PA_gone", 9));
        assertEquals(List.of("m2", "m3"), binh.words());
        exchange.missed(binh, Map.of("PA_an", 1));
        assertEquals(2, binh.words().size(), "it says so once");
        exchange.undelivered(binh);
        exchange.resumed(binh);
        nowMs += MessageLog.KEEP_MS;
        exchange.missed(binh, Map.of());
        assertEquals(2, binh.words().size(), "only what is fresh");
        for (int i = 5; i < 15; i++) {
            send(an, say(i + "x".repeat(20_000)).setSequence(i));
        }
        binh.got.clear();
        exchange.undelivered(binh);
        exchange.resumed(binh);
        exchange.missed(binh, Map.of());
        assertEquals(4, binh.words().size(), "and not more than a little");
    }

    /** Whoever comes and goes, and whenever channels open: each gets all that was sent while it was in, once, in order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nobodyMissesOrDoublesAnything(long seed) {
        Random random = new Random(seed);
        Map<String, List<String>> expected = new HashMap<>();
        Person speaker = open("speaker");
        int number = 0;
        for (int step = 0; step < 400; step++) {
            List<Person> others = people.values().stream().filter(person -> person != speaker).toList();
            switch (random.nextInt(8)) {
                case 0 -> expected.put(join("p" + step).name, new ArrayList<>());
                case 1, 2 -> {
                    if (!others.isEmpty()) {
                        channels(others.get(random.nextInt(others.size())));
                    }
                }
                case 3 -> {
                    if (others.size() > 3) {
                        leave(others.getFirst());
                    }
                }
                case 4 -> pass(random.nextInt(300));
                default -> {
                    String text = "m" + ++number;
                    send(speaker, say(text).setSequence(number));
                    others.forEach(person -> expected.get(person.name).add(text));
                }
            }
        }
        for (Person person : people.values()) {
            if (person != speaker) {
                channels(person);
                assertEquals(expected.get(person.name), person.words(), "seed " + seed);
            }
        }
        assertEquals(0, lost, "seed " + seed);
    }
}
