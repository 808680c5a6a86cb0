// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.route.ForwardQueue;
import org.nhipcau.sfu.route.Room;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.srtp.SrtpEngines;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;
import org.nhipcau.sfu.srtp.SrtpProfile;
import org.nhipcau.sfu.srtp.SrtpTransform;

/** A client that falls silent, comes back from another address, or whose address somebody else pretends to have. */
class PeerOutageTest implements Output {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int SSRC = 0x1234;

    private final IceCredentials local = IceCredentials.random(new SecureRandom());
    private final IceCredentials remote = IceCredentials.random(new SecureRandom());
    private final CheckBuilder checks = new CheckBuilder(local, remote.ufrag());
    private final WorkerCounters counters = new WorkerCounters();
    private final List<MediaEvent> events = new ArrayList<>();
    private final List<InetSocketAddress> sentTo = new ArrayList<>();
    private final List<Long> dtlsStarts = new ArrayList<>();
    private final DtlsCertificate certificate = DtlsCertificate.generate(new SecureRandom(), Instant.now());
    private final InetSocketAddress wifi = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1_001);
    private final InetSocketAddress mobile = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1_002);
    private final SrtpProfile profile = SrtpProfile.PREFERENCE.getFirst();
    private final SrtpTransform client = SrtpTransform.create(SrtpEngines.best(),
            SrtpKeyMaterial.ofExported(profile, new byte[profile.exportedBytes()], false), 8, ssrc -> true);
    private final Peer peer = new Peer("room", "p", local, SfuConfig.DEFAULT, counters, this,
            (owner, transport) -> {
                dtlsStarts.add(0L);
                return new DtlsEndpoint(DtlsRole.SERVER, certificate, transport.fingerprints(), 60_000,
                        datagram -> { }, new Deaf());
            },
            SrtpEngines.best(), events::add, certificate.fingerprint(), new Random(2), 0);
    private int sequence = 100;

    private static final class Deaf implements DtlsListener {
        @Override
        public void onConnected(SrtpKeyMaterial keys) { }

        @Override
        public void onFailed(PeerFailure failure) { }

        @Override
        public void onClosed(PeerFailure failure) { }
    }

    @BeforeEach
    void connect() {
        Room room = new Room("room", SfuConfig.DEFAULT, counters, new ForwardQueue(), events::add, new Random(1));
        peer.attach(room.openEndpoint("p", "p", peer));
        assertEquals(new MediaReply.Done(), peer.configure(new RemoteTransport(remote.ufrag(), remote.pwd(),
                List.of(certificate.fingerprint()), DtlsRole.SERVER)));
        check(true, wifi, 0);
        peer.onDtlsConnected(SrtpKeyMaterial.ofExported(profile, new byte[profile.exportedBytes()], true), 0);
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
        throw fault;
    }

    @Override
    public void onValidated(Peer owner, InetSocketAddress address) { }

    private void check(boolean nominate, InetSocketAddress from, long nowNs) {
        peer.onDatagram(checks.check(nominate), DatagramKind.STUN, from, nowNs);
    }

    private PacketBuffer media() {
        PacketBuffer packet = PacketBuffer.allocate();
        RtpHeaderWriter header = new RtpHeaderWriter();
        header.begin(packet, false, 111, sequence, sequence * 960L, SSRC);
        int length = header.finish();
        packet.setLength(length + 40);
        client.protectRtp(packet, length);
        sequence++;
        return packet;
    }

    private static PacketBuffer copyOf(PacketBuffer packet) {
        PacketBuffer copy = PacketBuffer.allocate();
        copy.copyFrom(packet);
        return copy;
    }

    private long arrive(PacketBuffer packet, InetSocketAddress from, DropReason counted, long nowNs) {
        long before = counters.get(counted);
        peer.onDatagram(packet, DatagramKind.RTP, from, nowNs);
        return counters.get(counted) - before;
    }

    /** Media that got through ends here, where no track expects it. */
    private void assertTaken(InetSocketAddress from, long nowNs) {
        assertEquals(1, arrive(media(), from, DropReason.UNKNOWN_SSRC, nowNs), "the packet passes ICE and SRTP");
    }

    private void quiet(long fromNs, long toNs) {
        for (long nowNs = fromNs; nowNs <= toNs; nowNs += SECOND_NS) {
            peer.onTimer(nowNs);
        }
    }

    private List<PeerState> states() {
        return events.stream().filter(MediaEvent.PeerStateChanged.class::isInstance)
                .map(event -> ((MediaEvent.PeerStateChanged) event).state()).toList();
    }

    @Test
    void shouldGoOnAfterAMinuteOfSilenceWithoutANewHandshake() {
        assertTaken(wifi, SECOND_NS);
        quiet(2 * SECOND_NS, 29 * SECOND_NS);
        assertTrue(peer.ready(), "consent lasts thirty seconds");
        quiet(30 * SECOND_NS, 60 * SECOND_NS);
        assertFalse(peer.ready(), "nothing is sent to one who has not been heard of for so long");
        assertEquals(PeerState.DISCONNECTED, states().getLast());

        check(true, wifi, 61 * SECOND_NS);
        assertTrue(peer.ready());
        assertEquals(PeerState.CONNECTED, states().getLast());
        assertTaken(wifi, 61 * SECOND_NS);
        assertEquals(1, dtlsStarts.size());
        peer.close(62 * SECOND_NS);
    }

    @Test
    void shouldFollowANominationToAnotherAddressAfterALongSilence() {
        quiet(SECOND_NS, 45 * SECOND_NS);
        check(false, mobile, 45 * SECOND_NS);
        assertFalse(peer.ready(), "a check alone gives no leave to send where the old path led");
        check(true, mobile, 46 * SECOND_NS);
        assertTrue(peer.ready());
        sentTo.clear();
        peer.sendDtls(new byte[20]);
        assertEquals(List.of(mobile), sentTo);
        assertTaken(mobile, 46 * SECOND_NS);
        peer.close(47 * SECOND_NS);
    }

    @Test
    void shouldKeepTheReplayWindowOverAChangeOfAddress() {
        PacketBuffer first = media();
        PacketBuffer again = copyOf(first);
        assertEquals(1, arrive(first, wifi, DropReason.UNKNOWN_SSRC, SECOND_NS));
        check(true, mobile, 2 * SECOND_NS);
        assertEquals(1, arrive(again, mobile, DropReason.SRTP_REPLAY, 2 * SECOND_NS));
        assertTaken(mobile, 2 * SECOND_NS);
        peer.close(3 * SECOND_NS);
    }

    @Test
    void shouldLetNoStrangerTakeTheMedia() {
        InetSocketAddress stranger = new InetSocketAddress(InetAddress.getLoopbackAddress(), 6_666);
        PacketBuffer overheard = copyOf(media());
        assertEquals(1, arrive(overheard, stranger, DropReason.WRONG_PATH, SECOND_NS), "right keys, wrong address");
        IceCredentials guessed = new IceCredentials(local.ufrag(), "aWrongPasswordOfThatLengthX");
        long refused = counters.get(DropReason.STUN_UNAUTHENTICATED);
        peer.onDatagram(new CheckBuilder(guessed, remote.ufrag()).check(true), DatagramKind.STUN, stranger, SECOND_NS);
        assertEquals(refused + 1, counters.get(DropReason.STUN_UNAUTHENTICATED));
        sentTo.clear();
        peer.sendDtls(new byte[20]);
        assertEquals(List.of(wifi), sentTo);
        assertTaken(wifi, SECOND_NS);
        peer.close(2 * SECOND_NS);
    }

    @Test
    void shouldRestartIceOnTheSameKeysWhileNobodyIsHeard() {
        quiet(SECOND_NS, 50 * SECOND_NS);
        IceCredentials next = IceCredentials.random(new SecureRandom());
        IceCredentials theirs = IceCredentials.random(new SecureRandom());
        peer.restartIce(next);
        assertEquals(new MediaReply.Done(), peer.configure(new RemoteTransport(theirs.ufrag(), theirs.pwd(),
                List.of(certificate.fingerprint()), DtlsRole.SERVER)));
        peer.onDatagram(new CheckBuilder(next, theirs.ufrag()).check(true), DatagramKind.STUN, mobile, 51 * SECOND_NS);
        assertTrue(peer.ready());
        assertEquals(PeerState.CONNECTED, states().getLast());
        assertTaken(mobile, 51 * SECOND_NS);
        assertEquals(1, dtlsStarts.size());
        peer.close(52 * SECOND_NS);
    }
}
