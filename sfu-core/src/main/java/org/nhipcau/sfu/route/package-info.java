// SPDX-License-Identifier: Apache-2.0
/**
 * Forwarding: which packet goes to whom, and what is changed on the way.
 *
 * <p>The journey of one RTP packet through this floor:
 *
 * <pre>
 *  Peer (floor 5): decrypted, authenticated, from the validated path
 *    |  PacketReceiver.onRtp         well-formed? transport-cc number noted for feedback
 *    |    SsrcBinder                 SSRC -> encoding of one of THIS peer's producers; unknown: by mid + rid
 *    |    RtxPacket                  a retransmission becomes the packet it repeats
 *    |    InboundStream.accept       extended sequence number, duplicate? gap -> NackTracker, figures for reports
 *    |    RedOpener                  redundancy of sound opened: what was lost goes on before what brought it
 *    |    PayloadReader -> FrameMark frame start? key frame? temporal layer?   SpeakerLevel for audio
 *    |    PacketCache.store          one copy, for all retransmissions to all viewers; sound: OpusHistory
 *    v
 *  ForwardQueue                      waits for the end of its batch; then producer by producer, receiver by receiver
 *    v
 *  Producer.forward                  muted? sizes of a train made equal
 *    |---------------+---------------+- ...   an array of consumers
 *    v               v               v
 *  Consumer          AudioSender instead, where a listener's sound is protected: AudioProtection chose an AudioPlan
 *    .onPackets      a face policy? its lease, once for the batch: PrivacyGate
 *    .decide         receiver ready? paused? format? LayerSelector: layer? temporal layer? each no is a DropReason
 *    v
 *  TrackSender
 *    |    StreamRewriter.begin/place its number in the viewer's sequence, kept in the SequenceMap
 *    |    StreamRewriter.write       the viewer's header, where it leaves; the viewer's picture id, in the payload
 *    v
 *  ViewerOutlet.send
 *    |    PacedSender                only where the path showed a limit: not now? kept, and sent when its turn comes
 *    |    SentPacketLog              the viewer's transport-cc number
 *    v
 *  SinkGuard                         once more: may this viewer see this track now? else held, counted
 *    v
 *  PacketSink.sendRtp                encrypt the payload from where it came to behind the header: THE copy
 * </pre>
 *
 * <p>And back: a viewer's NACK goes FeedbackReceiver -> Consumer.retransmit -> SequenceMap -> PacketCache -> the same
 * StreamRewriter.write -> RtxPacket. A viewer's PLI goes FeedbackReceiver -> Consumer.onKeyframeRequest ->
 * KeyframeRequester -> the publisher's ReportSender.
 *
 * <p>Sound is protected per listener, by the listener's own loss and rate: copies of earlier packets near or far apart
 * (RED), longer packets where headers eat the path, and a copy in the next packet as the answer to a NACK.
 *
 * <p>A room that spans workers has a part on each. A producer then is mirrored where its publisher is not:
 *
 * <pre>
 *  publisher's worker                                      viewers' worker
 *  PacketReceiver                                          MirroredTrack         its own numbering, frame mark, cache
 *    | PipeExports.offer ====== packets, reports ======>     |
 *    v                                                       v
 *  Producer.forward                                        Producer.forward      a Producer like any other
 *    v                                                       v
 *  consumers there   &lt;====== wanted quality, key frame ===  consumers here
 * </pre>
 *
 * Packets cross only while somebody over there wants them, each once. NACK and transport feedback to the publisher,
 * speakers, producer states and dynacast are the publisher's worker's; repair and layers of viewers are theirs. The two
 * ends of a {@link org.nhipcau.sfu.route.Crossing} belong to two threads.
 *
 * <p>Ten times a second each viewer's path is divided among its pictures (ADR 20):
 *
 * <pre>
 *  LayerRates, LatestKeyFrame     what each layer of each encoding takes, as it comes in
 *    v
 *  LayerSelector.climb -> Ladder  off, still, few frames .. all frames, layer by layer: what each step takes
 *    v
 *  PriorityAllocator              sound off the top (ViewerBudget), then by the consultation's priorities
 *    v
 *  LayerChoice                    down at once, up after a hold: the step that the picture stands on
 *    v
 *  ViewerShare.allocate           NodeLimits for LayerSelector, or StillPicture; signaling is told
 * </pre>
 *
 * <p>A producer under a face policy has a {@link org.nhipcau.sfu.route.TrackGate}. Viewers who are not cleared for its
 * participant get packets of it while the gate's lease lasts, from the first key frame on that is younger than the proof;
 * when it shuts, what waits for them and what they could ask for again is gone. Another worker is told of each change
 * before the next packet crosses. Where the participant offers a covered variant as another producer, TrackJoins
 * joins restricted viewers with that one (ADR 17).
 *
 * <p>And what no path carries need not be sent in the first place: PathReach tells dynacast (WantedQuality) which layers
 * are out of a viewer's reach, ThinSpeech tells how thin a microphone's speech should be (SpeechRate, for each viewer),
 * UplinkAdvice tells a publisher by REMB what its uplink is worth being filled with, and
 * KeyframeRequester spaces key frames by what they cost on it (ADR 21). OutageWatch stops pictures at the source while a
 * viewer's path is gone (ADR 22).
 *
 * <p>Under overload the worker tells each room its level: Shedder gives each ViewerShare its NodeLimits, by who is on
 * whose stage, who speaks and who steers (ADR 12).
 *
 * <p>Specs: RFC 7667 §3.7 (selective forwarding), RFC 3550, RFC 4585, RFC 5104, RFC 4588, RFC 8852, RFC 8843 §9.2,
 * RFC 6464. Left out on purpose: retransmission without RTX. It would send another packet under a number, and so under
 * an initialisation vector, that was used before, which AES-GCM forbids (RFC 7714 §8.1).
 *
 * <p>Thread: one, the worker's that owns the room. Time comes in as {@code nowNs}, randomness as a generator. A packet
 * allocates nothing. Floor 4: uses gate, overload, pipe, stream, bwe, codec, rtp, rtcp, buffer, metrics, api.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.route.MediaEndpoint}, PacketReceiver, Producer, Consumer, LayerSelector,
 * TrackSender, StreamRewriter, SequenceMap, ViewerOutlet; ViewerShare, PriorityAllocator, LayerChoice, StillPicture;
 * then {@link org.nhipcau.sfu.route.Room}, RoomWatch, SsrcBinder, FeedbackReceiver, ReportSender, UplinkAdvice; for rooms that span
 * workers Crossing, PipeExport, MirroredTrack, RemotePublisher.
 */
package org.nhipcau.sfu.route;
