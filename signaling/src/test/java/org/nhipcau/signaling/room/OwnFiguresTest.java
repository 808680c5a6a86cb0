// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRtc.ConnectionQualityInfo;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;
import org.nhipcau.sfu.api.QualityCause;

/** A client's own figures: told to it alone, in fields that other clients pass over. */
class OwnFiguresTest {
    private static final DirectionQuality NOTHING = new DirectionQuality(-1, -1, -1, 1, -1, 0, 0, 0, -1, 0, -1, -1, 4.5,
            QualityCause.NONE, 0);

    private final CallFixture call = new CallFixture();
    private FakeClient alice;
    private FakeClient bob;

    @BeforeEach
    void begin() {
        alice = call.single("alice");
        bob = call.single("bob");
        List.of(alice, bob).forEach(FakeClient::connected);
        alice.publish(TrackSource.CAMERA, "c1");
        bob.publish(TrackSource.CAMERA, "c2");
        call.settle(alice, bob);
    }

    @AfterEach
    void sound() {
        call.checkSound();
    }

    private static DirectionQuality quality(double loss, long videoBps, QualityCause cause) {
        return quality(loss, 5.25, videoBps, cause);
    }

    private static DirectionQuality quality(double loss, double jitterMs, long videoBps, QualityCause cause) {
        return new DirectionQuality(loss, loss / 2, loss / 4, 1, jitterMs, 24_000, videoBps, 50, 0.125, 1, 80, 3.71, 4.3,
                cause, cause == QualityCause.NONE ? 0 : 20);
    }

    private void report(FakeClient client, DirectionQuality up, DirectionQuality down) {
        call.media.emit(new MediaEvent.QualityReport(client.roomId(), client.peerId(), up, down, 62.5));
    }

    /** Two seconds: the marks are told. */
    private void round() {
        List.of(alice, bob).forEach(client -> client.session.onMessage(
                livekit.LivekitRtc.SignalRequest.newBuilder().setPing(1).build()));
        call.clock.advance(2_000);
    }

    private static List<ConnectionQualityInfo> told(FakeClient client, FakeClient of) {
        List<ConnectionQualityInfo> infos = new ArrayList<>();
        for (SignalResponse response : client.of(MessageCase.CONNECTION_QUALITY)) {
            response.getConnectionQuality().getUpdatesList().stream()
                    .filter(info -> info.getParticipantSid().equals(of.sid())).forEach(infos::add);
        }
        return infos;
    }

    /** Numbers and values of a direction; null: it is not told. */
    private static Map<Integer, Long> figures(ConnectionQualityInfo info, int field) {
        if (!info.getUnknownFields().hasField(field)) {
            return null;
        }
        try {
            Map<Integer, Long> values = new LinkedHashMap<>();
            UnknownFieldSet.parseFrom(info.getUnknownFields().getField(field).getLengthDelimitedList().getFirst())
                    .asMap().forEach((number, value) -> values.put(number, value.getVarintList().getFirst()));
            return values;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldTellBothDirectionsWithTheirMeansAndTheWorstJitter() {
        report(alice, quality(0.02, 300_000, QualityCause.NONE), quality(0, 90_000, QualityCause.NONE));
        report(alice, quality(0.04, 1.25, 500_000, QualityCause.PUBLISHER_UPLINK), quality(0, 90_000, QualityCause.NONE));
        round();
        ConnectionQualityInfo info = told(alice, alice).getLast();
        assertEquals(Map.of(1, 1L, 2, 300L, 3, 75L, 4, 150L, 5, 1_250L, 6, 53L, 7, 625L, 8, 24_000L, 9, 400_000L,
                10, 371L), figures(info, OwnFigures.UPLINK_FIELD));
        assertEquals(Map.of(1, 0L, 2, 0L, 3, 0L, 4, 0L, 5, 1_250L, 6, 53L, 7, 625L, 8, 24_000L, 9, 90_000L, 10, 371L),
                figures(info, OwnFigures.DOWNLINK_FIELD));
    }

    @Test
    void shouldLeaveOutWhatIsNotKnownAndADirectionInWhichNothingFlows() {
        report(alice, new DirectionQuality(-1, 0.5, -1, 1, -1, 0, 80_000, 9, -1, 0, -1, -1, 4, QualityCause.NONE, 0),
                NOTHING);
        round();
        ConnectionQualityInfo info = told(alice, alice).getLast();
        assertEquals(Map.of(1, 0L, 4, 5_000L, 7, 625L, 8, 0L, 9, 80_000L), figures(info, OwnFigures.UPLINK_FIELD));
        assertNull(figures(info, OwnFigures.DOWNLINK_FIELD));
    }

    /** Privacy: of others there are mark, score and cause, whoever asks and however bad it is. */
    @Test
    void shouldTellNobodyElse() {
        for (int i = 0; i < 10; i++) {
            report(alice, quality(i / 20.0, 300_000, QualityCause.PUBLISHER_UPLINK), quality(0.1, 1, QualityCause.NONE));
            report(bob, quality(0, 300_000, QualityCause.NONE), quality(i / 20.0, 1, QualityCause.VIEWER_DOWNLINK));
            round();
        }
        for (FakeClient viewer : List.of(alice, bob)) {
            FakeClient other = viewer == alice ? bob : alice;
            assertTrue(told(viewer, viewer).size() >= 3, "own figures go on");
            assertFalse(told(viewer, other).isEmpty());
            for (ConnectionQualityInfo info : told(viewer, other)) {
                assertEquals(List.of(QualityBoard.CAUSE_FIELD),
                        List.copyOf(info.getUnknownFields().asMap().keySet()));
            }
        }
    }

    @Test
    void shouldTellThemNoOftenerWhereTheCauseChanges() {
        for (int i = 0; i < 7; i++) {
            QualityCause cause = i % 2 == 0 ? QualityCause.NONE : QualityCause.PUBLISHER_UPLINK;
            report(alice, quality(0, 300_000, cause), quality(0, 1, QualityCause.NONE));
            round();
        }
        List<Boolean> withFigures = told(alice, alice).stream()
                .map(info -> figures(info, OwnFigures.UPLINK_FIELD) != null).toList();
        assertEquals(List.of(true, false, false, true, false, false, true), withFigures);
    }

    @Test
    void shouldTellThemEverySixSecondsWhereNothingElseIsNewAndNothingWithoutReports() {
        for (int i = 0; i < 9; i++) {
            report(alice, quality(0, 300_000, QualityCause.NONE), quality(0, 1, QualityCause.NONE));
            round();
        }
        assertEquals(3, told(alice, alice).size());
        round();
        round();
        round();
        assertEquals(4, told(alice, alice).size(), "what was left of the last seconds");
        round();
        round();
        round();
        round();
        assertEquals(4, told(alice, alice).size());
    }
}
