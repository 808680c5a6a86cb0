// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.gate.GateModel;

/**
 * Who may be sent which packet, in few words: a cleared viewer any; another only a packet of a track that is open at that
 * moment, and only from a key frame on that is younger than the opening. Younger: numbered above all that had come before.
 *
 * <p>Viewers on the other worker may go by what that worker was last told, as long as the lease that it was told of lasts
 * and the policy is the same.
 */
final class GateRules {
    /** One packet of the publisher. */
    record Packet(int id, String track, String layer, int ssrc, int sequence, int picture, boolean startsKeyFrame,
            boolean upright) {}

    /** What is known of one track since it was published. */
    private static final class Track {
        GateModel model;
        final Map<Integer, Integer> openedAt = new HashMap<>();
        final Map<String, Integer> sources = new HashMap<>();
        Boolean upright;
        GateModel.Standing crossed;
        long crossedUntilMs;
    }

    private final List<Packet> packets = new ArrayList<>();
    private final Map<Packet, Integer> arrivedAt = new HashMap<>();
    private final Map<String, Track> tracks = new HashMap<>();
    private final boolean[] cleared = new boolean[GateWorld.VIEWERS];
    private final Boolean[] word = new Boolean[GateWorld.VIEWERS];
    private int order;
    /** Packets that a restricted viewer got under a policy. */
    int throughTheGate;

    void published(String track, GateParameters gate, long ms) {
        Track begun = new Track();
        begun.model = new GateModel(gate, ms);
        tracks.put(track, begun);
        order++;
    }

    void unpublished(String track) {
        tracks.remove(track);
    }

    void policy(String track, GateParameters gate, long ms) {
        tracks.get(track).model.policy(gate, ms);
    }

    void restarted(String track, long ms) {
        tracks.get(track).model.restarted(ms);
        tracks.get(track).upright = null;
    }

    void said(String track, long epoch, Proof proof, long ms) {
        Track known = tracks.get(track);
        known.model.said(epoch, proof, ms);
        known.openedAt.putIfAbsent(known.model.at(ms).openings, order++);
    }

    void released(String track, long epoch, long ms) {
        tracks.get(track).model.released(epoch, ms);
    }

    GateModel.Standing standing(String track, long ms) {
        return tracks.get(track).model.at(ms);
    }

    void opened(int viewer) {
        word[viewer] = null;
    }

    void added(int viewer, boolean asCleared) {
        cleared[viewer] = asCleared && (word[viewer] == null || word[viewer]);
    }

    void word(int viewer, boolean nowCleared) {
        word[viewer] = nowCleared;
        cleared[viewer] = nowCleared;
    }

    boolean cleared(int viewer) {
        return cleared[viewer];
    }

    Packet packet(String track, String layer, int ssrc, int sequence, int picture, boolean startsKeyFrame,
            boolean upright) {
        Packet packet = new Packet(packets.size(), track, layer, ssrc, sequence, picture, startsKeyFrame, upright);
        packets.add(packet);
        return packet;
    }

    void arrived(Packet packet, long ms) {
        Track known = tracks.get(packet.track());
        Integer before = known.sources.put(packet.layer(), packet.ssrc());
        if (before != null && before != packet.ssrc()) {
            restarted(packet.track(), ms);
        }
        if (packet.startsKeyFrame()) {
            if (known.upright != null && known.upright != packet.upright()) {
                restarted(packet.track(), ms);
            }
            known.upright = packet.upright();
        }
        arrivedAt.put(packet, order++);
    }

    /** The other worker knows now how things stand. */
    void crossed(long ms) {
        for (Track known : tracks.values()) {
            known.crossed = known.model.at(ms);
            known.crossedUntilMs = known.crossed.leaseUntilMs();
        }
    }

    // The number of the opening that holds for viewers of a worker; -1: it is shut.
    private int opening(Track known, boolean far, long ms) {
        GateModel.Standing now = known.model.at(ms);
        if (!far) {
            return now.open() ? now.openings : -1;
        }
        boolean holds = known.crossed != null && known.crossed.open() && known.crossed.policy.equals(now.policy)
                && ms < known.crossedUntilMs;
        return holds ? known.crossed.openings : -1;
    }

    Packet check(int id, int viewer, boolean far, long ms) {
        Packet packet = packets.get(id);
        Track known = tracks.get(packet.track());
        if (known == null) {
            throw new AssertionError("a packet of a track that is gone reached viewer " + viewer);
        }
        if (cleared[viewer] || known.model.at(ms).policy.access() == GateAccess.ALL) {
            return packet;
        }
        int opening = opening(known, far, ms);
        if (opening < 0) {
            throw new AssertionError(packet + " reached viewer " + viewer + " at " + ms + " through a shut gate");
        }
        int openedAt = known.openedAt.get(opening);
        long newestBefore = packets.stream().filter(other -> other.ssrc() == packet.ssrc()
                && arrivedAt.getOrDefault(other, Integer.MAX_VALUE) <= openedAt).mapToInt(Packet::sequence).max()
                .orElse(-1);
        boolean young = packets.stream().anyMatch(key -> key.startsKeyFrame() && key.ssrc() == packet.ssrc()
                && key.sequence() > newestBefore && key.sequence() <= packet.sequence()
                && arrivedAt.getOrDefault(key, -1) > openedAt);
        if (!young) {
            throw new AssertionError(packet + " reached viewer " + viewer + " at " + ms
                    + " but belongs to no key frame younger than the opening");
        }
        throughTheGate++;
        return packet;
    }

    /** A packet without a picture may leave only while something with one could. */
    void checkFiller(int viewer, boolean far, long ms) {
        boolean any = cleared[viewer];
        for (Track known : tracks.values()) {
            any |= known.model.at(ms).policy.access() == GateAccess.ALL || opening(known, far, ms) >= 0;
        }
        if (!any) {
            throw new AssertionError("a packet without a picture reached viewer " + viewer + " at " + ms);
        }
    }
}
