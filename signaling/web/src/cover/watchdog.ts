// SPDX-License-Identifier: Apache-2.0

/** Silence of so long ends a cover. */
export const SILENCE_MS = 1_000;

/** So often the watchdog is to be asked. */
export const LOOK_INTERVAL_MS = 250;

/**
 * Notices that nobody reports any more. Silence is counted in looks: a page that stood still itself has heard nothing
 * for lack of listening, so the time between two looks counts for two intervals at most. Pure bookkeeping.
 */
export class Watchdog {
  #silentMs = 0;
  #lookedMs: number;

  constructor(nowMs: number) {
    this.#lookedMs = nowMs;
  }

  heard(): void {
    this.#silentMs = 0;
  }

  /** True when it is over. */
  look(nowMs: number): boolean {
    this.#silentMs += Math.min(Math.max(0, nowMs - this.#lookedMs), 2 * LOOK_INTERVAL_MS);
    this.#lookedMs = nowMs;
    return this.#silentMs >= SILENCE_MS;
  }
}
