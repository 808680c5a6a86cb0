// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.SfuConfig;

/** A peer's states, and what it sends and tells in each. */
class PeerTest extends PeerFixture {
    private final InetSocketAddress a = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1_001);
    private final InetSocketAddress b = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1_002);

    @Test
    void aFaultInTheDataShouldEndTheDataAlone() {
        dataIsBroken = true;
        assertEquals(new MediaReply.Done(), peer.data().configure(new DataParameters(5_000, 0, true)));
        connect(a);
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
        connect(a);
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
        connect(a);
        sentTo.clear();
        peer.close(SECOND_NS);
        peer.sendDtls(new byte[20]);
        assertEquals(List.of(a), sentTo);
    }

    @Test
    void shouldSendNothingAfterConsentExpired() {
        connect(a);
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
