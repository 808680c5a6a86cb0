// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { ConnectionQualityInfo } from '@livekit/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { QualityInfo } from '../src/cause';
import { Words } from '../src/i18n';
import { figuresOf, ownFigures, said, shown } from '../src/quality/figures';
import { LinkPanel, OwnLink } from '../src/quality/link';

const varint = (value: number): number[] => value < 128 ? [value] : [value % 128 + 128, ...varint(Math.floor(value / 128))];
const fields = (values: Record<number, number>) => Object.entries(values).flatMap(([number, value]) => [...varint(Number(number) * 8), ...varint(value)]);
const message = (number: number, bytes: number[]) => [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];

/** As the client library hands it on: participant PA_x, the cause, and what the server added. */
function info(...added: number[][]): QualityInfo {
  const id = [...'PA_x'].map((letter) => letter.charCodeAt(0));
  return ConnectionQualityInfo.fromBinary(Uint8Array.from([...message(1, id), ...varint(8_000), 1, ...added.flat()])) as QualityInfo;
}

const uplink = { 1: 1, 2: 325, 3: 40, 4: 1_200, 5: 5_000, 6: 123, 7: 2_504, 8: 24_000, 9: 5_000_000_000, 10: 371 };

describe('the figures of the own connection', () => {
  it('should be read from the fields that the library passes over', () => {
    expect(ownFigures(info(message(1001, fields(uplink)), message(1002, fields({ 1: 2, 9: 64_000 }))))).toEqual({
      uplink: {
        cause: 'uplink', audioLossRatio: 0.0325, audioUnrepairedRatio: 0.004, videoLossRatio: 0.12, freezeRatio: 0.5, jitterMs: 12.3,
        roundTripMs: 250.4, audioBitrateBps: 24_000, videoBitrateBps: 5_000_000_000, audioScore: 3.71,
      },
      downlink: { cause: 'downlink', videoBitrateBps: 64_000 },
    });
  });

  it('should be none of other messages, and half of one with a direction alone', () => {
    expect(ownFigures(info())).toBeUndefined();
    expect(ownFigures(info(message(1002, [])))).toEqual({ uplink: undefined, downlink: { cause: 'none' } });
  });

  it('should pass over what a newer server tells', () => {
    expect(ownFigures(info(message(1001, [...fields({ 1: 77, 2: 100, 60: 5 }), ...message(61, [1, 2, 3]), ...fields({ 9: 1 })])))?.uplink)
      .toEqual({ cause: 'none', audioLossRatio: 0.01 });
  });

  it('should hold for some seconds, and through messages without any', () => {
    const link = new OwnLink();
    expect(link.figures(0)).toBeUndefined();
    link.take(info(message(1001, fields(uplink))), 1_000);
    link.take(info(), 5_000);
    expect(link.figures(20_999)?.uplink?.cause).toBe('uplink');
    expect(link.figures(21_000)).toBeUndefined();
  });
});

describe('a figure', () => {
  it('should be said with its unit, in the language, and as a dash where it is not known', () => {
    const figures = ownFigures(info(message(1001, fields(uplink))))?.uplink;
    const all = (language: 'vi' | 'en') => shown.map((each) => said(figures, each, language));
    expect(all('vi')).toEqual(['3,3 %', '0,4 %', '12 %', '50 %', '12 ms', '250 ms', '24 kbit/s', '5.000.000 kbit/s', '3,7']);
    expect(all('en')[0]).toBe('3.3 %');
    expect(shown.map((each) => said({ cause: 'none' }, each, 'vi'))).toEqual(Array(9).fill('–'));
    expect(said(undefined, shown[0]!, 'vi')).toBe('–');
  });

  it('should be read from the API, whatever else that says', () => {
    expect(figuresOf({ cause: 'viewer_downlink', audioLossRatio: 0.5, jitterMs: null, roundTripMs: 'x', burstRatio: 1 }))
      .toEqual({ cause: 'downlink', audioLossRatio: 0.5 });
    expect(figuresOf({ cause: 'of a newer server' })).toEqual({ cause: 'none' });
    expect([figuresOf(null), figuresOf(undefined), figuresOf(5)]).toEqual([undefined, undefined, undefined]);
  });
});

describe('the details of the own connection', () => {
  const by = (id: string) => document.getElementById(id)!;
  const rows = () => [...document.querySelectorAll<HTMLElement>('#linkRows tr')].map((row) => [...row.children].map((cell) => cell.textContent));
  let words: Words;
  let link: OwnLink | undefined;
  let panel: LinkPanel;

  beforeEach(() => {
    vi.useFakeTimers();
    document.documentElement.innerHTML = readFileSync(`${process.cwd()}/index.html`, 'utf8').replace(/<link[^>]*>|<script[^>]*><\/script>/g, '');
    words = new Words('vi');
    words.fill(document);
    link = new OwnLink();
    panel = new LinkPanel(words, () => link);
    panel.draw();
  });
  afterEach(() => {
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  it('should open and close by one button, and by the keys, with the focus where it was', () => {
    const button = by('linkOpen');
    expect([button.hidden, button.getAttribute('aria-expanded'), button.getAttribute('aria-label'), by('link').hidden])
      .toEqual([false, 'false', 'Đường truyền của bạn', true]);
    button.click();
    expect([button.getAttribute('aria-expanded'), by('link').hidden, document.activeElement?.id]).toEqual(['true', false, 'link']);
    by('link').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    expect([button.getAttribute('aria-expanded'), by('link').hidden, document.activeElement?.id]).toEqual(['false', true, 'linkOpen']);
    button.click();
    by('linkClose').click();
    expect(by('link').hidden).toBe(true);
  });

  it('should show both directions in words and figures, in both languages', () => {
    link!.take(info(message(1001, fields(uplink)), message(1002, fields({ 1: 0, 7: 80 }))), performance.now());
    by('linkOpen').click();
    expect(rows()[0]).toEqual(['Nguyên nhân', 'Đường truyền lên của bạn yếu', 'Không có gì bất thường']);
    expect(rows()[6]).toEqual(['Thời gian khứ hồi', '250 ms', '8 ms']);
    words.switchLanguage();
    words.fill(document);
    panel.draw();
    expect(rows()[0]).toEqual(['Cause', 'Your uplink is weak', 'Nothing to be felt']);
  });

  it('should say that there are no figures, and forget old ones by itself', () => {
    by('linkOpen').click();
    expect([by('linkNone').hidden, by('linkTable').hidden]).toEqual([false, true]);
    link!.take(info(message(1002, fields({ 7: 80 }))), performance.now());
    vi.advanceTimersByTime(1_000);
    expect([by('linkNone').hidden, by('linkTable').hidden]).toEqual([true, false]);
    vi.advanceTimersByTime(20_000);
    expect([by('linkNone').hidden, by('linkTable').hidden]).toEqual([false, true]);
  });

  it('should stand in the flow of the page, so that it covers neither desk nor consent', () => {
    const [rule] = /^\.link \{[^}]*\}/m.exec(readFileSync(`${process.cwd()}/src/style.css`, 'utf8')) ?? [];
    expect(rule).not.toContain('position');
    expect(rule).toContain('max-height');
  });

  it('should go with the call', () => {
    by('linkOpen').click();
    link = undefined;
    panel.draw();
    expect([by('linkOpen').hidden, by('link').hidden, vi.getTimerCount()]).toEqual([true, true, 0]);
  });
});
