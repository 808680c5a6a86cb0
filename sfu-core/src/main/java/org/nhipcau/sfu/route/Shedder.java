// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.nhipcau.sfu.api.Importance;
import org.nhipcau.sfu.api.MediaEvent.Speaker;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.overload.OverloadLevel;

/**
 * Applies the worker's level of overload to a room: who is on whose stage, who speaks, who steers the room.
 *
 * <p>A higher level counts at once. A lower one counts for each producer at a moment of its own within two seconds, so
 * that the key frames which come with higher layers do not all come together. Whoever begins to speak is heard from that
 * very packet on, and for some seconds after the last.
 *
 * <p>Thread: one, the worker's that owns the room. Control path: runs a few times a second, and only under load.
 */
final class Shedder {
    /** Within this time all producers follow the level down; shorter than the shortest stay on a level. */
    static final long SPREAD_NS = 2_000_000_000L;
    /** A pause in somebody's speech up to this long is part of it. */
    static final long SPEECH_PAUSE_NS = 5_000_000_000L;
    private static final long LOOK_NS = 200_000_000L;
    private static final long LEAST_PAUSE_NS = 20_000_000L;
    /** Speech is noted no more often than this. */
    private static final long NOTE_NS = 500_000_000L;
    private static final long STILL_SPEAKING = Long.MAX_VALUE;

    private final Collection<Producer> producers;
    private final Collection<MediaEndpoint> endpoints;
    private final RandomGenerator random;
    private final Map<String, Long> spoke = new HashMap<>();
    private OverloadLevel level = OverloadLevel.NONE;
    private boolean active;
    private long nextNs = Long.MAX_VALUE;

    /**
     * @param producers of the room, live
     * @param endpoints of the room, live
     */
    Shedder(Collection<Producer> producers, Collection<MediaEndpoint> endpoints, RandomGenerator random) {
        this.producers = producers;
        this.endpoints = endpoints;
        this.random = random;
    }

    /** The worker's level changed. */
    void level(OverloadLevel now, long nowNs) {
        level = now;
        active |= now != OverloadLevel.NONE;
        for (Producer producer : producers) {
            if (producer.overload.level.compareTo(now) > 0) {
                producer.overload.followNs = nowNs + random.nextLong(SPREAD_NS);
            }
        }
        look(nowNs);
    }

    OverloadLevel level() {
        return level;
    }

    /** A producer is new: it has no claim on better times. */
    void onProducerAdded(Producer producer) {
        producer.overload.level = level;
    }

    /** A consumer's packets may begin to flow. */
    void onAttached(MediaEndpoint endpoint, long nowNs) {
        if (active) {
            apply(endpoint, nowNs);
        }
    }

    /** Speakers began or stopped. */
    void onSpeakers(List<Speaker> changed, long nowNs) {
        spoke.values().removeIf(untilNs -> untilNs != STILL_SPEAKING && nowNs - untilNs > SPEECH_PAUSE_NS);
        for (Speaker speaker : changed) {
            if (speaker.active()) {
                spoke.put(speaker.participantId(), STILL_SPEAKING);
            } else if (spoke.containsKey(speaker.participantId())) {
                spoke.put(speaker.participantId(), nowNs);
            }
        }
    }

    /** One packet of sound is loud enough to be speech: it and what follows is forwarded. */
    void onVoice(Producer producer, long nowNs) {
        if (level != OverloadLevel.SPEECH_ONLY) {
            return;
        }
        Long last = spoke.get(producer.endpoint.participantId());
        if (last == null || nowNs - last > NOTE_NS && last != STILL_SPEAKING) {
            boolean silenced = !speaking(producer, nowNs);
            spoke.put(producer.endpoint.participantId(), nowNs);
            if (silenced) {
                look(nowNs);
            }
        }
    }

    /** Follows the level down, and those who speak. @return when to look again; {@link Long#MAX_VALUE}: no need */
    long onTimer(long nowNs) {
        if (nowNs >= nextNs) {
            look(nowNs);
        }
        return nextNs;
    }

    private void look(long nowNs) {
        if (!active) {
            return;
        }
        active = level != OverloadLevel.NONE;
        long next = nowNs + LOOK_NS;
        for (Producer producer : producers) {
            Applied applied = producer.overload;
            if (applied.level.compareTo(level) < 0 || nowNs - applied.followNs >= 0) {
                applied.level = level;
            } else if (applied.level != level) {
                next = Math.min(next, applied.followNs);
                active = true;
            }
        }
        for (MediaEndpoint endpoint : endpoints) {
            apply(endpoint, nowNs);
        }
        nextNs = active ? Math.max(next, nowNs + LEAST_PAUSE_NS) : Long.MAX_VALUE;
    }

    private void apply(MediaEndpoint endpoint, long nowNs) {
        Consumer main = mainPicture(endpoint.consumers(), nowNs);
        for (Consumer consumer : endpoint.consumers()) {
            Producer producer = consumer.producer();
            if (producer == null) {
                continue;
            }
            OverloadLevel counts = producer.overload.level;
            if (consumer.video()) {
                boolean onStage = consumer == main || screen(producer);
                consumer.share().shed(counts.highestLayer(onStage, producer.layers().length), counts.fewestFrames(),
                        counts.repairsVideo(onStage), nowNs);
            } else {
                boolean heard = counts.forwardsSound(controller(producer), speaking(producer, nowNs));
                consumer.share().shed(heard ? Integer.MAX_VALUE : OverloadLevel.OFF, false, true, nowNs);
            }
        }
    }

    // What the viewer itself calls important, then what it shows largest, then who steers, then who speaks.
    private Consumer mainPicture(Consumer[] consumers, long nowNs) {
        Consumer main = null;
        long mainRank = -1;
        for (Consumer consumer : consumers) {
            if (consumer.video() && consumer.wanted() && !screen(consumer.producer())) {
                Producer producer = consumer.producer();
                ViewerShare share = consumer.share();
                long rank = ((long) share.settings().priority() << 32) + ((long) share.wantedHeight() << 2)
                        + (controller(producer) ? 2 : 0) + (speaksNow(producer, nowNs) ? 1 : 0);
                if (rank > mainRank) {
                    main = consumer;
                    mainRank = rank;
                }
            }
        }
        return main;
    }

    static boolean screen(Producer producer) {
        return producer.parameters().source() == TrackSource.SCREEN_SHARE;
    }

    static boolean controller(Producer producer) {
        return producer.parameters().importance() == Importance.CONTROLLER;
    }

    // Where no levels come, nobody can tell silence from speech: then it counts as speech.
    private boolean speaking(Producer producer, long nowNs) {
        return producer.speaker() == null || !producer.speaker().tellsLevels() && !producer.muted()
                || speaksNow(producer, nowNs);
    }

    boolean speaksNow(Producer producer, long nowNs) {
        Long untilNs = spoke.get(producer.endpoint.participantId());
        return untilNs != null && (untilNs == STILL_SPEAKING || nowNs - untilNs <= SPEECH_PAUSE_NS);
    }

    /** The level that counts for one producer. */
    static final class Applied {
        private OverloadLevel level = OverloadLevel.NONE;
        private long followNs;
    }
}
