// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.security.SecureRandom;
import java.util.List;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.IceCandidate;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.dtls.DtlsCertificate;
import org.nhipcau.sfu.dtls.DtlsEndpoint;
import org.nhipcau.sfu.ice.IceCredentials;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.peer.Output;
import org.nhipcau.sfu.peer.Peer;
import org.nhipcau.sfu.route.PathRecord;
import org.nhipcau.sfu.srtp.SrtpEngine;

/**
 * Opens and closes the peers of a worker's rooms: gives each its ICE credentials, its certificate and its place in the
 * directory.
 *
 * <p>Thread: the worker's.
 */
final class WorkerPeers {
    private final SfuConfig config;
    private final WorkerCounters counters;
    private final WorkerEvents events;
    private final MediaWorkerProxy proxy;
    private final Output output;
    private final PeerDirectory directory;
    private final WorkerLoad load;
    private final List<IceCandidate> candidates;
    private final DtlsIdentity identity;
    private final SrtpEngine srtpEngine;
    private final SecureRandom secureRandom;

    /**
     * @param proxy where handshake threads bring what they have for the worker
     * @param output what the peers ask of the worker
     * @param candidates what clients are told of the worker's port
     */
    WorkerPeers(SfuConfig config, WorkerCounters counters, WorkerEvents events, MediaWorkerProxy proxy, Output output,
            PeerDirectory directory, WorkerLoad load, List<IceCandidate> candidates, DtlsIdentity identity,
            SrtpEngine srtpEngine, SecureRandom secureRandom) {
        this.config = config;
        this.counters = counters;
        this.events = events;
        this.proxy = proxy;
        this.output = output;
        this.directory = directory;
        this.load = load;
        this.candidates = List.copyOf(candidates);
        this.identity = identity;
        this.srtpEngine = srtpEngine;
        this.secureRandom = secureRandom;
    }

    /** A new transport of a participant of the room; its id is free. */
    MediaReply open(WorkerRoom room, MediaCommand.OpenPeer command, long nowNs) {
        IceCredentials credentials = newCredentials();
        DtlsCertificate certificate = identity.current();
        Peer peer = new Peer(command.roomId(), command.peerId(), credentials, config, counters, output,
                (owner, remote) -> new DtlsEndpoint(remote.localRole(), certificate, remote.fingerprints(),
                        config.dtlsTimeoutMs(), proxy.dtlsOutput(owner), proxy.dtlsListener(owner)),
                srtpEngine, events, certificate.fingerprint(), secureRandom, nowNs);
        peer.attach(room.media.openEndpoint(command.peerId(), command.participantId(), peer));
        if (command.history().known()) {
            peer.media().warmStart(PathRecord.toWarmStart(command.history()));
        }
        room.peers.put(command.peerId(), peer);
        directory.addUfrag(credentials.ufragKey(), peer);
        load.addPeers(1);
        return new MediaReply.PeerOpened(local(credentials, certificate.fingerprint()));
    }

    MediaReply close(WorkerRoom room, String peerId, long nowNs) {
        Peer peer = room.peers.remove(peerId);
        if (peer != null) {
            peer.close(nowNs);
            room.media.closeEndpoint(peer.media(), nowNs);
            directory.remove(peer);
            load.addPeers(-1);
        }
        return new MediaReply.Done();
    }

    MediaReply restartIce(Peer peer) {
        IceCredentials credentials = newCredentials();
        peer.restartIce(credentials);
        directory.addUfrag(credentials.ufragKey(), peer);
        return new MediaReply.PeerOpened(local(credentials, peer.fingerprint()));
    }

    private IceCredentials newCredentials() {
        IceCredentials credentials;
        do {
            credentials = IceCredentials.random(secureRandom);
        } while (directory.knowsUfrag(credentials.ufragKey()));
        return credentials;
    }

    private LocalTransport local(IceCredentials credentials, Fingerprint fingerprint) {
        return new LocalTransport(credentials.ufrag(), credentials.pwd(), fingerprint, candidates);
    }
}
