// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { BEGIN_KBPS, FIRST_PAUSE_MS, KEEP_KBPS, LONGEST_PAUSE_MS, PROVED_MS, SURE_MS, type Uplink, UplinkRule } from '../src/cover/uplink';

const good: Uplink = { verdict: 'good', carriesKbps: 1_000 };

describe('the rule for a clear picture beside the cover', () => {
  let rule: UplinkRule;
  let nowMs: number;
  /** Each second the same, for so long; whether it may be sent in the end. */
  const pass = (ms: number, uplink: Partial<Uplink>) => {
    let may = false;
    for (const endMs = nowMs + ms; nowMs <= endMs; nowMs += 1_000) {
      may = rule.observe({ ...good, ...uplink }, nowMs);
    }
    return may;
  };

  beforeEach(() => {
    rule = new UplinkRule();
    nowMs = 10_000;
  });

  it('should begin when the link has looked good for long enough, not before', () => {
    expect(pass(SURE_MS - 1_000, {})).toBe(false);
    expect(pass(1_000, {})).toBe(true);
  });

  it.each([{ verdict: 'unknown' }, { verdict: 'weak' }, { carriesKbps: BEGIN_KBPS - 1 }] as const)(
    'should never begin on a link of which is known %j', (known) => {
      expect(pass(60_000, known)).toBe(false);
    });

  it('should go by the server\'s word where the browser tells no estimate', () => {
    expect(pass(SURE_MS, { carriesKbps: undefined })).toBe(true);
    expect(pass(60_000, { carriesKbps: undefined })).toBe(true);
    expect(pass(0, { carriesKbps: undefined, verdict: 'weak' })).toBe(false);
  });

  it('should end at once when the server finds the link weak, not when it does not know', () => {
    pass(SURE_MS, {});
    expect(pass(10_000, { verdict: 'unknown' })).toBe(true);
    expect(pass(0, { verdict: 'weak' })).toBe(false);
  });

  it('should end when the estimate stays too low, not at a single dip', () => {
    pass(SURE_MS, {});
    expect(pass(SURE_MS - 1_000, { carriesKbps: KEEP_KBPS - 1 })).toBe(true);
    expect(pass(60_000, { carriesKbps: KEEP_KBPS })).toBe(true);
    expect(pass(SURE_MS, { carriesKbps: KEEP_KBPS - 1 })).toBe(false);
  });

  it('should rest after a failure, longer each time, and forget that after it went well for long', () => {
    const restMs = () => {
      pass(SURE_MS, {});
      pass(0, { verdict: 'weak' });
      const fromMs = nowMs;
      while (!rule.observe(good, nowMs)) {
        nowMs += 1_000;
      }
      return Math.round((nowMs - fromMs) / 1_000) * 1_000;
    };
    const first = restMs();
    expect(Math.abs(first - FIRST_PAUSE_MS)).toBeLessThanOrEqual(SURE_MS);
    expect(restMs()).toBeGreaterThan(1.5 * first);
    for (let i = 0; i < 6; i++) {
      restMs();
    }
    expect(Math.abs(restMs() - LONGEST_PAUSE_MS)).toBeLessThanOrEqual(SURE_MS);
    pass(PROVED_MS, {});
    expect(Math.abs(restMs() - first)).toBeLessThanOrEqual(SURE_MS);
  });

  it('should look anew when there was nothing to be sent for a while', () => {
    pass(SURE_MS, {});
    rule.forget();
    expect(pass(SURE_MS - 1_000, {})).toBe(false);
    expect(pass(1_000, {})).toBe(true);
  });
});
