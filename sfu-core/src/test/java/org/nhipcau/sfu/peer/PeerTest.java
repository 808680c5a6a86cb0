// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.DataParameters;
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

class PeerTest implements Output {
    private static final long SECOND_NS = 1_000_000_000L;

    private final IceCredentials local = IceCredentials.random(new SecureRandom());
    private final IceCredentials remote = IceCredentials.random(new SecureRandom());
    private final WorkerCounters counters = new WorkerCounters();
    private final List<MediaEvent> events = new ArrayList<>();
    private final List<InetSocketAddress> sentTo = new ArrayList<>();
    private final List<RuntimeException> dataFaults = new ArrayList<>();
    private final DtlsCertificate certificate = DtlsCertificate.generate(new SecureRandom(), Instant.now());
    private final InetSocketAddress a = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1_001);
    private final InetSocketAddress b = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1_002);
    private boolean dataIsBroken;
    private final Random random = new Random(2);
    /** Of the association's numbers alone. */
    private final RandomGenerator numbers = () -> {
        if (dataIsBroken) {
            throw new IllegalStateException();
        }
        return random.nextLong();
    };
    private final Peer peer = new Peer("room", "p", local, SfuConfig.DEFAULT, counters, this,
            (owner, transport) -> new DtlsEndpoint(DtlsRole.SERVER, certificate, transport.fingerprints(), 60_000,
                    datagram -> { }, new Deaf()),
            SrtpEngines.best(), events::add, certificate.fingerprint(), numbers, 0);

    PeerTest() {
        Room room = new Room("room", SfuConfig.DEFAULT, counters, new ForwardQueue(), events::add,
                new Random(1));
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
        dataFaults.add(fault);
    }

    @Override
    public void onValidated(Peer owner, InetSocketAddress address) { }

    private void check(boolean nominate, InetSocketAddress from, long nowNs) {
        peer.onDatagram(new CheckBuilder(local, remote.ufrag()).check(nominate), DatagramKind.STUN, from, nowNs);
    }

    private void connect() {
        assertEquals(new MediaReply.Done(), peer.configure(new RemoteTransport(remote.ufrag(), remote.pwd(),
                List.of(certificate.fingerprint()), DtlsRole.SERVER)));
        check(true, a, 0);
        SrtpProfile profile = SrtpProfile.PREFERENCE.getFirst();
        peer.onDtlsConnected(SrtpKeyMaterial.ofExported(profile, new byte[profile.exportedBytes()], true), 0);
    }

    private List<PeerState> states() {
        return events.stream().filter(MediaEvent.PeerStateChanged.class::isInstance)
                .map(event -> ((MediaEvent.PeerStateChanged) event).state()).toList();
    }

    @Test
    void aFaultInTheDataShouldEndTheDataAlone() {
        dataIsBroken = true;
        assertEquals(new MediaReply.Done(), peer.data().configure(new DataParameters(5_000, 0, true)));
        connect();
        for (int tick = 1; tick < 10; tick++) {
            peer.onTimer(tick * 5_000_000L);
            peer.data().send(DataChannel.LOSSY, new byte[1], tick * 5_000_000L);
        }
        assertEquals(1, dataFaults.size());
        assertEquals(PeerState.CONNECTED, peer.state());
        peer.data().send(DataChannel.RELIABLE, new byte[1], 50_000_000);
        assertEquals(2, events.stream().filter(MediaEvent.DataLost.class::isInstance).count());
        peer.close(60_000_000);
        assertEquals(List.of(PeerState.CONNECTING, PeerState.CONNECTED, PeerState.CLOSED), states());
    }

    @Test
    void aChannelThatIsOpenedAgainAndAgainShouldBeToldOfOnce() {
        for (int i = 0; i < 3; i++) {
            peer.data().onOpened(DataChannel.RELIABLE);
            peer.data().onOpened(DataChannel.LOSSY);
        }
        assertEquals(List.of(new MediaEvent.DataOpened("room", "p", DataChannel.RELIABLE),
                new MediaEvent.DataOpened("room", "p", DataChannel.LOSSY)), events);
    }

    @Test
    void shouldStayDisconnectedWhileOnlyAnotherPathIsChecked() {
        connect();
        for (int second = 1; second < 20; second++) {
            peer.onTimer(second * SECOND_NS);
            check(false, b, second * SECOND_NS);
            peer.onTimer(second * SECOND_NS + 5_000_000);
        }
        assertEquals(List.of(PeerState.CONNECTING, PeerState.CONNECTED, PeerState.DISCONNECTED), states());
        check(false, a, 20 * SECOND_NS);
        assertEquals(PeerState.CONNECTED, states().getLast());
        peer.close(20 * SECOND_NS);
    }

    @Test
    void shouldSendItsFarewellAfterAnEndOfItsOwn() {
        connect();
        sentTo.clear();
        peer.close(SECOND_NS);
        peer.sendDtls(new byte[20]);
        assertEquals(List.of(a), sentTo);
    }

    @Test
    void shouldSendNothingAfterConsentExpired() {
        connect();
        sentTo.clear();
        peer.onTimer(SfuConfig.DEFAULT.consentTimeoutMs() * 1_000_000);
        assertEquals(PeerState.DISCONNECTED, states().getLast());
        peer.sendDtls(new byte[20]);
        assertEquals(List.of(), sentTo);
        peer.onTimer(SfuConfig.DEFAULT.transportHoldMs() * 1_000_000);
        assertEquals(PeerState.FAILED, states().getLast());
        peer.sendDtls(new byte[20]);
        assertEquals(List.of(), sentTo);
    }
}
