// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import java.security.MessageDigest;
import java.util.List;
import java.util.random.RandomGenerator;
import org.nhipcau.sfu.sctp.receive.Receiver;
import org.nhipcau.sfu.sctp.wire.ChunkType;
import org.nhipcau.sfu.sctp.wire.InitChunk;
import org.nhipcau.sfu.sctp.wire.PacketWriter;

/**
 * Opens an association, whoever begins, also both at once.
 *
 * <pre>
 *  CLOSED --start--&gt; COOKIE_WAIT --INIT ACK--&gt; COOKIE_ECHOED --COOKIE ACK--&gt; DONE
 *     |                   |                          |                        ^
 *     '--INIT: INIT ACK---+--------------------------'---- COOKIE ECHO -------'
 * </pre>
 *
 * <p>The cookie of RFC 9260 §5.1.3 lets a server forget a stranger whose address may be forged. Here there is one
 * association for each DTLS transport, whose other end has proved its certificate and its address before: so what its
 * INIT said is simply kept, and the cookie is eight random bytes that show that our INIT ACK arrived. Our own tag and
 * first number are the same for whatever handshake comes to an end, which makes the collision of two INITs (§5.2.1,
 * §5.2.4 B and D) need no further rule.
 *
 * <p>Spec: RFC 9260 §5. Thread: the association's.
 */
final class Handshake {
    /** Where the handshake stands. */
    enum Step { CLOSED, COOKIE_WAIT, COOKIE_ECHOED, DONE }

    static final long FIRST_RESEND_NS = 1_000_000_000L;
    private static final long LAST_RESEND_NS = 10_000_000_000L;
    /** After these we wait for the other side's. */
    private static final int MAX_RESENDS = 8;
    private static final int COOKIE_BYTES = 8;

    private final int localTag;
    private final int localTsn;
    private final byte[] cookie = new byte[COOKIE_BYTES];
    private Step step = Step.CLOSED;
    /** Of the last INIT that came. */
    private InitChunk caller;
    /** Of the INIT ACK that came. */
    private InitChunk answerer;
    private boolean initDue;
    private boolean initAckDue;
    private boolean cookieEchoDue;
    private boolean cookieAckDue;
    private int resends;
    private long resendNs;

    Handshake(RandomGenerator random) {
        int tag;
        do {
            tag = random.nextInt();
        } while (tag == 0);
        localTag = tag;
        localTsn = random.nextInt();
        random.nextBytes(cookie);
    }

    int localTag() {
        return localTag;
    }

    int localTsn() {
        return localTsn;
    }

    Step step() {
        return step;
    }

    boolean done() {
        return step == Step.DONE;
    }

    /** Tag of the other side as far as it is known; 0: not yet. */
    int peerTag() {
        return answerer != null ? answerer.tag() : 0;
    }

    /** Begins by our own INIT, unless something has begun already. */
    void start(long nowNs) {
        if (step == Step.CLOSED) {
            step = Step.COOKIE_WAIT;
            initDue = true;
            resends = 0;
            resendNs = nowNs + FIRST_RESEND_NS;
        }
    }

    /** @return false when this would be a restart of what is established, which is refused */
    boolean onInit(InitChunk init) {
        if (step == Step.DONE) {
            // One that was late on its way asks for nothing.
            return init.tag() == answerer.tag();
        }
        caller = init;
        initAckDue = true;
        return true;
    }

    /** @return false when it has no cookie */
    boolean onInitAck(InitChunk init, long nowNs) {
        if (step != Step.COOKIE_WAIT) {
            return true;
        }
        if (init.cookie() == null) {
            return false;
        }
        answerer = init;
        step = Step.COOKIE_ECHOED;
        initDue = false;
        cookieEchoDue = true;
        resends = 0;
        resendNs = nowNs + FIRST_RESEND_NS;
        return true;
    }

    /** @return what the other side said of itself when this establishes the association, else null */
    InitChunk onCookieEcho(byte[] echoed) {
        if (caller == null || !MessageDigest.isEqual(cookie, echoed)) {
            return null;
        }
        cookieAckDue = true;
        return finish(caller);
    }

    /** @return what the other side said of itself when this establishes the association, else null */
    InitChunk onCookieAck() {
        return step == Step.COOKIE_ECHOED ? finish(answerer) : null;
    }

    private InitChunk finish(InitChunk peer) {
        if (step == Step.DONE) {
            return null;
        }
        step = Step.DONE;
        answerer = peer;
        initDue = false;
        initAckDue = false;
        cookieEchoDue = false;
        return peer;
    }

    /** The other side refuses. */
    void onRefused() {
        step = Step.CLOSED;
        answerer = null;
        initDue = false;
        cookieEchoDue = false;
    }

    long deadlineNs() {
        return step == Step.COOKIE_WAIT || step == Step.COOKIE_ECHOED ? resendNs : Long.MAX_VALUE;
    }

    /** T1 (§5.1). */
    void onTimer(long nowNs) {
        if (deadlineNs() == Long.MAX_VALUE || nowNs - resendNs < 0) {
            return;
        }
        if (++resends > MAX_RESENDS) {
            onRefused();
            return;
        }
        resendNs = nowNs + Math.min(LAST_RESEND_NS, FIRST_RESEND_NS << resends);
        initDue = step == Step.COOKIE_WAIT;
        cookieEchoDue = step == Step.COOKIE_ECHOED;
    }

    /** Begins and fills a packet that holds nothing but an INIT or an INIT ACK. @return false: there is none */
    boolean writeAlone(PacketWriter out, int localPort, int remotePort) {
        if (initAckDue) {
            initAckDue = false;
            out.begin(localPort, remotePort, caller.tag());
            own(cookie, caller.unknown()).write(out);
            return true;
        }
        if (initDue) {
            initDue = false;
            out.begin(localPort, remotePort, 0);
            own(null, List.of()).write(out);
            return true;
        }
        return false;
    }

    private InitChunk own(byte[] stateCookie, List<byte[]> unknown) {
        return new InitChunk(localTag, Receiver.MAX_ANNOUNCED_BYTES, localTsn, stateCookie, true, true, unknown);
    }

    /** Writes COOKIE ECHO or COOKIE ACK in front of all else. */
    void write(PacketWriter out) {
        if (cookieEchoDue) {
            cookieEchoDue = false;
            out.beginChunk(ChunkType.COOKIE_ECHO, 0);
            out.putBytes(answerer.cookie(), 0, answerer.cookie().length);
            out.endChunk();
        }
        if (cookieAckDue && step == Step.DONE) {
            cookieAckDue = false;
            out.beginChunk(ChunkType.COOKIE_ACK, 0);
            out.endChunk();
        }
    }
}
