// SPDX-License-Identifier: Apache-2.0
/**
 * Consultations as the law describes them: request, approval, consent, lobby, session, outcome. The pure domain, and
 * the one way by which it is changed.
 *
 * <p>Specs: requirements S1 to S5, C1 to C8, D1, D2 (Decision 4054/QĐ-BYT of 2020 and the guideline of 2023). The
 * tables of states, roles and refusals in {@code signaling/doc/roles.md} are generated from this code and checked by a
 * test. Left out on purpose: clinical content, names of people (only pseudonyms), telephone numbers, storage, clocks.
 *
 * <pre>
 *   requested ── accept ──► accepted ── schedule ──► scheduled ⇄ testing
 *      │ │                     │                        │          │
 *      │ └ decline, 5 min      └── (on demand) open ────┴── open ──┴──► waiting ── begin ──► in session ⇄ suspended
 *      │    ▼                                                                                    ▲  │         │
 *      │  declined, expired            emergency, from any state before the session ─────────────┘  └────┬────┘
 *      └──────────────────── cancel ──────────────────────────────────────────────────────────► concluded
 * </pre>
 *
 * <p>A command is decided upon: {@code Consultation.decide(command, actor, now)} answers events or throws
 * {@link org.nhipcau.signaling.consultation.RefusedException}; {@code Consultation.apply(event)} answers the next
 * state. No events means that it is so already. {@link org.nhipcau.signaling.consultation.ConsultationService} is the
 * one write path: load, decide, append durably, tell listeners.
 *
 * <p>What a room must do at any moment is asked of the aggregate: {@code seat(pseudonym)}, {@code mayPublish},
 * {@code view}, {@code consentGiven}; they already combine state, lobby, consent, the caregiver's presence, the role
 * table and the face policy. {@code waiting} becomes {@code in session} by the command {@code Begin} only; arrivals
 * ({@code Arrive}) open the lobby by themselves from 5 minutes before the start.
 *
 * <p>Thread and ownership: all values are immutable and times are given, so everything but the service is for any
 * thread. The service blocks in the journal: virtual threads call it, no event loop and no room's thread. Floor: above
 * {@code policy}; it needs the JDK and Jackson's annotations.
 *
 * <p>Reading order: {@link org.nhipcau.signaling.consultation.Consultation},
 * {@link org.nhipcau.signaling.consultation.ConsultationCommand}, {@code Decider}, {@code CourseTable},
 * {@code CourseRules}, {@code ListRules}, {@code LobbyRules}, {@code ConsentRules}, {@code MediaRules},
 * {@link org.nhipcau.signaling.consultation.ConsultationEvent}, {@code Draft},
 * {@link org.nhipcau.signaling.consultation.ConsultationService}.
 */
package org.nhipcau.signaling.consultation;
