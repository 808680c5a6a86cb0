// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.RemoteTransport;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.dtls.DtlsCertificate;
import org.nhipcau.sfu.dtls.DtlsEndpoint;
import org.nhipcau.sfu.dtls.DtlsListener;
import org.nhipcau.sfu.ice.CheckBuilder;
import org.nhipcau.sfu.ice.IceCredentials;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.route.ForwardQueue;
import org.nhipcau.sfu.route.Room;
import org.nhipcau.sfu.srtp.SrtpEngines;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;
import org.nhipcau.sfu.srtp.SrtpProfile;

/** Stands in for the worker and the client of one peer, whose handshake ends when the test says so. */
abstract class PeerFixture implements Output {
    static final long SECOND_NS = 1_000_000_000L;

    final IceCredentials local = IceCredentials.random(new SecureRandom());
    final IceCredentials remote = IceCredentials.random(new SecureRandom());
    final WorkerCounters counters = new WorkerCounters();
    final List<MediaEvent> events = new ArrayList<>();
    final List<InetSocketAddress> sentTo = new ArrayList<>();
    final List<RuntimeException> dataFaults = new ArrayList<>();
    final DtlsCertificate certificate = DtlsCertificate.generate(new SecureRandom(), Instant.now());
    final SrtpProfile profile = SrtpProfile.PREFERENCE.getFirst();
    int dtlsStarts;
    /** From now on the association's numbers cannot be drawn. */
    boolean dataIsBroken;
    private final CheckBuilder checks = new CheckBuilder(local, remote.ufrag());
    private final Random random = new Random(2);
    private final RandomGenerator numbers = () -> {
        if (dataIsBroken) {
            throw new IllegalStateException();
        }
        return random.nextLong();
    };
    final Peer peer = new Peer("room", "p", local, SfuConfig.DEFAULT, counters, this,
            (owner, transport) -> {
                dtlsStarts++;
                return new DtlsEndpoint(DtlsRole.SERVER, certificate, transport.fingerprints(), 60_000,
                        datagram -> { }, new Deaf());
            },
            SrtpEngines.best(), events::add, certificate.fingerprint(), numbers, 0);

    PeerFixture() {
        Room room = new Room("room", SfuConfig.DEFAULT, counters, new ForwardQueue(), events::add, new Random(1));
        peer.attach(room.openEndpoint("p", "p", peer));
    }

    private static final class Deaf implements DtlsListener {
        @Override
        public void onConnected(SrtpKeyMaterial keys) { }

        @Override
        public void onFailed(PeerFailure failure) { }

        @Override
        public void onClosed(PeerFailure failure) { }
    }

    @Override
    public PacketBuffer begin(Path to) {
        return PacketBuffer.allocate();
    }

    @Override
    public void commit(Path to) {
        sentTo.add(to.address());
    }

    @Override
    public void onFault(Peer owner, RuntimeException fault, long nowNs) {
        throw fault;
    }

    @Override
    public void onDataFault(RuntimeException fault) {
        if (!dataIsBroken) {
            throw fault;
        }
        dataFaults.add(fault);
    }

    @Override
    public void onValidated(Peer owner, InetSocketAddress address) { }

    final void check(boolean nominate, InetSocketAddress from, long nowNs) {
        peer.onDatagram(checks.check(nominate), DatagramKind.STUN, from, nowNs);
    }

    /** The client's description comes. */
    final void configure(IceCredentials theirs) {
        assertEquals(new MediaReply.Done(), peer.configure(new RemoteTransport(theirs.ufrag(), theirs.pwd(),
                List.of(certificate.fingerprint()), DtlsRole.SERVER)));
    }

    /** All at the beginning: description, check, handshake. */
    final void connect(InetSocketAddress from) {
        configure(remote);
        check(true, from, 0);
        peer.onDtlsConnected(SrtpKeyMaterial.ofExported(profile, new byte[profile.exportedBytes()], true), 0);
    }

    final List<PeerState> states() {
        return events.stream().filter(MediaEvent.PeerStateChanged.class::isInstance)
                .map(event -> ((MediaEvent.PeerStateChanged) event).state()).toList();
    }
}
