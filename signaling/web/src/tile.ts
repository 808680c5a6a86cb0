// SPDX-License-Identifier: Apache-2.0
import { ConnectionQuality, type Track } from 'livekit-client';
import { type Cause, causeText } from './cause';
import type { Key, Words } from './i18n';
import { icon } from './icons';
import type { PictureNote } from './picture';
import { PictureWatch } from './watch';

const qualityBars: Record<ConnectionQuality, number> = {
  [ConnectionQuality.Unknown]: 0,
  [ConnectionQuality.Lost]: 0,
  [ConnectionQuality.Poor]: 1,
  [ConnectionQuality.Good]: 2,
  [ConnectionQuality.Excellent]: 3,
};

const qualityTexts: Record<ConnectionQuality, Key> = {
  [ConnectionQuality.Unknown]: 'qualityUnknown',
  [ConnectionQuality.Lost]: 'qualityLost',
  [ConnectionQuality.Poor]: 'qualityPoor',
  [ConnectionQuality.Good]: 'qualityGood',
  [ConnectionQuality.Excellent]: 'qualityExcellent',
};

const faceTexts = { covered: 'faceCovered', clear: 'faceClear', beside: 'faceBeside' } as const;

/** Still pictures come each five seconds or so: when three are missing, something else is wrong. */
const STILL_PATIENCE_MS = 15_000;

/** Everything a tile shows; the tile draws whatever it is given and decides nothing. */
export interface TileState {
  name: string;
  local: boolean;
  screen: boolean;
  microphoneOn: boolean;
  cameraOn: boolean;
  speaking: boolean;
  quality: ConnectionQuality;
  /** Why the quality suffers. */
  cause: Cause;
  /** The server holds the video back for lack of bandwidth. */
  paused: boolean;
  /** What this person's own link leaves of the video. */
  note: PictureNote | undefined;
  /** Why nothing of the video is shown to this viewer, where that is so to protect the patient. */
  shut: Key | undefined;
  /** What is done to the face in the video; beside: covered, and clear for those who may see it. Undefined: nothing is said. */
  face: keyof typeof faceTexts | undefined;
  /** The video is one of those that a face policy covers: then an old picture of it is not left standing. */
  guarded: boolean;
  /** Everybody is shown this one large. */
  main: boolean;
}

/** One picture on the wall: a participant's camera (or its absence), or a shared screen. */
export class Tile {
  readonly element = document.createElement('li');
  readonly #video = document.createElement('video');
  readonly #initials = document.createElement('span');
  readonly #notice = document.createElement('p');
  readonly #cause = document.createElement('p');
  readonly #face = document.createElement('span');
  readonly #name = document.createElement('span');
  readonly #microphone = document.createElement('span');
  readonly #quality = document.createElement('span');
  #track: Track | undefined;
  #watch: PictureWatch | undefined;
  #state: TileState | undefined;

  constructor(private readonly words: Words) {
    this.element.className = 'tile';
    this.#video.playsInline = true;
    this.#video.autoplay = true;
    this.#video.muted = true;
    this.#video.hidden = true;
    this.#video.setAttribute('aria-hidden', 'true');
    this.#initials.className = 'initials';
    this.#initials.setAttribute('aria-hidden', 'true');
    this.#notice.className = 'tileNotice';
    this.#notice.hidden = true;
    this.#cause.className = 'tileCause';
    this.#cause.hidden = true;
    this.#face.className = 'face';
    this.#face.hidden = true;
    const label = document.createElement('div');
    label.className = 'label';
    this.#microphone.className = 'micMark';
    this.#microphone.setAttribute('role', 'img');
    this.#microphone.append(icon('microphone', true));
    this.#quality.className = 'bars';
    this.#quality.setAttribute('role', 'img');
    this.#quality.append(...[1, 2, 3].map(() => document.createElement('i')));
    this.#name.className = 'name';
    label.append(this.#microphone, this.#name, this.#face, this.#quality);
    this.element.append(this.#video, this.#initials, this.#notice, this.#cause, label);
  }

  /** Shows the track's pictures, or none. */
  show(track: Track | undefined, nowMs: number): void {
    if (track === this.#track) {
      return;
    }
    this.#track?.detach(this.#video);
    this.#track = track;
    this.#watch = track ? new PictureWatch(nowMs) : undefined;
    track?.attach(this.#video);
    this.#video.muted = true;
    this.#video.hidden = !track;
  }

  draw(state: TileState): void {
    this.#state = state;
    const { words } = this;
    const shown = state.screen ? words.say('screenOf', { name: state.name }) : state.name;
    this.#name.textContent = state.local ? `${shown} (${words.say('you')})` : shown;
    this.#initials.textContent = initials(state.name);
    this.element.classList.toggle('screen', state.screen);
    this.element.classList.toggle('mirrored', state.local && !state.screen);
    this.element.classList.toggle('speaking', state.speaking);
    this.element.classList.toggle('dark', !state.cameraOn || !!state.shut);
    this.element.classList.toggle('main', state.main);
    this.#face.hidden = !state.face;
    this.#face.dataset['face'] = state.face ?? '';
    this.#face.textContent = state.face ? words.say(faceTexts[state.face]) : '';
    this.#microphone.hidden = state.microphoneOn || state.screen;
    this.#microphone.setAttribute('aria-label', words.say('mutedMark'));
    this.#quality.hidden = state.screen;
    this.#quality.dataset['bars'] = String(qualityBars[state.quality]);
    this.#quality.dataset['quality'] = state.quality;
    const quality = words.say(qualityTexts[state.quality]);
    this.#quality.setAttribute('aria-label', quality);
    this.#quality.title = quality;
    const cause = state.screen ? undefined : causeText(state.cause, state.local);
    this.#cause.textContent = cause ? words.say(cause) : '';
    this.#cause.dataset['cause'] = cause ? state.cause : '';
    this.#cause.hidden = !cause;
    if (state.shut) {
      this.#tell(state.shut);
    }
    this.#describe();
  }

  /** Looks whether pictures still come; call about once a second. */
  check(nowMs: number, pageVisible: boolean): void {
    const state = this.#state;
    if (state && !state.local && state.quality === ConnectionQuality.Lost) {
      // The server holds the seat: whatever the picture shows, nobody hears or sees us there for now.
      this.#watch?.observe(this.#video.getVideoPlaybackQuality().totalVideoFrames, false, nowMs);
      this.#tell('otherReconnecting');
      return;
    }
    if (!state || !this.#watch) {
      this.#tell(state?.shut);
      return;
    }
    const paused = state.paused || state.note === 'off';
    const still = state.note === 'still';
    const expected = state.cameraOn && !paused && pageVisible && state.quality !== ConnectionQuality.Lost;
    const picture = this.#watch.observe(this.#video.getVideoPlaybackQuality().totalVideoFrames, expected, nowMs,
      still ? STILL_PATIENCE_MS : undefined);
    this.#video.classList.toggle('old', state.guarded && picture === 'frozen');
    if (paused) {
      this.#tell('pausedByLink');
    } else if (still && picture === 'moving') {
      this.#tell('stillPicture');
    } else if (state.note === 'few' && picture === 'moving') {
      this.#tell('fewFrames');
    } else if (!state.cameraOn || picture === 'moving') {
      this.#tell(undefined);
    } else {
      this.#tell(picture === 'waiting' ? 'cameraWaiting' : picture === 'silent' ? 'cameraSilent' : 'cameraFrozen');
    }
  }

  dispose(): void {
    this.#track?.detach(this.#video);
    this.#track = undefined;
    this.element.remove();
  }

  #tell(key: Key | undefined): void {
    const text = key ? this.words.say(key) : '';
    if (this.#notice.textContent !== text) {
      this.#notice.textContent = text;
      this.#notice.hidden = !key;
      this.#notice.dataset['notice'] = key ?? '';
      this.#describe();
    }
  }

  #describe(): void {
    const state = this.#state;
    if (!state) {
      return;
    }
    const { words } = this;
    const parts = [this.#name.textContent ?? ''];
    if (!state.screen) {
      parts.push(words.say(qualityTexts[state.quality]));
      if (this.#cause.textContent) {
        parts.push(this.#cause.textContent);
      }
      if (!state.microphoneOn) {
        parts.push(words.say('mutedMark'));
      }
      if (!state.cameraOn && !state.shut) {
        parts.push(words.say('cameraIsOff'));
      }
    }
    if (this.#face.textContent) {
      parts.push(this.#face.textContent);
    }
    if (state.speaking) {
      parts.push(words.say('speakingMark'));
    }
    if (this.#notice.textContent) {
      parts.push(this.#notice.textContent);
    }
    this.element.setAttribute('aria-label', parts.join(', '));
  }
}

/** First letters of the first and last word: Vietnamese given names stand last. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  return picked.map((word) => [...(word ?? '')][0]?.toLocaleUpperCase('vi') ?? '').join('');
}
