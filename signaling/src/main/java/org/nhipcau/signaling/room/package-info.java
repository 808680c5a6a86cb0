// SPDX-License-Identifier: Apache-2.0
/**
 * Rooms: who is in them, who publishes and receives what, and what everybody is told of it. Between clients (package
 * {@code session}) and a media node ({@code org.nhipcau.sfu.api}).
 *
 * <p>Specs: the client protocol of the LiveKit SDKs, livekit_rtc.proto, livekit_room.proto (described by behaviour in
 * the project's client protocol page). Left out on purpose: data tracks, moving between rooms,
 * migration between nodes, a second codec per track.
 *
 * <pre>
 *   sockets        onMessage, onClosed ──┐
 *   room service   ask ──────────────────┤            ┌── Requests ── Publishing, Subscribing, Admission
 *   media node     replies, events ──────┼─ RoomMailbox ── MediaEvents ── QualityBoard, RoomData
 *   clock          timers ───────────────┘   (one at a time)  │
 *                                                             ├── AnsweringPeer, OfferingPeer ── MediaPeer ── MediaLink
 *                                                             └── Announcer ── SignalSink, WebhookSink
 * </pre>
 *
 * <p>Thread and ownership: a room has one owner. Everything that concerns it is a message in its
 * {@link org.nhipcau.signaling.room.RoomMailbox}, carried out one after the other on a virtual thread that lives while
 * there is work; so the classes below it are plain sequential code without locks. Nothing in a room blocks: a media
 * command's reply comes back as another message, and each step that waits for one (join, answer) is written so that
 * the participant may be gone when it comes. Only {@link org.nhipcau.signaling.room.RoomRegistry}, {@code Entrance}, the
 * mailbox and {@code RoomFace} are touched by several threads. {@code Participant}, {@code PublishedTrack}, {@code Subscription},
 * {@code AudienceRule}, {@code RoomSettings} and {@code JoinRules} are state and rules without any of this.
 *
 * <p>Some rooms have rules of their own, above what tokens say ({@link org.nhipcau.signaling.room.RoomGovernance}): whose
 * they are is not known here. {@code Oversight} carries each {@link org.nhipcau.signaling.room.Ruling} out on what runs,
 * tightening first; {@code FaceGates} keeps the media node's gates to it. What cannot be read is shut.
 *
 * <p>Order of a negotiation round: offer → (new ICE credentials) → answer worked out → transport configured, tracks
 * removed and added on the node → answer sent → others told of new tracks → their descriptions. Nobody receives a
 * track's description before the description of its publisher.
 *
 * <p>Reading order: {@link org.nhipcau.signaling.room.RoomRegistry}, {@code Entrance}, {@code Room},
 * {@code RoomFace}, {@code Admission}, {@code Requests}, {@code Publishing}, {@code Subscribing},
 * {@code TrackSettings}, {@code AnsweringPeer}, {@code OfferingPeer}, {@code MediaPeer}, {@code MediaEvents},
 * {@code QualityBoard}, {@code OwnFigures}; then
 * {@link org.nhipcau.signaling.room.RoomGovernor}, {@code Oversight}, {@code GuardedRuling}, {@code FaceGates}.
 */
package org.nhipcau.signaling.room;
