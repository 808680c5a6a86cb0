// SPDX-License-Identifier: Apache-2.0
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const link = vi.hoisted(() => ({ kbps: 1_000 }));
const covers = vi.hoisted(() => ({ made: [] as Array<{ camera: unknown; track: object; stopped: boolean; listener?: CoverListener }>, fails: false }));

vi.mock('../src/cover/cover', () => ({
  Cover: {
    start: async (camera: { stop(): void }) => {
      if (covers.fails) {
        camera.stop();
        throw new Error('unavailable');
      }
      const cover = {
        camera, track: { covered: true }, stopped: false, listener: undefined as CoverListener | undefined,
        listen(listener: CoverListener) { cover.listener = listener; },
        copy: () => new FakeRaw(),
        stop() {
          cover.stopped = true;
          camera.stop();
        },
      };
      covers.made.push(cover as never);
      return cover;
    },
  },
}));
vi.mock('../src/cover/track', () => {
  class FixedTrack {
    isStopped = false;
    sender = { getStats: async () => new Map([['pair', { type: 'candidate-pair', nominated: true, availableOutgoingBitrate: link.kbps * 1_000 }]]) };
    constructor(readonly mediaStreamTrack: object) {}
  }
  return { FixedTrack, CoveredTrack: class extends FixedTrack { covers = true; } };
});

const { Camera } = await import('../src/camera');
const { SenderGuard } = await import('../src/cover/guard');
import type { CoverListener } from '../src/cover/cover';
import type { Proof } from '../src/cover/proof';

class FakeRaw {
  stopped = false;
  kind = 'video';
  stop() { this.stopped = true; }
}

class FakeMe {
  identity = 'P_x';
  metadata = '';
  name = '';
  readonly publications = new Map<string, { source: string; isMuted: boolean; trackSid: string; track: object }>();
  readonly calls: string[] = [];
  sid = 0;
  refuses = false;

  get isCameraEnabled() { return [...this.publications.values()].some(({ source, isMuted }) => source === 'camera' && !isMuted); }
  get videoTrackPublications() { return this.publications; }
  getTrackPublication(source: string) { return [...this.publications.values()].find((each) => each.source === source); }
  async setCameraEnabled(on: boolean) {
    this.calls.push(`clear ${on}`);
    if (on) {
      this.publish({ raw: true, stop: () => this.calls.push('raw stopped') }, 'camera');
    }
  }
  async publishTrack(track: object, { source }: { source: string }) {
    if (this.refuses) {
      throw new Error('refused');
    }
    this.calls.push('covers' in track ? 'publish covered' : 'publish beside');
    this.publish(track, source);
  }
  async unpublishTrack(track: object) {
    this.calls.push('unpublish');
    for (const [sid, each] of this.publications) {
      if (each.track === track) {
        this.publications.delete(sid);
      }
    }
  }
  publish(track: object, source: string) {
    this.sid += 1;
    this.publications.set(`TR_${this.sid}`, { source, isMuted: false, trackSid: `TR_${this.sid}`, track });
  }
}

describe('the own camera', () => {
  const raws: FakeRaw[] = [];
  const told: Array<Record<string, string>> = [];
  const ends: string[] = [];
  const beside: boolean[] = [];
  let me: FakeMe;
  let room: EventEmitter & { localParticipant: FakeMe; state: string };
  let guard: InstanceType<typeof SenderGuard>;
  let camera: InstanceType<typeof Camera>;

  beforeEach(() => {
    covers.made.length = raws.length = told.length = ends.length = beside.length = 0;
    link.kbps = 1_000;
    covers.fails = false;
    me = new FakeMe();
    room = Object.assign(new EventEmitter(), { localParticipant: me, state: 'connected',
      engine: { client: { sendUpdateLocalMetadata: async (_: string, __: string, attributes: Record<string, string>) => told.push(attributes) } } });
    guard = new SenderGuard();
    vi.stubGlobal('navigator', { mediaDevices: {
      getUserMedia: async () => {
        const raw = new FakeRaw();
        raws.push(raw);
        return { getVideoTracks: () => [raw] };
      },
      enumerateDevices: async () => ['a', 'b'].map((deviceId) => ({ kind: 'videoinput', deviceId })),
    } });
    camera = new Camera(room as never, guard, { coverEnded: (why) => ends.push(why), clearChanged: (on) => beside.push(on) });
  });
  afterEach(() => vi.unstubAllGlobals());

  const settled = async () => {
    for (let i = 0; i < 20; i++) {
      await Promise.resolve();
    }
  };
  const proof = (state: string): Proof => ({ epoch: 1, seq: 1, mode: 'cover', state, in: 1, out: 1, covered: 0, whole: 1, lastDetectAgeMs: 0 }) as Proof;

  it('should be covered as long as nothing else is known', async () => {
    expect([camera.covering, guard.closed, camera.on]).toEqual([true, true, false]);
    await camera.set(true);
    expect(me.calls).toEqual(['publish covered']);
    expect(camera.on).toBe(true);
  });

  it('should tell the server how the cover does, of the track as it is called now', async () => {
    await camera.set(true);
    covers.made[0]!.listener!.proved(proof('whole'));
    expect(Object.keys(told[0]!)).toEqual(['nhipcau.proof.TR_1']);
    expect(JSON.parse(told[0]!['nhipcau.proof.TR_1']!)).toMatchObject({ state: 'whole' });
    // After a new connection the library publishes the same track under another name.
    const [publication] = me.publications.values();
    publication!.trackSid = 'TR_9';
    covers.made[0]!.listener!.proved(proof('whole'));
    expect(Object.keys(told[1]!)).toEqual(['nhipcau.proof.TR_9']);
    room.state = 'reconnecting';
    covers.made[0]!.listener!.proved(proof('whole'));
    expect(told).toHaveLength(2);
  });

  it('should begin a new cover each time it is turned on', async () => {
    await camera.set(true);
    await camera.set(false);
    expect([covers.made[0]!.stopped, raws[0]!.stopped, camera.on, me.publications.size]).toEqual([true, true, false, 0]);
    await camera.set(true);
    expect([covers.made.length, raws.length]).toEqual([2, 2]);
    expect(me.calls.some((call) => call.startsWith('clear true'))).toBe(false);
  });

  it('should change to another camera by another cover', async () => {
    await camera.set(true);
    await camera.next();
    expect(me.calls.filter((call) => call !== 'clear false')).toEqual(['publish covered', 'unpublish', 'publish covered']);
    expect(raws.map(({ stopped }) => stopped)).toEqual([true, false]);
  });

  it('should take a clear camera and a screen away before a cover takes their place', async () => {
    camera.require(false);
    expect(guard.closed).toBe(false);
    await camera.set(true);
    me.publish({ stop: () => me.calls.push('screen stopped') }, 'screen_share');
    camera.require(true);
    expect(guard.closed).toBe(true);
    await settled();
    expect(me.calls).toEqual(['clear true', 'raw stopped', 'unpublish', 'screen stopped', 'unpublish', 'publish covered']);
    expect(me.publications.size).toBe(1);
  });

  it('should stay covered when the face need not be covered any more, until it is turned off and on', async () => {
    await camera.set(true);
    camera.require(false);
    await settled();
    expect([camera.on, covers.made[0]!.stopped]).toEqual([true, false]);
    await camera.set(false);
    await camera.set(true);
    expect([covers.made[0]!.stopped, me.calls.at(-1)]).toEqual([true, 'clear true']);
  });

  describe('beside the cover', () => {
    const tracks = () => [...me.publications.values()].map(({ track }) => ('covers' in track ? 'covered' : 'clear'));
    let nowMs = 0;
    /** As the page does each second. */
    const look = async (seconds = 4, verdict: 'good' | 'weak' = 'good') => {
      for (let i = 0; i < seconds; i++) {
        nowMs += 1_000;
        camera.look(verdict);
        await settled();
      }
    };
    beforeEach(async () => {
      nowMs = 0;
      vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
      await camera.set(true);
    });
    afterEach(() => vi.restoreAllMocks());

    it('should send nothing clear before the server asks for it beside this very cover', async () => {
      await look();
      camera.offer('TR_9');
      await look();
      expect([tracks(), camera.clearBeside]).toEqual([['covered'], false]);
      camera.offer('TR_1');
      await look();
      expect([tracks(), camera.clearBeside, beside]).toEqual([['covered', 'clear'], true, [true]]);
    });

    it('should end it in the moment the server does not ask any more', async () => {
      camera.offer('TR_1');
      await look();
      const { track } = [...me.publications.values()][1]! as unknown as { track: { mediaStreamTrack: FakeRaw } };
      camera.offer('');
      // Before anything that takes time.
      expect([track.mediaStreamTrack.stopped, camera.clearBeside]).toEqual([true, false]);
      await settled();
      expect([tracks(), beside, covers.made[0]!.stopped]).toEqual([['covered'], [true, false], false]);
    });

    it.each([['the connection is away', () => room.emit('reconnecting')], ['the signal is away', () => room.emit('signalReconnecting')],
      ['it is muted from afar', () => room.emit('trackMuted', [...me.publications.values()][1])],
      ['the cover is turned off', () => camera.set(false)],
      ['the cover ends', () => covers.made[0]!.listener!.ended('dead')]])('should end when %s', async (_, happens) => {
      camera.offer('TR_1');
      await look();
      expect(camera.clearBeside).toBe(true);
      void happens();
      await settled();
      expect([camera.clearBeside, tracks().includes('clear')]).toEqual([false, false]);
    });

    it('should end in the moment the cover does, whatever else is under way', async () => {
      camera.offer('TR_1');
      await look();
      const { track } = [...me.publications.values()][1]! as unknown as { track: { mediaStreamTrack: FakeRaw } };
      covers.made[0]!.listener!.ended('dead');
      // Before anything that takes time.
      expect([track.mediaStreamTrack.stopped, camera.clearBeside]).toEqual([true, false]);
      await settled();
      expect([tracks(), ends]).toEqual([[], ['dead']]);
    });

    it('should not be sent on a weak uplink, and end when it turns weak', async () => {
      camera.offer('TR_1');
      link.kbps = 120;
      await look(10);
      expect(tracks()).toEqual(['covered']);
      link.kbps = 1_000;
      await look(10, 'weak');
      expect(tracks()).toEqual(['covered']);
      await look();
      expect(tracks()).toEqual(['covered', 'clear']);
      await look(1, 'weak');
      expect([tracks(), beside]).toEqual([['covered'], [true, false]]);
    });

    it('should let nothing through that the guard was not told of, and take it back', async () => {
      const allowed = vi.spyOn(guard, 'allow');
      const forbidden = vi.spyOn(guard, 'forbid');
      camera.offer('TR_1');
      await look();
      camera.offer('');
      expect(allowed.mock.calls).toEqual(forbidden.mock.calls);
      expect(allowed).toHaveBeenCalledTimes(1);
    });

    it('should be tried again after a while where the server did not take it', async () => {
      camera.offer('TR_1');
      me.refuses = true;
      await look();
      expect([camera.clearBeside, tracks(), beside]).toEqual([false, ['covered'], []]);
      me.refuses = false;
      await look(20);
      expect(tracks()).toEqual(['covered']);
      await look(20);
      expect(tracks()).toEqual(['covered', 'clear']);
    });
  });

  it('should be off when the cover ends, and say why', async () => {
    await camera.set(true);
    covers.made[0]!.listener!.ended('dead');
    await settled();
    expect([ends, camera.on, me.publications.size]).toEqual([['dead'], false, 0]);
    expect(me.calls).not.toContain('clear true');
  });

  it('should be off when somebody mutes it, when the server takes the track back and when the call ends', async () => {
    await camera.set(true);
    room.emit('trackMuted', [...me.publications.values()][0], me);
    await settled();
    expect([camera.on, covers.made[0]!.stopped]).toEqual([false, true]);

    await camera.set(true);
    const [publication] = me.publications.values();
    room.emit('localTrackUnpublished', publication);
    expect(camera.on).toBe(true);
    (publication!.track as { isStopped: boolean }).isStopped = true;
    room.emit('localTrackUnpublished', publication);
    expect([camera.on, covers.made[1]!.stopped]).toEqual([false, true]);

    me.publications.clear();
    await camera.set(true);
    room.emit('disconnected');
    expect([camera.on, covers.made[2]!.stopped]).toEqual([false, true]);
  });

  it('should turn the camera off where nothing can be covered or nothing is taken', async () => {
    covers.fails = true;
    await expect(camera.set(true)).rejects.toThrow();
    expect([camera.on, raws[0]!.stopped]).toEqual([false, true]);
    covers.fails = false;
    me.refuses = true;
    await expect(camera.set(true)).rejects.toThrow();
    expect([camera.on, raws[1]!.stopped]).toEqual([false, true]);
  });
});
