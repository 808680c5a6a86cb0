// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Cover } from '../src/cover/cover';
import { CoverUnavailable } from '../src/cover/making';
import { COVER_COLOUR, COVER_LUMA } from '../src/cover/grey';
import { type CameraFrame, CoverLoop } from '../src/cover/loop';
import type { CoverNews } from '../src/cover/messages';
import { pathsOf } from '../src/cover/path';
import { type Proof, Proofs, stateOf } from '../src/cover/proof';
import { LOOK_INTERVAL_MS, SILENCE_MS, Watchdog } from '../src/cover/watchdog';

/** A camera of so many frames, each so many milliseconds after the other. */
class FakeCamera {
  readonly frames: Array<CameraFrame & { closed: boolean }> = [];
  nowMs = 0;
  cancelled = false;

  constructor(private readonly count: number, private readonly stepMs: number) {}

  async read(): Promise<{ done: boolean; value?: CameraFrame }> {
    if (this.cancelled || this.frames.length === this.count) {
      return { done: true };
    }
    this.nowMs += this.stepMs;
    const frame = { timestamp: this.nowMs * 1000, closed: false, close() { this.closed = true; } };
    this.frames.push(frame);
    return { done: false, value: frame };
  }

  async cancel(): Promise<void> {
    this.cancelled = true;
  }
}

describe('the cover of frames', () => {
  it('should write nothing that came from the camera, and close each frame before it writes', async () => {
    const camera = new FakeCamera(30, 100);
    const written: Array<{ cover: number }> = [];
    const loop = new CoverLoop(camera, {
      write: async (frame: { cover: number }) => {
        expect(camera.frames.every(({ closed }) => closed)).toBe(true);
        written.push(frame);
      },
    }, (timestamp) => ({ cover: timestamp }), 200, () => camera.nowMs);
    await loop.run();
    expect(written.map(({ cover }) => cover)).toEqual(camera.frames.filter((_, index) => index % 2 === 0).map(({ timestamp }) => timestamp));
    expect(written.some((frame) => (camera.frames as unknown[]).includes(frame))).toBe(false);
    expect(loop.counts()).toEqual({ in: 30, out: 15, lastInAgeMs: 0 });
  });

  it('should give nothing where the camera gives nothing', async () => {
    const camera = new FakeCamera(0, 100);
    const loop = new CoverLoop(camera, { write: () => expect.unreachable() }, () => 0, 200, () => camera.nowMs);
    await loop.run();
    camera.nowMs = 700;
    expect(loop.counts()).toEqual({ in: 0, out: 0, lastInAgeMs: 700 });
  });

  it('should write nothing more once it is stopped, not even for a frame under way', async () => {
    const camera = new FakeCamera(10, 1000);
    let written = 0;
    const loop: CoverLoop<CameraFrame, number> = new CoverLoop(camera, {
      write: async () => {
        written += 1;
        await loop.stop();
      },
    }, () => 0, 200, () => camera.nowMs);
    await loop.run();
    expect(written).toBe(1);
    expect(camera.cancelled).toBe(true);
  });

  it('should fail with whatever fails, without another frame', async () => {
    const camera = new FakeCamera(10, 1000);
    const loop = new CoverLoop(camera, { write: () => Promise.reject(new Error('closed')) }, () => 0, 200, () => camera.nowMs);
    await expect(loop.run()).rejects.toThrow('closed');
    expect(camera.frames).toHaveLength(1);
    expect(loop.counts().out).toBe(0);
  });

  it('should be the same grey on a canvas', () => {
    const [, level] = /rgb\((\d+), \1, \1\)/.exec(COVER_COLOUR) ?? [];
    expect(Math.round((Number(level) * 219) / 255 + 16)).toBe(COVER_LUMA);
  });
});

describe('the watchdog', () => {
  it('should bark after a second without a report, and not before', () => {
    const watchdog = new Watchdog(0);
    let nowMs = 0;
    const looks = () => {
      nowMs += LOOK_INTERVAL_MS;
      return watchdog.look(nowMs);
    };
    expect([looks(), looks(), looks()]).toEqual([false, false, false]);
    watchdog.heard();
    expect([looks(), looks(), looks(), looks()]).toEqual([false, false, false, true]);
    expect(4 * LOOK_INTERVAL_MS).toBe(SILENCE_MS);
  });

  it('should not blame the reporter when the listener itself stood still, but not wait for ever either', () => {
    const watchdog = new Watchdog(0);
    expect(watchdog.look(30_000)).toBe(false);
    watchdog.heard();
    expect(watchdog.look(60_000)).toBe(false);
    expect(watchdog.look(90_000)).toBe(true);
  });
});

describe('the heartbeat', () => {
  const counts = (values: Partial<{ in: number; out: number; lastInAgeMs: number }>) => ({ in: 10, out: 5, lastInAgeMs: 20, ...values });

  it('should say how the cover does', () => {
    expect(stateOf(counts({ out: 0 }))).toBe('warming');
    expect(stateOf(counts({}))).toBe('whole');
    expect(stateOf(counts({ lastInAgeMs: 500 }))).toBe('whole');
    expect(stateOf(counts({ lastInAgeMs: 501 }))).toBe('stale');
  });

  it('should be due each half a second, in a row, with whole numbers alone', () => {
    const proofs = new Proofs(3);
    const sent = Array.from({ length: 21 }, (_, index) => proofs.due(counts({ lastInAgeMs: 20 }), index * 250));
    const told = sent.filter((proof): proof is Proof => !!proof);
    expect(told.map(({ seq }) => seq)).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
    expect(Object.keys(told[0]!)).toEqual(['epoch', 'seq', 'mode', 'state', 'in', 'out', 'covered', 'whole', 'lastDetectAgeMs']);
    expect(told[0]).toMatchObject({ epoch: 3, mode: 'cover', state: 'whole', covered: 0, whole: 5 });
    expect(proofs.last(counts({}))).toMatchObject({ seq: 12, state: 'dead' });
  });
});

describe('the way of covering', () => {
  const yes = class {} as never;
  const canvas = { captureStream: () => undefined as never };
  const video = { requestVideoFrameCallback: () => 0 };

  it('should be the best that a browser has', () => {
    expect(pathsOf({ Worker: yes, MediaStreamTrackProcessor: yes, MediaStreamTrackGenerator: yes }, canvas, video)).toEqual(['streams', 'canvas']);
    expect(pathsOf({ Worker: yes }, canvas, video)).toEqual(['worker', 'canvas']);
    expect(pathsOf({ Worker: yes, MediaStreamTrackProcessor: yes }, canvas, {})).toEqual(['worker']);
    expect(pathsOf({}, canvas, video)).toEqual(['canvas']);
    expect(pathsOf({}, {}, video)).toEqual([]);
  });
});

describe('a cover', () => {
  class FakeTrack extends EventTarget {
    readyState = 'live';
    writable = {};
    stop() { this.readyState = 'ended'; }
    clone() { return new FakeTrack(); }
  }

  class FakeWorker extends EventTarget {
    static hired: FakeWorker[] = [];
    static answer: (worker: FakeWorker, order: { kind: string }) => void = () => {};
    ended = false;
    constructor() {
      super();
      FakeWorker.hired.push(this);
    }
    postMessage(order: { kind: string }) { FakeWorker.answer(this, order); }
    terminate() { this.ended = true; }
    tell(news: CoverNews) { this.dispatchEvent(new MessageEvent('message', { data: news })); }
    report(out: number, lastInAgeMs = 0) { this.tell({ kind: 'report', counts: { in: out, out, lastInAgeMs } }); }
  }

  const generated: FakeTrack[] = [];
  const streams = {
    Worker: FakeWorker,
    MediaStreamTrackProcessor: class { readonly readable = {}; } as never,
    MediaStreamTrackGenerator: class extends FakeTrack {
      constructor() {
        super();
        generated.push(this);
      }
    } as never,
  };

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
    vi.stubGlobal('Worker', FakeWorker);
    FakeWorker.hired = [];
    FakeWorker.answer = () => {};
    generated.length = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** A running one, reported for by the returned worker. */
  async function started(camera = new FakeTrack()) {
    FakeWorker.answer = (worker) => void Promise.resolve().then(() => worker.report(1));
    const cover = await Cover.start(camera as never, streams);
    const proofs: Proof[] = [];
    const ends: string[] = [];
    cover.listen({ proved: (proof) => proofs.push(proof), ended: (why) => ends.push(why) });
    return { cover, camera, worker: FakeWorker.hired.at(-1)!, covered: generated.at(-1)!, proofs, ends };
  }

  it('should be there with its first picture, and tell of itself while the worker does', async () => {
    const { cover, worker, covered, proofs } = await started();
    expect(cover.track).toBe(covered);
    for (let i = 0; i < 12; i++) {
      vi.advanceTimersByTime(250);
      worker.report(2 + i);
    }
    expect(proofs.length).toBe(6);
    expect(proofs.every(({ state }) => state === 'whole')).toBe(true);
    cover.stop();
  });

  it.each([
    ['the worker falls silent', (worker: FakeWorker) => { vi.advanceTimersByTime(SILENCE_MS + LOOK_INTERVAL_MS); return worker; }, 'dead'],
    ['the worker fails', (worker: FakeWorker) => worker.tell({ kind: 'failed' }), 'dead'],
    ['the worker is killed by an error', (worker: FakeWorker) => worker.dispatchEvent(new Event('error')), 'dead'],
    ['the camera is unplugged', (_: FakeWorker, camera: FakeTrack) => camera.dispatchEvent(new Event('ended')), 'camera'],
    ['the camera gives no more frames', (worker: FakeWorker) => worker.tell({ kind: 'ended' }), 'camera'],
  ])('should end for good when %s', async (_, happen, why) => {
    const { camera, worker, covered, proofs, ends } = await started();
    happen(worker, camera);
    expect(ends).toEqual([why]);
    expect(proofs.at(-1)?.state).toBe('dead');
    expect(covered.readyState).toBe('ended');
    expect(camera.readyState).toBe('ended');
    expect(worker.ended).toBe(true);
    const told = proofs.length;
    worker.report(99);
    vi.advanceTimersByTime(10_000);
    expect([proofs.length, ends.length]).toEqual([told, 1]);
  });

  it('should say that nothing is proven while the camera stands still', async () => {
    const { worker, proofs, cover } = await started();
    vi.advanceTimersByTime(500);
    worker.report(3, 900);
    expect(proofs.at(-1)?.state).toBe('stale');
    cover.stop();
  });

  it('should turn the camera off when it is stopped, and say nothing more', async () => {
    const { cover, camera, covered, worker, proofs, ends } = await started();
    cover.stop();
    vi.advanceTimersByTime(10_000);
    expect([camera.readyState, covered.readyState, worker.ended]).toEqual(['ended', 'ended', true]);
    expect([proofs, ends]).toEqual([[], []]);
  });

  it('should try the next way when a worker cannot make tracks, and give up with the camera off when there is none', async () => {
    FakeWorker.answer = (worker, order) => void Promise.resolve().then(() => worker.tell({ kind: 'able', able: order.kind !== 'probe' }));
    const camera = new FakeTrack();
    await expect(Cover.start(camera as never, { Worker: FakeWorker })).rejects.toBeInstanceOf(CoverUnavailable);
    expect(FakeWorker.hired.every(({ ended }) => ended)).toBe(true);
    expect(camera.readyState).toBe('ended');
  });

  it('should use a track that the worker makes of a copy of the camera', async () => {
    const made = new FakeTrack();
    const orders: string[] = [];
    FakeWorker.answer = (worker, order) => {
      orders.push(order.kind);
      void Promise.resolve().then(() => {
        worker.tell(order.kind === 'probe' ? { kind: 'able', able: true } : { kind: 'made', track: made as never });
        worker.report(order.kind === 'probe' ? 0 : 1);
      });
    };
    const camera = new FakeTrack();
    const starting = Cover.start(camera as never, { Worker: FakeWorker });
    await vi.advanceTimersByTimeAsync(10);
    FakeWorker.hired[0]!.report(1);
    const cover = await starting;
    expect([cover.path, cover.track]).toEqual(['worker', made]);
    expect(orders).toEqual(['probe', 'track']);
    cover.stop();
    expect([made.readyState, camera.readyState]).toEqual(['ended', 'ended']);
  });

  it('should not begin where the camera shows nothing', async () => {
    FakeWorker.answer = (worker) => {
      const reports = setInterval(() => worker.ended ? clearInterval(reports) : worker.report(0), 250);
    };
    const camera = new FakeTrack();
    const starting = expect(Cover.start(camera as never, streams)).rejects.toBeInstanceOf(CoverUnavailable);
    await vi.advanceTimersByTimeAsync(8_500);
    await starting;
    expect(camera.readyState).toBe('ended');
  });
});
