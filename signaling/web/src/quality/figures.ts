// SPDX-License-Identifier: Apache-2.0
// How one direction of a connection does: read from the messages of a call or from the server's API, and said in words.

import { type Cause, causes, type QualityInfo, unknownFields } from '../cause';
import type { Language } from '../i18n';
import type { figureTexts } from './texts';

/** Names of the figures, as in the server's API. */
type Name = 'audioLossRatio' | 'audioUnrepairedRatio' | 'videoLossRatio' | 'freezeRatio' | 'jitterMs' | 'roundTripMs'
  | 'audioBitrateBps' | 'videoBitrateBps' | 'audioScore';

type Found = { cause: Cause } & { [name in Name]?: number };

/** What is known of one direction; ratios are 0 to 1. */
export type Figures = Readonly<Found>;

/** Both directions of somebody's connection; one in which nothing flows is missing. */
export interface BothFigures {
  readonly uplink: Figures | undefined;
  readonly downlink: Figures | undefined;
}

export type FigureKey = keyof typeof figureTexts.vi;

const uplinkField = 1001;
const downlinkField = 1002;
const lengthDelimited = 2;

/** By the server's numbers of fields, from 2 on (1 is the cause): each a whole number of so many parts of one. */
const wire: readonly (readonly [Name, number])[] = [
  ['audioLossRatio', 10_000], ['audioUnrepairedRatio', 10_000], ['videoLossRatio', 10_000], ['freezeRatio', 10_000],
  ['jitterMs', 10], ['roundTripMs', 10], ['audioBitrateBps', 1], ['videoBitrateBps', 1], ['audioScore', 100],
];

/** In the same order, as the API names them. */
const causeNames: readonly string[] = ['none', 'publisher_uplink', 'viewer_downlink', 'camera_stopped', 'server'];

/** The figures of one's own connection in a quality message; undefined when it brings none. */
export function ownFigures(info: QualityInfo): BothFigures | undefined {
  const direction = (number: number) => {
    const field = unknownFields(info).filter((each) => each.no === number && each.wireType === lengthDelimited).at(-1);
    return field ? decoded(field.data) : undefined;
  };
  const both = { uplink: direction(uplinkField), downlink: direction(downlinkField) };
  return both.uplink || both.downlink ? both : undefined;
}

/** A message of varints, its length before it. */
function decoded(data: Uint8Array): Figures {
  const [, ...all] = varints(data);
  const found: Found = { cause: 'none' };
  for (let at = 0; at + 1 < all.length; at += 2) {
    const [tag, value] = [all[at] ?? 0, all[at + 1] ?? 0];
    if (tag % 8 !== 0) {
      // Of a newer server, and no varint: what follows cannot be told apart.
      break;
    }
    const number = Math.floor(tag / 8);
    const figure = wire[number - 2];
    if (number === 1) {
      found.cause = causes[value] ?? 'none';
    } else if (figure) {
      found[figure[0]] = value / figure[1];
    }
  }
  return found;
}

// By multiplication: bit operators end at 32 bits.
function varints(data: Uint8Array): number[] {
  const all: number[] = [];
  let value = 0;
  let factor = 1;
  for (const byte of data) {
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 128) {
      all.push(value);
      value = 0;
      factor = 1;
    }
  }
  return all;
}

/** The figures of a direction in an answer of the API; undefined for null. */
export function figuresOf(value: unknown): Figures | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const all = value as Record<string, unknown>;
  const found: Found = { cause: causes[causeNames.indexOf(String(all['cause']))] ?? 'none' };
  for (const [name] of wire) {
    const figure = all[name];
    if (typeof figure === 'number') {
      found[name] = figure;
    }
  }
  return found;
}

type Unit = 'percent' | 'ms' | 'kbit/s' | 'score';

/** In the order in which they are shown. */
export const shown: readonly (readonly [FigureKey, Name, Unit])[] = [
  ['figureAudioLoss', 'audioLossRatio', 'percent'],
  ['figureAudioUnrepaired', 'audioUnrepairedRatio', 'percent'],
  ['figureVideoLoss', 'videoLossRatio', 'percent'],
  ['figureFreeze', 'freezeRatio', 'percent'],
  ['figureJitter', 'jitterMs', 'ms'],
  ['figureRoundTrip', 'roundTripMs', 'ms'],
  ['figureAudioRate', 'audioBitrateBps', 'kbit/s'],
  ['figureVideoRate', 'videoBitrateBps', 'kbit/s'],
  ['figureAudioScore', 'audioScore', 'score'],
];

/** A figure as it is read; a dash where it is not known. */
export function said(figures: Figures | undefined, [, name, unit]: (typeof shown)[number], language: Language): string {
  const value = figures?.[name];
  if (value === undefined) {
    return '–';
  }
  const number = (scale: number, places: number) => (value * scale).toLocaleString(language, { maximumFractionDigits: places });
  switch (unit) {
    case 'percent':
      return `${number(100, 1)} %`;
    case 'ms':
      return `${number(1, 0)} ms`;
    case 'kbit/s':
      return `${number(0.001, 0)} kbit/s`;
    case 'score':
      return number(1, 1);
  }
}
