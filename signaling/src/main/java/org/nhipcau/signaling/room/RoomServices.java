// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.nhipcau.sfu.api.MediaServer;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.api.WebhookSink;
import org.nhipcau.signaling.quality.QualityTimeline;
import org.nhipcau.signaling.sdp.PeerNegotiation;
import org.nhipcau.signaling.session.IdGenerator;
import org.nhipcau.signaling.session.PathMemory;

/**
 * What every room needs of its surroundings.
 *
 * @param executor runs a room whenever its mailbox has work: a virtual thread each time
 * @param timeline keeps how calls went
 * @param governance says which rooms have rules of their own
 * @param negotiations makes the server's side of offer and answer of a new peer connection
 */
record RoomServices(SignalingConfig config, MediaServer media, Supplier<PeerNegotiation> negotiations,
        TokenRefresher tokens, PathMemory paths, WebhookSink webhooks, RoomClock clock, IdGenerator ids,
        RoomMetrics metrics, QualityTimeline timeline, RoomGovernance governance, Executor executor) {}
