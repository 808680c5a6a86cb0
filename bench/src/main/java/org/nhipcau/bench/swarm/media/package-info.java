// SPDX-License-Identifier: Apache-2.0
/**
 * What the clients of a swarm send and how they check what they receive.
 *
 * <p>Senders: {@link org.nhipcau.bench.swarm.media.FrameShaper} decides how large the frames of a video are,
 * {@link org.nhipcau.bench.swarm.media.VideoSender} makes VP8 packets of them on one or several encodings,
 * {@link org.nhipcau.bench.swarm.media.AudioSender} makes Opus packets. No picture and no sound is in them: every
 * payload is a {@link org.nhipcau.bench.swarm.media.Canary}, which names its room, its track and its place, and is
 * filled to the last byte with a pattern of the track.
 *
 * <p>Receivers: {@link org.nhipcau.bench.swarm.media.ReceivedStream} follows one forwarded stream and finds what is
 * missing, twice there, cut off or somebody else's.
 *
 * <p>Specs: RFC 3550, RFC 4585, RFC 4588, RFC 7741. Left out on purpose: bitrate adaptation of the sender (a swarm that
 * slows down would hide a server that is too slow).
 *
 * <p>Thread: the client's loop. Sans-IO: time comes in, packets go out through
 * {@link org.nhipcau.bench.swarm.media.MediaOutput}.
 */
package org.nhipcau.bench.swarm.media;
