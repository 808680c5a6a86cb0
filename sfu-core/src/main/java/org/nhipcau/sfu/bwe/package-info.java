// SPDX-License-Identifier: Apache-2.0
/**
 * How much a path carries: feedback that we give to publishers, and what feedback of viewers tells us.
 *
 * <p>Specs: draft-holmer-rmcat-transport-wide-cc-extensions-01 and RFC 8888 (feedback), draft-alvestrand-rmcat-remb-03,
 * RFC 3550 §6.4 (loss). The estimator measures instead of creeping: what comes out of a queue, and what arrives of short
 * probes. Loss with flat delays does not lower it (ADR 19). The pacer spreads what leaves over time at a rate that it is
 * given. The brake bounds what publishers send while a queue stands in their uplink (ADR 21).
 *
 * <p>Thread: one, the worker's that owns the peer. Time comes in as {@code nowNs}. Floor 3: uses rtcp.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.bwe.TwccRecorder}, {@link org.nhipcau.sfu.bwe.CongestionRecorder},
 * {@link org.nhipcau.sfu.bwe.ReceiveSideEstimator}, {@link org.nhipcau.sfu.bwe.UplinkBrake}, TimedArrivals, NarrowUplink,
 * {@link org.nhipcau.sfu.bwe.SentPacketLog}, {@link org.nhipcau.sfu.bwe.SendSideEstimator},
 * {@link org.nhipcau.sfu.bwe.Arrivals}, DelayTrend, DeliveryRate, UntoldPackets, LossModel, RateController, CompetingFlow,
 * ProbeController, InFlightGuard, {@link org.nhipcau.sfu.bwe.WarmStart}, {@link org.nhipcau.sfu.bwe.Pacer}.
 */
package org.nhipcau.sfu.bwe;
