// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.stun.StunMessageFlyweight;
import org.nhipcau.sfu.stun.StunMessageWriter;

class IceLiteAgentTest {
    private static final long S = 1_000_000_000L;
    /** Near the end of the clock's range, so that sums wrap. */
    private static final long T0 = Long.MAX_VALUE - 10 * S;
    private static final InetSocketAddress A = new InetSocketAddress("192.0.2.1", 40001);
    private static final InetSocketAddress B = new InetSocketAddress("192.0.2.2", 40002);
    private static final InetSocketAddress V6 = new InetSocketAddress("2001:db8::7", 40003);

    private final SecureRandom random = new SecureRandom();
    private final IceCredentials local = IceCredentials.random(random);
    private final CheckBuilder client = new CheckBuilder(local, "cLie");
    private final IceLiteAgent agent = new IceLiteAgent(local, IceTimeouts.of(SfuConfig.DEFAULT), T0);
    private final PacketBuffer response = PacketBuffer.allocate();
    private final StunMessageFlyweight answer = new StunMessageFlyweight();

    private IceResult handle(PacketBuffer packet, InetSocketAddress from, long nowNs) {
        response.clear();
        return agent.handle(packet, from, nowNs, response);
    }

    private void assertError(int code, CheckBuilder signer) {
        assertTrue(answer.wrap(response));
        assertEquals(StunMessageWriter.BINDING_ERROR, answer.messageType());
        assertEquals(code, answer.errorCode());
        assertTrue(answer.integrityMatches(signer.key()));
        assertTrue(answer.fingerprintMatches());
    }

    private void assertNothingHappened() {
        assertNull(agent.selected());
        assertFalse(agent.isNominated());
        assertFalse(agent.isValidated(A));
        assertFalse(agent.selectedChanged());
    }

    @Test
    void shouldAnswerACheckWithWhereItCameFrom() {
        for (InetSocketAddress from : new InetSocketAddress[] {A, V6}) {
            PacketBuffer check = client.check(false);
            assertEquals(IceResult.RESPOND, handle(check, from, T0));
            assertTrue(answer.wrap(response));
            assertEquals(StunMessageWriter.BINDING_SUCCESS, answer.messageType());
            assertEquals(from, answer.xorMappedAddress());
            assertTrue(answer.integrityMatches(client.key()));
            assertTrue(answer.fingerprintMatches());
            assertEquals(check.getLong(8), response.getLong(8));
            assertEquals(check.getInt(16), response.getInt(16));
            assertTrue(agent.isValidated(from));
        }
    }

    @Test
    void shouldCarryOnTheFirstValidatedAddressUntilOneIsNominated() {
        handle(client.check(false), A, T0);
        assertTrue(agent.selectedChanged());
        assertEquals(A, agent.selected());
        assertFalse(agent.isNominated());
        handle(client.check(false), B, T0);
        assertFalse(agent.selectedChanged());
        assertEquals(A, agent.selected());
        handle(client.check(true), B, T0);
        assertTrue(agent.selectedChanged());
        assertEquals(B, agent.selected());
        assertTrue(agent.isNominated());
        handle(client.check(true), B, T0);
        assertFalse(agent.selectedChanged());
    }

    @Test
    void r15AddressShouldSwitchOnlyByAnAuthenticatedUseCandidate() {
        handle(client.check(true), A, T0);
        handle(client.check(false), B, T0 + 1);
        assertEquals(A, agent.selected());
        PacketBuffer forged = PacketBuffer.allocate();
        new CheckBuilder(new IceCredentials(local.ufrag(), "x".repeat(24)), "cLie").begin(forged)
                .priority(1).useCandidate().messageIntegrity(
                        new CheckBuilder(new IceCredentials(local.ufrag(), "x".repeat(24)), "cLie").key())
                .fingerprint();
        assertEquals(IceResult.DROP_UNAUTHENTICATED, handle(forged, B, T0 + 2));
        assertEquals(A, agent.selected());
        handle(client.check(true), B, T0 + 3);
        assertEquals(B, agent.selected());
    }

    @Test
    void r13LiteShouldAnswerRoleConflictAndStayControlled() {
        PacketBuffer packet = PacketBuffer.allocate();
        client.begin(packet).priority(1).iceControlled(42).messageIntegrity(client.key()).fingerprint();
        assertEquals(IceResult.RESPOND, handle(packet, A, T0));
        assertError(487, client);
        assertNothingHappened();
    }

    @Test
    void r13CredentialsShouldBeRandomAndLongEnough() {
        IceCredentials one = IceCredentials.random(random);
        IceCredentials two = IceCredentials.random(random);
        assertEquals(8, one.ufrag().length());
        assertEquals(24, one.pwd().length());
        assertNotEquals(one.ufrag(), two.ufrag());
        assertNotEquals(one.pwd(), two.pwd());
        assertNotEquals(one.ufragKey(), two.ufragKey());
        assertFalse(one.toString().contains(one.pwd()));
        assertEquals(local.ufragKey(), StunMessageFlyweight.peekUfragKey(client.check(false)));
        assertThrows(IllegalArgumentException.class, () -> new IceCredentials("abc", "x".repeat(22)));
        assertThrows(IllegalArgumentException.class, () -> new IceCredentials("abcd", "x".repeat(21)));
        assertThrows(IllegalArgumentException.class, () -> new IceCredentials("abcd", "x".repeat(257)));
        assertThrows(IllegalArgumentException.class, () -> new IceCredentials("ab:d", "x".repeat(22)));
    }

    @Test
    void r13OldCredentialsShouldEndFiveSecondsAfterTheFirstCheckOnTheNew() {
        handle(client.check(true), A, T0);
        IceCredentials renewed = IceCredentials.random(random);
        CheckBuilder again = new CheckBuilder(renewed, "neWc");
        assertNull(agent.restart(renewed));
        assertEquals(local, agent.previousLocal());
        assertEquals(IceResult.RESPOND, handle(client.check(true), A, T0 + 20 * S), "old ones live until then");
        assertEquals(IceResult.RESPOND, handle(again.check(false), B, T0 + 21 * S));
        assertEquals(A, agent.selected(), "kept until the new generation nominates");
        assertEquals(T0 + 20 * S + 5 * S, agent.nextDeadlineNs());
        assertEquals(IceResult.RESPOND, handle(client.check(true), A, T0 + 26 * S - 1));
        assertNull(agent.onDeadline(T0 + 26 * S - 1));
        assertEquals(IceResult.DROP_UNAUTHENTICATED, handle(client.check(true), A, T0 + 26 * S));
        assertEquals(local, agent.onDeadline(T0 + 26 * S));
        assertNull(agent.previousLocal());
        assertEquals(IceResult.DROP_UNAUTHENTICATED, handle(client.check(true), A, T0 + 26 * S));
        assertEquals(renewed, agent.local());
    }

    @Test
    void shouldNotLetOldCredentialsTakeTheTransportBackAfterARestart() {
        handle(client.check(true), A, T0);
        IceCredentials renewed = IceCredentials.random(random);
        agent.restart(renewed);
        handle(client.check(true), B, T0 + 1);
        assertEquals(B, agent.selected(), "nothing nominated by the new generation yet");
        handle(new CheckBuilder(renewed, "neWc").check(true), V6, T0 + 2);
        assertEquals(V6, agent.selected());
        assertEquals(IceResult.RESPOND, handle(client.check(true), A, T0 + 3));
        assertEquals(V6, agent.selected());
    }

    @Test
    void shouldEndTheOldestCredentialsAtASecondRestart() {
        IceCredentials second = IceCredentials.random(random);
        IceCredentials third = IceCredentials.random(random);
        assertNull(agent.restart(second));
        assertEquals(local, agent.restart(third));
        assertEquals(IceResult.DROP_UNAUTHENTICATED, handle(client.check(true), A, T0));
        assertEquals(IceResult.RESPOND, handle(new CheckBuilder(second, "abcd").check(true), A, T0));
        assertEquals(IceResult.RESPOND, handle(new CheckBuilder(third, "abcd").check(true), A, T0));
    }

    @Test
    void shouldTakeChecksOfOldAndNewRemoteFragment() {
        assertFalse(agent.setRemote("cLie", "p".repeat(22)));
        assertFalse(agent.setRemote("cLie", "p".repeat(22)));
        assertEquals(IceResult.RESPOND, handle(client.check(false), A, T0));
        assertEquals(IceResult.RESPOND, handle(new CheckBuilder(local, "neWc").check(false), A, T0));
        assertTrue(agent.setRemote("neWc", "q".repeat(22)));
        assertEquals(IceResult.RESPOND, handle(client.check(false), A, T0));
        assertThrows(IllegalArgumentException.class, () -> agent.setRemote("x", "q".repeat(22)));
    }

    @Test
    void v23UnauthenticatedChecksShouldMeetSilence() {
        PacketBuffer packet = PacketBuffer.allocate();
        client.begin(packet).priority(1).useCandidate().fingerprint();
        assertEquals(IceResult.DROP_UNAUTHENTICATED, handle(packet, A, T0), "no integrity");

        CheckBuilder wrong = new CheckBuilder(new IceCredentials(local.ufrag(), "y".repeat(24)), "cLie");
        assertEquals(IceResult.DROP_UNAUTHENTICATED, handle(wrong.check(true), A, T0), "wrong key");

        CheckBuilder stranger = new CheckBuilder(new IceCredentials("stranger", local.pwd()), "cLie");
        assertEquals(IceResult.DROP_UNAUTHENTICATED, handle(stranger.check(true), A, T0), "wrong user name");

        client.begin(packet).priority(1).messageIntegrity(client.key());
        assertEquals(IceResult.DROP_MALFORMED, handle(packet, A, T0), "no fingerprint");

        PacketBuffer spoilt = client.check(true);
        spoilt.putByte(spoilt.length() - 1, spoilt.getByte(spoilt.length() - 1) ^ 1);
        assertEquals(IceResult.DROP_MALFORMED, handle(spoilt, A, T0), "wrong fingerprint");

        // Integrity computed with the length of the whole message, or of the message before the attribute.
        for (int wrongBy : new int[] {8, -24}) {
            client.begin(packet).priority(1);
            StunSigner.finish(packet, local.pwd(), packet.length() - 20 + 24 + wrongBy);
            assertEquals(IceResult.DROP_UNAUTHENTICATED, handle(packet, A, T0), "integrity over the wrong length");
        }
        assertEquals(0, response.length());
        assertNothingHappened();
    }

    @Test
    void v23AttributesBehindIntegrityShouldBePassedOver() {
        handle(client.check(true), A, T0);
        PacketBuffer packet = PacketBuffer.allocate();
        client.begin(packet).priority(1).messageIntegrity(client.key()).useCandidate().iceControlled(1)
                .bytes(0x0777, new byte[4]).fingerprint();
        assertEquals(IceResult.RESPOND, handle(packet, B, T0));
        assertTrue(answer.wrap(response));
        assertEquals(StunMessageWriter.BINDING_SUCCESS, answer.messageType());
        assertEquals(A, agent.selected(), "USE-CANDIDATE behind the signature does not count");
    }

    @Test
    void r14UnknownRequiredAttributesShouldBeNamed() {
        PacketBuffer packet = PacketBuffer.allocate();
        client.begin(packet).priority(1).bytes(0x0777, new byte[3]).bytes(0x8777, new byte[3])
                .bytes(0x7fff, new byte[0]).messageIntegrity(client.key()).fingerprint();
        assertEquals(IceResult.RESPOND, handle(packet, A, T0));
        assertError(420, client);
        // ERROR-CODE: header 4, fixed part 4, reason of 17 padded to 20.
        int at = 20 + 28;
        assertEquals(0x000A, response.getUnsignedShort(at));
        assertEquals(4, response.getUnsignedShort(at + 2));
        assertEquals(0x0777, response.getUnsignedShort(at + 4));
        assertEquals(0x7fff, response.getUnsignedShort(at + 6));
        assertNothingHappened();
    }

    @Test
    void r14PriorityShouldBeThere() {
        PacketBuffer packet = PacketBuffer.allocate();
        client.begin(packet).iceControlling(1).messageIntegrity(client.key()).fingerprint();
        assertEquals(IceResult.RESPOND, handle(packet, A, T0));
        assertError(400, client);
        assertNothingHappened();
    }

    @Test
    void r14IndicationsAndResponsesShouldNeverBeAnswered() {
        PacketBuffer packet = PacketBuffer.allocate();
        for (int type : new int[] {StunMessageWriter.BINDING_INDICATION, StunMessageWriter.BINDING_SUCCESS,
                StunMessageWriter.BINDING_ERROR, 0x0003}) {
            client.begin(packet).priority(1).useCandidate();
            packet.putShort(0, type);
            StunSigner.finish(packet, local.pwd());
            assertEquals(IceResult.IGNORED, handle(packet, A, T0));
            assertEquals(0, response.length());
        }
        assertNothingHappened();
    }

    @Test
    void v24UnauthenticatedPacketsFromManySourcesShouldLeaveNoState() {
        PacketBuffer packet = PacketBuffer.allocate();
        client.begin(packet).priority(1).useCandidate().fingerprint();
        PacketBuffer wrong = new CheckBuilder(new IceCredentials(local.ufrag(), "z".repeat(24)), "cLie").check(true);
        for (int i = 0; i < 100_000; i++) {
            InetSocketAddress from = new InetSocketAddress(A.getAddress(), 1 + i % 65_535);
            assertEquals(IceResult.DROP_UNAUTHENTICATED, handle(i % 10 == 0 ? wrong : packet, from, T0 + i));
            assertFalse(agent.isValidated(from));
        }
        assertNothingHappened();
        assertEquals(T0, agent.lastCheckNs());
    }

    @Test
    void v25ResponsesShouldBeSmallerThanAnyUnauthenticatedRequest() {
        // Nothing unauthenticated is answered: the ratio is 0. See v23 for each case; here all lengths of garbage.
        for (int length = 0; length <= 200; length++) {
            byte[] bytes = new byte[length];
            if (length >= 20) {
                bytes[1] = 1;
                bytes[3] = (byte) (length - 20);
                bytes[4] = 0x21;
                bytes[5] = 0x12;
                bytes[6] = (byte) 0xa4;
                bytes[7] = 0x42;
            }
            assertNotEquals(IceResult.RESPOND, handle(PacketBuffer.copyOf(bytes), A, T0));
            assertEquals(0, response.length());
        }
    }

    @Test
    void shouldBoundTheValidatedAddressesAndKeepTheSelectedOne() {
        handle(client.check(true), A, T0);
        for (int i = 1; i <= 20; i++) {
            handle(client.check(false), new InetSocketAddress("192.0.2.9", i), T0 + i);
        }
        assertTrue(agent.isValidated(A), "selected, though checked longest ago");
        int kept = 0;
        for (int i = 1; i <= 20; i++) {
            kept += agent.isValidated(new InetSocketAddress("192.0.2.9", i)) ? 1 : 0;
        }
        assertEquals(ValidatedAddresses.CAPACITY - 1, kept);
        assertTrue(agent.isValidated(new InetSocketAddress("192.0.2.9", 20)));
        assertFalse(agent.isValidated(new InetSocketAddress("192.0.2.9", 1)));
    }

    @Test
    void shouldForgetAddressesThatAreNoLongerChecked() {
        handle(client.check(false), B, T0);
        handle(client.check(true), A, T0);
        handle(client.check(true), A, T0 + 29 * S);
        assertTrue(agent.isValidated(B));
        handle(client.check(true), A, T0 + 30 * S);
        assertFalse(agent.isValidated(B));
        assertTrue(agent.isValidated(A));
    }

    @Test
    void shouldJudgeConsentByTheChecksOnTheSelectedPath() {
        assertEquals(T0 + 15 * S, agent.nextDeadlineNs());
        assertFalse(agent.isTimedOut(T0 + 15 * S - 1));
        assertTrue(agent.isTimedOut(T0 + 15 * S));
        assertFalse(agent.isDisconnected(T0 + 15 * S));
        assertFalse(agent.isConsentExpired(T0 + 60 * S));

        handle(client.check(true), A, T0 + S);
        assertEquals(T0 + S, agent.lastCheckNs());
        assertFalse(agent.isTimedOut(T0 + 60 * S));
        assertEquals(T0 + 6 * S, agent.nextDeadlineNs());
        assertFalse(agent.isDisconnected(T0 + 6 * S - 1));
        assertTrue(agent.isDisconnected(T0 + 6 * S));
        agent.onDeadline(T0 + 6 * S);
        assertEquals(T0 + 31 * S, agent.nextDeadlineNs());
        handle(client.check(false), B, T0 + 30 * S);
        assertFalse(agent.isConsentExpired(T0 + 31 * S - 1));
        assertTrue(agent.isConsentExpired(T0 + 31 * S), "a check from elsewhere gives no consent for this path");
        agent.onDeadline(T0 + 31 * S);
        assertEquals(T0 + 121 * S, agent.nextDeadlineNs());
        handle(client.check(true), B, T0 + 32 * S);
        assertFalse(agent.isConsentExpired(T0 + 32 * S));
        assertFalse(agent.isDisconnected(T0 + 32 * S));
    }

    @Test
    void shouldWaitForAClientBeyondConsent() {
        assertFalse(agent.isGone(T0 + 600 * S), "the time to connect is another one");
        handle(client.check(true), A, T0);
        assertFalse(agent.isGone(T0 + 120 * S - 1));
        assertTrue(agent.isGone(T0 + 120 * S));
        handle(client.check(true), A, T0 + 119 * S);
        assertFalse(agent.isGone(T0 + 120 * S));
        agent.onDeadline(T0 + 149 * S);
        assertEquals(T0 + 239 * S, agent.nextDeadlineNs());
        agent.onDeadline(T0 + 239 * S);
        assertEquals(IceLiteAgent.NO_DEADLINE, agent.nextDeadlineNs());
    }
}
