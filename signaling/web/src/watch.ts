// SPDX-License-Identifier: Apache-2.0

/** What a viewer is told about a camera that should deliver pictures. */
export type Picture = 'waiting' | 'moving' | 'silent' | 'frozen';

/**
 * Notices that a video has stopped: pure bookkeeping over the count of shown frames, so that it can be tested with any
 * clock. A camera that never showed a frame is silent, one that did and stopped is frozen.
 */
export class PictureWatch {
  #frames = 0;
  #sinceMs: number;
  #ever = false;

  constructor(nowMs: number, private readonly patienceMs = 4000) {
    this.#sinceMs = nowMs;
  }

  /**
   * Call about once a second. `expected` is false while muted, paused or out of sight: then nothing is held against it.
   * Where pictures are known to come rarely, `patienceMs` is longer than usual.
   */
  observe(frames: number, expected: boolean, nowMs: number, patienceMs = this.patienceMs): Picture {
    if (!expected) {
      this.#sinceMs = nowMs;
      this.#frames = frames;
      return this.#ever ? 'moving' : 'waiting';
    }
    if (frames !== this.#frames) {
      // A new element counts from zero again: any change is a new picture.
      this.#ever ||= frames > 0;
      this.#frames = frames;
      this.#sinceMs = nowMs;
    }
    if (nowMs - this.#sinceMs < patienceMs) {
      return this.#ever ? 'moving' : 'waiting';
    }
    return this.#ever ? 'frozen' : 'silent';
  }
}
