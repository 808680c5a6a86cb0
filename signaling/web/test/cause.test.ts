// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ConnectionQuality } from 'livekit-client';
import { type Cause, causeIn, causeText, type QualityInfo } from '../src/cause';
import { texts } from '../src/i18n';
import { uplinkVerdict } from '../src/verdict';

function info(...fields: [number, number, number[]][]): QualityInfo {
  return {
    participantSid: 'PA_x',
    getType: () => ({
      runtime: { bin: { listUnknownFields: () => fields.map(([no, wireType, data]) => ({ no, wireType, data: Uint8Array.from(data) })) } },
    }),
  };
}

describe('the verdict on the own uplink', () => {
  it('should blame it for what is bad unless the server names something else', () => {
    const { Unknown, Lost, Poor, Good, Excellent } = ConnectionQuality;
    const verdicts = ([quality, cause]: [ConnectionQuality, Cause]) => uplinkVerdict(quality, cause);
    expect(([[Unknown, 'none'], [Unknown, 'uplink']] as [ConnectionQuality, Cause][]).map(verdicts)).toEqual(['unknown', 'unknown']);
    expect(([[Good, 'none'], [Excellent, 'none'], [Good, 'downlink'], [Poor, 'downlink'], [Poor, 'camera'], [Poor, 'server']] as [ConnectionQuality, Cause][])
      .map(verdicts)).toEqual(Array(6).fill('good'));
    expect(([[Lost, 'none'], [Lost, 'downlink'], [Poor, 'none'], [Poor, 'uplink'], [Good, 'uplink']] as [ConnectionQuality, Cause][])
      .map(verdicts)).toEqual(Array(5).fill('weak'));
  });
});

describe('the cause of bad quality', () => {
  it('is read from the field that the library passes over', () => {
    expect(causeIn(info([1000, 0, [0]]))).toBe('none');
    expect(causeIn(info([1000, 0, [1]]))).toBe('uplink');
    expect(causeIn(info([1000, 0, [2]]))).toBe('downlink');
    expect(causeIn(info([1000, 0, [3]]))).toBe('camera');
    expect(causeIn(info([1000, 0, [4]]))).toBe('server');
  });

  it('is none when there is no such field, or a cause of a newer server', () => {
    expect(causeIn(info())).toBe('none');
    expect(causeIn(info([999, 0, [1]], [1000, 2, [3]]))).toBe('none');
    expect(causeIn(info([1000, 0, [99]]))).toBe('none');
  });

  it('has a text in both languages, another for oneself where it matters', () => {
    for (const cause of ['uplink', 'downlink', 'camera', 'server'] as Cause[]) {
      for (const local of [true, false]) {
        const key = causeText(cause, local);
        expect(key && texts.vi[key]).toBeTruthy();
        expect(key && texts.en[key]).toBeTruthy();
      }
    }
    expect(causeText('none', false)).toBeUndefined();
    expect(causeText('uplink', true)).not.toBe(causeText('uplink', false));
  });
});
