// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.ice;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.stun.StunIntegrity;
import org.nhipcau.sfu.stun.StunMessageFlyweight;
import org.nhipcau.sfu.stun.StunMessageWriter;

/**
 * Answers a client's connectivity checks and decides from them alone where packets of its transport go.
 *
 * <p>The role is always controlled. The first address that passes a check may carry DTLS; from then on only an
 * authenticated check with USE-CANDIDATE moves the transport to another address. After an ICE restart the address stays
 * until a check under the new credentials nominates one, and checks under the old credentials nominate no more.
 *
 * <p>Spec: RFC 8445 §7.3, §8.2, §9; RFC 7675. Thread: the peer's worker. Owns: its credentials' keys.
 */
public final class IceLiteAgent {
    /** How long old local credentials live on after the first check with the new ones. */
    public static final long OLD_CREDENTIALS_NS = 5_000_000_000L;
    /** What {@link #nextDeadlineNs()} answers when nothing is due. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    private static final byte[] BAD_REQUEST = "Bad Request".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UNKNOWN_ATTRIBUTE = "Unknown Attribute".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ROLE_CONFLICT = "Role Conflict".getBytes(StandardCharsets.US_ASCII);

    /** Local credentials with their key, and how many restarts came before them. */
    private static final class LocalKey {
        final IceCredentials credentials;
        final byte[] ufrag;
        final StunIntegrity integrity;
        final int generation;

        LocalKey(IceCredentials credentials, int generation) {
            this.credentials = credentials;
            this.generation = generation;
            ufrag = credentials.ufrag().getBytes(StandardCharsets.US_ASCII);
            integrity = new StunIntegrity(credentials.pwd());
        }
    }

    private final IceTimeouts timeouts;
    private final StunMessageFlyweight stun = new StunMessageFlyweight();
    private final StunMessageWriter writer = new StunMessageWriter();
    private final ValidatedAddresses validated = new ValidatedAddresses();
    private final long openedNs;
    private LocalKey local;
    private LocalKey previous;
    private boolean previousExpires;
    private long previousExpiresNs;
    private IceCredentials remote;
    private InetSocketAddress selected;
    private boolean selectedChanged;
    private boolean nominated;
    private int nominatedGeneration;
    private long lastDeadlineNs;

    /** @param local credentials that the client learns from our session description */
    public IceLiteAgent(IceCredentials local, IceTimeouts timeouts, long nowNs) {
        this.local = new LocalKey(local, 0);
        this.timeouts = timeouts;
        openedNs = nowNs;
        lastDeadlineNs = nowNs;
    }

    /**
     * Notes the client's credentials. A lite agent sends no checks and so never needs them to authenticate: a check is
     * accepted when it proves knowledge of our password, whatever generation of the client's fragment it names. That
     * lets the checks of a restart overtake the description that announces it.
     *
     * @return whether this is an ICE restart: there were others before
     * @throws IllegalArgumentException for values of the wrong form
     */
    public boolean setRemote(String ufrag, String pwd) {
        IceCredentials credentials = new IceCredentials(ufrag, pwd);
        boolean restart = remote != null && !remote.ufrag().equals(ufrag);
        remote = credentials;
        return restart;
    }

    /** The local credentials of the current generation. */
    public IceCredentials local() {
        return local.credentials;
    }

    /** The local credentials of the generation before, while checks with them are still taken; else null. */
    public IceCredentials previousLocal() {
        return previous == null ? null : previous.credentials;
    }

    /**
     * Takes new local credentials for an ICE restart. The ones used until now stay valid until 5 s after the first
     * check with the new ones.
     *
     * @return credentials that end at once, because this is the second restart in a row; null when there are none
     */
    public IceCredentials restart(IceCredentials newLocal) {
        IceCredentials dropped = previousLocal();
        previous = local;
        previousExpires = false;
        local = new LocalKey(newLocal, previous.generation + 1);
        return dropped;
    }

    /**
     * Handles one datagram that looks like STUN. What is not authenticated changes nothing, whatever it says.
     *
     * @param from source address of the datagram
     * @param response another buffer than the request's; filled exactly when the result is {@link IceResult#RESPOND}
     */
    public IceResult handle(PacketBuffer request, InetSocketAddress from, long nowNs, PacketBuffer response) {
        selectedChanged = false;
        if (!stun.wrap(request) || !stun.fingerprintMatches()) {
            return IceResult.DROP_MALFORMED;
        }
        if (!stun.isBindingRequest()) {
            return IceResult.IGNORED;
        }
        LocalKey key = keyOfRequest(nowNs);
        if (key == null || !stun.integrityMatches(key.integrity)) {
            return IceResult.DROP_UNAUTHENTICATED;
        }
        if (stun.unknownCount() > 0) {
            begin(response, request, StunMessageWriter.BINDING_ERROR).errorCode(420, UNKNOWN_ATTRIBUTE)
                    .unknownAttributes(stun);
        } else if (!stun.hasPriority()) {
            begin(response, request, StunMessageWriter.BINDING_ERROR).errorCode(400, BAD_REQUEST);
        } else if (stun.hasIceControlled()) {
            begin(response, request, StunMessageWriter.BINDING_ERROR).errorCode(487, ROLE_CONFLICT);
        } else {
            accept(key, from, nowNs);
            begin(response, request, StunMessageWriter.BINDING_SUCCESS).xorMappedAddress(from);
        }
        writer.messageIntegrity(key.integrity).fingerprint();
        return IceResult.RESPOND;
    }

    private StunMessageWriter begin(PacketBuffer response, PacketBuffer request, int messageType) {
        return writer.beginResponse(response, messageType, request);
    }

    private LocalKey keyOfRequest(long nowNs) {
        if (stun.localUfragEquals(local.ufrag)) {
            return local;
        }
        boolean old = previous != null && !(previousExpires && nowNs - previousExpiresNs >= 0)
                && stun.localUfragEquals(previous.ufrag);
        return old ? previous : null;
    }

    private void accept(LocalKey key, InetSocketAddress from, long nowNs) {
        if (key == local && previous != null && !previousExpires) {
            previousExpires = true;
            previousExpiresNs = nowNs + OLD_CREDENTIALS_NS;
        }
        validated.noteCheck(from, selected, nowNs);
        validated.expire(selected, timeouts.consentNs(), nowNs);
        if (selected == null) {
            selected = from;
            selectedChanged = true;
        }
        if (stun.useCandidate() && key.generation >= nominatedGeneration) {
            nominated = true;
            nominatedGeneration = key.generation;
            if (!selected.equals(from)) {
                selected = from;
                selectedChanged = true;
            }
        }
    }

    /** Whether the last {@link #handle} chose another address to send to, or the first. */
    public boolean selectedChanged() {
        return selectedChanged;
    }

    /** Where packets go: the nominated remote address, before that the first validated one; null before any. */
    public InetSocketAddress selected() {
        return selected;
    }

    /** Whether the client has nominated the selected address, or one before it. */
    public boolean isNominated() {
        return nominated;
    }

    /** Whether an authenticated check came from an address lately: nothing but STUN is read from any other. */
    public boolean isValidated(InetSocketAddress address) {
        return validated.contains(address);
    }

    /** When the last authenticated check came on the selected path; the time of opening before any. */
    public long lastCheckNs() {
        return selected == null ? openedNs : validated.lastCheckNs(selected);
    }

    /** No authenticated check came within the time to connect. */
    public boolean isTimedOut(long nowNs) {
        return selected == null && nowNs - openedNs >= timeouts.connectNs();
    }

    /** The selected path has been without a check for long enough to call it disconnected. */
    public boolean isDisconnected(long nowNs) {
        return selected != null && nowNs - lastCheckNs() >= timeouts.disconnectedNs();
    }

    /**
     * Consent to send on the selected path is over: nothing may be sent. The next authenticated check that the client
     * selects a path with gives consent anew: it proves the same as the first one did.
     */
    public boolean isConsentExpired(long nowNs) {
        return selected != null && nowNs - lastCheckNs() >= timeouts.consentNs();
    }

    /** The client has been gone for longer than it is waited for. */
    public boolean isGone(long nowNs) {
        return selected != null && nowNs - lastCheckNs() >= timeouts.holdNs();
    }

    /**
     * When to call {@link #onDeadline} next: the earliest moment, after the last such call, at which an answer
     * above changes or old credentials end. {@link #NO_DEADLINE} when nothing is due.
     */
    public long nextDeadlineNs() {
        long next = NO_DEADLINE;
        if (selected == null) {
            next = earlier(next, openedNs + timeouts.connectNs());
        } else {
            next = earlier(next, lastCheckNs() + timeouts.disconnectedNs());
            next = earlier(next, lastCheckNs() + timeouts.consentNs());
            next = earlier(next, lastCheckNs() + timeouts.holdNs());
        }
        return previous != null && previousExpires ? earlier(next, previousExpiresNs) : next;
    }

    private long earlier(long next, long candidateNs) {
        long wait = candidateNs - lastDeadlineNs;
        return wait > 0 && (next == NO_DEADLINE || wait < next - lastDeadlineNs) ? candidateNs : next;
    }

    /**
     * Lets time pass: ends old credentials and forgets addresses that lost consent.
     *
     * @return the credentials that ended now, to be taken out of the directory; null when there are none
     */
    public IceCredentials onDeadline(long nowNs) {
        lastDeadlineNs = nowNs;
        validated.expire(selected, timeouts.consentNs(), nowNs);
        if (previous == null || !previousExpires || nowNs - previousExpiresNs < 0) {
            return null;
        }
        IceCredentials ended = previous.credentials;
        previous = null;
        return ended;
    }
}
