// SPDX-License-Identifier: Apache-2.0

const stepMs = 60;
const longestMs = 160;
const calmMs = 20_000;
const muchConcealed = 0.01;
const littleConcealed = 0.002;

/**
 * How long sound should wait before it is played. Where packets are lost the server sends copies of them a little later,
 * but a browser does not wait for copies by itself: so it is told to wait longer while it has to make up sound, and to
 * go back to the shortest delay when the link has been calm. Pure bookkeeping, testable with any clock.
 */
export class SoundWait {
  #targetMs = 0;
  #samples = 0;
  #concealed = 0;
  #calmSinceMs: number;

  constructor(nowMs: number) {
    this.#calmSinceMs = nowMs;
  }

  /**
   * Call every few seconds with the counts so far; `concealed` without what was silence.
   * @returns milliseconds to wait at least; 0: as the browser likes
   */
  observe(samples: number, concealed: number, nowMs: number): number {
    const played = samples - this.#samples;
    const share = played > 0 ? Math.max(0, concealed - this.#concealed) / played : 0;
    const first = this.#samples === 0;
    this.#samples = samples;
    this.#concealed = concealed;
    // What a player conceals while it starts says nothing of the link.
    if (first || share > littleConcealed) {
      this.#calmSinceMs = nowMs;
    }
    if (!first && share > muchConcealed) {
      this.#targetMs = Math.min(longestMs, this.#targetMs + stepMs);
    } else if (nowMs - this.#calmSinceMs >= calmMs) {
      this.#targetMs = Math.max(0, this.#targetMs - stepMs);
      this.#calmSinceMs = nowMs;
    }
    return this.#targetMs;
  }
}
