// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { SeatPatience } from '../src/retry';

describe('the patience with a lost connection', () => {
  it('should try at once, then for as long as a seat in a consultation is held', () => {
    const patience = new SeatPatience(() => 0.5);
    let elapsedMs = 0;
    let attempts = 0;
    let longest = 0;
    for (;;) {
      const delay = patience.nextRetryDelayInMs({ elapsedMs, retryCount: attempts });
      if (delay === null) {
        break;
      }
      expect(delay > 0).toBe(attempts > 0);
      longest = Math.max(longest, delay);
      elapsedMs += delay;
      attempts += 1;
    }
    expect(elapsedMs).toBeGreaterThanOrEqual(330_000);
    expect(longest).toBe(5_500);
    expect(attempts).toBeLessThan(80);
  });
});
