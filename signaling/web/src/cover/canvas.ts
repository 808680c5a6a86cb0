// SPDX-License-Identifier: Apache-2.0

import { COVER_COLOUR, COVER_HEIGHT, COVER_INTERVAL_MS, COVER_WIDTH } from './grey';
import type { CameraFrame, FrameSink, FrameSource } from './loop';
import { CoverLoop } from './loop';
import { type CoverNews, REPORT_INTERVAL_MS } from './messages';

/** A track of a canvas, which sends a picture when it is asked to. */
type AskedTrack = MediaStreamTrack & { requestFrame?(): void };

/**
 * The camera's frames as a video element counts them. It is not drawn anywhere, and no picture of it is taken: it only
 * says that a frame has come.
 */
class SeenFrames implements FrameSource<CameraFrame> {
  readonly #video = document.createElement('video');
  #wake: (() => void) | undefined;
  #over = false;

  constructor(camera: MediaStreamTrack) {
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = new MediaStream([camera]);
    camera.addEventListener('ended', () => void this.cancel(), { once: true });
    void this.#video.play().catch(() => this.cancel());
  }

  read(): Promise<{ done: boolean; value?: CameraFrame | undefined }> {
    return new Promise((resolve) => {
      if (this.#over) {
        resolve({ done: true });
        return;
      }
      this.#wake = () => resolve({ done: true });
      this.#video.requestVideoFrameCallback((nowMs) => resolve({ done: this.#over, value: { timestamp: nowMs * 1000, close: () => {} } }));
    });
  }

  async cancel(): Promise<void> {
    this.#over = true;
    this.#video.srcObject = null;
    this.#wake?.();
  }
}

/** Grey on a canvas, once for each picture that is to be sent. */
class PaintedFrames implements FrameSink<number> {
  readonly track: AskedTrack;
  readonly #context: CanvasRenderingContext2D;

  constructor() {
    const canvas = document.createElement('canvas');
    canvas.width = COVER_WIDTH;
    canvas.height = COVER_HEIGHT;
    const context = canvas.getContext('2d', { alpha: false });
    const track = context && canvas.captureStream(0).getVideoTracks()[0];
    if (!track) {
      throw new DOMException('no picture can be taken of a canvas', 'NotSupportedError');
    }
    this.#context = context;
    this.track = track;
  }

  async write(): Promise<void> {
    this.#context.fillStyle = COVER_COLOUR;
    this.#context.fillRect(0, 0, COVER_WIDTH, COVER_HEIGHT);
    this.track.requestFrame?.();
  }
}

/** Covers on the page itself; speaks as the worker does. */
export function coverOnCanvas(camera: MediaStreamTrack, tell: (news: CoverNews) => void): { track: MediaStreamTrack; stop(): void } {
  const painted = new PaintedFrames();
  const loop = new CoverLoop(new SeenFrames(camera), painted, (timestamp) => timestamp, COVER_INTERVAL_MS, () => performance.now());
  const reports = setInterval(() => tell({ kind: 'report', counts: loop.counts() }), REPORT_INTERVAL_MS);
  void loop.run()
    .then(() => tell({ kind: 'ended' }), () => tell({ kind: 'failed' }))
    .finally(() => clearInterval(reports));
  return { track: painted.track, stop: () => void loop.stop() };
}
