// SPDX-License-Identifier: Apache-2.0
// How each way of covering makes its track: on this page, or with a worker that is hired for it.

import { coverOnCanvas } from './canvas';
import type { CoverNews, CoverOrder } from './messages';
import type { CoverPath, StreamScope } from './path';

/** A covered picture cannot be had here. */
export class CoverUnavailable extends Error {}

/** What a way of covering gives: the covered track, and how to end it. */
export interface Making {
  readonly track: MediaStreamTrack;
  stop(): void;
}

/** A worker answers at once, or is none. */
const PROBE_MS = 2_000;

/** Begins to cover a camera in one way; `hear` is told what becomes of it. */
export async function make(path: CoverPath, camera: MediaStreamTrack, scope: StreamScope, hear: (news: CoverNews) => void): Promise<Making> {
  switch (path) {
    case 'streams':
      return makeStreams(camera, scope, hear);
    case 'worker':
      return makeInWorker(camera, hear);
    case 'canvas':
      return coverOnCanvas(camera, hear);
  }
}

function makeStreams(camera: MediaStreamTrack, scope: StreamScope, hear: (news: CoverNews) => void): Making {
  const { MediaStreamTrackProcessor: Processor, MediaStreamTrackGenerator: Generator } = scope;
  if (!Processor || !Generator) {
    throw new CoverUnavailable();
  }
  const { readable } = new Processor({ track: camera });
  const track = new Generator({ kind: 'video' });
  const worker = hire(hear);
  order(worker, { kind: 'streams', readable, writable: track.writable }, [readable, track.writable]);
  return { track, stop: () => worker.terminate() };
}

/** The camera itself stays here, so that it can be turned off: the worker gets a copy. */
async function makeInWorker(camera: MediaStreamTrack, hear: (news: CoverNews) => void): Promise<Making> {
  const worker = hire(hear);
  try {
    const able = await answer(worker, { kind: 'probe' }, [], 'able');
    if (!able.able) {
      throw new CoverUnavailable();
    }
    const copy = camera.clone();
    const { track } = await answer(worker, { kind: 'track', track: copy }, [copy as unknown as Transferable], 'made');
    return { track, stop: () => worker.terminate() };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

function hire(hear: (news: CoverNews) => void): Worker {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<CoverNews>) => hear(data));
  worker.addEventListener('error', () => hear({ kind: 'failed' }));
  return worker;
}

function order(worker: Worker, message: CoverOrder, transfer: Transferable[]): void {
  worker.postMessage(message, transfer);
}

/** Asks the worker and waits for one kind of answer. */
function answer<K extends CoverNews['kind']>(worker: Worker, message: CoverOrder, transfer: Transferable[], kind: K): Promise<Extract<CoverNews, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const fail = () => {
      listening.abort();
      reject(new CoverUnavailable());
    };
    const timer = setTimeout(fail, PROBE_MS);
    listening.signal.addEventListener('abort', () => clearTimeout(timer));
    worker.addEventListener('error', fail, { signal: listening.signal });
    worker.addEventListener('message', ({ data }: MessageEvent<CoverNews>) => {
      if (data.kind === kind) {
        listening.abort();
        resolve(data as Extract<CoverNews, { kind: K }>);
      } else if (data.kind === 'failed') {
        fail();
      }
    }, { signal: listening.signal });
    order(worker, message, transfer);
  });
}
