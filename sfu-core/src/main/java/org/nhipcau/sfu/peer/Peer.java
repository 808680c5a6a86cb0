// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import java.net.InetSocketAddress;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.api.RemoteTransport;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.dtls.DtlsEndpoint;
import org.nhipcau.sfu.ice.IceCredentials;
import org.nhipcau.sfu.ice.IceTimeouts;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.route.MediaEndpoint;
import org.nhipcau.sfu.route.PacketSink;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.srtp.SrtpEngine;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;
import org.nhipcau.sfu.srtp.SrtpResult;
import org.nhipcau.sfu.srtp.SrtpTransform;

/**
 * One participant's transport: brings it up and down (ICE, DTLS, SRTP and SCTP) and leads each packet through.
 *
 * <p>Order of trust: a datagram may act only as far as it has proved itself. STUN must be authenticated; DTLS and media
 * must come from an address that an authenticated check validated; media must pass SRTP. Nothing is sent to an address
 * that has not been validated.
 *
 * <p>Thread: the worker's. Owns: its connectivity, the DTLS endpoint, the SRTP session.
 */
public final class Peer implements PacketSink {
    private final String roomId;
    private final String id;
    private final SfuConfig config;
    private final WorkerCounters counters;
    private final Output output;
    private final DtlsStarter dtlsStarter;
    private final Consumer<MediaEvent> events;
    private final SrtpEngine srtpEngine;
    private final Fingerprint fingerprint;
    private final Connectivity connectivity;
    private final RtpPacketFlyweight rtp = new RtpPacketFlyweight();
    private final PeerData data;

    private MediaEndpoint media;
    private RemoteTransport remote;
    private DtlsEndpoint dtls;
    private SrtpTransform srtp;
    private PeerState state = PeerState.NEW;
    private long nextMediaTimerNs;
    private boolean mediaTouched;
    private boolean silenced;

    public Peer(String roomId, String id, IceCredentials credentials, SfuConfig config, WorkerCounters counters,
            Output output, DtlsStarter dtlsStarter, SrtpEngine srtpEngine, Consumer<MediaEvent> events,
            Fingerprint fingerprint, RandomGenerator random, long nowNs) {
        this.roomId = roomId;
        this.id = id;
        this.config = config;
        this.counters = counters;
        this.output = output;
        this.dtlsStarter = dtlsStarter;
        this.srtpEngine = srtpEngine;
        this.events = events;
        this.fingerprint = fingerprint;
        this.connectivity = new Connectivity(credentials, IceTimeouts.of(config), counters, output, nowNs);
        this.nextMediaTimerNs = nowNs;
        this.data = new PeerData(roomId, id, counters, events, random, output::onDataFault);
    }

    /** The room it belongs to. */
    public String roomId() {
        return roomId;
    }

    /** Unique in its room. */
    public String id() {
        return id;
    }

    /** Of the certificate that this transport presents. */
    public Fingerprint fingerprint() {
        return fingerprint;
    }

    public PeerState state() {
        return state;
    }

    /** Its media; set once, right after construction (the endpoint needs the peer as its sink). */
    public MediaEndpoint media() {
        return media;
    }

    /** What it carries beside media. */
    public PeerData data() {
        return data;
    }

    public void attach(MediaEndpoint endpoint) {
        media = endpoint;
    }

    /** Begins an ICE restart with new local credentials. */
    public void restartIce(IceCredentials credentials) {
        connectivity.restart(credentials);
    }

    /** Takes the remote side's transport, first or anew; see {@code MediaCommand.ConfigurePeer}. */
    public MediaReply configure(RemoteTransport newRemote) {
        boolean changed = remote != null && (!remote.fingerprints().equals(newRemote.fingerprints())
                || remote.localRole() != newRemote.localRole());
        if (changed && dtls != null) {
            return new MediaReply.Refused(Reason.CONFLICT, "fingerprint or DTLS role changed on a running transport");
        }
        if (newRemote.fingerprints().isEmpty()) {
            return new MediaReply.Refused(Reason.INVALID, "no fingerprint");
        }
        try {
            connectivity.setRemote(newRemote.iceUfrag(), newRemote.icePwd());
        } catch (IllegalArgumentException wrong) {
            return new MediaReply.Refused(Reason.INVALID, "ICE user name fragment or password of the wrong form");
        }
        remote = newRemote;
        return new MediaReply.Done();
    }

    /** One datagram that the directory found to be for this peer. The caller keeps the buffer. */
    public void onDatagram(PacketBuffer datagram, DatagramKind kind, InetSocketAddress from, long nowNs) {
        if (isOver()) {
            counters.drop(DropReason.NOT_CONNECTED);
            return;
        }
        switch (kind) {
            case RTP -> onRtp(datagram, from, nowNs);
            case RTCP -> onRtcp(datagram, from, nowNs);
            case STUN -> onStun(datagram, from, nowNs);
            case DTLS -> onDtls(datagram, from);
            case UNKNOWN -> counters.drop(DropReason.UNKNOWN_PROTOCOL);
        }
    }

    private void onRtp(PacketBuffer packet, InetSocketAddress from, long nowNs) {
        if (!mayCarryMedia(from)) {
            return;
        }
        if (!rtp.wrap(packet)) {
            counters.drop(DropReason.RTP_MALFORMED);
            return;
        }
        SrtpResult result = srtp.unprotectRtp(packet, rtp.headerLength());
        if (result == SrtpResult.OK) {
            mediaTouched = true;
            media.onRtp(packet, nowNs);
        } else {
            counters.drop(SrtpDrops.reason(result, DropReason.RTP_MALFORMED));
        }
    }

    private void onRtcp(PacketBuffer packet, InetSocketAddress from, long nowNs) {
        if (!mayCarryMedia(from)) {
            return;
        }
        SrtpResult result = srtp.unprotectRtcp(packet);
        if (result == SrtpResult.OK) {
            mediaTouched = true;
            media.onRtcp(packet, nowNs);
        } else {
            counters.drop(SrtpDrops.reason(result, DropReason.RTCP_MALFORMED));
        }
    }

    private boolean mayCarryMedia(InetSocketAddress from) {
        if (srtp == null) {
            counters.drop(DropReason.NOT_CONNECTED);
            return false;
        }
        if (!connectivity.validated(from)) {
            counters.drop(DropReason.WRONG_PATH);
            return false;
        }
        return true;
    }

    private void onStun(PacketBuffer request, InetSocketAddress from, long nowNs) {
        counters.increment(Counter.STUN_REQUESTS_IN);
        if (remote == null) {
            counters.drop(DropReason.STUN_UNAUTHENTICATED);
        } else if (connectivity.answer(request, from, nowNs)) {
            output.onValidated(this, from);
            onCheckPassed(nowNs);
        }
    }

    private void onCheckPassed(long nowNs) {
        if (connectivity.regainConsent(nowNs) && srtp != null) {
            media.onConnected(nowNs);
        }
        if (dtls == null) {
            dtls = dtlsStarter.create(this, remote);
            data.attach(dtls, remote.localRole());
            counters.increment(Counter.DTLS_HANDSHAKES_STARTED);
            changeState(PeerState.CONNECTING, PeerFailure.NONE);
            dtls.start();
        } else if (state == PeerState.DISCONNECTED && !connectivity.disconnected(nowNs)) {
            changeState(PeerState.CONNECTED, PeerFailure.NONE);
        }
    }

    private void onDtls(PacketBuffer record, InetSocketAddress from) {
        if (dtls == null || !connectivity.validated(from)) {
            counters.drop(DropReason.DTLS_NOT_VALIDATED);
        } else if (!dtls.offer(record)) {
            counters.drop(DropReason.DTLS_OVERFLOW);
        }
    }

    /** The handshake thread has something for the remote side. */
    public void sendDtls(byte[] datagram) {
        if (silenced || !connectivity.consented()) {
            return;
        }
        connectivity.begin().setBytes(datagram, 0, datagram.length);
        connectivity.commit();
    }

    /** The handshake finished; keys for both directions are installed at once. */
    public void onDtlsConnected(SrtpKeyMaterial keys, long nowNs) {
        if (isOver()) {
            return;
        }
        counters.increment(Counter.DTLS_HANDSHAKES_FINISHED);
        srtp = SrtpTransform.create(srtpEngine, keys, config.maxSsrcsPerPeer(), media::expects);
        changeState(PeerState.CONNECTED, PeerFailure.NONE);
        if (connectivity.consented()) {
            media.onConnected(nowNs);
        }
        mediaTouched = true;
    }

    /** The handshake failed or the association ended: nothing is sent or taken from now on. */
    public void onDtlsEnded(PeerFailure failure, long nowNs) {
        end(failure == PeerFailure.REMOTE_CLOSED ? PeerState.CLOSED : PeerState.FAILED, failure, nowNs);
    }

    /** Time passes: ICE and consent deadlines, then the media's timers where due. */
    public void onTimer(long nowNs) {
        if (isOver()) {
            return;
        }
        checkConnectivity(nowNs);
        media.release(nowNs);
        if (!isOver() && (mediaTouched || nowNs - nextMediaTimerNs >= 0)) {
            mediaTouched = false;
            nextMediaTimerNs = media.onTimer(nowNs);
        }
        // Last of all: sound and pictures that were due have left.
        if (ready()) {
            data.onTimer(media, nowNs);
        }
    }

    private void checkConnectivity(long nowNs) {
        if (connectivity.timedOut(nowNs)) {
            end(PeerState.FAILED, PeerFailure.ICE_TIMEOUT, nowNs);
        } else if (connectivity.gone(nowNs)) {
            end(PeerState.FAILED, PeerFailure.CONSENT_EXPIRED, nowNs);
        } else if (state == PeerState.CONNECTED && connectivity.disconnected(nowNs)) {
            changeState(PeerState.DISCONNECTED, PeerFailure.NONE);
        }
        if (connectivity.loseConsent(nowNs)) {
            // Silence, with all keys and numbers kept: whoever comes back goes on where it was.
            media.onDisconnected(nowNs);
        }
        connectivity.onTimer(nowNs);
    }

    /** Ends the transport by command; tells the remote side by close_notify where DTLS is up. */
    public void close(long nowNs) {
        end(PeerState.CLOSED, PeerFailure.NONE, nowNs);
    }

    /** A fault of the node hit this peer: it alone is closed. */
    public void fail(long nowNs) {
        end(PeerState.FAILED, PeerFailure.INTERNAL, nowNs);
    }

    private void end(PeerState last, PeerFailure failure, long nowNs) {
        if (isOver()) {
            return;
        }
        data.close();
        if (dtls != null) {
            counters.drop(DropReason.DTLS_FILTERED, dtls.filteredRecords());
            dtls.close();
        }
        // After an end of our own the farewell of DTLS still goes out; where consent is gone, nothing does.
        silenced = failure != PeerFailure.NONE && failure != PeerFailure.INTERNAL;
        changeState(last, failure);
        if (srtp != null) {
            srtp.close();
            srtp = null;
        }
        media.onDisconnected(nowNs);
    }

    private boolean isOver() {
        return state == PeerState.FAILED || state == PeerState.CLOSED;
    }

    private void changeState(PeerState next, PeerFailure failure) {
        if (state != next) {
            state = next;
            events.accept(new MediaEvent.PeerStateChanged(roomId, id, next, failure));
        }
    }

    // ---- PacketSink: what the media endpoint sends

    @Override
    public boolean ready() {
        return srtp != null && connectivity.consented();
    }

    @Override
    public PacketBuffer begin() {
        return connectivity.begin();
    }

    @Override
    public void sendRtp(PacketBuffer begun, int headerLength, long nowNs) {
        finish(srtp.protectRtp(begun, headerLength));
    }

    @Override
    public void sendRtp(PacketBuffer begun, int headerLength, PacketBuffer source, int from, int lengthBytes,
            long nowNs) {
        finish(srtp.protectRtp(begun, headerLength, source, from, lengthBytes));
    }

    @Override
    public void sendRtcp(PacketBuffer begun, long nowNs) {
        finish(srtp.protectRtcp(begun));
    }

    private void finish(SrtpResult result) {
        if (result == SrtpResult.OK) {
            connectivity.commit();
        } else {
            counters.drop(DropReason.SEND_FAILED);
        }
    }

    @Override
    public void onFault(RuntimeException fault, long nowNs) {
        output.onFault(this, fault, nowNs);
    }
}
