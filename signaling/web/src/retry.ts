// SPDX-License-Identifier: Apache-2.0
import type { ReconnectContext, ReconnectPolicy } from 'livekit-client';

/** The server holds a seat in a consultation for five minutes by default; a little longer does no harm. */
const PATIENCE_MS = 330_000;
const LONGEST_PAUSE_MS = 5_000;
const JITTER_MS = 1_000;

/** Tries to come back for as long as the seat is held: at once, then ever more rarely, not all at the same moment. */
export class SeatPatience implements ReconnectPolicy {
  constructor(private readonly random: () => number = Math.random) {}

  /** Milliseconds to the next attempt; null: nobody waits there any more. */
  nextRetryDelayInMs({ elapsedMs, retryCount }: ReconnectContext): number | null {
    if (elapsedMs >= PATIENCE_MS) {
      return null;
    }
    if (retryCount === 0) {
      return 0;
    }
    return Math.min(LONGEST_PAUSE_MS, 300 * 2 ** (retryCount - 1)) + (retryCount > 1 ? this.random() * JITTER_MS : 0);
  }
}
