// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.transport;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.ice.IceCredentials;
import org.nhipcau.sfu.stun.StunIntegrity;
import org.nhipcau.sfu.stun.StunMessageFlyweight;
import org.nhipcau.sfu.stun.StunMessageWriter;

/**
 * A full ICE agent with one host candidate: finds the server's address that answers, nominates it, keeps its consent.
 *
 * <p>Controlling it nominates the first pair that succeeds; controlled it answers the server's checks, sends its own,
 * and takes the pair that the server nominates. Spec: RFC 8445 §6.1.2 to §7.3, RFC 7675 §5.1. Left out on purpose:
 * pair priorities beyond the order of the candidates, freezing (there is one component).
 *
 * <p>Thread: one. Sans-IO: datagrams and time come in, datagrams go out through {@link Output}.
 */
final class IceAgent {
    /** Where a datagram of the agent goes. */
    interface Output {
        void send(PacketBuffer stun, InetSocketAddress to);
    }

    private static final int MAX_PAIRS = 64;
    private static final long FIRST_RETRY_NS = 50_000_000L;
    private static final long MAX_RETRY_NS = 800_000_000L;
    private static final long CONSENT_NS = 5_000_000_000L;
    private static final long CONSENT_TIMEOUT_NS = 30_000_000_000L;
    private static final long TIMEOUT_NS = 30_000_000_000L;
    private static final int HOST_PREFERENCE = 126;
    private static final int PEER_REFLEXIVE_PREFERENCE = 110;
    private static final int ROLE_CONFLICT = 487;

    private final IceCredentials own;
    private final byte[] ownUfrag;
    private final StunIntegrity ownKey;
    private final Random random;
    private final long tieBreaker;
    private final List<Pair> pairs = new ArrayList<>();
    private final StunMessageFlyweight message = new StunMessageFlyweight();
    private final StunMessageWriter writer = new StunMessageWriter();
    private final PacketBuffer out = PacketBuffer.allocate();
    private boolean controlling;
    private IceCredentials remote;
    private byte[] username;
    private StunIntegrity remoteKey;
    private Pair selected;
    private Pair nominating;
    private long startedNs;
    private long consentNs;
    private boolean failed;

    private static final class Pair {
        private final InetSocketAddress address;
        private final byte[] transactionId = new byte[12];
        private boolean waiting;
        private boolean nominate;
        private boolean nominatedByServer;
        private boolean succeeded;
        private long dueNs;
        private long retryNs = FIRST_RETRY_NS;

        Pair(InetSocketAddress address) {
            this.address = address;
        }
    }

    IceAgent(IceCredentials own, Random random) {
        this.own = own;
        this.ownUfrag = own.ufrag().getBytes(StandardCharsets.US_ASCII);
        this.ownKey = new StunIntegrity(own.pwd());
        this.random = random;
        this.tieBreaker = random.nextLong();
    }

    /** Begins to check; also begins anew after an ICE restart of the server. */
    void start(IceCredentials newRemote, boolean control, long nowNs) {
        remote = newRemote;
        username = (newRemote.ufrag() + ":" + own.ufrag()).getBytes(StandardCharsets.US_ASCII);
        remoteKey = new StunIntegrity(newRemote.pwd());
        controlling = control;
        pairs.clear();
        nominating = null;
        failed = false;
        startedNs = nowNs;
    }

    /** Adds a remote candidate; one that is there already, or one too many, changes nothing. */
    void addCandidate(InetSocketAddress address, long nowNs) {
        pairOf(address, nowNs);
    }

    private Pair pairOf(InetSocketAddress address, long nowNs) {
        for (Pair pair : pairs) {
            if (pair.address.equals(address)) {
                return pair;
            }
        }
        if (pairs.size() >= MAX_PAIRS) {
            return null;
        }
        Pair pair = new Pair(address);
        pair.dueNs = nowNs;
        pairs.add(pair);
        return pair;
    }

    /** Where media goes; null until a pair is nominated. */
    InetSocketAddress selected() {
        return selected == null ? null : selected.address;
    }

    /** No pair answered in time, or the selected one stopped answering. */
    boolean failed() {
        return failed;
    }

    /** Takes a datagram of the STUN range. Whatever is not right is passed over. */
    void handle(PacketBuffer datagram, InetSocketAddress from, long nowNs, Output output) {
        if (remote == null || !message.wrap(datagram) || !message.fingerprintMatches()) {
            return;
        }
        switch (message.messageType()) {
            case StunMessageWriter.BINDING_REQUEST -> onRequest(datagram, from, nowNs, output);
            case StunMessageWriter.BINDING_SUCCESS -> onSuccess(datagram, from, nowNs, output);
            case StunMessageWriter.BINDING_ERROR -> onError(datagram, nowNs, output);
            default -> { }
        }
    }

    private void onRequest(PacketBuffer datagram, InetSocketAddress from, long nowNs, Output output) {
        if (!message.localUfragEquals(ownUfrag) || !message.integrityMatches(ownKey)) {
            return;
        }
        writer.beginResponse(out, StunMessageWriter.BINDING_SUCCESS, datagram).xorMappedAddress(from)
                .messageIntegrity(ownKey).fingerprint();
        boolean nominated = message.useCandidate();
        output.send(out, from);
        Pair pair = pairOf(from, nowNs);
        if (pair == null) {
            return;
        }
        pair.nominatedByServer |= nominated;
        if (!pair.succeeded && !pair.waiting) {
            check(pair, nowNs, output);
        } else if (!controlling && pair.succeeded && pair.nominatedByServer) {
            select(pair, nowNs);
        }
    }

    private void onSuccess(PacketBuffer datagram, InetSocketAddress from, long nowNs, Output output) {
        Pair pair = answered(datagram);
        // RFC 8445 §7.2.5.2.1: the answer must come from where the check went.
        if (pair == null || !pair.address.equals(from) || !message.integrityMatches(remoteKey)) {
            return;
        }
        pair.waiting = false;
        pair.succeeded = true;
        pair.retryNs = FIRST_RETRY_NS;
        if (pair == selected) {
            consentNs = nowNs;
        }
        boolean nominated = controlling ? pair.nominate : pair.nominatedByServer;
        if (nominated) {
            select(pair, nowNs);
        } else if (controlling && nominating == null) {
            nominating = pair;
            pair.nominate = true;
            check(pair, nowNs, output);
            return;
        }
        pair.dueNs = nowNs + consentIntervalNs();
    }

    private void onError(PacketBuffer datagram, long nowNs, Output output) {
        Pair pair = answered(datagram);
        if (pair == null || message.errorCode() != ROLE_CONFLICT || !message.integrityMatches(remoteKey)) {
            return;
        }
        // RFC 8445 §7.2.5.1: the other role, and the check once more.
        controlling = !controlling;
        nominating = null;
        pairs.forEach(each -> each.nominate = false);
        check(pair, nowNs, output);
    }

    private Pair answered(PacketBuffer datagram) {
        byte[] id = new byte[12];
        datagram.getBytes(8, id, 0, id.length);
        for (Pair pair : pairs) {
            if (pair.waiting && Arrays.equals(pair.transactionId, id)) {
                return pair;
            }
        }
        return null;
    }

    private void select(Pair pair, long nowNs) {
        selected = pair;
        consentNs = nowNs;
    }

    private void check(Pair pair, long nowNs, Output output) {
        random.nextBytes(pair.transactionId);
        pair.waiting = true;
        writer.beginRequest(out, StunMessageWriter.BINDING_REQUEST, pair.transactionId).username(username)
                .priority((long) PEER_REFLEXIVE_PREFERENCE << 24 | 0xffffL << 8 | 255);
        if (controlling) {
            writer.iceControlling(tieBreaker);
            if (pair.nominate) {
                writer.useCandidate();
            }
        } else {
            writer.iceControlled(tieBreaker);
        }
        writer.messageIntegrity(remoteKey).fingerprint();
        pair.dueNs = nowNs + pair.retryNs;
        pair.retryNs = Math.min(MAX_RETRY_NS, pair.retryNs * 2);
        output.send(out, pair.address);
    }

    /** Sends the checks that are due. @return the next deadline */
    long onTime(long nowNs, Output output) {
        if (remote == null || failed) {
            return Long.MAX_VALUE;
        }
        failed = selected == null ? nowNs - startedNs > TIMEOUT_NS : nowNs - consentNs > CONSENT_TIMEOUT_NS;
        long nextNs = Long.MAX_VALUE;
        for (int i = 0; i < pairs.size(); i++) {
            Pair pair = pairs.get(i);
            // Once one pair carries the media, the others are asked no more (RFC 8445 §8.1.1).
            if (selected != null && pair != selected && pair != nominating) {
                continue;
            }
            if (pair.dueNs <= nowNs) {
                check(pair, nowNs, output);
            }
            nextNs = Math.min(nextNs, pair.dueNs);
        }
        return nextNs;
    }

    // RFC 7675 §5.1: 5 s, give or take a fifth, so that checks do not go out in step.
    private long consentIntervalNs() {
        return CONSENT_NS * 8 / 10 + random.nextInt((int) (CONSENT_NS / 1_000 * 4 / 10)) * 1_000L;
    }

    /** Priority of our one candidate as session descriptions state it. */
    static long hostPriority() {
        return (long) HOST_PREFERENCE << 24 | 0xffffL << 8 | 255;
    }
}
