// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.ice.CheckBuilder;
import org.nhipcau.sfu.ice.IceCredentials;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.srtp.SrtpEngines;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;
import org.nhipcau.sfu.srtp.SrtpTransform;

/** A client that falls silent, comes back from another address, or whose address somebody else pretends to have. */
class PeerOutageTest extends PeerFixture {
    private static final int SSRC = 0x1234;

    private final InetSocketAddress wifi = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1_001);
    private final InetSocketAddress mobile = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1_002);
    private final SrtpTransform client = SrtpTransform.create(SrtpEngines.best(),
            SrtpKeyMaterial.ofExported(profile, new byte[profile.exportedBytes()], false), 8, ssrc -> true);
    private int sequence = 100;

    @BeforeEach
    void connect() {
        connect(wifi);
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
        assertEquals(1, dtlsStarts);
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
        configure(theirs);
        peer.onDatagram(new CheckBuilder(next, theirs.ufrag()).check(true), DatagramKind.STUN, mobile, 51 * SECOND_NS);
        assertTrue(peer.ready());
        assertEquals(PeerState.CONNECTED, states().getLast());
        assertTaken(mobile, 51 * SECOND_NS);
        assertEquals(1, dtlsStarts);
        peer.close(52 * SECOND_NS);
    }
}
