// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.dtls.DtlsCertificate;
import org.nhipcau.sfu.ice.IceCredentials;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.peer.Output;
import org.nhipcau.sfu.peer.Path;
import org.nhipcau.sfu.peer.Peer;
import org.nhipcau.sfu.srtp.SrtpEngines;

/** A worker's directory with one peer at each address; the peers do nothing. */
public final class DirectoryStation implements Output {
    private final PeerDirectory directory = new PeerDirectory();

    public DirectoryStation(InetSocketAddress[] addresses) {
        SecureRandom random = new SecureRandom();
        DtlsCertificate certificate = DtlsCertificate.generate(random, Instant.now());
        for (InetSocketAddress address : addresses) {
            IceCredentials credentials = IceCredentials.random(random);
            Peer peer = new Peer("room", "peer", credentials, SfuConfig.DEFAULT, new WorkerCounters(), this,
                    (owner, remote) -> {
                        throw new IllegalStateException("nothing is to be sent to it");
                    }, SrtpEngines.best(), event -> { }, certificate.fingerprint(), random, 0);
            directory.addUfrag(credentials.ufragKey(), peer);
            directory.addAddress(address, peer);
        }
    }

    public Peer byAddress(InetSocketAddress address) {
        return directory.byAddress(address);
    }

    @Override
    public PacketBuffer begin(Path to) {
        throw new IllegalStateException("nothing is to be sent");
    }

    @Override
    public void commit(Path to) {
        throw new IllegalStateException("nothing is to be sent");
    }

    @Override
    public void onValidated(Peer peer, InetSocketAddress address) {
        throw new IllegalStateException("nothing is to be received");
    }

    @Override
    public void onFault(Peer peer, RuntimeException fault, long nowNs) {
        throw fault;
    }

    @Override
    public void onDataFault(RuntimeException fault) {
        throw fault;
    }
}
