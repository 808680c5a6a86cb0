// SPDX-License-Identifier: Apache-2.0
/**
 * Consultations that are on: joins a running room to its consultation.
 *
 * <p>A room whose name is a consultation's id stands under that consultation's rules. The consultation decides all
 * (who has a place, what each may send, see and do, consent, face policy); this package turns each of its states into a
 * {@link org.nhipcau.signaling.room.Ruling}, which the room carries out whole, tightening first. In the other direction
 * it records who comes and goes, what the gate does and how links are, and offers the orders of a session over HTTP.
 *
 * <pre>
 *   REST, timers ──► ConsultationService ──commit──► LiveConsultations ──► LiveConsultation ──► ConsultationRuling
 *   SessionApi ─────────┘      ▲                        ▲      │ wake                                │
 *   GateNotes, arrivals ───────┘        joins, seats ───┘      └────────► room (Oversight) ◄─────────┘
 * </pre>
 *
 * <p>Fails closed. No consultation at hand: nobody gets in. Rules that cannot be read: nothing flows. No heartbeat: no
 * lease on the media node. An order that shows less holds at once, however long the store takes.
 *
 * <p>While the store is away those who are in stay, come back (in a new page too) and leave; staff may join; new
 * patients, caregivers, trainees and recorders may not ({@code store-unavailable}); what must hold all the same is kept
 * on the disk (package {@code held}) and recorded when the store is back, before anything that comes later.
 *
 * <p>Specs: requirements C1 to C8, D1, D2, S3, S5; RFC 9457. Thread and ownership: see each class; nothing here runs on
 * a room's thread for longer than a look-up. Floor: above {@code consultation}, {@code policy}, {@code store}'s
 * interfaces, {@code room}'s hooks and {@code http}.
 *
 * <p>Reading order: {@link org.nhipcau.signaling.live.LiveConsultations}, {@code LiveConsultation},
 * {@code ConsultationRuling}, {@code Heartbeats}, {@link org.nhipcau.signaling.live.SessionApi},
 * {@code SessionCommands}, {@code GateNotes}, {@code QualityKeeper}; {@code LatchBook}; {@code HeldOrders} and the
 * package {@code held}.
 */
package org.nhipcau.signaling.live;
