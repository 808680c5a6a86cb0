// SPDX-License-Identifier: Apache-2.0
import { EventEmitter } from 'node:events';
import type { Room } from 'livekit-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { ThinSpeech, wantedPacketMs, wantedSpeech } from '../src/speech';

describe('what the server asks of speech', () => {
  it.each([['12000', 12_000], ['6000', 6_000], ['5999', undefined], ['much', undefined], ['', undefined], ['-1', undefined],
    ['1e9', undefined]])('should read %j as %j', (told, bps) => {
    expect(wantedSpeech({ 'nhipcau.speech.TR_1': told }, 'TR_1')).toBe(bps);
  });

  it.each([['60', 60], ['40', 40], ['61', undefined], ['', undefined], ['0', undefined]])('should read packets of %j as %j', (told, ms) => {
    expect(wantedPacketMs({ 'nhipcau.packet.TR_1': told }, 'TR_1')).toBe(ms);
    expect(wantedPacketMs({ 'nhipcau.packet.TR_2': told }, 'TR_1')).toBeUndefined();
  });

  it('should take nothing that is about another track', () => {
    expect(wantedSpeech({ 'nhipcau.speech.TR_2': '12000' }, 'TR_1')).toBeUndefined();
  });
});

interface Sender {
  maxBitrate: number | undefined;
  set: (number | undefined)[];
  refuses: boolean;
}

describe('thin speech', () => {
  let room: EventEmitter & { localParticipant: Record<string, unknown> };
  let attributes: Record<string, string>;
  let sender: Sender;
  let publications: Map<string, unknown>;
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  const asks = async (bps: string | undefined, track = 'TR_1') => {
    delete attributes[`nhipcau.speech.${track}`];
    if (bps) {
      attributes[`nhipcau.speech.${track}`] = bps;
    }
    room.emit('participantAttributesChanged');
    await settle();
  };

  const publish = (trackSid: string): Sender => {
    const sends: Sender = { maxBitrate: 24_000, set: [], refuses: false };
    const rtc = {
      getParameters: () => ({ encodings: [{ maxBitrate: sends.maxBitrate }] }),
      setParameters: async ({ encodings }: { encodings: { maxBitrate?: number }[] }) => {
        if (sends.refuses) {
          throw new Error('no');
        }
        sends.maxBitrate = encodings[0]!.maxBitrate;
        sends.set.push(sends.maxBitrate);
      },
    };
    publications.set(trackSid, { trackSid, track: { sender: rtc } });
    return sends;
  };

  beforeEach(() => {
    attributes = {};
    publications = new Map();
    sender = publish('TR_1');
    room = Object.assign(new EventEmitter(), { localParticipant: { attributes, audioTrackPublications: publications } });
    new ThinSpeech(room as unknown as Room);
  });

  it('should be sent while it is asked for, and the usual rate afterwards', async () => {
    await asks('12000');
    expect(sender.maxBitrate).toBe(12_000);
    await asks('10000');
    await asks('10000');
    expect(sender.set).toEqual([12_000, 10_000]);
    await asks(undefined);
    expect(sender.maxBitrate).toBe(24_000);
  });

  it('should never be richer than usual', async () => {
    await asks('64000');
    expect(sender.set).toEqual([]);
  });

  it('should be sent by a microphone that is published later', async () => {
    publications.clear();
    await asks('12000');
    expect(sender.set).toEqual([]);
    sender = publish('TR_1');
    room.emit('localTrackPublished');
    await settle();
    expect(sender.maxBitrate).toBe(12_000);
  });

  it('should be sent by each microphone as it is asked of that one', async () => {
    const second = publish('TR_2');
    await asks('12000', 'TR_2');
    expect([sender.maxBitrate, second.maxBitrate]).toEqual([24_000, 12_000]);
    await asks('10000');
    expect([sender.maxBitrate, second.maxBitrate]).toEqual([10_000, 12_000]);
    await asks(undefined, 'TR_2');
    expect([sender.maxBitrate, second.maxBitrate]).toEqual([10_000, 24_000]);
  });

  it('should not be kept from one microphone by another that refuses', async () => {
    const second = publish('TR_2');
    sender.refuses = true;
    attributes['nhipcau.speech.TR_1'] = '12000';
    await asks('12000', 'TR_2');
    expect([sender.maxBitrate, second.maxBitrate]).toEqual([24_000, 12_000]);
  });

  it('should leave the voice as it was where the browser refuses, and try again when asked anew', async () => {
    sender.refuses = true;
    await asks('12000');
    expect(sender.maxBitrate).toBe(24_000);
    sender.refuses = false;
    await asks('10000');
    expect(sender.maxBitrate).toBe(10_000);
  });
});
