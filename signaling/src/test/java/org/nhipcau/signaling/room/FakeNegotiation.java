// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.RemoteTransport;
import org.nhipcau.signaling.sdp.Negotiated;
import org.nhipcau.signaling.sdp.PeerNegotiation;
import org.nhipcau.signaling.sdp.PublishIntent;
import org.nhipcau.signaling.sdp.SdpException;
import org.nhipcau.signaling.sdp.SubscribeIntent;

/**
 * Offer and answer over a toy language, so that tests of rooms read at a glance. A description is words: {@code
 * ufrag=x}, {@code recv:audio:mid} (a section to receive on), {@code send:mid:cid} (a section that sends), {@code
 * novideo} (no video format), {@code data} (data channels). Everything else is an unusable description.
 */
final class FakeNegotiation implements PeerNegotiation {
    private static final CodecParameters OPUS = codec("audio/opus", 111, 48_000);
    private static final CodecParameters VP8 = codec("video/VP8", 96, 90_000);

    private final Map<String, SubscribeIntent> bound = new LinkedHashMap<>();
    private final Map<String, Long> ssrcs = new LinkedHashMap<>();
    private final Map<String, String> offered = new LinkedHashMap<>();
    private String ufrag = "";
    private List<SubscribeIntent> offeredIntents = List.of();
    private boolean outstanding;
    private int nextMid;
    private long nextSsrc = 1000;

    private static CodecParameters codec(String mime, int payloadType, int clockRate) {
        return new CodecParameters(mime, payloadType, clockRate, mime.startsWith("audio") ? 2 : 0, Map.of(), -1, true,
                true, true, false, true);
    }

    private static String[] words(String sdp) throws SdpException {
        String[] words = sdp.split(" ");
        for (String word : words) {
            if (!word.matches("(ufrag=|recv:|send:|bound:)\\S+|novideo|data|ok")) {
                throw new SdpException("unusable");
            }
        }
        return words;
    }

    private static String ufragOf(String[] words) throws SdpException {
        for (String word : words) {
            if (word.startsWith("ufrag=")) {
                return word.substring(6);
            }
        }
        throw new SdpException("no ufrag");
    }

    @Override
    public boolean restartsIce(String offerSdp) throws SdpException {
        return !ufrag.isEmpty() && !ufrag.equals(ufragOf(words(offerSdp)));
    }

    @Override
    public Negotiated answer(String offerSdp, LocalTransport local, List<PublishIntent> publish,
            List<SubscribeIntent> subscribe) throws SdpException {
        String[] words = words(offerSdp);
        String offeredUfrag = ufragOf(words);
        boolean noVideo = Set.of(words).contains("novideo");
        Map<String, MediaKind> slots = new LinkedHashMap<>();
        List<ProducerParameters> producers = new ArrayList<>();
        for (String word : words) {
            String[] parts = word.split(":");
            if (parts[0].equals("recv")) {
                slots.put(parts[2], parts[1].equals("audio") ? MediaKind.AUDIO : MediaKind.VIDEO);
            } else if (parts[0].equals("send")) {
                producer(parts[1], parts[2], publish, producers);
            }
        }
        Map<String, SubscribeIntent> pending = new LinkedHashMap<>();
        subscribe.forEach(intent -> pending.put(intent.trackId(), intent));
        Set<String> blocked = new HashSet<>();
        for (String mid : List.copyOf(bound.keySet())) {
            SubscribeIntent now = pending.remove(bound.get(mid).trackId());
            if (now == null || !slots.containsKey(mid)) {
                bound.remove(mid);
                blocked.add(mid);
            } else {
                bound.put(mid, now);
            }
        }
        List<String> refused = new ArrayList<>();
        int[] missing = {0, 0};
        for (SubscribeIntent intent : pending.values()) {
            if (noVideo && intent.kind() == MediaKind.VIDEO) {
                refused.add(intent.trackId());
                continue;
            }
            String free = slots.entrySet().stream().filter(slot -> slot.getValue() == intent.kind()
                    && !bound.containsKey(slot.getKey()) && !blocked.contains(slot.getKey())).map(Map.Entry::getKey)
                    .findFirst().orElse(null);
            if (free == null) {
                missing[intent.kind().ordinal()]++;
            } else {
                bound.put(free, intent);
                ssrcs.put(free, nextSsrc++);
            }
        }
        ufrag = offeredUfrag;
        Map<String, String> mids = new LinkedHashMap<>();
        bound.forEach((mid, intent) -> mids.put(mid, intent.trackId()));
        return new Negotiated("ufrag=" + local.iceUfrag() + " " + String.join(" ", mids.entrySet().stream()
                .map(each -> "bound:" + each.getKey() + ":" + each.getValue()).toList()), remote(offeredUfrag),
                HeaderExtensions.NONE, producers, consumers(), mids, missing[0], missing[1], refused,
                data(words, false));
    }

    private static void producer(String mid, String cid, List<PublishIntent> publish,
            List<ProducerParameters> producers) {
        for (PublishIntent intent : publish) {
            if (intent.cids().contains(cid)) {
                List<EncodingParameters> layers = intent.layers().isEmpty()
                        ? List.of(new EncodingParameters("", 0, 0, 2, 0, 0, 0)) : intent.layers();
                producers.add(new ProducerParameters(intent.trackId(), intent.kind(), intent.source(), mid,
                        List.of(intent.kind() == MediaKind.AUDIO ? OPUS : VP8), layers, intent.muted()));
            }
        }
    }

    private List<ConsumerParameters> consumers() {
        List<ConsumerParameters> consumers = new ArrayList<>();
        bound.forEach((mid, intent) -> consumers.add(new ConsumerParameters(intent.trackId(), intent.trackId(), mid,
                ssrcs.get(mid), 0, intent.cname(), intent.codecs(), intent.settings())));
        return consumers;
    }

    private static RemoteTransport remote(String ufrag) {
        return new RemoteTransport(ufrag, "pwd-of-twenty-two-chars-xx",
                List.of(new Fingerprint("sha-256", "CD" + ":CD".repeat(31))), DtlsRole.SERVER);
    }

    @Override
    public String offer(LocalTransport local, List<SubscribeIntent> subscribe) {
        outstanding = true;
        offeredIntents = List.copyOf(subscribe);
        Set<String> wanted = new LinkedHashSet<>();
        subscribe.forEach(intent -> wanted.add(intent.trackId()));
        bound.values().removeIf(intent -> !wanted.contains(intent.trackId()));
        Set<String> have = new HashSet<>();
        bound.values().forEach(intent -> have.add(intent.trackId()));
        for (SubscribeIntent intent : subscribe) {
            if (have.add(intent.trackId())) {
                String mid = Integer.toString(nextMid++);
                bound.put(mid, intent);
                ssrcs.put(mid, nextSsrc++);
            }
        }
        offered.clear();
        bound.forEach((mid, intent) -> offered.put(mid, intent.trackId()));
        return "ufrag=" + local.iceUfrag();
    }

    @Override
    public Map<String, String> offeredMidToTrackId() {
        return Map.copyOf(offered);
    }

    @Override
    public Negotiated accept(String answerSdp) throws SdpException {
        String[] words = words(answerSdp);
        String answeredUfrag = ufragOf(words);
        if (!outstanding) {
            throw new IllegalStateException("an answer without an offer");
        }
        outstanding = false;
        List<String> refused = new ArrayList<>();
        if (Set.of(words).contains("novideo")) {
            for (SubscribeIntent intent : offeredIntents) {
                if (intent.kind() == MediaKind.VIDEO) {
                    refused.add(intent.trackId());
                }
            }
            bound.values().removeIf(intent -> intent.kind() == MediaKind.VIDEO);
        }
        Map<String, String> mids = new LinkedHashMap<>();
        bound.forEach((mid, intent) -> mids.put(mid, intent.trackId()));
        return new Negotiated("", remote(answeredUfrag), HeaderExtensions.NONE, List.of(), consumers(), mids, 0, 0,
                refused, data(words, true));
    }

    private static DataParameters data(String[] words, boolean serverOpens) {
        return Set.of(words).contains("data") ? new DataParameters(5000, 65_535, serverOpens) : null;
    }
}
