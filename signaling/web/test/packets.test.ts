// SPDX-License-Identifier: Apache-2.0
import type { Room } from 'livekit-client';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PacketLength, packetMsIn, saysNothingNew, withPacketMs, withPaused } from '../src/packets';

const lines = (...all: string[]) => all.map((line) => `${line}\r\n`).join('');
const HEAD = lines('v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-');
const SOUND = lines('m=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=recvonly', 'a=rtpmap:111 opus/48000/2');
const HEARD = SOUND.replace('recvonly', 'sendonly').replace('mid:0', 'mid:2');
const PICTURE = lines('m=video 9 UDP/TLS/RTP/SAVPF 96', 'a=mid:1', 'a=recvonly', 'a=rid:q recv', 'a=rid:h recv', 'a=simulcast:recv q;h');
const LONG = lines('a=ptime:60', 'a=maxptime:60');

describe('the length of packets in an answer', () => {
  it('should be that of the sound which is sent', () => {
    const answer = HEAD + HEARD + SOUND + PICTURE;
    expect(packetMsIn(answer)).toEqual([undefined]);
    expect(withPacketMs(answer, 60)).toBe(HEAD + HEARD + SOUND + LONG + PICTURE);
    expect(packetMsIn(withPacketMs(answer, 60))).toEqual([60]);
    expect(withPacketMs(withPacketMs(answer, 60), undefined)).toBe(answer);
    expect(withPacketMs(withPacketMs(answer, 60), 40)).toBe(withPacketMs(answer, 40));
  });
});

describe('layers that are not sent', () => {
  it('should be paused in the answer, and no others', () => {
    const paused = withPaused(HEAD + PICTURE, new Map([['1', ['h']]]));
    expect(paused).toContain('a=simulcast:recv q;~h\r\n');
    expect(withPaused(paused, new Map([['1', ['q']]]))).toContain('a=simulcast:recv ~q;h\r\n');
    expect(withPaused(paused, new Map())).toContain('a=simulcast:recv q;h\r\n');
  });
});

describe('an offer', () => {
  it('should say nothing new in another version, with other addresses', () => {
    expect(saysNothingNew(HEAD + SOUND, HEAD.replace('1 1', '1 2') + SOUND.replace('m=audio 9', 'm=audio 4711')
      + lines('a=candidate:1 1 udp 1 192.0.2.1 4711 typ host'))).toBe(true);
  });

  it('should say nothing new with other layers that rest', () => {
    const sends = (layers: string) => HEAD + SOUND + PICTURE.replace('recv q;h', `send ${layers}`);
    expect(saysNothingNew(sends('q;h;f'), sends('q;~h;~f'))).toBe(true);
    expect(saysNothingNew(sends('~q;h;f'), sends('q;h;~f'))).toBe(true);
    expect(saysNothingNew(sends('q;h;f'), sends('q;h'))).toBe(false);
  });

  it.each([['another section', SOUND + PICTURE], ['another direction', HEARD],
    ['other credentials', SOUND + lines('a=ice-ufrag:b')]])('should say something new with %s', (_, after) => {
    expect(saysNothingNew(HEAD + SOUND, HEAD + after)).toBe(false);
  });
});

describe('the length of packets', () => {
  let transport: Record<string, unknown> & { onOffer: ((offer: unknown, id: number) => void); latestOfferId: number };
  let room: Record<string, unknown>;
  let local: string;
  let next: string;
  let remote: string;
  let state: string;
  let sent: unknown[];
  let refuses: boolean;
  let packets: PacketLength;

  beforeEach(() => {
    local = HEAD + SOUND;
    next = local;
    remote = HEAD + SOUND;
    state = 'stable';
    sent = [];
    refuses = false;
    transport = {
      latestOfferId: 6,
      latestAcknowledgedOfferId: 6,
      onOffer: (offer) => sent.push(offer),
      getRemoteDescription: () => ({ sdp: remote }),
      getLocalDescription: () => ({ sdp: local }),
      getSignallingState: () => state,
      getTransceivers: () => [],
      createAndSendOffer: async () => {
        local = next;
        state = 'have-local-offer';
        transport.latestOfferId += 1;
        transport.onOffer({ type: 'offer', sdp: local }, transport.latestOfferId);
      },
      setRemoteDescription: async ({ sdp }: { sdp: string }, id: number) => {
        if (refuses) {
          throw new Error('no');
        }
        remote = sdp;
        state = 'stable';
        transport.latestAcknowledgedOfferId = id;
        return true;
      },
    };
    room = { state: 'connected', engine: { pcManager: { publisher: transport } } };
    packets = new PacketLength(room as unknown as Room);
  });

  it('should change in the browser alone, and back', async () => {
    expect(await packets.set(60)).toBe(true);
    expect(remote).toBe(HEAD + SOUND + LONG);
    expect(await packets.set(undefined)).toBe(true);
    expect(remote).toBe(HEAD + SOUND);
    expect(sent).toEqual([]);
    expect(state).toBe('stable');
  });

  it('should change for sound that is sent besides later', async () => {
    local += SOUND;
    next = local;
    remote = withPacketMs(remote, 60) + SOUND;
    expect(await packets.set(60)).toBe(true);
    expect(packetMsIn(remote)).toEqual([60, 60]);
    await packets.set(undefined);
    expect(packetMsIn(remote)).toEqual([undefined, undefined]);
  });

  it('should become again what the server asks of everybody', async () => {
    remote = withPacketMs(remote, 40);
    await packets.set(60);
    await packets.set(undefined);
    expect(packetMsIn(remote)).toEqual([40]);
  });

  it('should wait for a negotiation under way', async () => {
    state = 'have-local-offer';
    expect(await packets.set(60)).toBe(false);
    expect(packetMsIn(remote)).toEqual([undefined]);
  });

  it('should wait for an offer that is being made', async () => {
    transport.latestOfferId += 1;
    expect(await packets.set(60)).toBe(false);
    transport.latestAcknowledgedOfferId = transport.latestOfferId;
    expect(await packets.set(60)).toBe(true);
    expect(packetMsIn(remote)).toEqual([60]);
  });

  it('should wait for a connection that comes back', async () => {
    room.state = 'signalReconnecting';
    expect(await packets.set(60)).toBe(false);
    room.state = 'connected';
    expect(await packets.set(60)).toBe(true);
    expect(packetMsIn(remote)).toEqual([60]);
  });

  it('should ask nothing of a closed connection', async () => {
    state = 'closed';
    transport.getRemoteDescription = () => {
      throw new Error('opens another');
    };
    expect(await packets.set(60)).toBe(false);
    expect(await packets.set(undefined)).toBe(true);
  });

  it('should be tried again where a browser never says how it went', async () => {
    vi.useFakeTimers();
    try {
      transport.setRemoteDescription = () => new Promise(() => {});
      const done = packets.set(60);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await done).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  it('should send no offer that is answered otherwise', async () => {
    transport.setRemoteDescription = async () => {
      state = 'stable';
      throw new Error('not any more');
    };
    expect(await packets.set(60)).toBe(false);
    expect(sent).toEqual([]);
  });

  it('should be left to the server where the offer says something new', async () => {
    next = HEAD + SOUND + PICTURE;
    expect(await packets.set(60)).toBe(true);
    expect(sent).toHaveLength(1);
    expect(packetMsIn(remote)).toEqual([undefined]);
  });

  it('should be left to the server where the browser refuses', async () => {
    refuses = true;
    expect(await packets.set(60)).toBe(true);
    expect(sent).toHaveLength(1);
    transport.onOffer('another', 8);
    expect(sent).toHaveLength(2);
  });

  it('should do nothing before anything is sent', async () => {
    remote = HEAD + HEARD;
    expect(await packets.set(60)).toBe(false);
    expect(await packets.set(undefined)).toBe(true);
    expect(local).toBe(HEAD + SOUND);
  });
});
