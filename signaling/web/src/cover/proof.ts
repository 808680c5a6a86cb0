// SPDX-License-Identifier: Apache-2.0

import type { CoverCounts } from './loop';

/** How the cover of a track does, in the words of the heartbeat. */
export type CoverState = 'warming' | 'covering' | 'whole' | 'noFace' | 'stale' | 'dead';

/** A camera without a frame for so long gives nothing that could be covered. */
export const STALE_MS = 500;

/** So often the server is told; it stops forwarding after three times as long. */
export const HEARTBEAT_MS = 500;

/** Reports come on a grid of their own: a little earlier counts. */
const HEARTBEAT_SLACK_MS = 50;

/** What the server is told of a covered track. It proves that the cover works, not that whoever tells it is honest. */
export interface Proof {
  /** Counts the covers of this page: another camera, another epoch. */
  readonly epoch: number;
  readonly seq: number;
  readonly mode: 'cover';
  readonly state: CoverState;
  readonly in: number;
  readonly out: number;
  /** Frames in which places were covered: none, as long as nobody looks for places. */
  readonly covered: number;
  /** Frames that were covered wholly. */
  readonly whole: number;
  /** Since the cover last dealt with a frame of the camera. */
  readonly lastDetectAgeMs: number;
}

/** The attribute that carries the heartbeats of a track. */
export function proofKey(trackSid: string): string {
  return `nhipcau.proof.${trackSid}`;
}

/** Makes heartbeats of a worker's counts: no counts, no heartbeat. */
export class Proofs {
  #seq = 0;
  #sentMs = -Infinity;

  constructor(private readonly epoch: number) {}

  /** The heartbeat that is due with these counts, if one is. */
  due(counts: CoverCounts, nowMs: number): Proof | undefined {
    if (nowMs - this.#sentMs < HEARTBEAT_MS - HEARTBEAT_SLACK_MS) {
      return undefined;
    }
    this.#sentMs = nowMs;
    return this.#proof(counts, stateOf(counts));
  }

  /** The last one. */
  last(counts: CoverCounts): Proof {
    return this.#proof(counts, 'dead');
  }

  #proof(counts: CoverCounts, state: CoverState): Proof {
    this.#seq += 1;
    return { epoch: this.epoch, seq: this.#seq, mode: 'cover', state, in: counts.in, out: counts.out, covered: 0,
      whole: counts.out, lastDetectAgeMs: counts.lastInAgeMs };
  }
}

/** What the counts of a cover of the whole picture say. */
export function stateOf(counts: CoverCounts): CoverState {
  if (counts.out === 0) {
    return 'warming';
  }
  return counts.lastInAgeMs > STALE_MS ? 'stale' : 'whole';
}
