// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { SoundWait } from '../src/sound';

describe('the wait of sound', () => {
  /** So many seconds, two at a time, of which a share is made up; the wait at their end. */
  function pass(wait: SoundWait, state: { ms: number; samples: number; concealed: number }, seconds: number, share: number) {
    let target = -1;
    for (let passed = 0; passed < seconds; passed += 2) {
      state.ms += 2_000;
      state.samples += 96_000;
      state.concealed += 96_000 * share;
      target = wait.observe(state.samples, state.concealed, state.ms);
    }
    return target;
  }

  it('should grow while sound is made up, up to a bound, and shrink when it is calm for long', () => {
    const state = { ms: 0, samples: 0, concealed: 0 };
    const wait = new SoundWait(0);
    expect(pass(wait, state, 60, 0)).toBe(0);
    expect(pass(wait, state, 2, 0.05)).toBe(60);
    expect(pass(wait, state, 2, 0.05)).toBe(120);
    expect(pass(wait, state, 20, 0.05)).toBe(160);
    expect(pass(wait, state, 18, 0)).toBe(160);
    expect(pass(wait, state, 2, 0)).toBe(100);
    expect(pass(wait, state, 60, 0)).toBe(0);
  });

  it('should stay where a little is made up now and then', () => {
    const state = { ms: 0, samples: 0, concealed: 0 };
    const wait = new SoundWait(0);
    pass(wait, state, 2, 0);
    expect(pass(wait, state, 2, 0.02)).toBe(60);
    expect(pass(wait, state, 120, 0.005)).toBe(60);
  });

  it('should not mind how a player starts, nor one that begins anew', () => {
    const wait = new SoundWait(0);
    expect(wait.observe(48_000, 40_000, 1_000)).toBe(0);
    expect(wait.observe(10, 0, 3_000)).toBe(0);
    expect(wait.observe(10, 0, 5_000)).toBe(0);
  });
});
