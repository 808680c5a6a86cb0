// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import java.net.InetSocketAddress;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.ice.IceCredentials;
import org.nhipcau.sfu.ice.IceLiteAgent;
import org.nhipcau.sfu.ice.IceResult;
import org.nhipcau.sfu.ice.IceTimeouts;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;

/**
 * Answers the client's connectivity checks and knows from them who may be heard, where we send, and whether we may.
 *
 * <p>What follows for keys, media and the peer's state is the peer's to decide.
 *
 * <p>Spec: RFC 8445 (lite agent), RFC 7675 (consent). Thread: the worker's. Owns: the ICE agent.
 */
final class Connectivity {
    private final IceLiteAgent ice;
    private final WorkerCounters counters;
    private final Output output;
    private Path path;
    private boolean consented;

    Connectivity(IceCredentials credentials, IceTimeouts timeouts, WorkerCounters counters, Output output,
            long nowNs) {
        this.ice = new IceLiteAgent(credentials, timeouts, nowNs);
        this.counters = counters;
        this.output = output;
    }

    /** Begins an ICE restart with new local credentials. */
    void restart(IceCredentials credentials) {
        ice.restart(credentials);
    }

    /** @throws IllegalArgumentException for credentials of the wrong form */
    void setRemote(String ufrag, String pwd) {
        ice.setRemote(ufrag, pwd);
    }

    /** Answers a check where one is due. @return whether the address has proved itself */
    boolean answer(PacketBuffer request, InetSocketAddress from, long nowNs) {
        Path back = pathTo(from);
        PacketBuffer response = output.begin(back);
        IceResult result = ice.handle(request, from, nowNs, response);
        if (result != IceResult.RESPOND) {
            if (result != IceResult.IGNORED) {
                counters.drop(result == IceResult.DROP_MALFORMED
                        ? DropReason.STUN_MALFORMED : DropReason.STUN_UNAUTHENTICATED);
            }
            return false;
        }
        counters.increment(Counter.STUN_RESPONSES_OUT);
        output.commit(back);
        return ice.isValidated(from);
    }

    /** The address has proved itself lately. */
    boolean validated(InetSocketAddress address) {
        return ice.isValidated(address);
    }

    /** We may send: there is a selected path, and the client has checked it lately. */
    boolean consented() {
        return consented;
    }

    /** Takes note of consent after a check. @return whether it is given anew */
    boolean regainConsent(long nowNs) {
        if (consented || ice.isConsentExpired(nowNs)) {
            return false;
        }
        consented = true;
        return true;
    }

    /** Takes note of the end of consent. @return whether it ends now */
    boolean loseConsent(long nowNs) {
        if (!consented || !ice.isConsentExpired(nowNs)) {
            return false;
        }
        consented = false;
        return true;
    }

    /** Nobody has connected in time. */
    boolean timedOut(long nowNs) {
        return ice.isTimedOut(nowNs);
    }

    /** The client has not been heard of for long enough to be called away. */
    boolean disconnected(long nowNs) {
        return ice.isDisconnected(nowNs);
    }

    /** The client has been away for longer than it is waited for. */
    boolean gone(long nowNs) {
        return ice.isGone(nowNs);
    }

    /** Time passes: old credentials and addresses end. */
    void onTimer(long nowNs) {
        if (nowNs - ice.nextDeadlineNs() >= 0) {
            ice.onDeadline(nowNs);
        }
    }

    /** Room for a datagram on the selected path, as {@link Output#begin}; only where {@link #consented}. */
    PacketBuffer begin() {
        return output.begin(pathTo(ice.selected()));
    }

    /** The packet last begun is complete. */
    void commit() {
        output.commit(path);
    }

    // Nearly always the same one: the selected address changes with a handover only.
    private Path pathTo(InetSocketAddress address) {
        if (path != null && (path.address() == address || path.address().equals(address))) {
            return path;
        }
        Path way = new Path(address);
        if (address.equals(ice.selected())) {
            path = way;
        }
        return way;
    }
}
