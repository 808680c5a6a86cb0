// SPDX-License-Identifier: Apache-2.0

import type { Key } from '../i18n';

/** Below this a microphone gives noise, above it a voice; of a full scale of 1. */
const VOICE_LEVEL = 0.02;

/** A signal that takes longer to the server and back makes people talk into each other. */
const SLOW_MS = 400;

/** What a check has found out so far. */
export interface Findings {
  readonly sound: 'wait' | 'good' | 'bad';
  readonly picture: 'wait' | 'good' | 'bad';
}

/**
 * Tries microphone and camera while somebody waits. Nothing of it is sent, shown or kept: sound is measured, pictures are
 * counted, and both devices are turned off at the end.
 */
export class DeviceCheck {
  #findings: Findings = { sound: 'wait', picture: 'wait' };
  #streams: MediaStream[] = [];
  #audio: AudioContext | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #over = false;

  constructor(private readonly changed: () => void) {}

  get findings(): Findings {
    return this.#findings;
  }

  async start(): Promise<void> {
    await Promise.all([
      this.#open({ audio: true }, (stream) => this.#listen(stream), { sound: 'bad' }),
      this.#open({ video: { width: { ideal: 320 } } }, (stream) => this.#watch(stream), { picture: 'bad' }),
    ]);
  }

  stop(): void {
    this.#over = true;
    clearInterval(this.#timer);
    void this.#audio?.close().catch(() => {});
    for (const stream of this.#streams) {
      stream.getTracks().forEach((track) => track.stop());
    }
  }

  async #open(constraints: MediaStreamConstraints, use: (stream: MediaStream) => void, bad: Partial<Findings>): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(constraints);
      this.#streams.push(stream);
      if (this.#over) {
        this.stop();
      } else {
        use(stream);
      }
    } catch {
      this.#found(bad);
    }
  }

  #listen(stream: MediaStream): void {
    this.#audio = new AudioContext();
    const analyser = this.#audio.createAnalyser();
    this.#audio.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      if (loudness(samples) > VOICE_LEVEL) {
        clearInterval(this.#timer);
        this.#found({ sound: 'good' });
      }
    }, 100);
  }

  #watch(stream: MediaStream): void {
    const video = document.createElement('video');
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    video.addEventListener('loadeddata', () => this.#found({ picture: 'good' }), { once: true });
    void video.play().catch(() => this.#found({ picture: 'bad' }));
  }

  #found(news: Partial<Findings>): void {
    if (!this.#over) {
      this.#findings = { ...this.#findings, ...news };
      this.changed();
    }
  }
}

/** What is said of the findings, and of the line. */
export function verdicts(findings: Findings, covered: boolean, roundTripMs: number): Array<{ key: Key; good: boolean }> {
  const sound = { wait: 'checkSoundWait', good: 'checkSoundGood', bad: 'checkSoundBad' } as const;
  const picture = { wait: 'checkPictureWait', good: covered ? 'checkPictureCovered' : 'checkPictureGood', bad: 'checkPictureBad' } as const;
  return [
    { key: sound[findings.sound], good: findings.sound === 'good' },
    { key: picture[findings.picture], good: findings.picture === 'good' },
    { key: roundTripMs === 0 ? 'checkLineWait' : roundTripMs < SLOW_MS ? 'checkLineGood' : 'checkLineFair', good: roundTripMs > 0 && roundTripMs < SLOW_MS },
  ];
}

/** Root mean square. */
function loudness(samples: Float32Array): number {
  let energy = 0;
  for (const value of samples) {
    energy += value * value;
  }
  return Math.sqrt(energy / samples.length);
}
