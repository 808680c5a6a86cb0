// SPDX-License-Identifier: Apache-2.0
// A light participant of a consultation: looks at every frame it gets, and can send a picture that is covered or not,
// with or without heartbeats.
import {
  LocalVideoTrack, Room, RoomEvent, TrackKind, TrackPublishOptions, TrackSource, VideoBufferType, VideoFrame, VideoSource,
  VideoStream,
} from '@livekit/rtc-node';
import { until } from './wait.mjs';

/** Luma of a cover may stray so far from flat after a codec. */
const FLAT = 4;
const EVERY = 7;

/** How luma spreads in a frame. */
export function lookAt(frame) {
  const picture = frame.type === VideoBufferType.I420 ? frame : frame.convert(VideoBufferType.I420);
  const count = picture.width * picture.height;
  let sum = 0;
  let squares = 0;
  let seen = 0;
  for (let i = 0; i < count; i += EVERY) {
    const luma = picture.data[i];
    sum += luma;
    squares += luma * luma;
    seen += 1;
  }
  const mean = sum / seen;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / seen - mean * mean)) };
}

/** Somebody who watches, and counts what is flat grey and what is not. */
export class Watcher {
  room = new Room();
  /** By track sid: { identity, source, frames, clear, mean, deviation, lastAtMs, lastClearAtMs, width }. */
  tracks = new Map();
  ended = false;
  #timers = [];
  #proofs = new Map();

  /**
   * @param look at every picture; otherwise they are only received
   * @param only identities whose tracks are asked for; everybody's when left out
   */
  static async join(url, token, { look = true, only } = {}) {
    const watcher = new Watcher();
    const { room } = watcher;
    if (only) {
      room.on(RoomEvent.TrackPublished, (publication, participant) => {
        if (only.includes(participant.identity)) {
          publication.setSubscribed(true);
        }
      });
    }
    room.on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
      const state = { identity: participant.identity, source: publication.source, kind: publication.kind, frames: 0, clear: 0, lastAtMs: 0, lastClearAtMs: 0 };
      watcher.tracks.set(publication.sid, state);
      if (look && publication.kind === TrackKind.KIND_VIDEO) {
        watcher.#watch(track, state).catch(() => {});
      }
    });
    room.on(RoomEvent.Disconnected, () => { watcher.ended = true; });
    await room.connect(url, token, { autoSubscribe: !only, dynacast: false });
    return watcher;
  }

  async #watch(track, state) {
    for await (const { frame } of new VideoStream(track)) {
      const { mean, deviation } = lookAt(frame);
      state.frames += 1;
      state.lastAtMs = performance.now();
      state.width = frame.width;
      state.mean = mean;
      state.deviation = deviation;
      if (deviation > FLAT) {
        state.clear += 1;
        state.lastClearAtMs = performance.now();
      }
    }
  }

  /** What came of somebody's pictures, all tracks of a source together. */
  seen(identity, source = TrackSource.SOURCE_CAMERA) {
    const total = { frames: 0, clear: 0, lastAtMs: 0, lastClearAtMs: 0, tracks: 0 };
    for (const state of this.tracks.values()) {
      if (state.identity === identity && state.source === source) {
        total.tracks += 1;
        total.frames += state.frames;
        total.clear += state.clear;
        total.lastAtMs = Math.max(total.lastAtMs, state.lastAtMs);
        total.lastClearAtMs = Math.max(total.lastClearAtMs, state.lastClearAtMs);
        total.mean = state.mean ?? total.mean;
      }
    }
    return total;
  }

  async sees(identity, frames = 5, source = TrackSource.SOURCE_CAMERA, timeoutMs = 25_000) {
    const before = this.seen(identity, source).frames;
    await until(`${frames} more frames of ${identity}`, () => this.seen(identity, source).frames >= before + frames, timeoutMs);
    return this.seen(identity, source);
  }

  /** The attributes of somebody as this viewer is told of them. */
  attributes(identity) {
    return this.room.remoteParticipants.get(identity)?.attributes ?? {};
  }

  /** What this viewer is told of somebody's pictures: values of `nhipcau.face.*`. */
  faces(identity) {
    return Object.entries(this.attributes(identity)).filter(([key]) => key.startsWith('nhipcau.face.')).map(([, value]) => value);
  }

  async leave() {
    this.#timers.forEach(clearInterval);
    await this.room.disconnect();
  }

  /** Publishes a picture: `flat` grey as a cover, otherwise a moving bar, which stands for a clear face. */
  async publish({ flat = false, source = TrackSource.SOURCE_CAMERA, width = 320, height = 180, fps = 8 } = {}) {
    const output = new VideoSource(width, height);
    const track = LocalVideoTrack.createVideoTrack(flat ? 'cover' : 'bar', output);
    const options = new TrackPublishOptions({ source, simulcast: false });
    const publication = await this.room.localParticipant.publishTrack(track, options);
    let index = 0;
    const picture = { flat };
    this.#timers.push(setInterval(() => output.captureFrame(drawn(width, height, picture.flat ? -1 : index++)), 1000 / fps));
    return { sid: publication.sid, picture, publication };
  }

  /** Says twice a second of a track that it is covered, whether it is or not; the returned function stops it. */
  prove(trackSid, { epoch = 1, state = () => 'whole', everyMs = 500 } = {}) {
    let seq = this.#proofs.get(trackSid) ?? 0;
    let count = 0;
    const tell = () => {
      seq += 1;
      count += 3;
      this.#proofs.set(trackSid, seq);
      this.room.localParticipant.setAttributes({ [`nhipcau.proof.${trackSid}`]: JSON.stringify({ epoch, seq, mode: 'cover',
        state: state(), in: count, out: count, covered: 0, whole: count, lastDetectAgeMs: 40 }) }).catch(() => {});
    };
    tell();
    const timer = setInterval(tell, everyMs);
    this.#timers.push(timer);
    return () => clearInterval(timer);
  }
}

/** I420: flat grey, or a bright bar over dark at one of sixteen places. */
function drawn(width, height, index) {
  const data = new Uint8Array((width * height * 3) / 2).fill(128);
  if (index >= 0) {
    data.fill(40, 0, width * height);
    const barWidth = Math.floor(width / 16);
    const from = (index % 16) * barWidth;
    for (let row = 0; row < height; row++) {
      data.fill(220, row * width + from, row * width + from + barWidth);
    }
  }
  return new VideoFrame(data, width, height, VideoBufferType.I420);
}
