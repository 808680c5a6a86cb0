// SPDX-License-Identifier: Apache-2.0
// Native clients: libwebrtc in Node, through @livekit/rtc-node.
import {
  AudioFrame, AudioSource, AudioStream, DataPacketKind, LocalAudioTrack, LocalVideoTrack, Room, RoomEvent, TrackKind,
  TrackPublishOptions, TrackSource, VideoBufferType, VideoCodec, VideoFrame, VideoSource, VideoStream, dispose as disposeNative,
} from '@livekit/rtc-node';
import { loudness, toneShare } from './tone.mjs';
import { until, within } from './wait.mjs';

export { RoomEvent, TrackKind, VideoCodec } from '@livekit/rtc-node';

const SAMPLE_RATE = 48_000;

const present = new Set();

/** Ends what tests left behind and libwebrtc itself; once per process, at its end. */
export async function dispose() {
  for (const client of present) {
    await client.leave().catch(() => {});
  }
  await disposeNative();
}

/** A participant made of libwebrtc: joins, sends a tone and a moving picture, hears and sees others. */
export class NativeClient {
  room = new Room();
  events = [];
  /** What came over data channels: { text, from, topic, reliable }. */
  messages = [];
  #running = true;
  #loops = [];
  #heard = new Map();
  #seen = new Map();

  static async join(url, token, options = {}) {
    const client = new NativeClient();
    const { room } = client;
    for (const name of ['reconnecting', 'reconnected', 'disconnected', 'participantConnected', 'participantDisconnected',
      'trackSubscribed', 'trackUnsubscribed', 'trackMuted', 'trackUnmuted', 'activeSpeakersChanged']) {
      room.on(name, (...values) => client.events.push({ name, values, atMs: performance.now() }));
    }
    room.on(RoomEvent.DataReceived, (payload, participant, kind, topic) => client.messages.push({
      text: Buffer.from(payload).toString(), from: participant?.identity ?? '', topic, reliable: kind === DataPacketKind.KIND_RELIABLE }));
    room.on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
      const listening = publication.kind === TrackKind.KIND_AUDIO
        ? client.#listen(track, participant.identity) : client.#watch(track, participant.identity);
      listening.catch((error) => client.events.push({ name: 'streamError', values: [error] }));
    });
    present.add(client);
    await within(45_000, 'native client joins', room.connect(url, token, { autoSubscribe: true, dynacast: false, ...options }));
    return client;
  }

  get identity() {
    return this.room.localParticipant.identity;
  }

  saw(name) {
    return this.events.some((event) => event.name === name);
  }

  /** Sends a message over a data channel, to all others or to those named. */
  say(text, { reliable = true, to = [], topic } = {}) {
    return within(20_000, 'a message is sent', this.room.localParticipant.publishData(Buffer.from(text),
      { reliable, topic, destination_identities: to }));
  }

  /** Texts of the messages that came from somebody, in order. */
  texts(from) {
    return this.messages.filter((message) => message.from === from).map((message) => message.text);
  }

  /** Publishes a sine tone for as long as the client lives. */
  async publishTone(frequencyHz = 440) {
    const source = new AudioSource(SAMPLE_RATE, 1);
    const track = LocalAudioTrack.createAudioTrack('tone', source);
    const publication = await within(45_000, 'tone published', this.room.localParticipant.publishTrack(track,
      new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE, dtx: false })));
    this.#loops.push(this.#play(source, frequencyHz));
    return publication;
  }

  async #play(source, frequencyHz) {
    const length = SAMPLE_RATE / 100;
    let phase = 0;
    while (this.#running) {
      const data = new Int16Array(length);
      for (let i = 0; i < length; i++) {
        data[i] = 12_000 * Math.sin(phase);
        phase = (phase + (2 * Math.PI * frequencyHz) / SAMPLE_RATE) % (2 * Math.PI);
      }
      // Resolves when the queue has room again: the source keeps the time.
      await source.captureFrame(new AudioFrame(data, SAMPLE_RATE, 1, length));
    }
  }

  /** Publishes a picture with a bright bar that moves, so that a standing picture is told from a living one. */
  async publishVideo({ width = 640, height = 360, fps = 15, codec = VideoCodec.VP8, simulcast = false } = {}) {
    const source = new VideoSource(width, height);
    const track = LocalVideoTrack.createVideoTrack('bar', source);
    const publication = await within(45_000, 'video published', this.room.localParticipant.publishTrack(track,
      new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA, videoCodec: codec, simulcast })));
    let index = 0;
    const timer = setInterval(() => source.captureFrame(barFrame(width, height, index++)), 1000 / fps);
    this.#loops.push({ stop: () => clearInterval(timer) });
    return publication;
  }

  async #listen(track, identity) {
    const state = { windows: [], samples: 0 };
    this.#heard.set(identity, state);
    let buffer = [];
    for await (const frame of new AudioStream(track, SAMPLE_RATE, 1)) {
      state.samples += frame.samplesPerChannel;
      buffer.push(...frame.data);
      if (buffer.length >= SAMPLE_RATE / 5) {
        state.windows.push({ samples: buffer, atMs: performance.now() });
        state.windows.splice(0, state.windows.length - 50);
        buffer = [];
      }
    }
  }

  async #watch(track, identity) {
    const state = { frames: 0, width: 0, height: 0, bars: [], firstAtMs: 0, lastAtMs: 0, longestGapMs: 0 };
    this.#seen.set(identity, state);
    for await (const { frame } of new VideoStream(track)) {
      const nowMs = performance.now();
      state.firstAtMs ||= nowMs;
      if (state.lastAtMs) {
        state.longestGapMs = Math.max(state.longestGapMs, nowMs - state.lastAtMs);
      }
      state.lastAtMs = nowMs;
      state.frames += 1;
      state.width = frame.width;
      state.height = frame.height;
      state.bars.push(barPosition(frame));
      state.bars.splice(0, state.bars.length - 60);
    }
  }

  /** Waits until the tone is heard from somebody, from now on, in a whole window of 200 ms; tells its share and loudness. */
  async hears(identity, frequencyHz = 440, timeoutMs = 45_000) {
    const fromMs = performance.now();
    let last = 'no sound at all';
    try {
      return await until(`${identity} heard at ${frequencyHz} Hz`, () => {
        const window = this.#heard.get(identity)?.windows.at(-1);
        if (!window || window.atMs < fromMs) {
          return undefined;
        }
        const share = toneShare(window.samples, SAMPLE_RATE, frequencyHz);
        const level = loudness(window.samples);
        last = `share ${share.toFixed(2)}, level ${level.toFixed(0)}, ${this.#heard.get(identity).samples} samples`;
        return share > 0.8 && level > 500 ? { share, level } : undefined;
      }, timeoutMs);
    } catch (error) {
      error.message += ` (last: ${last}; events: ${this.events.map((event) => event.name).join(' ')})`;
      throw error;
    }
  }

  heard(identity) {
    return this.#heard.get(identity);
  }

  seen(identity) {
    return this.#seen.get(identity);
  }

  /** Waits for so many frames from now on and returns what was seen. */
  async sees(identity, frames = 20, timeoutMs = 45_000) {
    const before = this.seen(identity)?.frames ?? 0;
    await until(`${frames} frames of ${identity}`, () => (this.seen(identity)?.frames ?? 0) >= before + frames, timeoutMs);
    return this.seen(identity);
  }

  async leave() {
    present.delete(this);
    this.#running = false;
    for (const loop of this.#loops) {
      loop.stop?.();
    }
    await within(30_000, 'native client leaves', this.room.disconnect());
  }
}

const BAR_STEPS = 16;

/** I420: dark grey, with a white bar at one of sixteen places that follow each other. */
function barFrame(width, height, index) {
  const data = new Uint8Array((width * height * 3) / 2).fill(128);
  const barWidth = Math.floor(width / BAR_STEPS);
  const from = (index % BAR_STEPS) * barWidth;
  data.fill(40, 0, width * height);
  for (let row = 0; row < height; row++) {
    data.fill(220, row * width + from, row * width + from + barWidth);
  }
  return new VideoFrame(data, width, height, VideoBufferType.I420);
}

/** Which of the sixteen places the bar is at, -1 if there is none: read from one row in the middle. */
export function barPosition(frame) {
  const planes = frame.type === VideoBufferType.I420 ? frame : frame.convert(VideoBufferType.I420);
  const start = Math.floor(planes.height / 2) * planes.width;
  const step = planes.width / BAR_STEPS;
  let best = -1;
  let bestValue = 130;
  for (let place = 0; place < BAR_STEPS; place++) {
    const value = planes.data[start + Math.floor((place + 0.5) * step)];
    if (value > bestValue) {
      best = place;
      bestValue = value;
    }
  }
  return best;
}
