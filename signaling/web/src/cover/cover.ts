// SPDX-License-Identifier: Apache-2.0

import type { CoverCounts } from './loop';
import { CoverUnavailable, make, type Making } from './making';
import type { CoverNews } from './messages';
import { type CoverPath, pathsOf, type StreamScope } from './path';
import { type Proof, Proofs } from './proof';
import { LOOK_INTERVAL_MS, Watchdog } from './watchdog';

/** Why a cover is over without anybody having wished it. */
export type CoverEnd =
  /** The camera gives nothing any more: unplugged, or its permission was taken back. */
  | 'camera'
  /** Nothing is known of the cover any more. */
  | 'dead';

/** What the page wants to know of a cover. */
export interface CoverListener {
  /** Something for the server to know. */
  proved(proof: Proof): void;
  /** The covered track has ended. */
  ended(why: CoverEnd): void;
}

/** The camera's first frame may take a phone some time. */
const FIRST_PICTURE_MS = 8_000;

const nothing: CoverCounts = { in: 0, out: 0, lastInAgeMs: 0 };
let epochs = 0;

/**
 * A camera and the track that is sent in its place: a cover of the whole picture. It ends with the first thing that goes
 * wrong, for good, and its track and the camera with it: a new one is begun, never an old one mended.
 *
 * Thread: the page's. Owns: the camera track, the covered track and the worker.
 */
export class Cover {
  readonly #proofs: Proofs;
  readonly #watchdog = new Watchdog(performance.now());
  readonly #looks: ReturnType<typeof setInterval>;
  #making: Making | undefined;
  #counts = nothing;
  #reported = false;
  #listener: CoverListener | undefined;
  #first: { resolve(): void; reject(error: Error): void } | undefined;
  #over = false;

  private constructor(private readonly camera: MediaStreamTrack, readonly path: CoverPath) {
    epochs += 1;
    this.#proofs = new Proofs(epochs);
    this.#looks = setInterval(() => {
      if (this.#watchdog.look(performance.now())) {
        this.#end('dead');
      }
    }, LOOK_INTERVAL_MS);
    camera.addEventListener('ended', this.#cameraEnded);
  }

  /**
   * Covers a camera, in the first way that works here, and returns when the covered track has its first picture.
   * Whatever happens, the camera is in the hands of the cover from now on and is stopped by it.
   */
  static async start(camera: MediaStreamTrack, scope: StreamScope & { Worker?: unknown } = globalThis as StreamScope): Promise<Cover> {
    for (const path of pathsOf(scope, HTMLCanvasElement.prototype, HTMLVideoElement.prototype)) {
      const cover = new Cover(camera, path);
      try {
        cover.#making = await make(path, camera, scope, (news) => cover.#hear(news));
        await cover.#firstPicture();
        return cover;
      } catch {
        cover.#release();
        if (cover.#reported && cover.#counts.in === 0) {
          // The cover worked and the camera did not: another way would wait for it as long again.
          break;
        }
      }
    }
    camera.stop();
    throw new CoverUnavailable();
  }

  get track(): MediaStreamTrack {
    if (!this.#making) {
      throw new CoverUnavailable();
    }
    return this.#making.track;
  }

  listen(listener: CoverListener): void {
    this.#listener = listener;
    if (this.#over) {
      this.camera.stop();
      listener.ended('dead');
    }
  }

  /** The camera's own picture once more, for those alone who may see it; whoever takes it stops it. Undefined: over. */
  copy(): MediaStreamTrack | undefined {
    return this.#over ? undefined : this.camera.clone();
  }

  /** Ends the cover and turns the camera off. */
  stop(): void {
    this.#release();
    this.camera.stop();
  }

  /** The last word on this track, for the server. */
  lastProof(): Proof {
    return this.#proofs.last(this.#counts);
  }

  #hear(news: CoverNews): void {
    if (this.#over) {
      return;
    }
    switch (news.kind) {
      case 'report':
        this.#watchdog.heard();
        this.#counts = news.counts;
        this.#reported = true;
        this.#report();
        break;
      case 'ended':
        this.#end('camera');
        break;
      case 'failed':
        this.#end('dead');
        break;
      default:
        this.#watchdog.heard();
    }
  }

  #report(): void {
    if (this.#counts.out > 0) {
      this.#first?.resolve();
    }
    if (this.#listener) {
      const proof = this.#proofs.due(this.#counts, performance.now());
      if (proof) {
        this.#listener.proved(proof);
      }
    }
  }

  #firstPicture(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new CoverUnavailable()), FIRST_PICTURE_MS);
      const settle = (done: () => void) => {
        clearTimeout(timer);
        this.#first = undefined;
        done();
      };
      this.#first = { resolve: () => settle(resolve), reject: (error) => settle(() => reject(error)) };
      if (this.#over) {
        this.#first.reject(new CoverUnavailable());
      } else if (this.#counts.out > 0) {
        this.#first.resolve();
      }
    });
  }

  readonly #cameraEnded = () => this.#end('camera');

  /** What goes wrong before somebody listens fails the start; there the next way is tried with the same camera. */
  #end(why: CoverEnd): void {
    if (this.#over) {
      return;
    }
    this.#release();
    this.#first?.reject(new CoverUnavailable());
    if (this.#listener) {
      this.camera.stop();
      this.#listener.proved(this.lastProof());
      this.#listener.ended(why);
    }
  }

  #release(): void {
    this.#over = true;
    clearInterval(this.#looks);
    this.camera.removeEventListener('ended', this.#cameraEnded);
    this.#making?.stop();
    this.#making?.track.stop();
  }
}
