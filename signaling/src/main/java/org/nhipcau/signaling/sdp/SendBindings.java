// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.signaling.sdp.FormatSelector.Usable;

/**
 * Which track the server sends on each section that the client offered to receive on. Immutable; a round makes the
 * next one.
 *
 * @param byMid bound sections
 * @param freed sections that lost their track this round
 * @param waiting tracks that found no free section this round
 * @param refused tracks for which a section was free but that none of its formats can carry
 */
record SendBindings(Map<String, Bound> byMid, Set<String> freed, List<SubscribeIntent> waiting,
        List<String> refused) {
    static final SendBindings NONE = new SendBindings(Map.of(), Set.of(), List.of(), List.of());

    SendBindings {
        byMid = Map.copyOf(byMid);
        freed = Set.copyOf(freed);
        waiting = List.copyOf(waiting);
        refused = List.copyOf(refused);
    }

    /** A track on a section. {@code rtxSsrc} is 0 where no format has RTX. */
    record Bound(SubscribeIntent intent, long ssrc, long rtxSsrc, List<Usable> formats) {
        ConsumerParameters parameters(String mid) {
            return new ConsumerParameters(intent.trackId(), intent.trackId(), mid, ssrc, rtxSsrc, intent.cname(),
                    formats.stream().map(Usable::parameters).toList(), intent.settings());
        }
    }

    /** A section that can carry a track to the client, with the formats both sides know. */
    record Slot(MediaSection section, List<Usable> usable) {}

    Optional<Bound> at(String mid) {
        return Optional.ofNullable(byMid.get(mid));
    }

    int waiting(MediaKind kind) {
        return (int) waiting.stream().filter(intent -> intent.kind() == kind).count();
    }

    /**
     * Keeps bound tracks where they are and puts the others on free sections. A section that loses its track this
     * round stays empty for this round: a browser shows a new track only on a section that was inactive before.
     *
     * @param slots sections that may carry a track, those to be filled first in front
     * @param random draws SSRCs
     * @param foreign SSRCs the client has announced for itself
     * @param mayBeLost the client may not have got the answer of the last round, so sections freed by it stay empty
     */
    SendBindings next(List<Slot> slots, List<SubscribeIntent> wanted, SsrcSource random, Set<Long> foreign,
            boolean mayBeLost) {
        Set<Long> taken = new HashSet<>(foreign);
        byMid.values().forEach(bound -> {
            taken.add(bound.ssrc());
            taken.add(bound.rtxSsrc());
        });
        Map<String, SubscribeIntent> pending = new LinkedHashMap<>();
        wanted.forEach(intent -> pending.putIfAbsent(intent.trackId(), intent));
        Map<String, Bound> next = new LinkedHashMap<>();
        Set<String> nextFreed = new HashSet<>(byMid.keySet());
        if (mayBeLost) {
            nextFreed.addAll(freed);
        }
        List<Slot> free = new ArrayList<>();
        for (Slot slot : slots) {
            String mid = slot.section().mid();
            Bound before = byMid.get(mid);
            if (before != null) {
                keep(slot, before, pending, random, taken).ifPresent(bound -> next.put(mid, bound));
            } else if (!nextFreed.contains(mid)) {
                free.add(slot);
            }
        }
        nextFreed.removeAll(next.keySet());
        List<SubscribeIntent> waiting = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (SubscribeIntent intent : pending.values()) {
            place(intent, free, next, waiting, refused, random, taken);
        }
        return new SendBindings(next, nextFreed, waiting, refused);
    }

    private static Optional<Bound> keep(Slot slot, Bound before, Map<String, SubscribeIntent> pending,
            SsrcSource random, Set<Long> taken) {
        SubscribeIntent intent = pending.get(before.intent().trackId());
        if (intent == null || !slot.section().isKind(intent.kind())) {
            return Optional.empty();
        }
        List<Usable> formats = FormatSelector.toSend(slot.usable(), intent.codecs(), intent.red());
        if (formats.isEmpty()) {
            return Optional.empty();
        }
        pending.remove(intent.trackId());
        long rtxSsrc = !hasRtx(formats) ? 0 : before.rtxSsrc() != 0 ? before.rtxSsrc() : random.next(taken);
        return Optional.of(new Bound(intent, before.ssrc(), rtxSsrc, formats));
    }

    private static void place(SubscribeIntent intent, List<Slot> free, Map<String, Bound> next,
            List<SubscribeIntent> waiting, List<String> refused, SsrcSource random, Set<Long> taken) {
        boolean sawSection = false;
        for (Slot slot : free) {
            if (!slot.section().isKind(intent.kind())) {
                continue;
            }
            sawSection = true;
            List<Usable> formats = FormatSelector.toSend(slot.usable(), intent.codecs(), intent.red());
            if (!formats.isEmpty()) {
                long ssrc = random.next(taken);
                next.put(slot.section().mid(),
                        new Bound(intent, ssrc, hasRtx(formats) ? random.next(taken) : 0, formats));
                free.remove(slot);
                return;
            }
        }
        if (sawSection) {
            refused.add(intent.trackId());
        } else {
            waiting.add(intent);
        }
    }

    static boolean hasRtx(List<Usable> formats) {
        return formats.stream().anyMatch(format -> format.rtx().isPresent());
    }
}
